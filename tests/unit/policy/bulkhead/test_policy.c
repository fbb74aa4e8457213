/* The bulkhead in a pipeline: calls on one thread, executions of one loop, and both mixed. */
#include <check.h>
#include <sched.h>
#include <stdlib.h>

#include "../rehearsal.h"
#include "suite.h"

#define NEVER SEAWALL_FOREVER
#define GONE SEAWALL_FAULT_SERVICE_UNAVAILABLE

static seawall_bulkhead *bulkhead_of(const seawall_platform *platform, int32_t max_concurrent, int32_t max_waiting,
                                     seawall_duration max_wait)
{
    seawall_bulkhead_config config = SEAWALL_BULKHEAD_CONFIG_INIT;
    seawall_bulkhead *bulkhead = NULL;

    config.max_concurrent = max_concurrent;
    config.max_waiting = max_waiting;
    config.max_wait = max_wait;
    ck_assert_int_eq(seawall_bulkhead_create(&config, platform, &bulkhead, NULL), SEAWALL_OK);
    return bulkhead;
}

static seawall_bulkhead_snapshot look(seawall_bulkhead *bulkhead)
{
    seawall_bulkhead_snapshot snapshot = SEAWALL_BULKHEAD_SNAPSHOT_INIT;

    ck_assert_int_eq(seawall_bulkhead_get_snapshot(bulkhead, &snapshot), SEAWALL_OK);
    return snapshot;
}

/* Pipeline: a limit, a retry of 3, a breaker that opens at the first failure, a bulkhead of 1, the operation. */
static const struct {
    bool taken; /* by somebody else, for good */
    int32_t max_waiting;
    seawall_duration max_wait, limit;
    seawall_time deadline;
    rehearsal_attempt attempt;
    const char *log;
    int64_t granted, full, timed_out;
    seawall_breaker_state breaker;
} rows[] = {
    {false, 0, 0, NEVER, NEVER, {0, MS(7), 0, false}, "1@0 = ok @7 x1", 1, 0, 0, SEAWALL_BREAKER_CLOSED},
    {false, 0, 0, NEVER, NEVER, {GONE, MS(7), 0, false},
     "1@0 scheduled(100,service_unavailable) refused(2) gave_up(service_unavailable,refused) = open for refused @107 x1 by 2 "
     "first service_unavailable last service_unavailable",
     1, 0, 0, SEAWALL_BREAKER_OPEN},
    /* Refused at once: nobody counts it, nobody repeats it. */
    {true, 0, 0, NEVER, NEVER, {0, 0, 0, false}, "refused(3) = full for refused @0 x0 by 3", 0, 1, 0, SEAWALL_BREAKER_CLOSED},
    {true, 1, 0, NEVER, NEVER, {0, 0, 0, false}, "refused(3) = full for refused @0 x0 by 3", 0, 1, 0, SEAWALL_BREAKER_CLOSED},
    /* And so it is after waiting in vain. */
    {true, 1, MS(20), NEVER, NEVER, {0, 0, 0, false}, "refused(3) = full for refused @20 x0 by 3", 0, 0, 1,
     SEAWALL_BREAKER_CLOSED},
    {true, 1, MS(20), MS(30), NEVER, {0, 0, 0, false}, "refused(3) = full for refused @20 x0 by 3", 0, 0, 1,
     SEAWALL_BREAKER_CLOSED},
    /* At one instant who waits is asked before others' time is over. */
    {true, 1, MS(20), MS(20), NEVER, {0, 0, 0, false}, "refused(3) = full for refused @20 x0 by 3", 0, 0, 1,
     SEAWALL_BREAKER_CLOSED},
    /* Others' time may be over first; what never began is held against nobody. */
    {true, 1, MS(20), MS(10), NEVER, {0, 0, 0, false},
     "timed_out(0,10) dropped(3) = timed_out timeout @10 x0 by 0", 0, 0, 1, SEAWALL_BREAKER_CLOSED},
    {true, 1, NEVER, NEVER, MS(15), {0, 0, 0, false}, "timed_out(-1,15) dropped(3) = timed_out timeout @15 x0", 0, 0, 1,
     SEAWALL_BREAKER_CLOSED},
    /* A run that is cut gives its permit back. */
    {false, 0, 0, MS(10), NEVER, {0, MS(50), 0, false},
     "1@0 timed_out(0,10) = timed_out timeout @11 x1 by 0 first timeout last timeout", 1, 0, 0, SEAWALL_BREAKER_OPEN},
};

