/*
 * Every status there is, produced by the library's own objects: a status that the library names and that has no way here
 * fails by its name. Where no object of ours refuses like that yet, a user's policy does, through a real call.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "support.h"

static sw_test_platform test;

static void setup(void)
{
    sw_test_platform_init(&test, true);
}

static void teardown(void)
{
    sw_test_platform_fini(&test);
}

static seawall_fault succeed(seawall_attempt *attempt, void *arg)
{
    (void)attempt, (void)arg;
    return SEAWALL_FAULT_NONE;
}

static seawall_fault break_down(seawall_attempt *attempt, void *arg)
{
    (void)attempt, (void)arg;
    return SEAWALL_FAULT_INTERNAL;
}

static seawall_fault overrun(seawall_attempt *attempt, void *arg)
{
    (void)arg;
    seawall_manual_clock_advance(test.clock, seawall_attempt_remaining(attempt) + 1);
    return SEAWALL_FAULT_NONE;
}

static seawall_answer refuse(void *frame, seawall_turn *turn, void *self)
{
    const seawall_status *status = self;

    (void)frame;
    return seawall_turn_refuse(turn, *status, 0);
}

static seawall_answer proceed(void *frame, seawall_turn *turn, void *self)
{
    (void)frame, (void)turn, (void)self;
    return SEAWALL_PROCEED;
}

static seawall_answer pass(void *frame, seawall_turn *turn, seawall_outcome *outcome, void *self)
{
    (void)frame, (void)turn, (void)outcome, (void)self;
    return SEAWALL_PASS;
}

static seawall_pipeline *pipeline_of(const seawall_policy *policy)
{
    seawall_pipeline *pipeline;
    seawall_error error;

    ck_assert_msg(seawall_pipeline_create(NULL, &policy, 1, &test.platform, &pipeline, &error) == SEAWALL_OK, "%s",
                  error.message);
    return pipeline;
}

static seawall_status call_through(const seawall_policy *policy, seawall_operation_fn operation)
{
    seawall_pipeline *pipeline = pipeline_of(policy);
    seawall_status status = seawall_call(pipeline, operation, NULL, NULL);

    seawall_pipeline_destroy(pipeline);
    return status;
}

static seawall_policy own_policy(void)
{
    seawall_policy policy = SEAWALL_POLICY_INIT;

    policy.enter = proceed;
    policy.leave = pass;
    return policy;
}

static seawall_status refuse_with(seawall_status status)
{
    seawall_policy policy = own_policy();

    policy.enter = refuse;
    policy.self = &status;
    return call_through(&policy, succeed);
}

static seawall_status call_under_timeout(seawall_operation_fn operation)
{
    seawall_policy policy = SEAWALL_POLICY_INIT;
    seawall_timeout *timeout;
    seawall_status status;

    ck_assert_int_eq(seawall_timeout_create(NULL, &test.platform, &timeout, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_timeout_policy(timeout, NULL, &policy), SEAWALL_OK);
    status = call_through(&policy, operation);
    seawall_timeout_destroy(timeout);
    return status;
}

static seawall_status ok(void)
{
    return call_under_timeout(succeed);
}

static seawall_status failed(void)
{
    return call_under_timeout(break_down);
}

static seawall_status timed_out(void)
{
    return call_under_timeout(overrun);
}

static seawall_status open_breaker(void)
{
    seawall_permit permit;
    seawall_breaker *breaker;
    seawall_status status;

    ck_assert_int_eq(seawall_breaker_create(NULL, &test.platform, &breaker, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_breaker_force_open(breaker, SEAWALL_FOREVER), SEAWALL_OK);
    status = seawall_breaker_try_acquire(breaker, &permit, NULL);
    seawall_breaker_destroy(breaker);
    return status;
}

static seawall_status stale(void)
{
    seawall_permit permit;
    seawall_breaker *breaker;
    seawall_status status;

    ck_assert_int_eq(seawall_breaker_create(NULL, &test.platform, &breaker, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_breaker_try_acquire(breaker, &permit, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_breaker_reset(breaker), SEAWALL_OK);
    status = seawall_breaker_report(breaker, &permit, SEAWALL_FAULT_INTERNAL);
    seawall_breaker_destroy(breaker);
    return status;
}

static seawall_status full(void)
{
    return refuse_with(SEAWALL_FULL);
}

static seawall_status limited(void)
{
    return refuse_with(SEAWALL_LIMITED);
}

/* An execution with an attempt going on. */
static seawall_execution *begun(void *storage, size_t size, const seawall_pipeline *pipeline)
{
    seawall_execution *execution;
    seawall_step step;

    ck_assert_int_eq(seawall_execution_init(storage, size, pipeline, NULL, &execution), SEAWALL_OK);
    ck_assert_int_eq(seawall_execution_begin_at(execution, 1, SEAWALL_FOREVER), SEAWALL_OK);
    ck_assert_int_eq(seawall_execution_next_at(execution, 1, &step), SEAWALL_OK);
    ck_assert_int_eq(step.kind, SEAWALL_STEP_START);
    return execution;
}

