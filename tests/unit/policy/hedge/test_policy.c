/* The hedge in a pipeline, driven by hand; times in milliseconds after its birth. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stat/latency.h"
#include "suite.h"
#include "support.h"
#include "toy_stage.h"

#define NEVER SEAWALL_FOREVER
#define AT(ms) (SW_TEST_START + SEAWALL_MILLISECONDS(ms))

typedef struct setting {
    sw_test_platform on;
    seawall_hedge *hedge;
    stage s;
} setting;

static void open_on(setting *t, const seawall_hedge_config *config)
{
    seawall_policy policy = SEAWALL_POLICY_INIT;

    ck_assert_int_eq(seawall_hedge_create(config, &t->on.platform, &t->hedge, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_hedge_policy(t->hedge, "hedge", &policy), SEAWALL_OK);
    stage_open_policies(&t->s, (const seawall_policy *const[]){&policy}, 1, &t->on.platform);
}

/* A fixed delay of 10 ms, and passes enough that the budget allows all extra runs of the next one. */
static void set_up(setting *t, int32_t hedges)
{
    seawall_hedge_config config = SEAWALL_HEDGE_CONFIG_INIT;
    int32_t i;

    sw_test_platform_init(&t->on, false);
    config.max_hedges = hedges;
    config.delay = SEAWALL_MILLISECONDS(10);
    config.budget = 1;
    open_on(t, &config);
    for (i = 1; i < hedges; i++) {
        stage_begin(&t->s, AT(0), NEVER);
        (void)stage_steps_text(&t->s, AT(0));
        stage_end(&t->s, 1, SEAWALL_FAULT_NONE, AT(0));
        (void)stage_steps_text(&t->s, AT(0));
    }
}

static void tear_down(setting *t)
{
    seawall_hedge_destroy(t->hedge);
    stage_close(&t->s);
    sw_test_platform_fini(&t->on);
}

/* The steps with times in milliseconds. */
static const char *steps(setting *t, int ms)
{
    static char text[512];
    const char *from = stage_steps_text(&t->s, AT(ms));
    char *to = text;

    while (*from != '\0') {
        char *end;
        long long number = strtoll(from, &end, 10);

        if (*from >= '0' && *from <= '9' && number >= SW_TEST_START) {
            to += snprintf(to, 32, "%lld", (number - SW_TEST_START) / 1000000);
            from = end;
        } else {
            *to++ = *from++;
        }
    }
    *to = '\0';
    return text;
}

#define STEPS(t, ms, expected) ck_assert_str_eq(steps(t, ms), expected)

static seawall_hedge_snapshot look(setting *t, int ms)
{
    seawall_hedge_snapshot snapshot = SEAWALL_HEDGE_SNAPSHOT_INIT;

    ck_assert_int_eq(seawall_hedge_get_snapshot_at(t->hedge, AT(ms), &snapshot), SEAWALL_OK);
    return snapshot;
}

static int events(setting *t, const char *name)
{
    const char *at = stage_notes_text(&t->s);
    int count = 0;

    for (at = strstr(at, name); at != NULL; at = strstr(at + 1, name))
        count++;
    return count;
}

START_TEST(an_answer_in_time_costs_nothing)
{
    setting t;

    set_up(&t, 2);
    stage_begin(&t.s, AT(0), NEVER);
    STEPS(&t, 0, "start 1, wait 10");
    stage_end(&t.s, 1, SEAWALL_FAULT_NONE, AT(9));
    STEPS(&t, 9, "finished ok x1, drained");
    ck_assert_int_eq(look(&t, 9).started, 0);
    stage_heard(&t.s, "");
    tear_down(&t);
}
END_TEST

