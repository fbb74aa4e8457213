/* The retry in a pipeline: what it repeats, when it ends and why, and what it tells. */
#include <check.h>
#include <stdlib.h>

#include "../rehearsal.h"
#include "gate.h"

#define NEVER SEAWALL_FOREVER
#define GONE SEAWALL_FAULT_SERVICE_UNAVAILABLE
#define LIMIT SEAWALL_FAULT_RATE_LIMIT_EXCEEDED
#define DENIED SEAWALL_FAULT_AUTHORIZATION_DENIED

/* Pipeline: timeout for the request, retry, timeout for the attempt, gate, operation. A limit of 0, a gate from 0: not there. */
static const struct {
    seawall_duration request, attempt;
    int32_t max_attempts;
    seawall_fault_set also; /* retryable besides the default */
    gate gate;
    seawall_time deadline;
    rehearsal_attempt script[4];
    int32_t lines;
    const char *log;
} rows[] = {
    {0, 0, 3, 0, {0, 0, 0}, NEVER, {{0, MS(5), 0, false}}, 1, "1@0 = ok @5 x1"},
    {0,
     0,
     3,
     0,
     {0, 0, 0},
     NEVER,
     {{GONE, MS(5), 0, false}, {0, MS(5), 0, false}},
     2,
     "1@0 scheduled(100,service_unavailable) 2@105 = ok @110 x2 first service_unavailable last service_unavailable"},
    {0,
     0,
     3,
     0,
     {0, 0, 0},
     NEVER,
     {{GONE, 0, 0, false}, {LIMIT, 0, 0, false}, {GONE, 0, 0, false}},
     3,
     "1@0 scheduled(100,service_unavailable) 2@100 scheduled(200,rate_limit_exceeded) 3@300 "
     "gave_up(service_unavailable,attempts) "
     "= failed service_unavailable for attempts @300 x3 first service_unavailable last service_unavailable"},
    {0,
     0,
     1,
     0,
     {0, 0, 0},
     NEVER,
     {{GONE, 0, 0, false}},
     1,
     "1@0 gave_up(service_unavailable,attempts) = failed service_unavailable for attempts @0 x1 first service_unavailable last "
     "service_unavailable"},
    /* There was nothing to give up: this fault is never repeated. */
    {0,
     0,
     3,
     0,
     {0, 0, 0},
     NEVER,
     {{DENIED, 0, 0, false}},
     1,
     "1@0 = failed authorization_denied for not_retryable @0 x1 first authorization_denied last authorization_denied"},
    {0,
     0,
     3,
     0,
     {0, 0, 0},
     NEVER,
     {{SEAWALL_FAULT_OTHER, 0, 0, false}},
     1,
     "1@0 = failed other for not_retryable @0 x1 first other last other"},
    {0, 0, 3, 0, {0, 0, 0}, NEVER, {{SEAWALL_FAULT_IGNORED, 0, 0, false}}, 1, "1@0 = failed ignored for not_retryable @0 x1"},
    {0,
     0,
     3,
     0,
     {0, 0, 0},
     NEVER,
     {{GONE, 0, 0, false}, {DENIED, 0, 0, false}},
     2,
     "1@0 scheduled(100,service_unavailable) 2@100 gave_up(authorization_denied,not_retryable) = failed authorization_denied for "
     "not_retryable "
     "@100 x2 first service_unavailable last authorization_denied"},

    /* The server's own delay. */
    {0,
     0,
     3,
     0,
     {0, 0, 0},
     NEVER,
     {{LIMIT, 0, MS(2500), false}, {0, 0, 0, false}},
     2,
     "1@0 scheduled(2500,rate_limit_exceeded) 2@2500 = ok @2500 x2 first rate_limit_exceeded last rate_limit_exceeded"},
    {0,
     0,
     3,
     0,
     {0, 0, 0},
     NEVER,
     {{LIMIT, 0, MS(3), false}, {0, 0, 0, false}},
     2,
     "1@0 scheduled(100,rate_limit_exceeded) 2@100 = ok @100 x2 first rate_limit_exceeded last rate_limit_exceeded"},
    {0,
     0,
     3,
     0,
     {0, 0, 0},
     MS(2500),
     {{LIMIT, 0, MS(2500), false}, {0, 0, 0, false}},
     2,
     "1@0 gave_up(rate_limit_exceeded,deadline) = failed rate_limit_exceeded for deadline @0 x1 first rate_limit_exceeded last "
     "rate_limit_exceeded"},

    /* It never sleeps up to the deadline, whoever set it. */
    {0,
     0,
     9,
     0,
     {0, 0, 0},
     MS(301),
     {{GONE, 0, 0, false}},
     1,
     "1@0 scheduled(100,service_unavailable) 2@100 scheduled(200,service_unavailable) 3@300 "
     "gave_up(service_unavailable,deadline) "
     "= failed service_unavailable for deadline @300 x3 first service_unavailable last service_unavailable"},
    {0,
     0,
     9,
     0,
     {0, 0, 0},
     MS(300),
     {{GONE, 0, 0, false}},
     1,
     "1@0 scheduled(100,service_unavailable) 2@100 gave_up(service_unavailable,deadline) = failed service_unavailable for "
     "deadline "
     "@100 x2 "
     "first service_unavailable last service_unavailable"},
    {MS(300),
     0,
     9,
     0,
     {0, 0, 0},
     NEVER,
     {{GONE, 0, 0, false}},
     1,
     "1@0 scheduled(100,service_unavailable) 2@100 gave_up(service_unavailable,deadline) = failed service_unavailable for "
     "deadline "
     "@100 x2 "
     "first service_unavailable last service_unavailable"},

    /* A timed-out attempt is a fault like others: repeated if the configuration says so. */
    {0,
     MS(50),
     3,
     0,
     {0, 0, 0},
     NEVER,
     {{0, MS(80), 0, false}},
     1,
     "1@0 timed_out(2,50) = timed_out timeout for not_retryable @51 x1 by 2 first timeout last timeout"},
    {0,
     MS(50),
     3,
     SEAWALL_FAULT_BIT(SEAWALL_FAULT_TIMEOUT),
     {0, 0, 0},
     NEVER,
     {{0, MS(80), 0, false}, {0, MS(50), 0, false}},
     2,
     "1@0 timed_out(2,50) scheduled(100,timeout) 2@151 = ok @201 x2 first timeout last timeout"},
    {0,
     MS(50),
     2,
     SEAWALL_FAULT_BIT(SEAWALL_FAULT_TIMEOUT),
     {0, 0, 0},
     NEVER,
     {{0, MS(80), 0, true}},
     1,
     "1@0 timed_out(2,50) scheduled(100,timeout) 2@180 timed_out(2,230) gave_up(timeout,attempts) = timed_out timeout for "
     "attempts "
     "@260 x2 "
     "by 2 first timeout last timeout"},

    /* A cut from further out ends it without a word: no attempt is scheduled that will never be. */
    {MS(60),
     0,
     3,
     SEAWALL_FAULTS_ALL & ~SEAWALL_FAULTS_NON_RETRYABLE,
     {0, 0, 0},
     NEVER,
     {{GONE, MS(80), 0, false}},
     1,
     "1@0 timed_out(0,60) = timed_out timeout @61 x1 by 0 first timeout last timeout"},

    /* A refusal ends it; earlier faults stay visible. */
    {0, 0, 3, 0, {1, SEAWALL_OPEN, 0}, NEVER, {{0, 0, 0, false}}, 1, "refused(3) = open for refused @0 x0 by 3"},
    {0, 0, 3, 0, {1, SEAWALL_FULL, 0}, NEVER, {{0, 0, 0, false}}, 1, "refused(3) = full for refused @0 x0 by 3"},
    {0, 0, 3, 0, {1, SEAWALL_LIMITED, 0}, NEVER, {{0, 0, 0, false}}, 1, "refused(3) = limited for refused @0 x0 by 3"},
    {0, 0, 3, 0, {1, SEAWALL_NO_MEMORY, 0}, NEVER, {{0, 0, 0, false}}, 1, "refused(3) = no_memory for refused @0 x0 by 3"},
    {0,
     0,
     3,
     0,
     {2, SEAWALL_OPEN, 0},
     NEVER,
     {{GONE, 0, 0, false}},
     1,
     "1@0 scheduled(100,service_unavailable) refused(3) gave_up(service_unavailable,refused) = open for refused @100 x1 by 3 "
     "first service_unavailable last service_unavailable"},

    /* So does a timeout in a queue of ours, even where timeouts are repeated. */
    {0,
     MS(50),
     3,
     SEAWALL_FAULT_BIT(SEAWALL_FAULT_TIMEOUT),
     {1, SEAWALL_OK, 0},
     NEVER,
     {{0, 0, 0, false}},
     1,
     "timed_out(2,50) dropped(3) = timed_out timeout for refused @50 x0 by 2"},
    {0,
     MS(50),
     3,
     SEAWALL_FAULT_BIT(SEAWALL_FAULT_TIMEOUT),
     {2, SEAWALL_OK, 0},
     NEVER,
     {{GONE, 0, 0, false}},
     1,
     "1@0 scheduled(100,service_unavailable) timed_out(2,150) dropped(3) gave_up(service_unavailable,refused) = timed_out "
     "timeout for "
     "refused @150 x1 by 2 first service_unavailable last service_unavailable"},

    /* A cancellation is nobody's failure. */
    {0,
     0,
     3,
     SEAWALL_FAULTS_ALL & ~SEAWALL_FAULTS_NON_RETRYABLE,
     {1, SEAWALL_CANCELLED, 0},
     NEVER,
     {{0, MS(10), 0, false}},
     1,
     "1@0 = cancelled ignored for cancelled @10 x1 by 3"},
    {0,
     0,
     3,
     0,
     {2, SEAWALL_CANCELLED, 0},
     NEVER,
     {{GONE, MS(10), 0, false}},
     1,
     "1@0 scheduled(100,service_unavailable) 2@110 = cancelled ignored for cancelled @120 x2 by 3 first service_unavailable last "
     "service_unavailable"},
};

