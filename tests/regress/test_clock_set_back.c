/*
 * A clock that goes back by 500 s, and forward again. What lasts until an instant lasts until the clock is there: it neither
 * comes early, nor is lost, nor takes longer than that.
 */
#include "../unit/health/health_fixture.h"
#include "suite.h"

#define BACK SEAWALL_SECONDS(500)
#define DUE (SW_TEST_START + SEAWALL_SECONDS(10))

static sw_test_platform test;

static void setup(void)
{
    sw_test_platform_init(&test, false);
}

static void teardown(void)
{
    sw_test_platform_fini(&test);
}

static void show(seawall_time now)
{
    seawall_manual_clock_set(test.clock, now);
}

/* --- timers --- */

static void count(seawall_timer timer, void *user)
{
    (void)timer;
    (*(int *)user)++;
}

static seawall_timers *make_timers(void)
{
    seawall_timers *timers;

    ck_assert_int_eq(seawall_timers_create(NULL, &test.platform, &timers, NULL), SEAWALL_OK);
    return timers;
}

static int32_t advance(seawall_timers *timers)
{
    int32_t fired = -1;

    ck_assert_int_eq(seawall_timers_advance(timers, &fired), SEAWALL_OK);
    return fired;
}

static seawall_time next_due(seawall_timers *timers)
{
    seawall_time due = 0;

    ck_assert_int_eq(seawall_timers_next_due(timers, &due), SEAWALL_OK);
    return due;
}

START_TEST(a_timer_of_before_fires_at_its_instant)
{
    seawall_timers *timers = make_timers();
    int fired = 0;

    ck_assert_int_eq(advance(timers), 0);
    ck_assert_int_eq(seawall_timers_arm(timers, DUE, count, &fired, NULL), SEAWALL_OK);
    show(SW_TEST_START - BACK);
    ck_assert_int_eq(advance(timers), 0);
    ck_assert_int_le(next_due(timers), DUE + SEAWALL_MILLISECONDS(1));
    show(DUE - 1);
    ck_assert_int_eq(advance(timers), 0);
    show(DUE + SEAWALL_MILLISECONDS(1));
    ck_assert_int_eq(advance(timers), 1);
    ck_assert_int_eq(fired, 1);
    seawall_timers_destroy(timers);
}
END_TEST

/* The latest instant seen is the current one until the clock is there again: what was due before it comes with the next tick. */
START_TEST(a_timer_of_meanwhile_is_late_and_not_lost)
{
    seawall_time due = SW_TEST_START - BACK + SEAWALL_SECONDS(10), tick = SW_TEST_START + SEAWALL_MILLISECONDS(1);
    seawall_timers *timers = make_timers();
    int fired = 0;

    ck_assert_int_eq(advance(timers), 0);
    show(SW_TEST_START - BACK);
    ck_assert_int_eq(seawall_timers_arm(timers, due, count, &fired, NULL), SEAWALL_OK);
    ck_assert_int_eq(advance(timers), 0);
    show(due);
    ck_assert_int_eq(advance(timers), 0);
    ck_assert_int_gt(next_due(timers), SW_TEST_START); /* whoever drives it looks once, and sleeps until then */
    ck_assert_int_le(next_due(timers), tick);
    show(tick);
    ck_assert_int_eq(advance(timers), 1);
    ck_assert_int_eq(fired, 1);
    seawall_timers_destroy(timers);
}
END_TEST

/* --- permits --- */

START_TEST(a_limiter_grants_at_its_instant)
{
    seawall_limiter_config config = SEAWALL_LIMITER_CONFIG_INIT;
    seawall_limiter *limiter;
    seawall_duration wait = 0;

    config.rate = 1;
    config.burst = 1;
    ck_assert_int_eq(seawall_limiter_create(&config, &test.platform, &limiter, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_limiter_try_acquire(limiter, 1, NULL, NULL), SEAWALL_OK);
    show(SW_TEST_START - BACK);
    ck_assert_int_eq(seawall_limiter_try_acquire(limiter, 1, NULL, &wait), SEAWALL_LIMITED);
    ck_assert_int_eq(wait, BACK + SEAWALL_SECONDS(1));
    show(SW_TEST_START + SEAWALL_SECONDS(1) - 1);
    ck_assert_int_eq(seawall_limiter_try_acquire(limiter, 1, NULL, &wait), SEAWALL_LIMITED);
    ck_assert_int_eq(wait, 1);
    show(SW_TEST_START + SEAWALL_SECONDS(1));
    ck_assert_int_eq(seawall_limiter_try_acquire(limiter, 1, NULL, NULL), SEAWALL_OK);
    seawall_limiter_destroy(limiter);
}
END_TEST

/* --- checks --- */

START_TEST(a_check_runs_at_its_instant)
{
    script orders = {.answer = SEAWALL_HEALTH_PASS};
    set s;

    set_up(&s);
    add(&s, "x", &orders, NULL);
    poll_until(&s, SW_TEST_START);
    ck_assert_int_eq(orders.runs, 1);
    seawall_manual_clock_set(s.test.clock, SW_TEST_START - BACK);
    ck_assert_int_eq(seawall_health_poll_at(s.health, SW_TEST_START - BACK, &s.next), SEAWALL_OK);
    ck_assert_int_eq(orders.runs, 1);
    ck_assert_int_eq(s.next, SW_TEST_START + S(1));
    ck_assert_int_eq(look_at(&s, "x").status, SEAWALL_HEALTH_PASS);
    poll_until(&s, SW_TEST_START + S(1) - 1);
    ck_assert_int_eq(orders.runs, 1);
    poll_until(&s, SW_TEST_START + S(3));
    ck_assert_int_eq(orders.runs, 4);
    ck_assert_int_eq(look_at(&s, "x").status, SEAWALL_HEALTH_PASS);
    tear_down(&s);
}
END_TEST

/* One that was begun before the clock went back has its time, and no less. */
START_TEST(a_check_that_runs_is_not_cut_short)
{
    script orders = {.answer = SEAWALL_HEALTH_LATER};
    set s;

    set_up(&s);
    add(&s, "x", &orders, NULL);
    poll_until(&s, SW_TEST_START);
    seawall_manual_clock_set(s.test.clock, SW_TEST_START - BACK);
    ck_assert_int_eq(seawall_health_poll_at(s.health, SW_TEST_START - BACK, &s.next), SEAWALL_OK);
    ck_assert_int_eq(s.next, SW_TEST_START + MS(500));
    poll_until(&s, SW_TEST_START + MS(499));
    ck_assert_int_eq(look_at(&s, "x").failures, 0);
    poll_until(&s, SW_TEST_START + MS(500));
    ck_assert_int_eq(look_at(&s, "x").failures, 1);
    tear_down(&s);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("clock set back");

    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, a_timer_of_before_fires_at_its_instant);
    tcase_add_test(tests, a_timer_of_meanwhile_is_late_and_not_lost);
    tcase_add_test(tests, a_limiter_grants_at_its_instant);
    tcase_add_test(tests, a_check_runs_at_its_instant);
    tcase_add_test(tests, a_check_that_runs_is_not_cut_short);
    return sw_test_run("clock_set_back", tests);
}
