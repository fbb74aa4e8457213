/* Runs under a token: what a cancellation finds, wherever it finds it, and what it is called when a deadline is near. */
#include <check.h>
#include <string.h>

#include "suite.h"
#include "support.h"
#include "toy_stage.h"

#define FOREVER SEAWALL_FOREVER
#define GONE SEAWALL_FAULT_SERVICE_UNAVAILABLE

static sw_test_platform test;
static seawall_cancel *token;
static toy toys[4];
static int32_t toy_count;
static seawall_time cancel_at; /* when whoever is parked finds it cancelled; 0: does not */

static seawall_time now(void)
{
    return seawall_manual_clock_now(test.clock) - SW_TEST_START;
}

static void move_to(seawall_time at)
{
    if (at > now())
        seawall_manual_clock_advance(test.clock, at - now());
}

/* Cancelled when the clock shows this, counted from the start. */
static void cancel_when(seawall_time at)
{
    move_to(at);
    ck_assert_int_eq(seawall_cancel_trigger(token), SEAWALL_OK);
}

/* Who parks moves the clock on, by itself: nobody else does. */
static void park(const uint32_t *word, uint32_t expected, seawall_time until, void *user)
{
    (void)user;
    if (__atomic_load_n(word, __ATOMIC_SEQ_CST) != expected)
        return;
    if (cancel_at != 0 && (until == FOREVER || cancel_at <= until - SW_TEST_START)) {
        cancel_when(cancel_at);
        cancel_at = 0;
        ck_assert_msg(__atomic_load_n(word, __ATOMIC_SEQ_CST) != expected, "nobody woke who waits");
        return;
    }
    ck_assert_msg(until != FOREVER, "nobody parks for ever");
    move_to(until - SW_TEST_START);
}

static void set_up(void)
{
    sw_test_platform_init(&test, false);
    test.platform.park = park;
    test.platform.clock_user = test.clock;
    cancel_at = 0;
    toy_count = 0;
    ck_assert_int_eq(seawall_cancel_create(NULL, &test.platform, &token, NULL), SEAWALL_OK);
}

static void tear_down(void)
{
    int32_t i;

    for (i = 0; i < toy_count; i++) {
        ck_assert_ptr_null(toy_at_rest(&toys[i]));
        toy_fini(&toys[i]);
    }
    seawall_cancel_destroy(token);
    sw_test_platform_fini(&test);
}

static const seawall_policy **policies_of(const toy_config *configs, int32_t count)
{
    static const seawall_policy *policies[4];

    for (toy_count = 0; toy_count < count; toy_count++) {
        toy_init(&toys[toy_count], &configs[toy_count], NULL);
        policies[toy_count] = &toys[toy_count].policy;
    }
    return policies;
}

/* --- under seawall_call_with --- */

/* What an operation does: takes its time, cancelled meanwhile or not. */
typedef struct act {
    seawall_duration lasts;
    seawall_time cancelled; /* 0: not */
    seawall_fault fault;
    int32_t calls, interrupted;
    bool asks;
    bool saw;
} act;

static void interrupt(void *user)
{
    act *a = user;

    a->interrupted++;
}

static seawall_fault operation(seawall_attempt *attempt, void *arg)
{
    seawall_cancel_hook hook = SEAWALL_CANCEL_HOOK_INIT;
    seawall_cancel *own = NULL, *again = NULL;
    act *a = arg;
    seawall_time ends = now() + a->lasts;

    a->calls++;
    if (a->asks) {
        ck_assert_int_eq(seawall_attempt_token(attempt, &own), SEAWALL_OK);
        ck_assert_int_eq(seawall_attempt_token(attempt, &again), SEAWALL_OK);
        ck_assert_ptr_eq(own, again);
        ck_assert_int_eq(seawall_cancel_add_hook(own, &hook, interrupt, a), SEAWALL_OK);
    }
    ck_assert(!seawall_attempt_cancelled(attempt));
    if (a->cancelled != 0)
        cancel_when(a->cancelled);
    a->saw = seawall_attempt_cancelled(attempt);
    move_to(ends);
    if (a->asks) {
        ck_assert(seawall_cancel_is_cancelled(own) == (a->cancelled != 0));
        ck_assert_int_eq(seawall_cancel_remove_hook(own, &hook), a->cancelled != 0 ? SEAWALL_STALE : SEAWALL_OK);
    }
    return a->fault;
}

