/* What somebody else's program does with an installed library. */
#include <seawall/seawall.h>
#include <stdio.h>

int main(void)
{
    seawall_breaker_config config = SEAWALL_BREAKER_CONFIG_INIT;
    seawall_breaker *breaker;
    seawall_error error;
    seawall_permit permit;
    seawall_duration wait;

    config.failure_threshold = 1;
    if (seawall_breaker_create(&config, NULL, &breaker, &error) != SEAWALL_OK) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    if (seawall_breaker_try_acquire(breaker, &permit, &wait) != SEAWALL_OK)
        return 2;
    seawall_breaker_report(breaker, &permit, SEAWALL_FAULT_SERVICE_UNAVAILABLE);
    if (seawall_breaker_try_acquire(breaker, &permit, &wait) != SEAWALL_OPEN)
        return 3;
    seawall_breaker_destroy(breaker);
    printf("seawall %s\n", seawall_version_string());
    return 0;
}
