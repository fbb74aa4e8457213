/*
 * Hard timeouts under the blocking driver: the timer service interrupts who is blocked. On a manual clock, with the service's own
 * thread.
 */
#include <check.h>
#include <sched.h>
#include <string.h>

#include "base/atomic.h"
#include "suite.h"
#include "support.h"
#include "toy_stage.h"

/* A multiple of the service's tick: it fires at the very instant. */
#define LIMIT (1024 * 1024)
#define GONE SEAWALL_FAULT_SERVICE_UNAVAILABLE

static sw_test_platform test;
static seawall_timers *timers;
static seawall_timeout *timeout;
static seawall_pipeline *pipeline;
static seawall_cancel *token;

static void open_timers(int32_t capacity)
{
    seawall_timers_config config = SEAWALL_TIMERS_CONFIG_INIT;

    config.tick = SEAWALL_MICROSECONDS(1);
    config.capacity = capacity;
    ck_assert_int_eq(seawall_timers_create(&config, &test.platform, &timers, NULL), SEAWALL_OK);
}

static void start(void)
{
    ck_assert_int_eq(seawall_timers_start(timers, NULL), SEAWALL_OK);
}

static void build(seawall_timers *service, seawall_timeout_mode mode, int32_t attempts)
{
    seawall_policy policy[] = {SEAWALL_POLICY_INIT, SEAWALL_POLICY_INIT};
    const seawall_policy *policies[] = {&policy[0], &policy[1]};
    seawall_pipeline_config config = SEAWALL_PIPELINE_CONFIG_INIT;
    seawall_timeout_config limits = SEAWALL_TIMEOUT_CONFIG_INIT;
    seawall_retry_config repeats = SEAWALL_RETRY_CONFIG_INIT;
    seawall_retry *retry;

    limits.mode = mode;
    limits.attempt_timeout = LIMIT;
    ck_assert_int_eq(seawall_timeout_create(&limits, &test.platform, &timeout, NULL), SEAWALL_OK);
    repeats.max_attempts = attempts;
    repeats.base_delay = 0;
    repeats.retryable_errors |= SEAWALL_FAULT_BIT(SEAWALL_FAULT_TIMEOUT);
    ck_assert_int_eq(seawall_retry_create(&repeats, &test.platform, &retry, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_retry_policy(retry, "retry", &policy[0]), SEAWALL_OK);
    ck_assert_int_eq(seawall_timeout_attempt_policy(timeout, "limit", &policy[1]), SEAWALL_OK);
    config.timers = service;
    ck_assert_int_eq(seawall_pipeline_create(&config, policies, 2, &test.platform, &pipeline, NULL), SEAWALL_OK);
    seawall_retry_destroy(retry);
}

static void set_up(void)
{
    sw_test_platform_init(&test, false);
    open_timers(16);
    ck_assert_int_eq(seawall_cancel_create(NULL, &test.platform, &token, NULL), SEAWALL_OK);
}

static void tear_down(void)
{
    seawall_pipeline_destroy(pipeline);
    seawall_timeout_destroy(timeout);
    seawall_timers_destroy(timers);
    seawall_cancel_destroy(token);
    sw_test_platform_fini(&test);
    pipeline = NULL;
    timeout = NULL;
}

static seawall_timers_snapshot look(void)
{
    seawall_timers_snapshot snapshot = SEAWALL_TIMERS_SNAPSHOT_INIT;

    ck_assert_int_eq(seawall_timers_get_snapshot(timers, &snapshot), SEAWALL_OK);
    return snapshot;
}

/* An operation that is blocked in its first attempts until its hook unblocks it. */
typedef struct act {
    int32_t blocked;       /* attempts that are */
    seawall_duration late; /* after the limit when it looks at the clock again */
    seawall_fault fault;
    bool cancelled; /* by the caller, once it was interrupted */
    int32_t calls;
    sw_atomic_u32 interrupted;
    seawall_status asked;
    seawall_cause cause;
} act;

static void unblock(void *user)
{
    act *a = user;

    (void)sw_add_u32(&a->interrupted, 1);
}

static seawall_fault operation(seawall_attempt *attempt, void *arg)
{
    seawall_cancel_hook hook = SEAWALL_CANCEL_HOOK_INIT;
    seawall_cancel *own = NULL;
    act *a = arg;
    uint32_t before = sw_load_u32(&a->interrupted);

    a->asked = seawall_attempt_token(attempt, &own);
    if (a->asked != SEAWALL_OK)
        return SEAWALL_FAULT_LOCAL_RESOURCES;
    ck_assert_int_eq(seawall_cancel_add_hook(own, &hook, unblock, a), SEAWALL_OK);
    if (a->calls++ >= a->blocked) {
        ck_assert_int_eq(seawall_cancel_remove_hook(own, &hook), SEAWALL_OK);
        return SEAWALL_FAULT_NONE;
    }
    seawall_manual_clock_advance(test.clock, LIMIT - 1);
    ck_assert(!seawall_cancel_is_cancelled(own));
    seawall_manual_clock_advance(test.clock, 1 + a->late);
    while (sw_load_u32(&a->interrupted) == before)
        (void)sched_yield();
    ck_assert_int_eq(seawall_cancel_remove_hook(own, &hook), SEAWALL_STALE);
    a->cause = seawall_cancel_cause(own);
    ck_assert(seawall_attempt_cancelled(attempt));
    if (a->cancelled)
        ck_assert_int_eq(seawall_cancel_trigger(token), SEAWALL_OK);
    return a->fault;
}

static seawall_report call(act *a)
{
    seawall_call_options options = SEAWALL_CALL_OPTIONS_INIT;
    seawall_report report = SEAWALL_REPORT_INIT;

    options.cancel = token;
    ck_assert_int_eq(seawall_call_with(pipeline, &options, operation, a, &report), report.status);
    return report;
}

/* Whatever it says, and even if the clock stands at the very deadline. */
static const act ends[] = {
    {.blocked = 1, .fault = GONE},
    {.blocked = 1, .fault = SEAWALL_FAULT_NONE},
    {.blocked = 1, .fault = GONE, .late = 5000},
    {.blocked = 1, .fault = SEAWALL_FAULT_NONE, .late = 5000},
};

START_TEST(who_was_interrupted_timed_out)
{
    act a = ends[_i];
    seawall_report report;

    start();
    build(timers, SEAWALL_TIMEOUT_HARD, 1);
    report = call(&a);
    ck_assert_int_eq(report.status, SEAWALL_TIMED_OUT);
    ck_assert_int_eq(report.fault, SEAWALL_FAULT_TIMEOUT);
    ck_assert_int_eq(report.first_fault, SEAWALL_FAULT_TIMEOUT);
    ck_assert_int_eq(report.policy, 1);
    ck_assert_int_eq(report.attempts, 1);
    ck_assert_int_eq(a.cause, SEAWALL_CAUSE_DEADLINE);
    ck_assert_uint_eq(sw_load_u32(&a.interrupted), 1);
    ck_assert_int_eq(look().armed, 0);
}
END_TEST

START_TEST(each_attempt_has_a_limit_of_its_own)
{
    act a = {.blocked = 2, .fault = GONE};
    seawall_report report;

    start();
    build(timers, SEAWALL_TIMEOUT_HARD, 3);
    report = call(&a);
    ck_assert_int_eq(report.status, SEAWALL_OK);
    ck_assert_int_eq(report.attempts, 3);
    ck_assert_uint_eq(sw_load_u32(&a.interrupted), 2);
    ck_assert_int_eq(look().fired, 2);
    ck_assert_int_eq(look().armed, 0);
}
END_TEST

START_TEST(a_cancellation_at_the_same_instant_is_first)
{
    act a = {.blocked = 1, .fault = GONE, .cancelled = true};
    seawall_report report;

    start();
    build(timers, SEAWALL_TIMEOUT_HARD, 1);
    report = call(&a);
    ck_assert_int_eq(report.status, SEAWALL_CANCELLED);
    ck_assert_int_eq(report.fault, SEAWALL_FAULT_IGNORED);
    ck_assert_int_eq(a.cause, SEAWALL_CAUSE_DEADLINE); /* which is what the hook ran for */
}
END_TEST

static seawall_fault in_a_hurry(seawall_attempt *attempt, void *arg)
{
    (void)arg;
    return seawall_attempt_remaining(attempt) == LIMIT ? SEAWALL_FAULT_NONE : SEAWALL_FAULT_OTHER;
}

START_TEST(who_does_not_ask_does_not_pay)
{
    act a = {0};

    start();
    build(timers, SEAWALL_TIMEOUT_HARD, 1);
    ck_assert_int_eq(seawall_call(pipeline, in_a_hurry, NULL, NULL), SEAWALL_OK);
    ck_assert_int_eq(look().armed_ever, 0);
    ck_assert_int_eq(call(&a).status, SEAWALL_OK);
    ck_assert_int_eq(look().armed_ever, 1);
    ck_assert_int_eq(look().cancelled, 1);
}
END_TEST

START_TEST(a_cooperative_one_asks_nobody)
{
    act a = {0};

    start();
    build(timers, SEAWALL_TIMEOUT_COOPERATIVE, 1);
    ck_assert_int_eq(call(&a).status, SEAWALL_OK);
    ck_assert_int_eq(look().armed_ever, 0);
}
END_TEST

START_TEST(without_a_running_service_nothing_begins)
{
    act a = {0};
    seawall_report report;

    build(NULL, SEAWALL_TIMEOUT_HARD, 1);
    report = call(&a);
    ck_assert_int_eq(report.status, SEAWALL_UNSUPPORTED);
    ck_assert_int_eq(report.policy, 1);
    seawall_pipeline_destroy(pipeline);
    seawall_timeout_destroy(timeout);
    build(timers, SEAWALL_TIMEOUT_HARD, 1);
    report = call(&a); /* nobody has started it */
    ck_assert_int_eq(report.status, SEAWALL_UNSUPPORTED);
    ck_assert_int_eq(report.policy, 1);
    ck_assert_int_eq(a.calls, 0);
    start();
    ck_assert_int_eq(call(&a).status, SEAWALL_OK);
    ck_assert_int_eq(seawall_timers_stop(timers), SEAWALL_OK);
    ck_assert_int_eq(call(&a).status, SEAWALL_UNSUPPORTED);
}
END_TEST

static bool child_has_no_service(void *arg)
{
    act *a = arg;

    return call(a).status == SEAWALL_UNSUPPORTED;
}

START_TEST(a_forked_child_has_to_start_its_own)
{
    act a = {0};

    start();
    build(timers, SEAWALL_TIMEOUT_HARD, 1);
    ck_assert_int_eq(call(&a).status, SEAWALL_OK);
    sw_test_in_child(child_has_no_service, &a);
}
END_TEST

static sw_atomic_u32 inside;

static void call_inside(seawall_timer timer, void *user)
{
    (void)timer;
    sw_store_u32(&inside, 1 + (uint32_t)call(user).status);
}

START_TEST(the_service_does_not_interrupt_itself)
{
    act a = {0};

    start();
    build(timers, SEAWALL_TIMEOUT_HARD, 1);
    sw_store_u32(&inside, 0);
    ck_assert_int_eq(seawall_timers_arm(timers, 0, call_inside, &a, NULL), SEAWALL_OK);
    seawall_manual_clock_advance(test.clock, 1024);
    while (sw_load_u32(&inside) == 0)
        (void)sched_yield();
    ck_assert_uint_eq(sw_load_u32(&inside), 1 + SEAWALL_UNSUPPORTED);
}
END_TEST

static void nothing(seawall_timer timer, void *user)
{
    (void)timer;
    (void)user;
}

START_TEST(a_full_service_says_so)
{
    act a = {0};
    seawall_report report;

    seawall_timers_destroy(timers);
    open_timers(1);
    start();
    ck_assert_int_eq(seawall_timers_arm(timers, SEAWALL_FOREVER, nothing, NULL, NULL), SEAWALL_OK);
    build(timers, SEAWALL_TIMEOUT_HARD, 1);
    report = call(&a);
    ck_assert_int_eq(a.asked, SEAWALL_FULL);
    ck_assert_int_eq(report.status, SEAWALL_FAILED);
    ck_assert_int_eq(report.fault, SEAWALL_FAULT_LOCAL_RESOURCES);
}
END_TEST

START_TEST(pipeline_and_service_share_a_platform)
{
    seawall_pipeline_config config = SEAWALL_PIPELINE_CONFIG_INIT;
    seawall_error error = {0};

    config.timers = timers;
    ck_assert_int_eq(seawall_pipeline_create(&config, NULL, 0, NULL, &pipeline, &error), SEAWALL_INVALID);
    ck_assert_str_eq(error.key, "pipeline.timers");
    ck_assert_ptr_null(pipeline);
}
END_TEST

/* A host is told to cancel: it needs no service. */
START_TEST(a_host_interrupts_by_itself)
{
    seawall_policy policy = SEAWALL_POLICY_INIT;
    const seawall_policy *policies[] = {&policy};
    stage s;

    build(NULL, SEAWALL_TIMEOUT_HARD, 1);
    ck_assert_int_eq(seawall_timeout_attempt_policy(timeout, "limit", &policy), SEAWALL_OK);
    stage_open_policies(&s, policies, 1, &test.platform);
    stage_begin(&s, 0, SEAWALL_FOREVER);
    stage_steps(&s, 0, "start 1 by 1048576, wait 1048576");
    stage_steps(&s, LIMIT, "cancel 1, wait");
    stage_end(&s, 1, SEAWALL_FAULT_NONE, LIMIT + 5);
    stage_steps(&s, LIMIT + 5, "finished timed_out timeout x1 by 0 first timeout 0 last timeout 0, drained");
    stage_close(&s);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("hard");

    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, who_was_interrupted_timed_out, 0, (int)(sizeof(ends) / sizeof(ends[0])));
    tcase_add_test(tests, each_attempt_has_a_limit_of_its_own);
    tcase_add_test(tests, a_cancellation_at_the_same_instant_is_first);
    tcase_add_test(tests, who_does_not_ask_does_not_pay);
    tcase_add_test(tests, a_cooperative_one_asks_nobody);
    tcase_add_test(tests, without_a_running_service_nothing_begins);
    tcase_add_test(tests, a_forked_child_has_to_start_its_own);
    tcase_add_test(tests, the_service_does_not_interrupt_itself);
    tcase_add_test(tests, a_full_service_says_so);
    tcase_add_test(tests, pipeline_and_service_share_a_platform);
    tcase_add_test(tests, a_host_interrupts_by_itself);
    return sw_test_run("hard", tests);
}