static seawall_report call(const toy_config *configs, int32_t count, seawall_time deadline, act *a)
{
    seawall_call_options options = SEAWALL_CALL_OPTIONS_INIT;
    seawall_report report = SEAWALL_REPORT_INIT;
    seawall_pipeline *pipeline = NULL;

    ck_assert_int_eq(seawall_pipeline_create(NULL, policies_of(configs, count), count, &test.platform, &pipeline, NULL),
                     SEAWALL_OK);
    options.cancel = token;
    options.deadline = deadline == FOREVER ? FOREVER : SW_TEST_START + deadline;
    ck_assert_int_eq(seawall_call_with(pipeline, &options, operation, a, &report), report.status);
    seawall_pipeline_destroy(pipeline);
    return report;
}

START_TEST(nothing_is_entered_once_it_is_cancelled)
{
    act a = {0};
    seawall_report report;

    cancel_when(0);
    report = call((toy_config[]){{.kind = TOY_PLAIN}}, 1, FOREVER, &a);
    ck_assert_int_eq(report.status, SEAWALL_CANCELLED);
    ck_assert_int_eq(report.reason, SEAWALL_REASON_CANCELLED);
    ck_assert_int_eq(report.fault, SEAWALL_FAULT_IGNORED);
    ck_assert_int_eq(report.attempts, 0);
    ck_assert_int_eq(a.calls, 0);
    ck_assert_int_eq(toys[0].begun, 0);
}
END_TEST

START_TEST(who_is_not_cancelled_goes_on)
{
    act a = {.lasts = 5, .asks = true};
    seawall_report report = call((toy_config[]){{.kind = TOY_AGAIN, .count = 1, .delay = 20}}, 1, FOREVER, &a);

    ck_assert_int_eq(report.status, SEAWALL_OK);
    ck_assert(!a.saw);
    a.fault = GONE;
    tear_down();
    set_up();
    report = call((toy_config[]){{.kind = TOY_AGAIN, .count = 1, .delay = 20}}, 1, FOREVER, &a);
    ck_assert_int_eq(report.status, SEAWALL_FAILED);
    ck_assert_int_eq(report.attempts, 2);
    ck_assert_int_eq(report.elapsed, 30);
    ck_assert_int_eq(a.interrupted, 0);
    cancel_when(40); /* nobody is there to hear of it */
}
END_TEST

START_TEST(a_sleep_ends)
{
    act a = {.fault = GONE};
    seawall_report report;

    cancel_at = 7;
    report = call((toy_config[]){{.kind = TOY_AGAIN, .count = 1, .delay = 20}}, 1, FOREVER, &a);
    ck_assert_int_eq(report.status, SEAWALL_CANCELLED);
    ck_assert_int_eq(report.elapsed, 7);
    ck_assert_int_eq(report.attempts, 1);
    ck_assert_int_eq(report.first_fault, GONE);
}
END_TEST

START_TEST(a_wait_ends)
{
    act a = {0};
    seawall_report report;

    /* A gate without a permit. */
    cancel_at = 9;
    report = call((toy_config[]){{.kind = TOY_GATE, .count = 0, .waiting = 5, .delay = 100}}, 1, FOREVER, &a);
    ck_assert_int_eq(report.status, SEAWALL_CANCELLED);
    ck_assert_int_eq(report.elapsed, 9);
    ck_assert_int_eq(report.attempts, 0);
    ck_assert_int_eq(a.calls, 0);
}
END_TEST

START_TEST(an_operation_is_interrupted)
{
    act a = {.lasts = 10, .cancelled = 4, .asks = true};
    seawall_report report = call(NULL, 0, FOREVER, &a);

    ck_assert_int_eq(report.status, SEAWALL_CANCELLED);
    ck_assert_int_eq(report.attempts, 1);
    ck_assert_int_eq(report.first_fault, SEAWALL_FAULT_NONE);
    ck_assert_int_eq(a.interrupted, 1);
    ck_assert(a.saw);
    tear_down();
    set_up();
    a = (act){.lasts = 10, .cancelled = 4, .fault = GONE};
    report = call((toy_config[]){{.kind = TOY_AGAIN, .count = 1, .delay = 20}}, 1, FOREVER, &a); /* it looks by itself */
    ck_assert_int_eq(report.status, SEAWALL_CANCELLED);
    ck_assert_int_eq(a.calls, 1);
    ck_assert(a.saw);
}
END_TEST

