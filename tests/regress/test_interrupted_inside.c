/*
 * A hard timeout interrupted an operation in the middle of a call of its own, which was under the attempt's token: the inner call
 * said that it was cancelled, and its breaker took a dependency that hung for one that nobody waited for.
 */
#include <sched.h>

#include "one_test.h"
#include "support.h"

#define LIMIT (1024 * 1024)

static sw_test_platform test;
static seawall_pipeline *inner;

static seawall_fault hang(seawall_attempt *attempt, void *arg)
{
    seawall_cancel *own;

    (void)arg;
    ck_assert_int_eq(seawall_attempt_token(attempt, &own), SEAWALL_OK);
    seawall_manual_clock_advance(test.clock, LIMIT);
    while (!seawall_cancel_is_cancelled(own))
        (void)sched_yield();
    return SEAWALL_FAULT_OTHER;
}

/* Another thread's run does not inherit the deadline, but it may be under the token. */
static void run_elsewhere(seawall_cancel *token)
{
    _Alignas(SEAWALL_EXECUTION_ALIGNMENT) unsigned char storage[SEAWALL_EXECUTION_SIZE_MAX];
    seawall_report report = SEAWALL_REPORT_INIT;
    seawall_time now = seawall_manual_clock_now(test.clock);
    seawall_execution *run;
    seawall_step step;

    ck_assert_int_eq(seawall_execution_init(storage, sizeof(storage), inner, NULL, &run), SEAWALL_OK);
    ck_assert_int_eq(seawall_execution_set_cancel(run, token), SEAWALL_OK);
    ck_assert_int_eq(seawall_execution_begin_at(run, now, SEAWALL_FOREVER), SEAWALL_OK);
    ck_assert_int_eq(seawall_execution_next_at(run, now, &step), SEAWALL_OK);
    ck_assert_int_eq(step.kind, SEAWALL_STEP_FINISHED);
    ck_assert_int_eq(seawall_execution_report(run, &report), SEAWALL_OK);
    ck_assert_int_eq(report.status, SEAWALL_TIMED_OUT);
    ck_assert_int_eq(report.attempts, 0);
}

static seawall_fault call_inside(seawall_attempt *attempt, void *arg)
{
    seawall_call_options options = SEAWALL_CALL_OPTIONS_INIT;
    seawall_report *report = arg;

    ck_assert_int_eq(seawall_attempt_token(attempt, &options.cancel), SEAWALL_OK);
    ck_assert_int_eq(seawall_call_with(inner, &options, hang, NULL, report), report->status);
    run_elsewhere(options.cancel);
    return SEAWALL_FAULT_OTHER;
}

static seawall_pipeline *pipeline_of(const seawall_policy *policy, seawall_timers *timers)
{
    seawall_pipeline_config config = SEAWALL_PIPELINE_CONFIG_INIT;
    seawall_pipeline *made;

    config.timers = timers;
    ck_assert_int_eq(seawall_pipeline_create(&config, &policy, 1, &test.platform, &made, NULL), SEAWALL_OK);
    return made;
}

START_TEST(a_deadline_is_no_cancellation)
{
    seawall_timers_config exact = SEAWALL_TIMERS_CONFIG_INIT;
    seawall_timeout_config limits = SEAWALL_TIMEOUT_CONFIG_INIT;
    seawall_breaker_config trips = SEAWALL_BREAKER_CONFIG_INIT;
    seawall_policy policy = SEAWALL_POLICY_INIT;
    seawall_report report = SEAWALL_REPORT_INIT;
    seawall_breaker_snapshot found = SEAWALL_BREAKER_SNAPSHOT_INIT;
    seawall_pipeline *outer;
    seawall_timeout *timeout;
    seawall_breaker *breaker;
    seawall_timers *timers;

    sw_test_platform_init(&test, false);
    exact.tick = SEAWALL_MICROSECONDS(1);
    ck_assert_int_eq(seawall_timers_create(&exact, &test.platform, &timers, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_timers_start(timers, NULL), SEAWALL_OK);
    limits.mode = SEAWALL_TIMEOUT_HARD;
    limits.request_timeout = LIMIT;
    ck_assert_int_eq(seawall_timeout_create(&limits, &test.platform, &timeout, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_timeout_policy(timeout, "limit", &policy), SEAWALL_OK);
    outer = pipeline_of(&policy, timers);
    trips.failure_threshold = 1;
    ck_assert_int_eq(seawall_breaker_create(&trips, &test.platform, &breaker, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_breaker_policy(breaker, "breaker", &policy), SEAWALL_OK);
    inner = pipeline_of(&policy, NULL);
    ck_assert_int_eq(seawall_call(outer, call_inside, &report, NULL), SEAWALL_TIMED_OUT);
    ck_assert_int_eq(report.status, SEAWALL_TIMED_OUT);
    ck_assert_int_eq(report.fault, SEAWALL_FAULT_TIMEOUT);
    ck_assert_int_eq(report.policy, -1);
    ck_assert_int_eq(seawall_breaker_get_snapshot(breaker, &found), SEAWALL_OK);
    ck_assert_int_eq(found.state, SEAWALL_BREAKER_OPEN);
    seawall_pipeline_destroy(inner);
    seawall_pipeline_destroy(outer);
    seawall_breaker_destroy(breaker);
    seawall_timeout_destroy(timeout);
    seawall_timers_destroy(timers);
    sw_test_platform_fini(&test);
}
END_TEST

int main(void)
{
    return one_test("regress/interrupted_inside", a_deadline_is_no_cancellation);
}