static seawall_retry *make_retry(rehearsal *r, int32_t max_attempts, seawall_fault_set also)
{
    seawall_retry_config config = SEAWALL_RETRY_CONFIG_INIT;
    seawall_retry *retry = NULL;

    config.max_attempts = max_attempts;
    config.jitter = SEAWALL_JITTER_NONE;
    config.retryable_errors |= also;
    ck_assert_int_eq(seawall_retry_create(&config, &r->platform, &retry, NULL), SEAWALL_OK);
    return retry;
}

static seawall_timeout *make_timeout(rehearsal *r, seawall_duration request, seawall_duration attempt)
{
    seawall_timeout_config config = SEAWALL_TIMEOUT_CONFIG_INIT;
    seawall_timeout *timeout = NULL;

    config.request_timeout = request != 0 ? request : SEAWALL_FOREVER;
    config.attempt_timeout = attempt;
    ck_assert_int_eq(seawall_timeout_create(&config, &r->platform, &timeout, NULL), SEAWALL_OK);
    return timeout;
}

START_TEST(calls_go_as_the_table_says)
{
    seawall_policy request = SEAWALL_POLICY_INIT, again = SEAWALL_POLICY_INIT, attempt = SEAWALL_POLICY_INIT, inner;
    const seawall_policy *policies[] = {&request, &again, &attempt, &inner};
    gate g = rows[_i].gate;
    rehearsal r;
    seawall_retry *retry;
    seawall_timeout *timeout;
    seawall_pipeline *pipeline;

    rehearsal_init(&r);
    retry = make_retry(&r, rows[_i].max_attempts, rows[_i].also);
    timeout = make_timeout(&r, rows[_i].request, rows[_i].attempt);
    inner = gate_policy(&g);
    ck_assert_int_eq(seawall_timeout_policy(timeout, "request", &request), SEAWALL_OK);
    ck_assert_int_eq(seawall_retry_policy(retry, "retry", &again), SEAWALL_OK);
    ck_assert_int_eq(seawall_timeout_attempt_policy(timeout, "attempt", &attempt), SEAWALL_OK);
    pipeline = rehearsal_pipeline(&r, policies, 4);
    seawall_retry_destroy(retry);
    seawall_timeout_destroy(timeout);
    ck_assert_str_eq(rehearsal_call(&r, pipeline, rows[_i].deadline, rows[_i].script, rows[_i].lines), rows[_i].log);
    ck_assert_int_eq(r.draws, 0);
    seawall_pipeline_destroy(pipeline);
    ck_assert_int_eq(r.allocated, 0);
}
END_TEST

