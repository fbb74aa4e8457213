/*
 * A breaker that had been closed by order four million times before it opened did not say why it had opened, and everyone
 * who looked at it searched for the reason until out of patience.
 */
#include <seawall/seawall.h>

#include "one_test.h"

/* The records of openings carry 22 bits of the epoch. */
#define LAP (1 << 22)

static seawall_breaker *breaker;

static void open_it_and_look(int32_t closings, seawall_time when)
{
    seawall_breaker_snapshot s = SEAWALL_BREAKER_SNAPSHOT_INIT;
    seawall_permit permit;

    while (closings-- > 0)
        (void)seawall_breaker_close(breaker);
    ck_assert_int_eq(seawall_breaker_try_acquire_at(breaker, when, &permit, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_breaker_report_at(breaker, &permit, SEAWALL_FAULT_INTERNAL, when), SEAWALL_OK);
    ck_assert_int_eq(seawall_breaker_get_snapshot_at(breaker, when, &s), SEAWALL_OK);
    ck_assert_int_eq(s.state, SEAWALL_BREAKER_OPEN);
    ck_assert_int_eq(s.last_rule, SEAWALL_BREAKER_RULE_CONSECUTIVE);
    ck_assert_int_eq(s.last_opened, when);
}

START_TEST(its_opening_explains_itself)
{
    seawall_breaker_config config = SEAWALL_BREAKER_CONFIG_INIT;
    seawall_time now = seawall_platform_now(NULL);

    config.failure_threshold = 1;
    ck_assert_int_eq(seawall_breaker_create(&config, NULL, &breaker, NULL), SEAWALL_OK);
    open_it_and_look(LAP - 1000, now + 1);
    open_it_and_look(LAP - 1000, now + 2);
    open_it_and_look(1, now + 3);
    seawall_breaker_destroy(breaker);
}
END_TEST

int main(void)
{
    return one_test("regress/closed_for_ages", its_opening_explains_itself);
}
