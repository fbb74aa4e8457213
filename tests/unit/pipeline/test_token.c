/* Blocking calls under a token: what a cancellation finds wherever it finds it, and what it is called when a deadline is near. */
#include <check.h>

#include "suite.h"
#include "token_fixture.h"

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
    seawall_time ends = token_now() + a->lasts;

    a->calls++;
    if (a->asks) {
        ck_assert_int_eq(seawall_attempt_token(attempt, &own), SEAWALL_OK);
        ck_assert_int_eq(seawall_attempt_token(attempt, &again), SEAWALL_OK);
        ck_assert_ptr_eq(own, again);
        ck_assert_int_eq(seawall_cancel_add_hook(own, &hook, interrupt, a), SEAWALL_OK);
    }
    ck_assert(!seawall_attempt_cancelled(attempt));
    if (a->cancelled != 0)
        token_cancel_when(a->cancelled);
    a->saw = seawall_attempt_cancelled(attempt);
    token_move_to(ends);
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

    ck_assert_int_eq(seawall_pipeline_create(NULL, token_policies(configs, count), count, &fixture.test.platform, &pipeline,
                                             NULL),
                     SEAWALL_OK);
    options.cancel = fixture.token;
    options.deadline = deadline == FOREVER ? FOREVER : SW_TEST_START + deadline;
    ck_assert_int_eq(seawall_call_with(pipeline, &options, operation, a, &report), report.status);
    seawall_pipeline_destroy(pipeline);
    return report;
}

START_TEST(nothing_is_entered_once_it_is_cancelled)
{
    act a = {0};
    seawall_report report;

    token_cancel_when(0);
    report = call((toy_config[]){{.kind = TOY_PLAIN}}, 1, FOREVER, &a);
    ck_assert_int_eq(report.status, SEAWALL_CANCELLED);
    ck_assert_int_eq(report.reason, SEAWALL_REASON_CANCELLED);
    ck_assert_int_eq(report.fault, SEAWALL_FAULT_IGNORED);
    ck_assert_int_eq(report.attempts, 0);
    ck_assert_int_eq(a.calls, 0);
    ck_assert_int_eq(fixture.toys[0].begun, 0);
}
END_TEST

START_TEST(who_is_not_cancelled_goes_on)
{
    act a = {.lasts = 5, .asks = true};
    seawall_report report = call((toy_config[]){{.kind = TOY_AGAIN, .count = 1, .delay = 20}}, 1, FOREVER, &a);

    ck_assert_int_eq(report.status, SEAWALL_OK);
    ck_assert(!a.saw);
    a.fault = GONE;
    token_tear_down();
    token_set_up();
    report = call((toy_config[]){{.kind = TOY_AGAIN, .count = 1, .delay = 20}}, 1, FOREVER, &a);
    ck_assert_int_eq(report.status, SEAWALL_FAILED);
    ck_assert_int_eq(report.attempts, 2);
    ck_assert_int_eq(report.elapsed, 30);
    ck_assert_int_eq(a.interrupted, 0);
    token_cancel_when(40); /* nobody is there to hear of it */
}
END_TEST

START_TEST(a_sleep_ends)
{
    act a = {.fault = GONE};
    seawall_report report;

    fixture.cancel_at = 7;
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
    fixture.cancel_at = 9;
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
    token_tear_down();
    token_set_up();
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

    token_cancel_when(10);
    token_move_to(30);
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

    ck_assert_int_eq(seawall_pipeline_create(NULL, NULL, 0, &fixture.test.platform, &inner_pipeline, NULL), SEAWALL_OK);
    options.cancel = fixture.token;
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

    ck_assert_int_eq(seawall_pipeline_create(NULL, NULL, 0, &fixture.test.platform, &pipeline, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_call(pipeline, operation, &a, NULL), SEAWALL_OK);
    ck_assert_int_eq(a.calls, 1);
    seawall_pipeline_destroy(pipeline);
    ck_assert_int_eq(seawall_attempt_token(NULL, &fixture.token), SEAWALL_INVALID);
}
END_TEST

/* A handler has marked a token far above: calls below hear of it as they begin. */
START_TEST(what_a_handler_marked_reaches_calls_that_begin)
{
    seawall_cancel_config config = SEAWALL_CANCEL_CONFIG_INIT;
    seawall_cancel *above = fixture.token;
    act a = {0};

    config.parent = above;
    ck_assert_int_eq(seawall_cancel_create(&config, NULL, &fixture.token, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_cancel_trigger_from_signal(above), SEAWALL_OK);
    ck_assert(!seawall_cancel_is_cancelled(fixture.token));
    ck_assert_int_eq(call(NULL, 0, FOREVER, &a).status, SEAWALL_CANCELLED);
    ck_assert_int_eq(a.calls, 0);
    seawall_cancel_destroy(fixture.token);
    fixture.token = above;
}
END_TEST

static seawall_fault too_deep(seawall_attempt *attempt, void *arg)
{
    (void)arg;
    ck_assert_int_eq(seawall_attempt_token(attempt, &fixture.token), SEAWALL_INVALID);
    return SEAWALL_FAULT_NONE;
}

START_TEST(an_attempt_below_the_deepest_token_has_none)
{
    seawall_cancel_config config = SEAWALL_CANCEL_CONFIG_INIT;
    seawall_call_options options = SEAWALL_CALL_OPTIONS_INIT;
    seawall_cancel *chain[SEAWALL_CANCEL_DEPTH_MAX] = {fixture.token};
    seawall_pipeline *pipeline;
    int i;

    for (i = 1; i < SEAWALL_CANCEL_DEPTH_MAX; i++) {
        config.parent = chain[i - 1];
        ck_assert_int_eq(seawall_cancel_create(&config, NULL, &chain[i], NULL), SEAWALL_OK);
    }
    options.cancel = chain[SEAWALL_CANCEL_DEPTH_MAX - 1];
    ck_assert_int_eq(seawall_pipeline_create(NULL, NULL, 0, &fixture.test.platform, &pipeline, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_call_with(pipeline, &options, too_deep, NULL, NULL), SEAWALL_OK);
    seawall_pipeline_destroy(pipeline);
    for (i = 1; i < SEAWALL_CANCEL_DEPTH_MAX; i++)
        seawall_cancel_destroy(chain[i]);
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
    options.cancel = fixture.token; /* of another platform */
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

int main(void)
{
    TCase *tests = tcase_create("token");

    tcase_add_checked_fixture(tests, token_set_up, token_tear_down);
    tcase_add_test(tests, nothing_is_entered_once_it_is_cancelled);
    tcase_add_test(tests, who_is_not_cancelled_goes_on);
    tcase_add_test(tests, a_sleep_ends);
    tcase_add_test(tests, a_wait_ends);
    tcase_add_test(tests, an_operation_is_interrupted);
    tcase_add_loop_test(tests, what_was_earlier_counts, 0, (int)(sizeof(instants) / sizeof(instants[0])));
    tcase_add_test(tests, a_call_that_begins_too_late_is_told_what_was_first);
    tcase_add_test(tests, calls_within_calls_are_cancelled_with_them);
    tcase_add_test(tests, every_attempt_has_a_token);
    tcase_add_test(tests, what_a_handler_marked_reaches_calls_that_begin);
    tcase_add_test(tests, an_attempt_below_the_deepest_token_has_none);
    tcase_add_test(tests, options_are_checked);
    return sw_test_run("token", tests);
}