/* A pipeline of retries alone. */
static seawall_pipeline *retries_only(rehearsal *r, seawall_retry *outer, seawall_retry *inner)
{
    seawall_policy a = SEAWALL_POLICY_INIT, b = SEAWALL_POLICY_INIT;
    const seawall_policy *policies[] = {&a, &b};

    ck_assert_int_eq(seawall_retry_policy(outer, "outer", &a), SEAWALL_OK);
    if (inner != NULL)
        ck_assert_int_eq(seawall_retry_policy(inner, "inner", &b), SEAWALL_OK);
    return rehearsal_pipeline(r, policies, inner != NULL ? 2 : 1);
}

/* Each counts the runs inside it, and the outermost has the last word on the reason. */
START_TEST(nested_retries_multiply)
{
    static const rehearsal_attempt gone[] = {{GONE, 0, 0, false}};
    rehearsal r;
    seawall_retry *outer, *inner;
    seawall_pipeline *pipeline;

    rehearsal_init(&r);
    outer = make_retry(&r, 2, 0);
    inner = make_retry(&r, 2, 0);
    pipeline = retries_only(&r, outer, inner);
    ck_assert_str_eq(rehearsal_call(&r, pipeline, NEVER, gone, 1),
                     "1@0 scheduled(100,service_unavailable) 2@100 gave_up(service_unavailable,attempts) "
                     "scheduled(100,service_unavailable) "
                     "3@200 scheduled(100,service_unavailable) 4@300 gave_up(service_unavailable,attempts) "
                     "gave_up(service_unavailable,attempts) "
                     "= failed service_unavailable for attempts @300 x4 first service_unavailable last service_unavailable");
    seawall_pipeline_destroy(pipeline);
    seawall_retry_destroy(outer);
    seawall_retry_destroy(inner);
    ck_assert_int_eq(r.allocated, 0);
}
END_TEST

