/* Rates over windows: when they open, what they are told to be, and what becomes of a window. */
#include <string.h>

#include "breaker_fixture.h"
#include "policy/breaker/breaker_state.h"
#include "suite.h"
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

/* The last letter opens it, and none before. */
static const struct {
    const char *story;
    int32_t value;
} stories[] = {
    {"ssff", 500000},       {"fsfs", 500000},      {"sssfff", 500000},     {"fff" "i" "f", 1000000},
    {"fffs", 750000},       {"ff" "iii" "ss", 500000}, {"ssssssssss" "fffff", 500000}, {"fssssfsfsf" "ff", 500000},
};

START_TEST(it_opens_at_the_outcome_that_makes_the_share)
{
    const char *story = stories[_i].story;
    char before[40] = "";

    memcpy(before, story, strlen(story) - 1);
    calls(&f, before);
    expect_state(&f, SEAWALL_BREAKER_CLOSED);
    calls(&f, story + strlen(before));
    expect_trip(&f, SEAWALL_BREAKER_RULE_FAILURE_RATE, stories[_i].value, 500000);
}
END_TEST

/* Shares that no decimal says: reached is reached. */
START_TEST(a_share_in_thirds_is_reached)
{
    config.failure_rate = 2.0 / 3;
    config.window_calls = 3;
    config.minimum_calls = 3;
    again();
    calls(&f, "ff");
    expect_state(&f, SEAWALL_BREAKER_CLOSED);
    calls(&f, "s");
    expect_trip(&f, SEAWALL_BREAKER_RULE_FAILURE_RATE, 666667, 666667);
}
END_TEST

START_TEST(below_the_minimum_there_is_no_rate)
{
    expect_window(&f, 0, 0, -1);
    calls(&f, "fis");
    expect_window(&f, 2, 1, -1);
    calls(&f, "ss");
    expect_window(&f, 4, 1, 0.25);
    calls(&f, "ssssssss");
    expect_window(&f, 10, 0, 0);
    calls(&f, "f");
    expect_window(&f, 10, 1, 0.1);
}
END_TEST

/* More than the window holds is as many as it holds. */
START_TEST(the_minimum_is_never_above_the_window)
{
    config.minimum_calls = 1000000;
    again();
    many(&f, 5, "f");
    many(&f, 4, "s");
    expect_window(&f, 9, 5, -1);
    calls(&f, "s");
    expect_trip(&f, SEAWALL_BREAKER_RULE_FAILURE_RATE, 500000, 500000);
}
END_TEST

START_TEST(a_window_may_hold_one_or_many)
{
    config.window_calls = 1;
    again();
    many(&f, 20, "s");
    expect_window(&f, 1, 0, 0);
    calls(&f, "f");
    expect_trip(&f, SEAWALL_BREAKER_RULE_FAILURE_RATE, 1000000, 500000);

    config.window_calls = SW_WINDOW_COUNT_MAX;
    config.minimum_calls = SW_WINDOW_COUNT_MAX;
    again();
    many(&f, SW_WINDOW_COUNT_MAX / 2 - 1, "fs");
    calls(&f, "s");
    expect_window(&f, SW_WINDOW_COUNT_MAX - 1, SW_WINDOW_COUNT_MAX / 2 - 1, -1);
    calls(&f, "f");
    expect_trip(&f, SEAWALL_BREAKER_RULE_FAILURE_RATE, 500000, 500000);
}
END_TEST

/* The successes of which nobody told count from the beginning. */
START_TEST(successes_before_the_first_failure_count)
{
    many(&f, 3, "s");
    calls(&f, "f");
    expect_window(&f, 4, 1, 0.25);
    many(&f, 1000, "s");
    calls(&f, "ffff");
    expect_window(&f, 10, 4, 0.4);
}
END_TEST

START_TEST(every_rule_opens_by_itself)
{
    config.failure_threshold = 3;
    config.slow_call_rate = 0.5;
    config.slow_call_duration = MS(10);
    again();
    calls(&f, "sssssssfff");
    expect_trip(&f, SEAWALL_BREAKER_RULE_CONSECUTIVE, 3, 3);
    again();
    calls(&f, "sssffsff");
    expect_trip(&f, SEAWALL_BREAKER_RULE_FAILURE_RATE, 500000, 500000);
    again();
    calls(&f, "ss");
    slow_call(&f, MS(11), OK_);
    slow_call(&f, MS(11), OK_);
    expect_trip(&f, SEAWALL_BREAKER_RULE_SLOW_CALL_RATE, 500000, 500000);
    /* All three at once. */
    again();
    calls(&f, "s");
    slow_call(&f, MS(11), BAD);
    slow_call(&f, MS(11), BAD);
    slow_call(&f, MS(11), BAD);
    expect_trip(&f, SEAWALL_BREAKER_RULE_CONSECUTIVE, 3, 3);
    config.failure_threshold = 0;
    again();
    calls(&f, "s");
    slow_call(&f, MS(11), BAD);
    slow_call(&f, MS(11), BAD);
    slow_call(&f, MS(11), BAD);
    expect_trip(&f, SEAWALL_BREAKER_RULE_FAILURE_RATE, 750000, 500000);
}
END_TEST

