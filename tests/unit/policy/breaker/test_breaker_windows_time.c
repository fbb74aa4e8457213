/* Windows of time, new rules for windows, and who counts in them. */
#include <string.h>

#include "breaker_fixture.h"
#include "policy/breaker/breaker_state.h"
#include "support.h"

#define OK_ SEAWALL_FAULT_NONE
#define BAD SEAWALL_FAULT_INTERNAL

static fixture f;
static seawall_breaker_config config;

static void begin(void)
{
    config = fixture_config();
    config.failure_threshold = 0;
    config.failure_rate = 0.5;
    config.window_calls = 10;
    config.minimum_calls = 4;
    fixture_open(&f, &config);
}

static void end(void)
{
    fixture_close(&f);
}

static void again(void)
{
    fixture_close(&f);
    fixture_open(&f, &config);
}

/* --- windows of time --- */

static void by_time(seawall_duration duration, int32_t buckets)
{
    config.window = SEAWALL_BREAKER_WINDOW_TIME;
    config.window_duration = duration;
    config.window_buckets = buckets;
    again();
}

START_TEST(time_forgets_one_bucket_after_the_other)
{
    by_time(MS(100), 10);
    calls(&f, "fsss");
    expect_window(&f, 4, 1, 0.25);
    advance(&f, MS(50));
    calls(&f, "fsss");
    expect_window(&f, 8, 2, 0.25);
    advance(&f, MS(50) - 1);
    expect_window(&f, 8, 2, 0.25);
    advance(&f, 1);
    expect_window(&f, 4, 1, 0.25);
    advance(&f, MS(50));
    expect_window(&f, 0, 0, -1);
}
END_TEST

START_TEST(a_long_silence_forgets_everything)
{
    const seawall_duration gaps[] = {MS(100), MS(110), SEAWALL_SECONDS(60), SEAWALL_SECONDS(315360000) * 20,
                                     ((seawall_duration)1 << 32) * MS(10), ((seawall_duration)1 << 20) * MS(100)};
    size_t i;

    for (i = 0; i < sizeof gaps / sizeof gaps[0]; i++) {
        by_time(MS(100), 10);
        calls(&f, "fff");
        advance(&f, gaps[i]);
        calls(&f, "f");
        expect_window(&f, 1, 1, -1);
        expect_state(&f, SEAWALL_BREAKER_CLOSED);
    }
}
END_TEST

START_TEST(a_clock_that_stands_still_or_steps_back_loses_nothing)
{
    by_time(MS(100), 10);
    advance(&f, SEAWALL_SECONDS(200));
    expect_window(&f, 0, 0, -1); /* from now on, successes come now */
    calls(&f, "sssff");
    seawall_manual_clock_set(f.clock, START + SEAWALL_SECONDS(150));
    calls(&f, "s");
    expect_window(&f, 6, 2, 1.0 / 3);
    seawall_manual_clock_set(f.clock, START + 1);
    calls(&f, "ff");
    expect_trip(&f, SEAWALL_BREAKER_RULE_FAILURE_RATE, 500000, 500000);
}
END_TEST

/*
 * A thousand successes came over the whole window, and nobody looked. Charged to one bucket they would leave at once, and
 * ten failures would be half of what is left.
 */
START_TEST(silent_successes_are_spread)
{
    int i;

    by_time(SEAWALL_SECONDS(10), 10);
    for (i = 0; i < 1000; i++) {
        call(&f, OK_);
        advance(&f, MS(10));
    }
    calls(&f, "f");
    expect_window(&f, 901, 1, 1.0 / 901);
    advance(&f, SEAWALL_SECONDS(5));
    calls(&f, "fffffffff");
    expect_window(&f, 410, 10, 10.0 / 410);
    advance(&f, SEAWALL_SECONDS(4));
    expect_trip(&f, SEAWALL_BREAKER_RULE_FAILURE_RATE, 1000000, 500000);
}
END_TEST