static _Alignas(max_align_t) unsigned char storage[SEAWALL_EXECUTION_SIZE_MAX];

static seawall_status cancelled(void)
{
    const seawall_policy policy = own_policy();
    seawall_report report = SEAWALL_REPORT_INIT;
    seawall_pipeline *pipeline = pipeline_of(&policy);
    seawall_execution *execution = begun(storage, sizeof(storage), pipeline);

    ck_assert_int_eq(seawall_execution_cancel_at(execution, 2), SEAWALL_OK);
    ck_assert_int_eq(seawall_execution_report(execution, &report), SEAWALL_OK);
    seawall_pipeline_destroy(pipeline);
    return report.status;
}

static seawall_status busy(void)
{
    const seawall_policy policy = own_policy();
    seawall_pipeline *pipeline = pipeline_of(&policy);
    seawall_status status = seawall_execution_fini(begun(storage, sizeof(storage), pipeline));

    seawall_pipeline_destroy(pipeline);
    return status;
}

static seawall_status invalid(void)
{
    seawall_breaker_config config = SEAWALL_BREAKER_CONFIG_INIT;
    seawall_breaker *breaker;

    config.failure_threshold = -2;
    return seawall_breaker_create(&config, &test.platform, &breaker, NULL);
}

static seawall_status too_small(void)
{
    const seawall_retry_config config = SEAWALL_RETRY_CONFIG_INIT;
    char text[2];

    return seawall_config_get("retry", &config, "max_delay", text, sizeof(text), NULL);
}

static seawall_status unsupported(void)
{
    seawall_policy policy = own_policy();

    policy.width = 2;
    return call_through(&policy, succeed);
}

static seawall_status no_memory(void)
{
    seawall_retry *retry;

    sw_test_memory_fail(&test.memory, SW_TEST_FAIL_ONCE, 0);
    return seawall_retry_create(NULL, &test.platform, &retry, NULL);
}

static seawall_status no_resources(void)
{
    struct rlimit before, none;
    seawall_timers *timers;
    seawall_status status;
    int32_t descriptor;

    if (getrlimit(RLIMIT_NOFILE, &before) != 0 || seawall_timers_create(NULL, &test.platform, &timers, NULL) != SEAWALL_OK)
        return SEAWALL_FAILED;
    none = (struct rlimit){0, before.rlim_max};
    if (setrlimit(RLIMIT_NOFILE, &none) != 0)
        return SEAWALL_FAILED;
    status = seawall_timers_descriptor(timers, &descriptor);
    (void)setrlimit(RLIMIT_NOFILE, &before);
    seawall_timers_destroy(timers);
    return status;
}

static const struct {
    seawall_status status;
    seawall_status (*produce)(void);
} ways[] = {
    {SEAWALL_OK, ok},
    {SEAWALL_FAILED, failed},
    {SEAWALL_OPEN, open_breaker},
    {SEAWALL_FULL, full},
    {SEAWALL_LIMITED, limited},
    {SEAWALL_TIMED_OUT, timed_out},
    {SEAWALL_CANCELLED, cancelled},
    {SEAWALL_INVALID, invalid},

    {SEAWALL_STALE, stale},
    {SEAWALL_BUSY, busy},
    {SEAWALL_TOO_SMALL, too_small},
    {SEAWALL_UNSUPPORTED, unsupported},
    {SEAWALL_NO_MEMORY, no_memory},
    {SEAWALL_NO_RESOURCES, no_resources},
};

#define WAYS ((int)(sizeof(ways) / sizeof(ways[0])))

START_TEST(each_way_ends_there)
{
    seawall_status status = ways[_i].produce();

    ck_assert_str_eq(seawall_status_name(status), seawall_status_name(ways[_i].status));
}
END_TEST

START_TEST(every_status_has_a_way)
{
    seawall_status status;
    int i;

    for (status = 0; strcmp(seawall_status_name(status), "unknown") != 0; status++) {
        for (i = 0; i < WAYS && ways[i].status != status; i++)
            ;
        ck_assert_msg(i < WAYS, "%s is produced by no test", seawall_status_name(status));
    }
    ck_assert_int_eq(status, WAYS);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("statuses");
    TCase *tests = tcase_create("statuses");
    SRunner *runner = srunner_create(suite);
    int failures;

    suite_add_tcase(suite, tests);
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_loop_test(tests, each_way_ends_there, 0, WAYS);
    tcase_add_test(tests, every_status_has_a_way);
    srunner_run_all(runner, CK_ENV);
    failures = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