START_TEST(slow_calls)
{
    config.failure_rate = 0;
    config.slow_call_rate = 0.5;
    config.slow_call_duration = MS(10);
    again();
    slow_call(&f, MS(10), OK_);
    ck_assert_int_eq(look(&f).window_slow_calls, 0);
    slow_call(&f, MS(10) + 1, OK_);
    ck_assert(look(&f).slow_call_rate <= -1);
    calls(&f, "ss");
    slow_call(&f, MS(10) + 1, BAD);
    slow_call(&f, MS(10) + 1, SEAWALL_FAULT_NOT_FOUND); /* is ignored however long it takes */
    ck_assert_int_eq(look(&f).window_calls, 5);
    ck_assert_int_eq(look(&f).window_failures, 1);
    ck_assert_int_eq(look(&f).window_slow_calls, 2);
    ck_assert(look(&f).slow_call_rate > 0.39 && look(&f).slow_call_rate < 0.41);
    ck_assert_int_eq(look(&f).successes, 4);
    slow_call(&f, MS(10) + 1, OK_);
    expect_trip(&f, SEAWALL_BREAKER_RULE_SLOW_CALL_RATE, 500000, 500000);
}
END_TEST

/* What completes the minimum may be slow itself, or quick. */
START_TEST(a_success_completes_the_minimum_of_slow_calls)
{
    config.failure_rate = 0;
    config.slow_call_rate = 0.5;
    config.slow_call_duration = MS(10);
    again();
    slow_call(&f, MS(11), OK_);
    slow_call(&f, MS(11), OK_);
    calls(&f, "s");
    expect_state(&f, SEAWALL_BREAKER_CLOSED);
    calls(&f, "s");
    expect_trip(&f, SEAWALL_BREAKER_RULE_SLOW_CALL_RATE, 500000, 500000);
}
END_TEST

START_TEST(a_slow_probe_counts_as_failed)
{
    config.slow_call_rate = 1;
    config.slow_call_duration = MS(10);
    again();
    calls(&f, "ffff");
    advance(&f, look(&f).remaining);
    slow_call(&f, MS(10), OK_);
    expect_state(&f, SEAWALL_BREAKER_HALF_OPEN);
    slow_call(&f, MS(11), OK_);
    expect_trip(&f, SEAWALL_BREAKER_RULE_PROBES, 1, 1);
    ck_assert_int_eq(look(&f).successes, 2);
    /* Without the rule nobody looks how long it took. */
    config.slow_call_rate = 0;
    again();
    calls(&f, "ffff");
    advance(&f, look(&f).remaining);
    slow_call(&f, MS(400), OK_);
    expect_state(&f, SEAWALL_BREAKER_HALF_OPEN);
}
END_TEST

static int64_t clock_reads;

static seawall_time counted_now(void *user)
{
    (void)user;
    clock_reads++;
    return START;
}

/* Two reads of the clock for a call if it is timed, none if it is not. */
START_TEST(only_the_rule_on_slow_calls_reads_the_clock)
{
    int pass;

    f.platform.now = counted_now;
    for (pass = 0; pass < 6; pass++) {
        seawall_breaker *breaker;
        seawall_permit permit;
        int i;

        config.slow_call_rate = pass % 2;
        config.window = pass / 2 % 2;
        config.failure_rate = pass / 4 == 0 ? 0.5 : 0;
        ck_assert_int_eq(seawall_breaker_create(&config, &f.platform, &breaker, NULL), SEAWALL_OK);
        ck_assert_int_eq(seawall_breaker_try_acquire(breaker, &permit, NULL), SEAWALL_OK);
        ck_assert_int_eq(seawall_breaker_report(breaker, &permit, OK_), SEAWALL_OK);
        clock_reads = 0;
        for (i = 0; i < 5; i++) {
            ck_assert_int_eq(seawall_breaker_try_acquire(breaker, &permit, NULL), SEAWALL_OK);
            ck_assert_int_eq(seawall_breaker_report(breaker, &permit, OK_), SEAWALL_OK);
            ck_assert_int_eq(seawall_breaker_report(breaker, &permit, OK_), SEAWALL_INVALID);
            ck_assert_int_eq(seawall_breaker_try_acquire_at(breaker, START, &permit, NULL), SEAWALL_OK);
            ck_assert_int_eq(seawall_breaker_report_at(breaker, &permit, OK_, START), SEAWALL_OK);
        }
        ck_assert_int_eq(clock_reads, pass % 2 == 0 ? 0 : 10);
        seawall_breaker_destroy(breaker);
    }
}
END_TEST