/* Nothing new has happened, but the successes are gone and the failures are not. */
START_TEST(rotation_asks_the_rules)
{
    int pass;

    for (pass = 0; pass < 3; pass++) {
        seawall_time next;

        by_time(MS(100), 10);
        many(&f, 20, "s");
        (void)look(&f);
        advance(&f, MS(50));
        many(&f, 4, "f");
        expect_state(&f, SEAWALL_BREAKER_CLOSED);
        advance(&f, MS(50));
        if (pass == 0)
            (void)look(&f);
        else if (pass == 1)
            ck_assert_int_eq(seawall_breaker_poll_at(f.breaker, seawall_manual_clock_now(f.clock), &next), SEAWALL_OK);
        else
            calls(&f, "f");
        (void)refused(&f);
        expect_trip(&f, SEAWALL_BREAKER_RULE_FAILURE_RATE, 1000000, 500000);
    }
}
END_TEST

/* The minimum has to be in the window, and a success may complete it there. */
START_TEST(the_minimum_of_a_window_of_time)
{
    by_time(MS(100), 10);
    calls(&f, "ff");
    advance(&f, MS(90));
    calls(&f, "s");
    expect_state(&f, SEAWALL_BREAKER_CLOSED);
    advance(&f, MS(10));
    calls(&f, "ss");
    expect_window(&f, 3, 0, -1);
    calls(&f, "ff");
    advance(&f, MS(5));
    expect_window(&f, 5, 2, 0.4);
}
END_TEST

/* --- new rules --- */

static void reconfigure(void)
{
    seawall_error error;

    ck_assert_msg(seawall_breaker_reconfigure(f.breaker, &config, &error) == SEAWALL_OK, "%s", error.message);
}

START_TEST(new_rules_keep_the_window)
{
    calls(&f, "sssff");
    config.failure_rate = 0.9;
    config.slow_call_duration = MS(7);
    config.recovery_timeout = MS(70);
    reconfigure();
    expect_window(&f, 5, 2, 0.4);
    config.minimum_calls = 6;
    reconfigure();
    expect_window(&f, 5, 2, -1);
    config.minimum_calls = 5;
    config.failure_rate = 0.4;
    reconfigure();
    expect_trip(&f, SEAWALL_BREAKER_RULE_FAILURE_RATE, 400000, 400000);
}
END_TEST

START_TEST(a_rule_that_was_off_begins_now)
{
    config.failure_rate = 0;
    again();
    many(&f, 9, "fs");
    expect_window(&f, 0, 0, -1);
    config.failure_rate = 0.5;
    reconfigure();
    expect_window(&f, 0, 0, -1);
    calls(&f, "sssf");
    expect_window(&f, 4, 1, 0.25);
    config.failure_rate = 0;
    reconfigure();
    expect_window(&f, 0, 0, -1);
    many(&f, 9, "f");
    config.failure_rate = 0.5;
    reconfigure();
    calls(&f, "ssff");
    expect_trip(&f, SEAWALL_BREAKER_RULE_FAILURE_RATE, 500000, 500000);
}
END_TEST

/* Watching ends with the rule, and begins with a new minimum. */
START_TEST(new_rules_watch_anew)
{
    calls(&f, "ff");
    config.minimum_calls = 3;
    reconfigure();
    calls(&f, "s");
    expect_trip(&f, SEAWALL_BREAKER_RULE_FAILURE_RATE, 666667, 500000);
    again();
    calls(&f, "ff");
    config.failure_rate = 0;
    reconfigure();
    many(&f, 20, "s");
    expect_state(&f, SEAWALL_BREAKER_CLOSED);
}
END_TEST

/* A permit that was given while nothing was timed is not slow. */
START_TEST(timing_begins_with_the_next_call)
{
    seawall_permit before = acquire(&f), probe;

    config.slow_call_rate = 1;
    config.slow_call_duration = MS(1);
    config.failure_rate = 0;
    reconfigure();
    advance(&f, MS(5));
    ck_assert_int_eq(report(&f, &before, OK_), SEAWALL_OK);
    ck_assert_int_eq(look(&f).window_slow_calls, 0);
    before = acquire(&f);
    advance(&f, MS(5));
    config.slow_call_rate = 0;
    reconfigure();
    ck_assert_int_eq(report(&f, &before, OK_), SEAWALL_OK);
    ck_assert_int_eq(look(&f).successes, 2);
    ck_assert_int_eq(seawall_breaker_force_open(f.breaker, START), SEAWALL_OK);
    probe = acquire(&f);
    advance(&f, MS(5));
    ck_assert_int_eq(report(&f, &probe, OK_), SEAWALL_OK);
    ck_assert_int_eq(look(&f).probe_successes, 1);
}
END_TEST

/* --- who counts --- */

#define AGAIN (UINT32_C(1) << 31)

