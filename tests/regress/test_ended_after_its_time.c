/*
 * Of runs of a check only those were judged by the clock that were still going on when somebody looked. One that ended after its
 * timeout before that, as every one does that a host's own thread runs, had passed; so had a result that was reported too late.
 */
#include "../unit/health/health_fixture.h"
#include "one_test.h"

#define PASS SEAWALL_HEALTH_PASS
#define FAIL SEAWALL_HEALTH_FAIL

static set s;

static seawall_health_check_config strict(void)
{
    seawall_health_check_config config = plain(); /* every second, for half a second */

    config.failure_threshold = 1;
    return config;
}

static void poll_once(void)
{
    ck_assert_int_eq(seawall_health_poll_at(s.health, seawall_manual_clock_now(s.test.clock), &s.next), SEAWALL_OK);
}

static void a_function_fails(seawall_health_test test, seawall_health_status answer)
{
    seawall_health_check_config config = strict();
    script orders = {.answer = answer, .takes = MS(500), .of = &s, .message = "all well"};

    set_up(&s);
    config.check = test;
    add(&s, "x", &orders, &config);
    poll_once();
    ck_assert_int_eq(look_at(&s, "x").last, answer); /* the end comes first at one instant */
    ck_assert_int_eq(look_at(&s, "x").failures, 0);
    orders.takes++;
    poll_until(&s, SW_TEST_START + S(1));
    ck_assert_int_eq(orders.runs, 2);
    ck_assert_int_eq(look_at(&s, "x").status, FAIL);
    ck_assert_int_eq(look_at(&s, "x").last, FAIL);
    ck_assert_int_eq(look_at(&s, "x").failures, 1);
    ck_assert_int_eq(look_at(&s, "x").duration, MS(500) + 1);
    ck_assert_int_eq(look_at(&s, "x").running, 0);
    ck_assert_str_eq(look_at(&s, "x").message, "timed out: it ended too late");
    poll_until(&s, SW_TEST_START + S(2)); /* the schedule goes on */
    ck_assert_int_eq(orders.runs, 3);
    tear_down(&s);
}

static void a_report_is_stale(void)
{
    seawall_health_check_config config = strict();
    script orders = {.answer = SEAWALL_HEALTH_LATER};

    set_up(&s);
    add(&s, "x", &orders, &config);
    poll_once();
    seawall_manual_clock_advance(s.test.clock, MS(500));
    ck_assert_int_eq(seawall_health_report(s.health, orders.ticket, PASS, NULL), SEAWALL_OK);
    ck_assert_int_eq(look_at(&s, "x").status, PASS);
    poll_until(&s, SW_TEST_START + S(1));
    seawall_manual_clock_advance(s.test.clock, MS(500) + 1);
    ck_assert_int_eq(seawall_health_report(s.health, orders.ticket, PASS, "all well"), SEAWALL_STALE);
    ck_assert_int_eq(look_at(&s, "x").status, FAIL);
    ck_assert_int_eq(look_at(&s, "x").failures, 1);
    ck_assert_str_eq(look_at(&s, "x").message, "timed out: it ended too late");
    poll_once();
    ck_assert_int_eq(look_at(&s, "x").failures, 1); /* once, not when somebody looks as well */
    tear_down(&s);
}

/* What another one of the same round took, or the host before it, is not its own. */
static void each_has_its_own_time(void)
{
    seawall_health_check_config config = strict();
    script slow = {.answer = PASS, .takes = S(4), .of = &s}, quick = {.answer = PASS};

    set_up(&s);
    add(&s, "slow", &slow, &config);
    add(&s, "quick", &quick, &config);
    poll_once();
    ck_assert_int_eq(look_at(&s, "slow").status, FAIL);
    ck_assert_int_eq(look_at(&s, "quick").status, PASS);
    ck_assert_int_eq(look_at(&s, "quick").duration, 0);
    ck_assert_int_eq(seawall_health_unregister(s.health, "slow"), SEAWALL_OK);
    seawall_manual_clock_advance(s.test.clock, S(10));
    ck_assert_int_eq(seawall_health_poll_at(s.health, SW_TEST_START + S(8), &s.next), SEAWALL_OK);
    ck_assert_int_eq(quick.runs, 2);
    ck_assert_int_eq(look_at(&s, "quick").failures, 0);
    tear_down(&s);
}

START_TEST(it_has_failed)
{
    a_function_fails(SEAWALL_HEALTH_FUNCTION, PASS);
    a_function_fails(SEAWALL_HEALTH_SOURCE, PASS);
    a_function_fails(SEAWALL_HEALTH_FUNCTION, SEAWALL_HEALTH_UNKNOWN);
    a_report_is_stale();
    each_has_its_own_time();
}
END_TEST

int main(void)
{
    return one_test("regress/ended_after_its_time", it_has_failed);
}