/* When the operation ended, when it was cancelled, the caller's deadline and a policy's; and what that is called. */
static const struct {
    seawall_duration lasts;
    seawall_time cancelled, deadline, limit;
    seawall_status status;
} instants[] = {
    {10, 9, 10, FOREVER, SEAWALL_CANCELLED},
    {12, 9, 10, FOREVER, SEAWALL_CANCELLED}, /* long before anybody could tell */
    {10, 10, 10, FOREVER, SEAWALL_CANCELLED}, /* at one instant the cancellation is first */
    {12, 10, 10, FOREVER, SEAWALL_CANCELLED},
    {12, 11, 10, FOREVER, SEAWALL_TIMED_OUT},
    {9, 0, 10, FOREVER, SEAWALL_OK},
    {12, 0, 10, FOREVER, SEAWALL_TIMED_OUT},
    {12, 9, FOREVER, 10, SEAWALL_CANCELLED},
    {12, 10, FOREVER, 10, SEAWALL_CANCELLED},
    {12, 11, FOREVER, 10, SEAWALL_CANCELLED}, /* what the policy cut had not ended yet */
    {12, 0, FOREVER, 10, SEAWALL_TIMED_OUT},
};

START_TEST(what_was_earlier_counts)
{
    act a = {.lasts = instants[_i].lasts, .cancelled = instants[_i].cancelled};
    seawall_report report;

    if (instants[_i].limit == FOREVER)
        report = call(NULL, 0, instants[_i].deadline, &a);
    else
        report = call((toy_config[]){{.kind = TOY_CUT, .delay = instants[_i].limit}}, 1, instants[_i].deadline, &a);
    ck_assert_int_eq(report.status, instants[_i].status);
    ck_assert_int_eq(report.fault, report.status == SEAWALL_TIMED_OUT   ? SEAWALL_FAULT_TIMEOUT
                                   : report.status == SEAWALL_CANCELLED ? SEAWALL_FAULT_IGNORED
                                                                        : SEAWALL_FAULT_NONE);
}
END_TEST

START_TEST(a_call_that_begins_too_late_is_told_what_was_first)
{
    act a = {0};

    cancel_when(10);
    move_to(30);
    ck_assert_int_eq(call(NULL, 0, 20, &a).status, SEAWALL_CANCELLED);
    ck_assert_int_eq(call(NULL, 0, 10, &a).status, SEAWALL_CANCELLED);
    ck_assert_int_eq(call(NULL, 0, 9, &a).status, SEAWALL_TIMED_OUT);
    ck_assert_int_eq(a.calls, 0);
}
END_TEST

/* A call inside an operation, under the attempt's own token. */
static seawall_pipeline *inner_pipeline;

static seawall_fault outer_operation(seawall_attempt *attempt, void *arg)
{
    seawall_call_options options = SEAWALL_CALL_OPTIONS_INIT;

    options.deadline = SW_TEST_START + 6; /* the inner call notices at 10, and knows what was at 4 */
    ck_assert_int_eq(seawall_attempt_token(attempt, &options.cancel), SEAWALL_OK);
    ck_assert_int_eq(seawall_call_with(inner_pipeline, &options, operation, arg, NULL), SEAWALL_CANCELLED);
    return GONE;
}

START_TEST(calls_within_calls_are_cancelled_with_them)
{
    seawall_call_options options = SEAWALL_CALL_OPTIONS_INIT;
    act a = {.lasts = 10, .cancelled = 4, .asks = true};

    ck_assert_int_eq(seawall_pipeline_create(NULL, NULL, 0, &test.platform, &inner_pipeline, NULL), SEAWALL_OK);
    options.cancel = token;
    ck_assert_int_eq(seawall_call_with(inner_pipeline, &options, outer_operation, &a, NULL), SEAWALL_CANCELLED);
    ck_assert_int_eq(a.interrupted, 1);
    seawall_pipeline_destroy(inner_pipeline);
}
END_TEST