#define ROWS ((int)(sizeof(rows) / sizeof(rows[0])))

static seawall_pipeline *build(rehearsal *r, seawall_duration limit, seawall_bulkhead *bulkhead, seawall_breaker *breaker)
{
    seawall_policy policy[] = {SEAWALL_POLICY_INIT, SEAWALL_POLICY_INIT, SEAWALL_POLICY_INIT, SEAWALL_POLICY_INIT};
    const seawall_policy *policies[] = {&policy[0], &policy[1], &policy[2], &policy[3]};
    seawall_timeout_config limits = SEAWALL_TIMEOUT_CONFIG_INIT;
    seawall_retry_config config = SEAWALL_RETRY_CONFIG_INIT;
    seawall_pipeline *pipeline;
    seawall_timeout *timeout;
    seawall_retry *retry;

    limits.request_timeout = limit;
    config.jitter = SEAWALL_JITTER_NONE;
    ck_assert_int_eq(seawall_timeout_create(&limits, &r->platform, &timeout, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_retry_create(&config, &r->platform, &retry, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_timeout_policy(timeout, "limit", &policy[0]), SEAWALL_OK);
    ck_assert_int_eq(seawall_retry_policy(retry, "retry", &policy[1]), SEAWALL_OK);
    ck_assert_int_eq(seawall_breaker_policy(breaker, "breaker", &policy[2]), SEAWALL_OK);
    ck_assert_int_eq(seawall_bulkhead_policy(bulkhead, "bulkhead", &policy[3]), SEAWALL_OK);
    pipeline = rehearsal_pipeline(r, policies, 4);
    seawall_timeout_destroy(timeout);
    seawall_retry_destroy(retry);
    return pipeline;
}

START_TEST(calls_go_as_the_table_says)
{
    seawall_breaker_snapshot state = SEAWALL_BREAKER_SNAPSHOT_INIT;
    seawall_breaker_config config = SEAWALL_BREAKER_CONFIG_INIT;
    seawall_bulkhead *bulkhead;
    seawall_breaker *breaker;
    seawall_permit taken;
    rehearsal r;
    seawall_pipeline *pipeline;

    rehearsal_init(&r);
    config.failure_threshold = 1;
    ck_assert_int_eq(seawall_breaker_create(&config, &r.platform, &breaker, NULL), SEAWALL_OK);
    bulkhead = bulkhead_of(&r.platform, 1, rows[_i].max_waiting, rows[_i].max_wait);
    pipeline = build(&r, rows[_i].limit, bulkhead, breaker);
    if (rows[_i].taken)
        ck_assert_int_eq(seawall_bulkhead_try_acquire(bulkhead, &taken), SEAWALL_OK);
    ck_assert_str_eq(rehearsal_call(&r, pipeline, rows[_i].deadline, &rows[_i].attempt, 1), rows[_i].log);
    ck_assert_int_eq(look(bulkhead).in_use, rows[_i].taken);
    ck_assert_int_eq(look(bulkhead).waiting, 0);
    ck_assert_int_eq(look(bulkhead).granted, rows[_i].granted + rows[_i].taken);
    ck_assert_int_eq(look(bulkhead).refused_full, rows[_i].full);
    ck_assert_int_eq(look(bulkhead).refused_timed_out, rows[_i].timed_out);
    ck_assert_int_eq(look(bulkhead).refused_cancelled, 0);
    ck_assert_int_eq(seawall_breaker_get_snapshot_at(breaker, r.now, &state), SEAWALL_OK);
    ck_assert_int_eq(state.state, rows[_i].breaker);
    seawall_pipeline_destroy(pipeline);
    seawall_bulkhead_destroy(bulkhead);
    seawall_breaker_destroy(breaker);
    ck_assert_int_eq(r.allocated, 0);
}
END_TEST

static seawall_fault succeed(seawall_attempt *attempt, void *arg)
{
    (void)attempt;
    (void)arg;
    return SEAWALL_FAULT_NONE;
}

START_TEST(only_waiting_reads_the_clock)
{
    seawall_policy policy = SEAWALL_POLICY_INIT;
    const seawall_policy *policies[] = {&policy};
    seawall_bulkhead *bulkhead;
    seawall_pipeline *pipeline;
    seawall_permit taken;
    rehearsal r;

    rehearsal_init(&r);
    bulkhead = bulkhead_of(&r.platform, 1, 0, MS(1));
    ck_assert_int_eq(seawall_bulkhead_policy(bulkhead, NULL, &policy), SEAWALL_OK);
    ck_assert_int_eq(seawall_pipeline_create(NULL, policies, 1, &r.platform, &pipeline, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_call(pipeline, succeed, NULL, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_bulkhead_try_acquire(bulkhead, &taken), SEAWALL_OK);
    ck_assert_int_eq(seawall_call(pipeline, succeed, NULL, NULL), SEAWALL_FULL);
    ck_assert_int_eq(r.clock_reads, 0);
    seawall_pipeline_destroy(pipeline);
    seawall_bulkhead_destroy(bulkhead);
}
END_TEST

/* --- executions of one loop --- */

#define RUNS 4

typedef struct loop {
    rehearsal r;
    seawall_bulkhead *bulkhead;
    seawall_pipeline *pipeline;
    struct {
        seawall_execution *execution;
        int woken;
        uint64_t attempt;
        _Alignas(SEAWALL_EXECUTION_ALIGNMENT) unsigned char storage[SEAWALL_EXECUTION_SIZE_MAX];
    } run[RUNS];
} loop;

static loop l;

static void wake(uint64_t cookie, void *user)
{
    loop *whose = user;

    whose->run[cookie].woken++;
}

static void loop_init(int32_t max_concurrent, int32_t max_waiting, seawall_duration max_wait)
{
    seawall_policy policy = SEAWALL_POLICY_INIT;
    const seawall_policy *policies[] = {&policy};
    int i;

    rehearsal_init(&l.r);
    l.bulkhead = bulkhead_of(&l.r.platform, max_concurrent, max_waiting, max_wait);
    ck_assert_int_eq(seawall_bulkhead_policy(l.bulkhead, "b", &policy), SEAWALL_OK);
    l.pipeline = rehearsal_pipeline(&l.r, policies, 1);
    for (i = 0; i < RUNS; i++) {
        const seawall_waker waker = {wake, (uint64_t)i, &l};

        l.run[i].woken = 0;
        ck_assert_int_eq(seawall_execution_init(l.run[i].storage, sizeof(l.run[i].storage), l.pipeline, &waker,
                                                &l.run[i].execution),
                         SEAWALL_OK);
    }
}

static void loop_fini(void)
{
    int i;

    for (i = 0; i < RUNS; i++)
        ck_assert_int_eq(seawall_execution_fini(l.run[i].execution), SEAWALL_OK);
    seawall_pipeline_destroy(l.pipeline);
    seawall_bulkhead_destroy(l.bulkhead);
    ck_assert_int_eq(l.r.allocated, 0);
}

static seawall_step step(int i, seawall_time now)
{
    seawall_step s = {0};

    ck_assert_int_eq(seawall_execution_next_at(l.run[i].execution, now, &s), SEAWALL_OK);
    if (s.kind == SEAWALL_STEP_START)
        l.run[i].attempt = s.id;
    return s;
}

static seawall_step begin(int i, seawall_time now)
{
    ck_assert_int_eq(seawall_execution_begin_at(l.run[i].execution, now, SEAWALL_FOREVER), SEAWALL_OK);
    return step(i, now);
}

static void report(int i, seawall_time now)
{
    const seawall_result result = {.fault = SEAWALL_FAULT_NONE};

    ck_assert_int_eq(seawall_execution_report_at(l.run[i].execution, l.run[i].attempt, &result, now), SEAWALL_OK);
}

static void ended(int i, seawall_step last, seawall_status status)
{
    seawall_report told = SEAWALL_REPORT_INIT;

    ck_assert_int_eq(last.kind, SEAWALL_STEP_FINISHED);
    ck_assert_int_eq(seawall_execution_report(l.run[i].execution, &told), SEAWALL_OK);
    ck_assert_int_eq(told.status, status);
}

static void finish(int i, seawall_time now, seawall_status status)
{
    ended(i, step(i, now), status);
}

START_TEST(executions_wait_in_line)
{
    seawall_step s;
    int i;

    loop_init(1, 2, MS(50));
    ck_assert_int_eq(begin(0, 0).kind, SEAWALL_STEP_START);
    for (i = 1; i <= 2; i++) {
        s = begin(i, MS(i));
        ck_assert_int_eq(s.kind, SEAWALL_STEP_WAIT);
        ck_assert_int_eq(s.until, MS(50 + i));
    }
    ended(3, begin(3, MS(3)), SEAWALL_FULL);
    ck_assert_int_eq(step(2, MS(9)).kind, SEAWALL_STEP_WAIT); /* asking early changes nothing */
    for (i = 0; i < 2; i++) {
        report(i, MS(10));
        finish(i, MS(10), SEAWALL_OK);
        ck_assert_int_eq(l.run[i + 1].woken, 1);
        ck_assert_int_eq(i == 0 ? l.run[2].woken : 0, 0);
        ck_assert_int_eq(step(i + 1, MS(10)).kind, SEAWALL_STEP_START);
    }
    report(2, MS(20));
    finish(2, MS(20), SEAWALL_OK);
    ck_assert_int_eq(look(l.bulkhead).granted, 3);
    ck_assert_int_eq(look(l.bulkhead).in_use, 0);
    loop_fini();
}
END_TEST

START_TEST(a_wait_in_a_loop_ends_in_time)
{
    loop_init(1, 2, MS(50));
    (void)begin(0, 0);
    (void)begin(1, 0);
    ck_assert_int_eq(step(1, MS(50) - 1).kind, SEAWALL_STEP_WAIT);
    finish(1, MS(50), SEAWALL_FULL);
    report(0, MS(50));
    finish(0, MS(50), SEAWALL_OK);
    ck_assert_int_eq(l.run[1].woken, 0);
    ck_assert_int_eq(look(l.bulkhead).refused_timed_out, 1);
    loop_fini();
}
END_TEST

/* At the very instant: granted first it runs, though its loop looks later. */
START_TEST(a_grant_at_the_last_instant_counts)
{
    loop_init(1, 2, MS(50));
    (void)begin(0, 0);
    (void)begin(1, 0);
    report(0, MS(50));
    ck_assert_int_eq(l.run[1].woken, 1);
    finish(0, MS(50), SEAWALL_OK);
    ck_assert_int_eq(step(1, MS(58)).kind, SEAWALL_STEP_START);
    report(1, MS(60));
    finish(1, MS(60), SEAWALL_OK);
    loop_fini();
}
END_TEST

/* A loop that looks late keeps nobody from a permit. */
START_TEST(who_is_late_is_passed_over)
{
    loop_init(1, 2, MS(50));
    (void)begin(0, 0);
    (void)begin(1, 0);
    (void)begin(2, MS(5));
    report(0, MS(51));
    finish(0, MS(51), SEAWALL_OK);
    ck_assert_int_eq(l.run[1].woken, 0);
    ck_assert_int_eq(l.run[2].woken, 1);
    ck_assert_int_eq(step(2, MS(51)).kind, SEAWALL_STEP_START);
    finish(1, MS(52), SEAWALL_FULL);
    report(2, MS(60));
    finish(2, MS(60), SEAWALL_OK);
    ck_assert_int_eq(look(l.bulkhead).refused_timed_out, 1);
    ck_assert_int_eq(look(l.bulkhead).in_use, 0);
    loop_fini();
}
END_TEST

START_TEST(called_off_while_waiting)
{
    loop_init(1, 2, MS(50));
    (void)begin(0, 0);
    (void)begin(1, 0);
    (void)begin(2, 0);
    ck_assert_int_eq(seawall_execution_cancel_at(l.run[1].execution, MS(1)), SEAWALL_OK);
    finish(1, MS(1), SEAWALL_CANCELLED);
    report(0, MS(2));
    finish(0, MS(2), SEAWALL_OK);
    ck_assert_int_eq(l.run[1].woken, 0);
    ck_assert_int_eq(step(2, MS(2)).kind, SEAWALL_STEP_START);
    report(2, MS(3));
    finish(2, MS(3), SEAWALL_OK);
    ck_assert_int_eq(look(l.bulkhead).refused_cancelled, 1);
    ck_assert_int_eq(look(l.bulkhead).in_use, 0);
    loop_fini();
}
END_TEST

/* It had been granted, and had not looked yet: the next one has the permit. */
START_TEST(called_off_when_granted)
{
    loop_init(1, 2, MS(50));
    (void)begin(0, 0);
    (void)begin(1, 0);
    (void)begin(2, 0);
    report(0, MS(2));
    finish(0, MS(2), SEAWALL_OK);
    ck_assert_int_eq(l.run[1].woken, 1);
    ck_assert_int_eq(l.run[2].woken, 0);
    ck_assert_int_eq(seawall_execution_cancel_at(l.run[1].execution, MS(2)), SEAWALL_OK);
    finish(1, MS(2), SEAWALL_CANCELLED);
    ck_assert_int_eq(l.run[2].woken, 1);
    ck_assert_int_eq(step(2, MS(2)).kind, SEAWALL_STEP_START);
    report(2, MS(3));
    finish(2, MS(3), SEAWALL_OK);
    ck_assert_int_eq(look(l.bulkhead).refused_cancelled, 0);
    ck_assert_int_eq(look(l.bulkhead).granted, 3);
    ck_assert_int_eq(look(l.bulkhead).in_use, 0);
    loop_fini();
}
END_TEST

/* What still runs still counts, whoever has lost interest. */
START_TEST(a_late_end_brings_the_permit_back)
{
    loop_init(1, 1, MS(50));
    (void)begin(0, 0);
    ck_assert_int_eq(seawall_execution_cancel_at(l.run[0].execution, MS(1)), SEAWALL_OK);
    finish(0, MS(1), SEAWALL_CANCELLED);
    ck_assert_int_eq(begin(1, MS(1)).kind, SEAWALL_STEP_WAIT);
    ck_assert_int_eq(look(l.bulkhead).in_use, 1);
    ck_assert_int_eq(step(0, MS(1)).kind, SEAWALL_STEP_CANCEL);
    report(0, MS(4));
    ck_assert_int_eq(step(0, MS(4)).kind, SEAWALL_STEP_DRAINED);
    ck_assert_int_eq(step(1, MS(4)).kind, SEAWALL_STEP_START);
    ck_assert_int_eq(seawall_execution_disown_at(l.run[1].execution, l.run[1].attempt, MS(5)), SEAWALL_OK);
    finish(1, MS(5), SEAWALL_CANCELLED);
    ck_assert_int_eq(look(l.bulkhead).in_use, 0);
    loop_fini();
}
END_TEST

START_TEST(a_host_without_a_waker_looks_for_itself)
{
    seawall_execution *blind;

    loop_init(1, 1, MS(50));
    ck_assert_int_eq(seawall_execution_init(l.run[1].storage, sizeof(l.run[1].storage), l.pipeline, NULL, &blind), SEAWALL_OK);
    l.run[1].execution = blind;
    (void)begin(0, 0);
    ck_assert_int_eq(begin(1, 0).kind, SEAWALL_STEP_WAIT);
    report(0, MS(1));
    finish(0, MS(1), SEAWALL_OK);
    ck_assert_int_eq(step(1, MS(1)).kind, SEAWALL_STEP_START);
    report(1, MS(2));
    finish(1, MS(2), SEAWALL_OK);
    loop_fini();
}
END_TEST

/* A permit taken by hand, and a run of a loop behind it. */
START_TEST(both_ways_share_one_queue)
{
    seawall_permit permit;

    loop_init(1, 2, MS(50));
    ck_assert_int_eq(seawall_bulkhead_try_acquire(l.bulkhead, &permit), SEAWALL_OK);
    (void)begin(0, 0);
    ck_assert_int_eq(seawall_bulkhead_release_at(l.bulkhead, &permit, MS(1)), SEAWALL_OK);
    ck_assert_int_eq(l.run[0].woken, 1);
    ck_assert_int_eq(seawall_bulkhead_try_acquire(l.bulkhead, &permit), SEAWALL_FULL);
    ck_assert_int_eq(step(0, MS(1)).kind, SEAWALL_STEP_START);
    report(0, MS(2));
    finish(0, MS(2), SEAWALL_OK);
    ck_assert_int_eq(seawall_bulkhead_try_acquire(l.bulkhead, &permit), SEAWALL_OK);
    ck_assert_int_eq(seawall_bulkhead_release_at(l.bulkhead, &permit, MS(2)), SEAWALL_OK);
    loop_fini();
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("bulkhead in a pipeline");

    tcase_add_loop_test(tests, calls_go_as_the_table_says, 0, ROWS);
    tcase_add_test(tests, only_waiting_reads_the_clock);
    tcase_add_test(tests, executions_wait_in_line);
    tcase_add_test(tests, a_wait_in_a_loop_ends_in_time);
    tcase_add_test(tests, a_grant_at_the_last_instant_counts);
    tcase_add_test(tests, who_is_late_is_passed_over);
    tcase_add_test(tests, called_off_while_waiting);
    tcase_add_test(tests, called_off_when_granted);
    tcase_add_test(tests, a_late_end_brings_the_permit_back);
    tcase_add_test(tests, a_host_without_a_waker_looks_for_itself);
    tcase_add_test(tests, both_ways_share_one_queue);
    return sw_test_run("bulkhead in a pipeline", tests);
}