START_TEST(the_first_success_wins_and_the_others_are_cancelled)
{
    setting t;

    set_up(&t, 2);
    stage_begin(&t.s, AT(0), NEVER);
    STEPS(&t, 0, "start 1, wait 10");
    STEPS(&t, 10, "start 2 route 1, wait 20");
    STEPS(&t, 20, "start 3 route 2, wait");
    stage_end(&t.s, 2, SEAWALL_FAULT_NONE, AT(25));
    STEPS(&t, 25, "finished ok x3 late 2, cancel 1, cancel 3, wait");
    /* Late ends are harmless, whatever they say. */
    stage_end(&t.s, 1, SEAWALL_FAULT_INTERNAL, AT(26));
    stage_end(&t.s, 3, SEAWALL_FAULT_NONE, AT(27));
    STEPS(&t, 27, "drained");
    ck_assert_int_eq(look(&t, 27).started, 2);
    ck_assert_int_eq(look(&t, 27).won, 1);
    ck_assert_int_eq(events(&t, "hedge_"), 3);
    tear_down(&t);
}
END_TEST

START_TEST(the_events_say_what_happened)
{
    setting t;

    set_up(&t, 1);
    stage_begin(&t.s, AT(0), NEVER);
    STEPS(&t, 0, "start 1, wait 10");
    STEPS(&t, 10, "start 2 route 1, wait");
    stage_end(&t.s, 1, SEAWALL_FAULT_NONE, AT(12));
    STEPS(&t, 12, "finished ok x2 late 1, cancel 2, wait");
    stage_end(&t.s, 2, SEAWALL_FAULT_NONE, AT(12));
    STEPS(&t, 12, "drained");
    stage_heard(&t.s,
                "* hedge_started@1000010000000 by 0 after 10000000 x1\n* hedge_lost@1000012000000 by 0 after 12000000 x2\n");
    ck_assert_int_eq(look(&t, 12).won, 0);
    tear_down(&t);
}
END_TEST

START_TEST(an_error_is_no_win)
{
    setting t;

    set_up(&t, 1);
    stage_begin(&t.s, AT(0), NEVER);
    STEPS(&t, 0, "start 1, wait 10");
    STEPS(&t, 10, "start 2 route 1, wait");
    stage_end(&t.s, 2, SEAWALL_FAULT_INTERNAL, AT(11));
    STEPS(&t, 11, "wait");
    stage_end(&t.s, 1, SEAWALL_FAULT_NONE, AT(12));
    STEPS(&t, 12, "finished ok x2 first internal 0 last internal 0, drained");
    tear_down(&t);
}
END_TEST

START_TEST(when_all_fail_the_best_is_handed_on)
{
    setting t;

    set_up(&t, 2);
    stage_begin(&t.s, AT(0), NEVER);
    STEPS(&t, 0, "start 1, wait 10");
    STEPS(&t, 10, "start 2 route 1, wait 20");
    STEPS(&t, 20, "start 3 route 2, wait");
    stage_end(&t.s, 2, SEAWALL_FAULT_IGNORED, AT(21));
    stage_end(&t.s, 3, SEAWALL_FAULT_NOT_FOUND, AT(22));
    stage_end(&t.s, 1, SEAWALL_FAULT_INTERNAL, AT(23));
    STEPS(&t, 23, "finished failed not_found x3 first not_found 0 last internal 0, drained");
    tear_down(&t);
}
END_TEST

/* Nothing goes on beside which one more could run: repeating is the retry's business. */
START_TEST(a_failure_before_the_delay_is_the_end)
{
    setting t;

    set_up(&t, 2);
    stage_begin(&t.s, AT(0), NEVER);
    STEPS(&t, 0, "start 1, wait 10");
    stage_end(&t.s, 1, SEAWALL_FAULT_INTERNAL, AT(5));
    STEPS(&t, 5, "finished failed internal x1 first internal 0 last internal 0, drained");
    tear_down(&t);
}
END_TEST

START_TEST(what_gives_up_ends_all)
{
    setting t;

    set_up(&t, 2);
    stage_begin(&t.s, AT(0), NEVER);
    STEPS(&t, 0, "start 1, wait 10");
    STEPS(&t, 10, "start 2 route 1, wait 20");
    stage_end(&t.s, 2, SEAWALL_FAULT_AUTHORIZATION_DENIED, AT(11));
    STEPS(&t, 11, "finished failed authorization_denied x2 first authorization_denied 0 last authorization_denied 0 late 1, "
                  "cancel 1, wait");
    stage_end(&t.s, 1, SEAWALL_FAULT_NONE, AT(12));
    STEPS(&t, 12, "drained");
    tear_down(&t);
}
END_TEST