/* It closes with an empty window, whatever was counted before or in between. */
START_TEST(a_window_begins_with_its_epoch)
{
    seawall_permit old = acquire(&f), older = acquire(&f);

    calls(&f, "sssff");
    calls(&f, "f");
    expect_state(&f, SEAWALL_BREAKER_OPEN);
    ck_assert_int_eq(report(&f, &old, BAD), SEAWALL_STALE);
    advance(&f, look(&f).remaining);
    calls(&f, "sss");
    expect_state(&f, SEAWALL_BREAKER_CLOSED);
    ck_assert_int_eq(report(&f, &older, OK_), SEAWALL_STALE);
    expect_window(&f, 0, 0, -1);
    calls(&f, "fff");
    expect_window(&f, 3, 3, -1);
    ck_assert_int_eq(seawall_breaker_close(f.breaker), SEAWALL_OK);
    expect_window(&f, 0, 0, -1);
    many(&f, 7, "s");
    ck_assert_int_eq(seawall_breaker_reset(f.breaker), SEAWALL_OK);
    expect_window(&f, 0, 0, -1);
    calls(&f, "sf");
    expect_window(&f, 2, 1, -1);
}
END_TEST

static bool is_judged(void *arg)
{
    int failures;

    (void)arg;
    for (failures = 0; failures < 10 && look(&f).state == SEAWALL_BREAKER_CLOSED; failures++)
        calls(&f, "f");
    return failures <= config.minimum_calls + 1;
}

/* Who has closed it stays behind in the parent, and has not yet said where the window begins. */
START_TEST(a_child_begins_what_its_parent_has_not)
{
    int i;

    ck_assert_int_eq(seawall_breaker_close(f.breaker), SEAWALL_OK);
    for (i = 0; i <= SW_BREAKER_WINDOWED; i++)
        sw_store_u64(&f.breaker->begun[i], 0);
    f.breaker->window.epoch = 0;
    sw_test_in_child(is_judged, NULL);
}
END_TEST

START_TEST(metrics_only_shows_rates_and_never_opens)
{
    ck_assert_int_eq(seawall_breaker_metrics_only(f.breaker), SEAWALL_OK);
    many(&f, 8, "f");
    calls(&f, "ss");
    expect_window(&f, 10, 8, 0.8);
    expect_state(&f, SEAWALL_BREAKER_METRICS_ONLY);
    ck_assert_int_eq(seawall_breaker_disable(f.breaker), SEAWALL_OK);
    many(&f, 8, "f");
    expect_window(&f, 0, 0, -1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("breaker_windows");
    TCase *tests = tcase_create("windows"), *large = sw_test_many_turns(suite);

    tcase_add_checked_fixture(tests, begin, end);
    tcase_add_loop_test(tests, it_opens_at_the_outcome_that_makes_the_share, 0, sizeof stories / sizeof stories[0]);
    tcase_add_test(tests, a_share_in_thirds_is_reached);
    tcase_add_test(tests, below_the_minimum_there_is_no_rate);
    tcase_add_test(tests, the_minimum_is_never_above_the_window);
    tcase_add_test(tests, successes_before_the_first_failure_count);
    tcase_add_test(tests, every_rule_opens_by_itself);
    tcase_add_test(tests, slow_calls);
    tcase_add_test(tests, a_success_completes_the_minimum_of_slow_calls);
    tcase_add_test(tests, a_slow_probe_counts_as_failed);
    tcase_add_test(tests, only_the_rule_on_slow_calls_reads_the_clock);
    tcase_add_test(tests, a_window_begins_with_its_epoch);
    tcase_add_test(tests, a_child_begins_what_its_parent_has_not);
    tcase_add_test(tests, metrics_only_shows_rates_and_never_opens);
    tcase_add_checked_fixture(large, begin, end);
    tcase_add_test(large, a_window_may_hold_one_or_many);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