static seawall_fault succeed(seawall_attempt *attempt, void *arg)
{
    (void)attempt;
    (void)arg;
    return SEAWALL_FAULT_NONE;
}

START_TEST(a_success_reads_no_clock_and_draws_nothing)
{
    rehearsal r;
    seawall_retry *retry;
    seawall_pipeline *pipeline;
    int allocated;

    rehearsal_init(&r);
    ck_assert_int_eq(seawall_retry_create(NULL, &r.platform, &retry, NULL), SEAWALL_OK);
    pipeline = retries_only(&r, retry, NULL);
    allocated = r.allocated;
    ck_assert_int_eq(seawall_call(pipeline, succeed, NULL, NULL), SEAWALL_OK);
    ck_assert_int_eq(r.clock_reads, 0);
    ck_assert_int_eq(r.draws, 0);
    ck_assert_int_eq(r.allocated, allocated);
    seawall_pipeline_destroy(pipeline);
    seawall_retry_destroy(retry);
}
END_TEST

START_TEST(a_repetition_draws_once)
{
    static const rehearsal_attempt script[] = {{GONE, 0, 0, false}, {0, 0, 0, false}};
    rehearsal r;
    seawall_retry *retry;
    seawall_pipeline *pipeline;

    rehearsal_init(&r);
    ck_assert_int_eq(seawall_retry_create(NULL, &r.platform, &retry, NULL), SEAWALL_OK);
    pipeline = retries_only(&r, retry, NULL);
    r.random = UINT64_C(1) << 62; /* a quarter of the way */
    ck_assert_str_eq(rehearsal_call(&r, pipeline, NEVER, script, 2),
                     "1@0 scheduled(25,service_unavailable) 2@25 = ok @25 x2 first service_unavailable last service_unavailable");
    ck_assert_int_eq(r.draws, 1);
    seawall_pipeline_destroy(pipeline);
    seawall_retry_destroy(retry);
}
END_TEST