START_TEST(a_delay_of_zero_starts_all_at_once)
{
    seawall_hedge_config config = SEAWALL_HEDGE_CONFIG_INIT;
    setting t;

    sw_test_platform_init(&t.on, false);
    config.delay = 0;
    config.budget = 1;
    open_on(&t, &config);
    stage_begin(&t.s, AT(0), NEVER);
    ck_assert_str_eq(stage_steps_text(&t.s, AT(0)), "start 1, wait 1000000000001");
    ck_assert_str_eq(stage_steps_text(&t.s, AT(0) + 1), "start 2 route 1, wait");
    stage_end(&t.s, 1, SEAWALL_FAULT_NONE, AT(1));
    stage_end(&t.s, 2, SEAWALL_FAULT_NONE, AT(1));
    STEPS(&t, 1, "finished ok x2 late 1, drained");
    tear_down(&t);
}
END_TEST

START_TEST(cancelled_and_timed_out_it_stops_all)
{
    setting t;
    int i;

    for (i = 0; i < 2; i++) {
        set_up(&t, 2);
        stage_begin(&t.s, AT(0), i == 0 ? NEVER : AT(15));
        STEPS(&t, 0, i == 0 ? "start 1, wait 10" : "start 1 by 15, wait 10");
        STEPS(&t, 10, i == 0 ? "start 2 route 1, wait 20" : "start 2 route 1 by 15, wait 15");
        if (i == 0)
            stage_cancel(&t.s, AT(15));
        STEPS(&t, 15, i == 0 ? "finished cancelled ignored x2 cancelled late 2, cancel 1, cancel 2, wait"
                             : "finished timed_out timeout x2 first timeout 0 last timeout 0 late 2, cancel 1, cancel 2, wait");
        stage_disown(&t.s, 1, AT(16));
        stage_disown(&t.s, 2, AT(16));
        STEPS(&t, 16, "drained");
        tear_down(&t);
    }
}
END_TEST

/* One pass that is as slow as it is told, and so hedged if the hedge thinks fit. True if it was. */
static bool pass(setting *t, int begin, int lasts)
{
    int64_t started = look(t, begin).started;
    int32_t i;

    stage_begin(&t->s, AT(begin), NEVER);
    (void)stage_steps_text(&t->s, AT(begin));
    (void)stage_steps_text(&t->s, AT(begin + lasts) - 1);
    stage_end(&t->s, 1, SEAWALL_FAULT_NONE, AT(begin + lasts));
    started = look(t, begin + lasts).started - started;
    (void)stage_steps_text(&t->s, AT(begin + lasts));
    for (i = 0; i < (int32_t)started; i++)
        stage_end(&t->s, 2 + (uint64_t)i, SEAWALL_FAULT_NONE, AT(begin + lasts));
    (void)stage_steps_text(&t->s, AT(begin + lasts));
    return started > 0;
}

START_TEST(its_own_budget_bounds_it)
{
    seawall_hedge_config config = SEAWALL_HEDGE_CONFIG_INIT;
    int i, hedged = 0;
    setting t;

    sw_test_platform_init(&t.on, false);
    config.delay = SEAWALL_MILLISECONDS(10);
    open_on(&t, &config); /* 5 % */
    for (i = 0; i < 100; i++)
        hedged += pass(&t, i * 20, 15);
    ck_assert_int_eq(hedged, 5);
    ck_assert_int_eq(look(&t, 2000).over_budget, 95);
    tear_down(&t);
}
END_TEST

