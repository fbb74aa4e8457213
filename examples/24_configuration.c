/* A service whose settings stand in a file: examples/reference.conf, or another one that is named. */
#include <seawall/seawall.h>
#include <stdio.h>

static const char built_in[] = "[circuit_breaker]\n"
                               "failure_threshold = 5\n"
                               "[circuit_breaker \"database\"]\n"
                               "recovery_timeout = 10s\n"
                               "[pipeline \"database\"]\n"
                               "policies = timeout, retry, circuit_breaker\n";

/* [load] */
static void tell(const seawall_problem *problem, void *user)
{
    (void)user;
    printf("%s\n", problem->text);
}

static seawall_status load(seawall_registry *registry, const char *path, const char *const *environment)
{
    seawall_loader_config config = SEAWALL_LOADER_CONFIG_INIT;

    config.report = tell;
    config.environment = environment;
    return seawall_registry_load_file(registry, path, &config, NULL);
}
/* [load end] */

int main(int argc, char **argv)
{
    static const char *const environment[] = {"SEAWALL__CIRCUIT_BREAKER__DATABASE__FAILURE_THRESHOLD=9", NULL};
    seawall_loader_config config = SEAWALL_LOADER_CONFIG_INIT;
    seawall_registry *registry;
    seawall_error error = {0};
    seawall_status status;
    char text[16384];

    if (seawall_registry_create(NULL, NULL, &registry, &error) != SEAWALL_OK)
        return 1;
    config.report = tell;
    config.environment = environment;
    status = argc > 1 ? load(registry, argv[1], NULL)
                      : seawall_registry_load_text(registry, built_in, sizeof(built_in) - 1, "built-in", &config, &error);
    if (status == SEAWALL_OK && seawall_registry_print(registry, text, sizeof(text), NULL) == SEAWALL_OK)
        printf("%s", text);
    seawall_registry_destroy(registry);
    return status == SEAWALL_OK || status == SEAWALL_UNSUPPORTED ? 0 : 1;
}