/* Called off while it sleeps: cancelled, not timed out, and no word of giving up. */
START_TEST(a_sleeping_retry_can_be_cancelled)
{
    const seawall_result gone = {.fault = GONE};
    seawall_report report = SEAWALL_REPORT_INIT;
    rehearsal r;
    seawall_retry *retry;
    seawall_pipeline *pipeline;
    seawall_execution *execution;
    seawall_step next;
    void *storage;
    size_t size;

    rehearsal_init(&r);
    retry = make_retry(&r, 3, 0);
    pipeline = retries_only(&r, retry, NULL);
    size = seawall_execution_size(pipeline);
    storage = aligned_alloc(64, (size + 63) / 64 * 64);
    ck_assert_int_eq(seawall_execution_init(storage, size, pipeline, NULL, &execution), SEAWALL_OK);
    ck_assert_int_eq(seawall_execution_begin_at(execution, MS(10), NEVER), SEAWALL_OK);
    ck_assert_int_eq(seawall_execution_next_at(execution, MS(10), &next), SEAWALL_OK);
    ck_assert_int_eq(next.kind, SEAWALL_STEP_START);
    ck_assert_int_eq(seawall_execution_report_at(execution, next.id, &gone, MS(20)), SEAWALL_OK);
    ck_assert_int_eq(seawall_execution_next_at(execution, MS(20), &next), SEAWALL_OK);
    ck_assert_int_eq(next.kind, SEAWALL_STEP_WAIT);
    ck_assert_int_eq(next.until, MS(120));
    ck_assert_int_eq(seawall_execution_cancel_at(execution, MS(30)), SEAWALL_OK);
    ck_assert_int_eq(seawall_execution_report(execution, &report), SEAWALL_OK);
    r.now = MS(30);
    rehearsal_note_report(&r, &report);
    ck_assert_str_eq(r.log, "scheduled(100,service_unavailable) dropped(0) = cancelled ignored for cancelled @30 x1 "
                            "first service_unavailable last service_unavailable");
    ck_assert_int_eq(seawall_execution_fini(execution), SEAWALL_OK);
    free(storage);
    seawall_pipeline_destroy(pipeline);
    seawall_retry_destroy(retry);
}
END_TEST

START_TEST(a_policy_needs_a_retry_and_a_place)
{
    rehearsal r;
    seawall_retry *retry;
    seawall_policy policy = SEAWALL_POLICY_INIT;

    rehearsal_init(&r);
    retry = make_retry(&r, 3, 0);
    ck_assert_int_eq(seawall_retry_policy(NULL, "retry", &policy), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_retry_policy(retry, "retry", NULL), SEAWALL_INVALID);
    policy.size = 0;
    ck_assert_int_eq(seawall_retry_policy(retry, "retry", &policy), SEAWALL_INVALID);
    ck_assert_ptr_null(policy.self);
    policy.size = sizeof(policy);
    ck_assert_int_eq(seawall_retry_policy(retry, "retry", &policy), SEAWALL_OK);
    ck_assert_str_eq(policy.name, "retry");
    ck_assert_ptr_eq(policy.self, retry);
    ck_assert_ptr_eq(policy.platform, &r.platform);
    seawall_retry_destroy(retry);
    ck_assert_int_eq(r.allocated, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("retry policy");
    TCase *tests = tcase_create("retry policy");
    SRunner *runner;
    int failed;

    tcase_add_loop_test(tests, calls_go_as_the_table_says, 0, (int)(sizeof(rows) / sizeof(rows[0])));
    tcase_add_test(tests, nested_retries_multiply);
    tcase_add_test(tests, a_success_reads_no_clock_and_draws_nothing);
    tcase_add_test(tests, a_repetition_draws_once);
    tcase_add_test(tests, a_sleeping_retry_can_be_cancelled);
    tcase_add_test(tests, a_policy_needs_a_retry_and_a_place);
    suite_add_tcase(suite, tests);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
