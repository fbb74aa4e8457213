/*
 * Later than 18 years after its creation, or for a caller whose clock counts from 1970, a breaker whose probes were all given out
 * answered nobody: a lease never ends there, and as the wait for its end was over it looked again for ever. A poll named a time
 * that had gone by.
 */
#include <seawall/seawall.h>

#include "one_test.h"
#include "support.h"

#define YEARS(n) (SEAWALL_SECONDS(31557600) * (n))
#define LEASE SEAWALL_SECONDS(30)

static seawall_breaker *breaker;
static seawall_permit probe;

static seawall_status acquire(seawall_time now, seawall_permit *permit, seawall_duration *wait)
{
    return seawall_breaker_try_acquire_at(breaker, now, permit, wait);
}

/* Half-open, with its only probe given out. */
static void probe_at(seawall_time now)
{
    seawall_permit permit;

    ck_assert_int_eq(acquire(now, &permit, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_breaker_report_at(breaker, &permit, SEAWALL_FAULT_INTERNAL, now), SEAWALL_OK);
    ck_assert_int_eq(acquire(now, &probe, NULL), SEAWALL_OK);
}

static void ask_at(seawall_time now)
{
    seawall_duration wait = 0;
    seawall_permit permit;
    seawall_time next = 0;

    ck_assert_int_eq(acquire(now, &permit, &wait), SEAWALL_OPEN);
    ck_assert_int_eq(wait, LEASE);
    ck_assert_int_eq(seawall_breaker_poll_at(breaker, now, &next), SEAWALL_OK);
    ck_assert_int_eq(next, SEAWALL_FOREVER);
}

START_TEST(who_comes_then_is_refused)
{
    static const seawall_time times[] = {YEARS(19), YEARS(54), SEAWALL_FOREVER - 1, SEAWALL_FOREVER};
    seawall_breaker_config config = SEAWALL_BREAKER_CONFIG_INIT;
    seawall_breaker_snapshot s = SEAWALL_BREAKER_SNAPSHOT_INIT;
    sw_test_platform test;
    size_t i;

    sw_test_platform_init(&test, false);
    config.failure_threshold = 1;
    config.half_open_max_calls = 1;
    config.recovery_timeout = LEASE;
    for (i = 0; i < sizeof times / sizeof times[0]; i++) {
        ck_assert_int_eq(seawall_breaker_create(&config, &test.platform, &breaker, NULL), SEAWALL_OK);
        probe_at(times[i]);
        ask_at(times[i]);
        ck_assert_int_eq(seawall_breaker_report_at(breaker, &probe, SEAWALL_FAULT_NONE, times[i]), SEAWALL_OK);
        ck_assert_int_eq(seawall_breaker_get_snapshot_at(breaker, times[i], &s), SEAWALL_OK);
        ck_assert_int_eq(s.state, SEAWALL_BREAKER_CLOSED);
        seawall_breaker_destroy(breaker);
    }
    sw_test_platform_fini(&test);
}
END_TEST

int main(void)
{
    return one_test("regress/probes_at_the_end_of_time", who_comes_then_is_refused);
}
