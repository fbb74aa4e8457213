/* Settings from text, and every setting there is: what a loader, an admin command or a binding needs. */
#include <seawall/seawall.h>
#include <stdio.h>

static void print_kind(const char *kind)
{
    printf("[%s]\n", kind);
    for (int32_t i = 0; i < seawall_config_field_count(kind); i++) {
        seawall_field field = {.size = sizeof(field)};

        if (seawall_config_field(kind, i, &field) == SEAWALL_OK)
            printf("  %-22s %s\n", field.key, field.text);
    }
}

int main(void)
{
    seawall_error error = {0};

    for (int32_t i = 0; i < seawall_config_kind_count(); i++)
        print_kind(seawall_config_kind(i));

    /* [set] */
    seawall_breaker_config config = SEAWALL_BREAKER_CONFIG_INIT;

    if (seawall_config_set("circuit_breaker", &config, "recovery_timeout", "1.5s", &error) != SEAWALL_OK)
        printf("%s\n", error.message);
    if (seawall_config_set("circuit_breaker", &config, "failure_threshold", "-2", &error) != SEAWALL_OK)
        printf("%s\n", error.message);
    /* [set end] */

    return config.recovery_timeout == SEAWALL_MILLISECONDS(1500) && config.failure_threshold == 5 && error.message[0] != '\0' ? 0
                                                                                                                              : 1;
}
