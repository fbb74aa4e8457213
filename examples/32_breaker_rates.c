/*
 * A breaker that goes by shares: half of the calls of the last ten seconds failed, or a third of them took too long.
 *
 * The clock is the manual one, so that ten seconds take no time; with NULL for the platform it is the system's.
 */
#include <seawall/seawall.h>
#include <stdio.h>

static seawall_manual_clock *manual;
static seawall_breaker *breaker;

/* One call that takes so long. False: it was refused. */
static bool guarded_call(seawall_duration takes, seawall_fault fault)
{
    seawall_permit permit;

    if (seawall_breaker_try_acquire(breaker, &permit, NULL) != SEAWALL_OK)
        return false;
    seawall_manual_clock_advance(manual, takes);
    seawall_breaker_report(breaker, &permit, fault);
    return true;
}

/* Ten calls a second for so many seconds, of which every `nth` fails and every `mth` is slow. How many were let through. */
static int traffic(int seconds, int nth, int mth)
{
    int let_through = 0;

    for (int call = 1; call <= seconds * 10; call++) {
        seawall_fault fault = nth != 0 && call % nth == 0 ? SEAWALL_FAULT_SERVICE_UNAVAILABLE : SEAWALL_FAULT_NONE;

        let_through += guarded_call(SEAWALL_MILLISECONDS(mth != 0 && call % mth == 0 ? 600 : 1), fault);
        seawall_manual_clock_advance(manual, SEAWALL_MILLISECONDS(99));
    }
    return let_through;
}

static void show(const char *when)
{
    /* [rates] */
    seawall_breaker_snapshot now = SEAWALL_BREAKER_SNAPSHOT_INIT;

    if (seawall_breaker_get_snapshot(breaker, &now) != SEAWALL_OK)
        return;
    printf("%s: %s\n", when, seawall_breaker_state_name(now.state));
    if (now.failure_rate >= 0)
        printf("  of %lld calls in the window %.0f %% failed and %.0f %% were slow\n", (long long)now.window_calls,
               now.failure_rate * 100, now.slow_call_rate * 100);
    if (now.last_rule == SEAWALL_BREAKER_RULE_SLOW_CALL_RATE)
        printf("  opened because %.1f %% were slow, which is not below %.1f %%\n", now.last_value / 1e4, now.last_limit / 1e4);
    /* [rates end] */
}

int main(void)
{
    seawall_platform platform;
    seawall_error error;
    seawall_breaker_snapshot end = SEAWALL_BREAKER_SNAPSHOT_INIT;

    if (seawall_manual_clock_create(0, true, &manual, &error) != SEAWALL_OK ||
        seawall_platform_init(&platform, sizeof(platform)) != SEAWALL_OK)
        return 1;
    seawall_manual_clock_install(manual, &platform);

    /* [windowed] */
    seawall_breaker_config config = SEAWALL_BREAKER_CONFIG_INIT;
    config.failure_rate = 0.5;
    config.slow_call_rate = 0.3;
    config.slow_call_duration = SEAWALL_MILLISECONDS(500);
    config.window = SEAWALL_BREAKER_WINDOW_TIME;
    config.window_duration = SEAWALL_SECONDS(10);
    config.minimum_calls = 20;
    /* [windowed end] */

    if (seawall_breaker_create(&config, &platform, &breaker, &error) != SEAWALL_OK) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    int healthy = traffic(10, 10, 0); /* a tenth fails, which is borne */
    show("a tenth fails");
    int slow = traffic(10, 0, 2); /* half is slow: it opens as soon as that is a third of the window */
    show("half is slow");
    if (seawall_breaker_get_snapshot(breaker, &end) != SEAWALL_OK)
        return 1;
    bool opened = end.last_rule == SEAWALL_BREAKER_RULE_SLOW_CALL_RATE;

    /* [by_hand] */
    /* It is well again, and need not wait for its time: the next calls, a millisecond from now, are probes. */
    if (seawall_breaker_force_open(breaker, seawall_platform_now(&platform)) != SEAWALL_OK)
        return 1;
    /* [by_hand end] */

    seawall_manual_clock_advance(manual, SEAWALL_MILLISECONDS(2));
    show("an operator has called");
    int probes = traffic(1, 0, 0);
    if (seawall_breaker_get_snapshot(breaker, &end) != SEAWALL_OK)
        return 1;
    seawall_breaker_destroy(breaker);
    seawall_manual_clock_destroy(manual);
    return healthy == 100 && slow < 100 && opened && probes == 10 && end.state == SEAWALL_BREAKER_CLOSED ? 0 : 1;
}
