/*
 * A service whose breaker is retuned while it runs. Its database fails every second call: too little for the first file, which
 * asks for failures in a row, enough for what an operator says after that. SIGHUP makes it read the file again, between two
 * calls.
 */
#include <seawall/seawall.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

static const char gentle[] = "[circuit_breaker \"database\"]\n"
                             "failure_threshold = 3\n"
                             "[retry \"database\"]\n"
                             "max_attempts = 1\n"
                             "[pipeline \"database\"]\n"
                             "policies = retry, circuit_breaker\n";

static const char strict[] = "[circuit_breaker \"database\"]\n"
                             "failure_threshold = 1\n"
                             "recovery_timeout  = 1m\n"
                             "[retry \"database\"]\n"
                             "max_attempts = 1\n"
                             "[pipeline \"database\"]\n"
                             "policies = retry, circuit_breaker\n";

static const char *file = gentle; /* what stands on the disk, as it were */

/* [signal] */
static volatile sig_atomic_t asked_to_reload;

/* A handler may do no more than this: the loop reloads. */
static void on_hangup(int number)
{
    (void)number;
    asked_to_reload = 1;
}
/* [signal end] */

static void tell(const seawall_change *change, void *user)
{
    (void)user;
    printf("reloaded: %s\n", change->text);
}

static seawall_status reload(seawall_registry *registry)
{
    seawall_loader_config config = SEAWALL_LOADER_CONFIG_INIT;

    config.change = tell;
    return seawall_registry_reload_text(registry, file, strlen(file), "seawall.conf", &config, NULL);
}

static seawall_fault query(seawall_attempt *attempt, void *arg)
{
    int *queries = arg;

    (void)attempt;
    return ++*queries % 2 == 0 ? SEAWALL_FAULT_NONE : SEAWALL_FAULT_SERVICE_UNAVAILABLE;
}

/* [serve] */
static int serve(seawall_registry *registry, const seawall_pipeline *pipeline, int requests)
{
    int queries = 0, refused = 0;

    for (; requests > 0; requests--) {
        if (asked_to_reload) {
            asked_to_reload = 0;
            if (reload(registry) != SEAWALL_OK)
                printf("the file has mistakes: going on as before\n");
        }
        if (seawall_call(pipeline, query, &queries, NULL) == SEAWALL_OPEN)
            refused++;
    }
    return refused;
}
/* [serve end] */

static bool run(seawall_registry *registry, seawall_pipeline *pipeline)
{
    int refused;

    refused = serve(registry, pipeline, 100);
    printf("failure_threshold = 3: %d of 100 refused\n", refused);
    if (refused != 0)
        return false;
    file = strict;
    (void)raise(SIGHUP);
    refused = serve(registry, pipeline, 100);
    printf("failure_threshold = 1: %d of 100 refused\n", refused);
    return refused == 99;
}

int main(void)
{
    seawall_registry *registry;
    seawall_pipeline *pipeline;
    seawall_status status;
    bool good = false;

    (void)signal(SIGHUP, on_hangup);
    if (seawall_registry_create(NULL, NULL, &registry, NULL) != SEAWALL_OK)
        return 1;
    status = reload(registry);
    if (status == SEAWALL_OK && seawall_registry_pipeline(registry, "database", NULL, &pipeline, NULL, NULL) == SEAWALL_OK) {
        good = run(registry, pipeline);
        seawall_pipeline_destroy(pipeline);
    }
    seawall_registry_destroy(registry);
    return good || status == SEAWALL_UNSUPPORTED ? 0 : 1;
}
