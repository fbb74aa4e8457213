/*
 * A breaker that opened at a time before its creation, told by a caller with a clock of his own or by one that was set back, was
 * open until before its first tick: it probed at once, again and again, and refused nobody.
 */
#include <seawall/seawall.h>

#include "one_test.h"
#include "support.h"

static seawall_breaker *breaker;

static seawall_status acquire(seawall_time now, seawall_permit *permit, seawall_duration *wait)
{
    return seawall_breaker_try_acquire_at(breaker, now, permit, wait);
}

static void fail_at(seawall_time now)
{
    seawall_permit permit;

    ck_assert_int_eq(acquire(now, &permit, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_breaker_report_at(breaker, &permit, SEAWALL_FAULT_INTERNAL, now), SEAWALL_OK);
}

START_TEST(it_refuses_until_its_time_is_over)
{
    const seawall_time created = SW_TEST_START, before = SEAWALL_SECONDS(1);
    seawall_breaker_config config = SEAWALL_BREAKER_CONFIG_INIT;
    seawall_breaker_snapshot s = SEAWALL_BREAKER_SNAPSHOT_INIT;
    sw_test_platform test;
    seawall_duration wait = 0;
    seawall_permit permit;

    sw_test_platform_init(&test, false);
    config.failure_threshold = 1;
    config.recovery_timeout = SEAWALL_SECONDS(30);
    ck_assert_int_eq(seawall_breaker_create(&config, &test.platform, &breaker, NULL), SEAWALL_OK);
    fail_at(before);
    ck_assert_int_eq(acquire(before + 1, &permit, &wait), SEAWALL_OPEN);
    ck_assert_int_gt(wait, SEAWALL_SECONDS(29));
    ck_assert_int_eq(acquire(created + SEAWALL_SECONDS(29), &permit, &wait), SEAWALL_OPEN);
    ck_assert_int_eq(seawall_breaker_get_snapshot_at(breaker, before, &s), SEAWALL_OK);
    ck_assert_int_eq(s.state, SEAWALL_BREAKER_OPEN);
    ck_assert_int_gt(s.remaining, SEAWALL_SECONDS(29));
    /* A probe is a lease from there on, too. */
    ck_assert_int_eq(acquire(created + SEAWALL_SECONDS(31), &permit, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_breaker_report_at(breaker, &permit, SEAWALL_FAULT_NONE, before), SEAWALL_OK);
    seawall_breaker_destroy(breaker);
    sw_test_platform_fini(&test);
}
END_TEST

int main(void)
{
    return one_test("regress/opened_before_created", it_refuses_until_its_time_is_over);
}