/* Without a token above it an attempt has one all the same: it is never cancelled. */
START_TEST(every_attempt_has_a_token)
{
    act a = {.asks = true};
    seawall_pipeline *pipeline;

    ck_assert_int_eq(seawall_pipeline_create(NULL, NULL, 0, &test.platform, &pipeline, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_call(pipeline, operation, &a, NULL), SEAWALL_OK);
    ck_assert_int_eq(a.calls, 1);
    seawall_pipeline_destroy(pipeline);
    ck_assert_int_eq(seawall_attempt_token(NULL, &token), SEAWALL_INVALID);
}
END_TEST

START_TEST(options_are_checked)
{
    seawall_call_options options;
    seawall_pipeline *pipeline;
    act a = {0};

    ck_assert_int_eq(seawall_call_options_init(&options, sizeof(options)), SEAWALL_OK);
    ck_assert_int_eq(options.deadline, FOREVER);
    ck_assert_ptr_null(options.cancel);
    ck_assert_int_eq(seawall_pipeline_create(NULL, NULL, 0, NULL, &pipeline, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_call_with(pipeline, &options, operation, &a, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_call_with(pipeline, NULL, operation, &a, NULL), SEAWALL_OK);
    options.cancel = token; /* of another platform */
    ck_assert_int_eq(seawall_call_with(pipeline, &options, operation, &a, NULL), SEAWALL_INVALID);
    options.cancel = NULL;
    options.size = 4;
    ck_assert_int_eq(seawall_call_with(pipeline, &options, operation, &a, NULL), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_call_with(NULL, NULL, operation, &a, NULL), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_call_with(pipeline, NULL, NULL, &a, NULL), SEAWALL_INVALID);
    ck_assert_int_eq(a.calls, 2);
    seawall_pipeline_destroy(pipeline);
}
END_TEST

/* --- driven by a host --- */

static stage s;

static void open_stage(const toy_config *configs, int32_t count)
{
    stage_open_policies(&s, policies_of(configs, count), count, &test.platform);
    ck_assert_int_eq(seawall_execution_set_cancel(s.execution, token), SEAWALL_OK);
}

#define at(t) (SW_TEST_START + (t))

static const char *steps(seawall_time t)
{
    move_to(t);
    return stage_steps_text(&s, at(t));
}

START_TEST(a_host_enters_nothing_once_it_is_cancelled)
{
    open_stage((toy_config[]){{.kind = TOY_PLAIN}}, 1);
    cancel_when(0);
    stage_begin(&s, at(0), FOREVER);
    ck_assert_str_eq(steps(0), "finished cancelled ignored x0 cancelled, drained");
    ck_assert_int_eq(toys[0].begun, 0);
    stage_close(&s);
}
END_TEST

START_TEST(a_host_is_woken_and_told_to_cancel)
{
    open_stage((toy_config[]){{.kind = TOY_PLAIN}}, 1);
    stage_begin(&s, at(0), FOREVER);
    ck_assert_str_eq(steps(0), "start 1, wait");
    ck_assert_int_eq(s.woken, 0);
    cancel_when(5);
    ck_assert_int_eq(s.woken, 1);
    ck_assert_str_eq(steps(6), "finished cancelled ignored x1 cancelled late 1, cancel 1, wait");
    stage_end(&s, 1, SEAWALL_FAULT_NONE, at(8));
    ck_assert_str_eq(steps(8), "drained");
    ck_assert_int_eq(s.woken, 1);
    stage_close(&s);
}
END_TEST

START_TEST(a_report_that_comes_after_the_cancellation_is_late)
{
    open_stage((toy_config[]){{.kind = TOY_PLAIN}}, 1);
    stage_begin(&s, at(0), at(20));
    ck_assert_str_eq(steps(0), "start 1 by 1000000000020, wait 1000000000020");
    cancel_when(5);
    move_to(25);
    stage_end(&s, 1, SEAWALL_FAULT_NONE, at(25)); /* nobody has asked what to do meanwhile */
    ck_assert_str_eq(steps(25), "finished cancelled ignored x1 cancelled late 1, drained");
    stage_close(&s);
}
END_TEST

START_TEST(a_host_calls_it_what_was_earlier)
{
    open_stage((toy_config[]){{.kind = TOY_PLAIN}}, 1);
    stage_begin(&s, at(0), at(10));
    ck_assert_str_eq(steps(0), "start 1 by 1000000000010, wait 1000000000010");
    cancel_when(11);
    ck_assert_str_eq(steps(12), "finished timed_out timeout x1 first timeout 0 last timeout 0 late 1, cancel 1, wait");
    stage_end(&s, 1, SEAWALL_FAULT_NONE, at(12));
    ck_assert_str_eq(steps(12), "drained");
    stage_close(&s);
}
END_TEST

START_TEST(a_host_that_lags_behind_cancels_now)
{
    open_stage((toy_config[]){{.kind = TOY_PLAIN}}, 1);
    stage_begin(&s, at(0), at(10));
    ck_assert_str_eq(steps(0), "start 1 by 1000000000010, wait 1000000000010");
    cancel_when(30); /* the host's own clock shows 10 still: it reads it once in a round */
    ck_assert_str_eq(stage_steps_text(&s, at(10)), "finished cancelled ignored x1 cancelled late 1, cancel 1, wait");
    stage_end(&s, 1, SEAWALL_FAULT_NONE, at(30));
    stage_close(&s);
}
END_TEST

START_TEST(who_has_finished_is_not_woken)
{
    open_stage((toy_config[]){{.kind = TOY_PLAIN}}, 1);
    stage_begin(&s, at(0), FOREVER);
    ck_assert_str_eq(steps(0), "start 1, wait");
    stage_end(&s, 1, SEAWALL_FAULT_NONE, at(3));
    ck_assert_str_eq(steps(3), "finished ok x1, drained");
    cancel_when(5);
    ck_assert_int_eq(s.woken, 0);
    stage_close(&s);
}
END_TEST

START_TEST(a_token_is_changed_between_runs_only)
{
    seawall_cancel *other = NULL;

    open_stage((toy_config[]){{.kind = TOY_PLAIN}}, 1);
    ck_assert_int_eq(seawall_execution_set_cancel(NULL, token), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_cancel_create(NULL, NULL, &other, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_execution_set_cancel(s.execution, other), SEAWALL_INVALID);
    seawall_cancel_destroy(other);
    stage_begin(&s, at(0), FOREVER);
    ck_assert_int_eq(seawall_execution_set_cancel(s.execution, NULL), SEAWALL_BUSY);
    ck_assert_str_eq(steps(0), "start 1, wait");
    stage_end(&s, 1, SEAWALL_FAULT_NONE, at(3));
    ck_assert_str_eq(steps(3), "finished ok x1, drained");
    ck_assert_int_eq(seawall_execution_set_cancel(s.execution, NULL), SEAWALL_OK);
    cancel_when(4);
    stage_begin(&s, at(5), FOREVER);
    ck_assert_str_eq(steps(5), "start 1, wait");
    stage_end(&s, 1, SEAWALL_FAULT_NONE, at(6));
    ck_assert_str_eq(steps(6), "finished ok x1, drained");
    stage_close(&s);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("token");

    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, nothing_is_entered_once_it_is_cancelled);
    tcase_add_test(tests, who_is_not_cancelled_goes_on);
    tcase_add_test(tests, a_sleep_ends);
    tcase_add_test(tests, a_wait_ends);
    tcase_add_test(tests, an_operation_is_interrupted);
    tcase_add_loop_test(tests, what_was_earlier_counts, 0, (int)(sizeof(instants) / sizeof(instants[0])));
    tcase_add_test(tests, a_call_that_begins_too_late_is_told_what_was_first);
    tcase_add_test(tests, calls_within_calls_are_cancelled_with_them);
    tcase_add_test(tests, every_attempt_has_a_token);
    tcase_add_test(tests, options_are_checked);
    tcase_add_test(tests, a_host_enters_nothing_once_it_is_cancelled);
    tcase_add_test(tests, a_host_is_woken_and_told_to_cancel);
    tcase_add_test(tests, a_report_that_comes_after_the_cancellation_is_late);
    tcase_add_test(tests, a_host_calls_it_what_was_earlier);
    tcase_add_test(tests, a_host_that_lags_behind_cancels_now);
    tcase_add_test(tests, who_has_finished_is_not_woken);
    tcase_add_test(tests, a_token_is_changed_between_runs_only);
    return sw_test_run("token", tests);
}
