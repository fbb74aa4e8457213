/* The timeout in a pipeline: when it cuts, when it leaves that to others, and when it does nothing. */
#include <check.h>
#include <stdlib.h>

#include "../rehearsal.h"

#define NEVER SEAWALL_FOREVER
#define GONE SEAWALL_FAULT_SERVICE_UNAVAILABLE

/* Pipeline: an outer and an inner limit for the whole, a retry of 2, a limit for each attempt, the operation. */
static const struct {
    seawall_duration outer, inner, attempt;
    seawall_time deadline;
    rehearsal_attempt script[2];
    int32_t lines;
    const char *log;
} rows[] = {
    {MS(30), NEVER, 0, NEVER, {{0, MS(29), 0, false}}, 1, "1@0 = ok @29 x1"},
    /* At the very instant a report still counts. */
    {MS(30), NEVER, 0, NEVER, {{0, MS(30), 0, false}}, 1, "1@0 = ok @30 x1"},
    {MS(30), NEVER, 0, NEVER, {{GONE, MS(30), 0, false}}, 1,
     "1@0 gave_up(service_unavailable,deadline) = failed service_unavailable for deadline @30 x1 first service_unavailable last "
     "service_unavailable"},
    /* After it nothing does, not even success; and who does not listen is waited for. */
    {MS(30), NEVER, 0, NEVER, {{0, MS(30) + 1, 0, true}}, 1,
     "1@0 timed_out(0,30) = timed_out timeout @30.000001 x1 by 0 first timeout last timeout"},
    {MS(30), NEVER, 0, NEVER, {{0, MS(500), 0, false}}, 1,
     "1@0 timed_out(0,30) = timed_out timeout @31 x1 by 0 first timeout last timeout"},
    {MS(30), NEVER, 0, NEVER, {{0, MS(500), 0, true}}, 1,
     "1@0 timed_out(0,30) = timed_out timeout @500 x1 by 0 first timeout last timeout"},

    /* The shortest limit wins; of equal ones the outermost, which was there first. */
    {MS(30), MS(20), 0, NEVER, {{0, MS(500), 0, false}}, 1,
     "1@0 timed_out(1,20) = timed_out timeout @21 x1 by 1 first timeout last timeout"},
    {MS(20), MS(30), 0, NEVER, {{0, MS(500), 0, false}}, 1,
     "1@0 timed_out(0,20) = timed_out timeout @21 x1 by 0 first timeout last timeout"},
    {MS(20), MS(20), 0, NEVER, {{0, MS(500), 0, false}}, 1,
     "1@0 timed_out(0,20) = timed_out timeout @21 x1 by 0 first timeout last timeout"},
    {MS(20), MS(30), 0, MS(10), {{0, MS(500), 0, false}}, 1,
     "1@0 timed_out(-1,10) = timed_out timeout @11 x1 first timeout last timeout"},
    {MS(20), MS(30), 0, MS(20), {{0, MS(500), 0, false}}, 1,
     "1@0 timed_out(-1,20) = timed_out timeout @21 x1 first timeout last timeout"},
    {MS(20), MS(30), 0, MS(25), {{0, MS(500), 0, false}}, 1,
     "1@0 timed_out(0,20) = timed_out timeout @21 x1 by 0 first timeout last timeout"},
    {MS(20), MS(30), MS(20), NEVER, {{0, MS(500), 0, false}}, 1,
     "1@0 timed_out(0,20) = timed_out timeout @21 x1 by 0 first timeout last timeout"},

    /* The limit for attempts begins with each of them, the one for the request with the first. */
    {NEVER, NEVER, MS(50), NEVER, {{0, MS(51), 0, false}, {0, MS(50), 0, false}}, 2,
     "1@0 timed_out(3,50) scheduled(100,timeout) 2@151 = ok @201 x2 first timeout last timeout"},
    {MS(190), NEVER, MS(50), NEVER, {{0, MS(51), 0, false}}, 1,
     "1@0 timed_out(3,50) scheduled(100,timeout) 2@151 timed_out(0,190) = timed_out timeout @191 x2 by 0 first timeout last "
     "timeout"},

    /* Off. */
    {NEVER, NEVER, 0, NEVER, {{0, MS(36000000), 0, false}}, 1, "1@0 = ok @36000000 x1"},
    {NEVER, NEVER, NEVER, NEVER, {{0, MS(36000000), 0, false}}, 1, "1@0 = ok @36000000 x1"},
};