/* As if another thread were just counting: who comes meanwhile goes on, and what he has is counted later. */
START_TEST(nobody_waits_for_who_counts)
{
    uint32_t mine = sw_port_fork_generation();

    calls(&f, "sss");
    sw_store_u32(&f.breaker->keeper, mine);
    calls(&f, "ff");
    ck_assert_uint_eq(sw_load_u32(&f.breaker->keeper), mine | AGAIN);
    expect_state(&f, SEAWALL_BREAKER_CLOSED); /* a snapshot does not wait for ever */
    ck_assert_uint_eq(sw_load_u32(&f.breaker->keeper), mine | AGAIN);
    sw_store_u32(&f.breaker->keeper, 0);
    expect_window(&f, 5, 2, 0.4);
    calls(&f, "f");
    expect_trip(&f, SEAWALL_BREAKER_RULE_FAILURE_RATE, 500000, 500000);
    ck_assert_uint_eq(sw_load_u32(&f.breaker->keeper), 0);
}
END_TEST

/* Each kind as often as it was. */
START_TEST(nothing_that_piled_up_changes_its_kind)
{
    int failures, slow, both, i;

    config.failure_rate = config.slow_call_rate = 1;
    config.slow_call_duration = MS(1);
    config.window_calls = 1000;
    for (failures = 0; failures < 5; failures++) {
        for (slow = 0; slow < 5; slow++) {
            for (both = 0; both < 5; both++) {
                again();
                sw_store_u32(&f.breaker->keeper, sw_port_fork_generation());
                many(&f, 7, "s");
                many(&f, failures, "f");
                for (i = 0; i < slow + both; i++)
                    slow_call(&f, MS(2), i < slow ? SEAWALL_FAULT_NONE : SEAWALL_FAULT_INTERNAL);
                sw_store_u32(&f.breaker->keeper, 0);
                ck_assert_int_eq(look(&f).window_calls, 7 + failures + slow + both);
                ck_assert_int_eq(look(&f).window_failures, failures + both);
                ck_assert_int_eq(look(&f).window_slow_calls, slow + both);
            }
        }
    }
}
END_TEST

/* Thousands of failures are nothing among a hundred thousands of calls, in however short a time. */
START_TEST(a_blip_at_high_traffic_is_borne)
{
    by_time(SEAWALL_SECONDS(10), 10);
    many(&f, 2000, "ssssssssss");
    many(&f, 500, "f");
    expect_state(&f, SEAWALL_BREAKER_CLOSED);
    expect_window(&f, 20500, 500, 500.0 / 20500);
}
END_TEST

/* In the child of a fork: who was counting stayed behind in the parent, and what he left is not trusted. */
START_TEST(a_child_begins_anew_where_its_parent_was_counting)
{
    calls(&f, "sssf");
    sw_store_u32(&f.breaker->keeper, sw_port_fork_generation() + 7);
    (void)look(&f);
    ck_assert_uint_eq(sw_load_u32(&f.breaker->keeper), 0);
    expect_window(&f, 0, 0, -1);
    calls(&f, "sfff");
    expect_trip(&f, SEAWALL_BREAKER_RULE_FAILURE_RATE, 750000, 500000);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("breaker_windows_time");
    TCase *tests = tcase_create("windows");

    tcase_add_checked_fixture(tests, begin, end);
    tcase_add_test(tests, time_forgets_one_bucket_after_the_other);
    tcase_add_test(tests, a_long_silence_forgets_everything);
    tcase_add_test(tests, a_clock_that_stands_still_or_steps_back_loses_nothing);
    tcase_add_test(tests, silent_successes_are_spread);
    tcase_add_test(tests, rotation_asks_the_rules);
    tcase_add_test(tests, the_minimum_of_a_window_of_time);
    tcase_add_test(tests, new_rules_keep_the_window);
    tcase_add_test(tests, a_rule_that_was_off_begins_now);
    tcase_add_test(tests, new_rules_watch_anew);
    tcase_add_test(tests, timing_begins_with_the_next_call);
    tcase_add_test(tests, nobody_waits_for_who_counts);
    tcase_add_test(tests, nothing_that_piled_up_changes_its_kind);
    tcase_add_test(tests, a_blip_at_high_traffic_is_borne);
    tcase_add_test(tests, a_child_begins_anew_where_its_parent_was_counting);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
