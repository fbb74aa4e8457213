/*
 * A breaker used alone, in two steps: ask, then report.
 *
 * The clock is the manual one, so that a minute of waiting takes no time; with NULL for the platform it is the system's.
 */
#include <seawall/seawall.h>
#include <stdio.h>

static seawall_fault query(int call)
{
    return call < 5 ? SEAWALL_FAULT_SERVICE_UNAVAILABLE : SEAWALL_FAULT_NONE; /* a database that comes back */
}

static void guarded_query(seawall_breaker *breaker, int call)
{
    /* [ask] */
    seawall_permit permit;
    seawall_duration wait;

    if (seawall_breaker_try_acquire(breaker, &permit, &wait) != SEAWALL_OK) {
        printf("call %d: refused, try again in %.0f s\n", call, (double)wait / 1e9);
        return;
    }
    seawall_fault fault = query(call);
    seawall_breaker_report(breaker, &permit, fault);
    /* [ask end] */
    printf("call %d: %s\n", call, seawall_fault_name(fault));
}

int main(void)
{
    seawall_manual_clock *clock;
    seawall_platform platform;
    seawall_error error;

    if (seawall_manual_clock_create(0, true, &clock, &error) != SEAWALL_OK ||
        seawall_platform_init(&platform, sizeof(platform)) != SEAWALL_OK)
        return 1;
    seawall_manual_clock_install(clock, &platform);

    /* [create] */
    seawall_breaker_config config = SEAWALL_BREAKER_CONFIG_INIT;
    config.failure_threshold = 3;
    config.recovery_timeout = SEAWALL_SECONDS(60);

    seawall_breaker *breaker;
    if (seawall_breaker_create(&config, &platform, &breaker, &error) != SEAWALL_OK) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    /* [create end] */

    for (int call = 1; call <= 4; call++)
        guarded_query(breaker, call); /* three failures open it, the fourth is refused */
    seawall_manual_clock_advance(clock, SEAWALL_SECONDS(61)); /* it may be up to 2 ms late */
    for (int call = 5; call <= 7; call++)
        guarded_query(breaker, call); /* three probes succeed and close it */

    /* [snapshot] */
    seawall_breaker_snapshot now = SEAWALL_BREAKER_SNAPSHOT_INIT;

    if (seawall_breaker_get_snapshot(breaker, &now) == SEAWALL_OK)
        printf("%s: %lld ok, %lld failed, %lld refused, opened %lld times\n", seawall_breaker_state_name(now.state),
               (long long)now.successes, (long long)now.failures, (long long)now.refused, (long long)now.opened);
    /* [snapshot end] */

    seawall_breaker_destroy(breaker);
    seawall_manual_clock_destroy(clock);
    return now.state == SEAWALL_BREAKER_CLOSED && now.refused == 1 ? 0 : 1;
}