static seawall_timeout *make(rehearsal *r, seawall_duration request, seawall_duration attempt)
{
    seawall_timeout_config config = SEAWALL_TIMEOUT_CONFIG_INIT;
    seawall_timeout *timeout = NULL;

    config.request_timeout = request;
    config.attempt_timeout = attempt;
    ck_assert_int_eq(seawall_timeout_create(&config, &r->platform, &timeout, NULL), SEAWALL_OK);
    return timeout;
}

static seawall_pipeline *build(rehearsal *r, seawall_duration outer, seawall_duration inner, seawall_duration attempt)
{
    seawall_policy policy[] = {SEAWALL_POLICY_INIT, SEAWALL_POLICY_INIT, SEAWALL_POLICY_INIT, SEAWALL_POLICY_INIT};
    const seawall_policy *policies[] = {&policy[0], &policy[1], &policy[2], &policy[3]};
    seawall_retry_config config = SEAWALL_RETRY_CONFIG_INIT;
    seawall_timeout *first = make(r, outer, MS(1)); /* each limit is another policy's business */
    seawall_timeout *second = make(r, inner, attempt);
    seawall_pipeline *pipeline;
    seawall_retry *retry;

    config.max_attempts = 2;
    config.jitter = SEAWALL_JITTER_NONE;
    config.retryable_errors |= SEAWALL_FAULT_BIT(SEAWALL_FAULT_TIMEOUT);
    ck_assert_int_eq(seawall_retry_create(&config, &r->platform, &retry, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_timeout_policy(first, "outer", &policy[0]), SEAWALL_OK);
    ck_assert_int_eq(seawall_timeout_policy(second, "inner", &policy[1]), SEAWALL_OK);
    ck_assert_int_eq(seawall_retry_policy(retry, "retry", &policy[2]), SEAWALL_OK);
    ck_assert_int_eq(seawall_timeout_attempt_policy(second, "attempt", &policy[3]), SEAWALL_OK);
    pipeline = rehearsal_pipeline(r, policies, 4);
    seawall_timeout_destroy(first);
    seawall_timeout_destroy(second);
    seawall_retry_destroy(retry);
    return pipeline;
}

START_TEST(calls_go_as_the_table_says)
{
    rehearsal r;
    seawall_pipeline *pipeline;

    rehearsal_init(&r);
    pipeline = build(&r, rows[_i].outer, rows[_i].inner, rows[_i].attempt);
    ck_assert_str_eq(rehearsal_call(&r, pipeline, rows[_i].deadline, rows[_i].script, rows[_i].lines), rows[_i].log);
    seawall_pipeline_destroy(pipeline);
    ck_assert_int_eq(r.allocated, 0);
}
END_TEST

static seawall_fault succeed(seawall_attempt *attempt, void *arg)
{
    seawall_time *deadline = arg;

    *deadline = seawall_attempt_deadline(attempt);
    return SEAWALL_FAULT_NONE;
}

START_TEST(what_is_off_reads_no_clock)
{
    rehearsal r;
    seawall_pipeline *pipeline;
    seawall_time deadline = 0;

    rehearsal_init(&r);
    pipeline = build(&r, NEVER, NEVER, 0);
    ck_assert_int_eq(seawall_call(pipeline, succeed, &deadline, NULL), SEAWALL_OK);
    ck_assert_int_eq(deadline, NEVER);
    ck_assert_int_eq(r.clock_reads, 0);
    seawall_pipeline_destroy(pipeline);
}
END_TEST

START_TEST(the_attempt_is_told_its_deadline)
{
    rehearsal r;
    seawall_pipeline *pipeline;
    seawall_time deadline = 0;

    rehearsal_init(&r);
    r.now = MS(1000);
    pipeline = build(&r, MS(30), MS(40), MS(20));
    ck_assert_int_eq(seawall_call(pipeline, succeed, &deadline, NULL), SEAWALL_OK);
    ck_assert_int_eq(deadline, MS(1020));
    seawall_pipeline_destroy(pipeline);
    pipeline = build(&r, MS(30), MS(40), 0);
    ck_assert_int_eq(seawall_call(pipeline, succeed, &deadline, NULL), SEAWALL_OK);
    ck_assert_int_eq(deadline, MS(1030));
    seawall_pipeline_destroy(pipeline);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("timeout policy");
    TCase *tests = tcase_create("timeout policy");
    SRunner *runner;
    int failed;

    tcase_add_loop_test(tests, calls_go_as_the_table_says, 0, (int)(sizeof(rows) / sizeof(rows[0])));
    tcase_add_test(tests, what_is_off_reads_no_clock);
    tcase_add_test(tests, the_attempt_is_told_its_deadline);
    suite_add_tcase(suite, tests);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