START_TEST(a_shared_budget_bounds_it_too)
{
    seawall_retry_budget_config little = SEAWALL_RETRY_BUDGET_CONFIG_INIT;
    seawall_retry_budget_snapshot spent = SEAWALL_RETRY_BUDGET_SNAPSHOT_INIT;
    seawall_hedge_config config = SEAWALL_HEDGE_CONFIG_INIT;
    seawall_retry_budget *budget, *foreign;
    seawall_error error = {0};
    int i, hedged = 0;
    setting t;

    sw_test_platform_init(&t.on, false);
    little.ratio = 0;
    little.floor = 1; /* ten in ten seconds */
    ck_assert_int_eq(seawall_retry_budget_create(&little, &t.on.platform, &budget, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_retry_budget_create(&little, NULL, &foreign, NULL), SEAWALL_OK);
    config.delay = SEAWALL_MILLISECONDS(10);
    config.budget = 0.5;
    config.retry_budget = foreign;
    ck_assert_int_eq(seawall_hedge_create(&config, &t.on.platform, &t.hedge, &error), SEAWALL_INVALID);
    ck_assert_str_eq(error.key, "hedge.retry_budget");
    config.retry_budget = budget;
    open_on(&t, &config);
    for (i = 0; i < 100; i++)
        hedged += pass(&t, i * 20, 15);
    ck_assert_int_eq(hedged, 10);
    ck_assert_int_eq(seawall_retry_budget_get_snapshot_at(budget, AT(2000), &spent), SEAWALL_OK);
    ck_assert_int_eq(spent.retries, 10);
    /* What the shared one refused was not charged to its own. */
    for (i = 0; i < 100; i++)
        hedged += pass(&t, 14000 + i * 20, 15);
    ck_assert_int_eq(hedged, 20);
    seawall_retry_budget_destroy(budget);
    seawall_retry_budget_destroy(foreign);
    tear_down(&t);
}
END_TEST

/* The 95th percentile of passes that take 1 to 100 ms, once there are a hundred. */
START_TEST(it_learns_when_late_is_late)
{
    seawall_hedge_config config = SEAWALL_HEDGE_CONFIG_INIT;
    char text[64];
    setting t;
    int i;

    sw_test_platform_init(&t.on, false);
    config.budget = 1;
    open_on(&t, &config);
    ck_assert_int_eq(look(&t, 0).delay, SEAWALL_FOREVER);
    for (i = 0; i < 100; i++)
        ck_assert(!pass(&t, i * 100, i + 1));
    ck_assert_int_eq(look(&t, 10000).samples, 100);
    ck_assert_int_ge(look(&t, 10000).delay, SEAWALL_MILLISECONDS(95));
    ck_assert_int_le(look(&t, 10000).delay, SEAWALL_MILLISECONDS(107));
    stage_begin(&t.s, AT(10500), NEVER);
    (void)snprintf(text, sizeof(text), "start 1, wait %lld", (long long)(AT(10500) + look(&t, 10500).delay));
    stage_steps(&t.s, AT(10500), text);
    stage_end(&t.s, 1, SEAWALL_FAULT_NONE, AT(10550));
    (void)stage_steps_text(&t.s, AT(10550));
    ck_assert(!pass(&t, 10600, 94));
    ck_assert(pass(&t, 10800, 120));
    /* After the window it starts anew. */
    ck_assert_int_eq(look(&t, 10000 + 70000).delay, SEAWALL_FOREVER);
    ck_assert(!pass(&t, 90000, 2000));
    tear_down(&t);
}
END_TEST

/* After one pass of 10 ms, one that an extra run wins; the first one has failed by then, or loses. The delay after that. */
static seawall_duration taught(bool failed)
{
    seawall_hedge_config config = SEAWALL_HEDGE_CONFIG_INIT;
    seawall_duration delay;
    setting t;

    sw_test_platform_init(&t.on, false);
    config.budget = 1;
    config.minimum_samples = 1;
    open_on(&t, &config);
    ck_assert(!pass(&t, 0, 10));
    stage_begin(&t.s, AT(1000), NEVER);
    (void)stage_steps_text(&t.s, AT(1000));
    (void)stage_steps_text(&t.s, AT(1100)); /* the extra run begins, late as the host is */
    if (failed)
        stage_end(&t.s, 1, SEAWALL_FAULT_INTERNAL, AT(1103));
    stage_end(&t.s, 2, SEAWALL_FAULT_NONE, AT(1105));
    if (!failed)
        stage_end(&t.s, 1, SEAWALL_FAULT_NONE, AT(1105));
    (void)stage_steps_text(&t.s, AT(1105));
    ck_assert_int_eq(look(&t, 1200).samples, 2);
    ck_assert_int_eq(look(&t, 1200).won, 1);
    delay = look(&t, 1200).delay;
    tear_down(&t);
    return delay;
}

/* Else each hedge would teach it to wait longer. */
START_TEST(an_extra_run_is_measured_from_its_own_beginning)
{
    ck_assert_int_eq(taught(true), sw_latency_longest(sw_latency_bucket(SEAWALL_MILLISECONDS(10))));
}
END_TEST

START_TEST(a_first_run_that_lost_took_longer_than_the_delay)
{
    ck_assert_int_eq(taught(false), sw_latency_longest(sw_latency_bucket(SEAWALL_MILLISECONDS(10)) + 1));
}
END_TEST

static seawall_fault never_called(seawall_attempt *attempt, void *arg)
{
    (void)attempt;
    (void)arg;
    ck_abort_msg("the blocking driver ran it");
    return SEAWALL_FAULT_NONE;
}

START_TEST(the_blocking_driver_refuses_it_by_name)
{
    seawall_report report = SEAWALL_REPORT_INIT;
    setting t;

    set_up(&t, 1);
    ck_assert_int_eq(seawall_call(t.s.pipeline, never_called, NULL, &report), SEAWALL_UNSUPPORTED);
    ck_assert_int_eq(report.policy, 0);
    tear_down(&t);
}
END_TEST

START_TEST(nonsense_is_refused)
{
    seawall_hedge_snapshot snapshot = SEAWALL_HEDGE_SNAPSHOT_INIT;
    seawall_policy policy = SEAWALL_POLICY_INIT;
    setting t;

    set_up(&t, 1);
    ck_assert_int_eq(seawall_hedge_policy(NULL, "h", &policy), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_hedge_policy(t.hedge, "h", NULL), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_hedge_get_snapshot(NULL, &snapshot), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_hedge_get_snapshot(t.hedge, NULL), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_hedge_get_snapshot_at(t.hedge, 0, NULL), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_hedge_get_snapshot(t.hedge, &snapshot), SEAWALL_OK);
    snapshot.size = 8;
    ck_assert_int_eq(seawall_hedge_get_snapshot(t.hedge, &snapshot), SEAWALL_INVALID);
    seawall_hedge_destroy(NULL);
    tear_down(&t);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("hedge policy");

    tcase_add_test(tests, an_answer_in_time_costs_nothing);
    tcase_add_test(tests, the_first_success_wins_and_the_others_are_cancelled);
    tcase_add_test(tests, the_events_say_what_happened);
    tcase_add_test(tests, an_error_is_no_win);
    tcase_add_test(tests, when_all_fail_the_best_is_handed_on);
    tcase_add_test(tests, a_failure_before_the_delay_is_the_end);
    tcase_add_test(tests, what_gives_up_ends_all);
    tcase_add_test(tests, a_delay_of_zero_starts_all_at_once);
    tcase_add_test(tests, cancelled_and_timed_out_it_stops_all);
    tcase_add_test(tests, its_own_budget_bounds_it);
    tcase_add_test(tests, a_shared_budget_bounds_it_too);
    tcase_add_test(tests, it_learns_when_late_is_late);
    tcase_add_test(tests, an_extra_run_is_measured_from_its_own_beginning);
    tcase_add_test(tests, a_first_run_that_lost_took_longer_than_the_delay);
    tcase_add_test(tests, the_blocking_driver_refuses_it_by_name);
    tcase_add_test(tests, nonsense_is_refused);
    return sw_test_run("hedge policy", tests);
}
