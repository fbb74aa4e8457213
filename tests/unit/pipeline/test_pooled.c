/* Guarded calls whose attempts run on a pool. */
#define _GNU_SOURCE
#include <check.h>
#include <pthread.h>
#include <sched.h>
#include <seawall/seawall.h>
#include <string.h>

#include "base/atomic.h"
#include "support.h"

#include "suite.h"

static sw_test_platform base;
static seawall_pool *pool;
static seawall_pipeline *pipeline;
static seawall_policy policies[4];
static int32_t count;
static seawall_report report;

/* What the operation does. */
static struct {
    sw_atomic_u32 begun, ended, gate, drained;
    sw_atomic_u32 cancelled;   /* attempts that saw that they should stop */
    uint32_t stay;             /* bit n: attempt n stays until the gate opens */
    uint32_t told;             /* bit n: and until it is told to stop, which may come after the call's end */
    uint32_t fail;             /* bit n: attempt n fails */
    sw_atomic_u64 threads[4];  /* who ran attempt n */
} op;

static void make_growing_pool(int32_t core, int32_t max, int32_t queue)
{
    seawall_pool_config config = SEAWALL_POOL_CONFIG_INIT;
    seawall_priority_level_config levels[SEAWALL_PRIORITY_COUNT];
    int i;

    ck_assert_int_eq(seawall_priority_levels(levels), SEAWALL_OK);
    for (i = 0; i < SEAWALL_PRIORITY_COUNT; i++)
        levels[i].max_queue_time = i == SEAWALL_PRIORITY_HIGH ? SEAWALL_SECONDS(3) : SEAWALL_FOREVER;
    config.core_size = core;
    config.max_size = max;
    config.growth = SEAWALL_POOL_QUEUE_FIRST;
    config.queue_size = queue;
    config.levels = levels;
    memset(&op, 0, sizeof(op));
    report = (seawall_report)SEAWALL_REPORT_INIT;
    count = 0;
    ck_assert_int_eq(seawall_pool_create(&config, &base.platform, &pool, NULL), SEAWALL_OK);
}

static void make_pool(int32_t workers, int32_t queue)
{
    make_growing_pool(workers, workers, queue);
}

static void add_timeout(seawall_duration limit, seawall_timeout_mode mode)
{
    seawall_timeout_config config = SEAWALL_TIMEOUT_CONFIG_INIT;
    seawall_timeout *timeout;

    config.request_timeout = limit;
    config.mode = mode;
    policies[count] = (seawall_policy)SEAWALL_POLICY_INIT;
    ck_assert_int_eq(seawall_timeout_create(&config, &base.platform, &timeout, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_timeout_policy(timeout, "timeout", &policies[count++]), SEAWALL_OK);
    policies[count - 1].retain(policies[count - 1].self);
    seawall_timeout_destroy(timeout);
}

static void add_pool(void)
{
    policies[count] = (seawall_policy)SEAWALL_POLICY_INIT;
    ck_assert_int_eq(seawall_pool_policy(pool, "pool", &policies[count++]), SEAWALL_OK);
}

static void add_retry(void)
{
    seawall_retry_config config = SEAWALL_RETRY_CONFIG_INIT;
    seawall_retry *retry;

    config.jitter = SEAWALL_JITTER_NONE;
    policies[count] = (seawall_policy)SEAWALL_POLICY_INIT;
    ck_assert_int_eq(seawall_retry_create(&config, &base.platform, &retry, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_retry_policy(retry, "retry", &policies[count++]), SEAWALL_OK);
    policies[count - 1].retain(policies[count - 1].self);
    seawall_retry_destroy(retry);
}

static void add_hedge(seawall_duration delay)
{
    seawall_hedge_config config = SEAWALL_HEDGE_CONFIG_INIT;
    seawall_hedge *hedge;

    config.delay = delay;
    config.budget = 1;
    policies[count] = (seawall_policy)SEAWALL_POLICY_INIT;
    ck_assert_int_eq(seawall_hedge_create(&config, &base.platform, &hedge, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_hedge_policy(hedge, "hedge", &policies[count++]), SEAWALL_OK);
    policies[count - 1].retain(policies[count - 1].self);
    seawall_hedge_destroy(hedge);
}

static void build(void)
{
    const seawall_policy *list[4] = {&policies[0], &policies[1], &policies[2], &policies[3]};
    int32_t i;

    ck_assert_int_eq(seawall_pipeline_create(NULL, list, count, &base.platform, &pipeline, NULL), SEAWALL_OK);
    for (i = 0; i < count; i++) {
        if (policies[i].self != pool)
            policies[i].release(policies[i].self);
    }
}

static void end(void)
{
    sw_store_u32(&op.gate, 1);
    seawall_pipeline_destroy(pipeline); /* waits for what was abandoned */
    seawall_pool_destroy(pool);
}

static void await(sw_atomic_u32 *word, uint32_t value)
{
    while (sw_load_u32(word) != value)
        (void)sched_yield();
}

/* Time passes until so many attempts have begun. */
static void await_later(uint32_t begun)
{
    while (sw_load_u32(&op.begun) != begun) {
        seawall_manual_clock_advance(base.clock, SEAWALL_MILLISECONDS(10));
        (void)sched_yield();
    }
}

static seawall_fault operate(seawall_attempt *attempt, void *arg)
{
    int32_t number = seawall_attempt_number(attempt);

    (void)arg;
    sw_store_u64(&op.threads[number & 3], (uint64_t)(uintptr_t)pthread_self());
    (void)sw_add_u32(&op.begun, 1);
    while ((op.stay >> number & 1) != 0 && sw_load_u32(&op.gate) == 0)
        (void)sched_yield();
    while ((op.told >> number & 1) != 0 && !seawall_attempt_cancelled(attempt))
        (void)sched_yield();
    (void)sw_add_u32(&op.cancelled, seawall_attempt_cancelled(attempt));
    (void)sw_add_u32(&op.ended, 1);
    return (op.fail >> number & 1) != 0 ? SEAWALL_FAULT_SERVICE_UNAVAILABLE : SEAWALL_FAULT_NONE;
}

static void on_drained(void *arg)
{
    (void)arg;
    (void)sw_add_u32(&op.drained, 1);
}

static seawall_pool_snapshot look(void)
{
    seawall_pool_snapshot snapshot = SEAWALL_POOL_SNAPSHOT_INIT;

    ck_assert_int_eq(seawall_pool_get_snapshot(pool, &snapshot), SEAWALL_OK);
    return snapshot;
}

static seawall_future start(const seawall_call_options *options)
{
    seawall_future future = 0;

    ck_assert_int_eq(seawall_future_start(pipeline, options, operate, NULL, NULL, &future), SEAWALL_OK);
    ck_assert_uint_ne(future, 0);
    return future;
}

static seawall_status finish(seawall_future future)
{
    ck_assert_int_eq(seawall_future_wait_until(pipeline, future, SEAWALL_FOREVER, &report), SEAWALL_OK);
    return report.status;
}

START_TEST(an_attempt_runs_on_a_worker)
{
    make_pool(1, 1);
    add_pool();
    build();
    ck_assert_int_eq(seawall_call(pipeline, operate, NULL, &report), SEAWALL_OK);
    ck_assert_int_eq(report.attempts, 1);
    ck_assert_uint_ne(sw_load_u64(&op.threads[1]), (uint64_t)(uintptr_t)pthread_self());
    end();
}
END_TEST

START_TEST(a_retry_sleeps_on_no_worker)
{
    seawall_future future;

    make_pool(1, 1);
    add_retry();
    add_pool();
    op.fail = 1u << 1 | 1u << 2;
    build();
    future = start(NULL);
    await(&op.begun, 1);
    while (look().busy > 0)
        (void)sched_yield();
    await_later(3);
    ck_assert_int_eq(finish(future), SEAWALL_OK);
    ck_assert_int_eq(report.attempts, 3);
    ck_assert_int_ge(report.elapsed, SEAWALL_MILLISECONDS(300)); /* 100 and 200 */
    end();
}
END_TEST

START_TEST(an_abandoned_attempt_keeps_its_worker)
{
    seawall_call_options options = SEAWALL_CALL_OPTIONS_INIT;
    seawall_future future;

    make_pool(1, 0);
    add_timeout(SEAWALL_SECONDS(2), SEAWALL_TIMEOUT_ABANDON);
    add_pool();
    op.stay = op.told = 1u << 1;
    options.drained = on_drained;
    build();
    future = start(&options);
    await(&op.begun, 1);
    seawall_manual_clock_advance(base.clock, SEAWALL_SECONDS(2));
    (void)finish(future);
    ck_assert_int_eq(report.status, SEAWALL_TIMED_OUT);
    ck_assert_int_eq(report.policy, 0);
    ck_assert_int_eq(report.late, 1);
    ck_assert_int_eq(look().busy, 1);
    ck_assert_uint_eq(sw_load_u32(&op.ended), 0);
    ck_assert_uint_eq(sw_load_u32(&op.drained), 0);
    ck_assert_int_eq(seawall_call(pipeline, operate, NULL, &report), SEAWALL_FULL); /* nothing is left of it */
    ck_assert_int_eq(report.policy, 1);
    ck_assert_int_eq(report.attempts, 0);
    sw_store_u32(&op.gate, 1);
    await(&op.drained, 1);
    ck_assert_uint_eq(sw_load_u32(&op.cancelled), 1);
    while (look().busy > 0)
        (void)sched_yield();
    op.told = 0;
    ck_assert_int_eq(seawall_call(pipeline, operate, NULL, &report), SEAWALL_OK);
    end();
}
END_TEST

START_TEST(without_a_pool_there_is_no_abandoning)
{
    make_pool(1, 0);
    add_timeout(SEAWALL_SECONDS(2), SEAWALL_TIMEOUT_ABANDON);
    build();
    ck_assert_int_eq(seawall_call(pipeline, operate, NULL, &report), SEAWALL_UNSUPPORTED);
    ck_assert_int_eq(report.policy, 0);
    end();
}
END_TEST

/* What waits in the pool's own queue was not started: its time out trips nobody. */
START_TEST(a_timeout_in_the_queue_started_nothing)
{
    seawall_future first, second;

    make_pool(1, 1);
    add_timeout(SEAWALL_SECONDS(2), SEAWALL_TIMEOUT_COOPERATIVE);
    add_pool();
    op.stay = op.told = 1u << 1;
    build();
    first = start(NULL);
    await(&op.begun, 1);
    second = start(NULL);
    ck_assert_int_eq(look().queued[SEAWALL_PRIORITY_NORMAL], 1);
    seawall_manual_clock_advance(base.clock, SEAWALL_SECONDS(2));
    ck_assert_int_eq(finish(second), SEAWALL_TIMED_OUT);
    ck_assert_int_eq(report.attempts, 0);
    while (look().queued[SEAWALL_PRIORITY_NORMAL] > 0)
        (void)sched_yield();
    ck_assert_int_eq(look().dropped_cancelled, 1);
    ck_assert_int_eq(seawall_future_poll(pipeline, first, &report), SEAWALL_BUSY); /* it is waited for */
    sw_store_u32(&op.gate, 1);
    ck_assert_int_eq(finish(first), SEAWALL_TIMED_OUT);
    ck_assert_int_eq(report.attempts, 1);
    ck_assert_uint_eq(sw_load_u32(&op.cancelled), 1);
    end();
}
END_TEST

START_TEST(a_level_s_time_in_the_queue_refuses)
{
    seawall_call_options options = SEAWALL_CALL_OPTIONS_INIT;
    seawall_future first, second;

    make_pool(1, 1);
    add_pool();
    op.stay = 1u << 1;
    build();
    options.priority = SEAWALL_PRIORITY_HIGH;
    first = start(NULL);
    await(&op.begun, 1);
    second = start(&options);
    seawall_manual_clock_advance(base.clock, SEAWALL_SECONDS(3));
    ck_assert_int_eq(finish(second), SEAWALL_FULL);
    ck_assert_int_eq(report.elapsed, SEAWALL_SECONDS(3));
    ck_assert_int_eq(report.attempts, 0);
    ck_assert_int_eq(report.policy, 0);
    while (look().queued[SEAWALL_PRIORITY_HIGH] > 0)
        (void)sched_yield();
    ck_assert_int_eq(look().dropped_queue_time, 1);
    ck_assert_int_eq(seawall_future_forget(pipeline, first), SEAWALL_OK);
    end();
}
END_TEST

START_TEST(hedges_run_side_by_side)
{
    seawall_future future;

    make_pool(2, 0);
    add_hedge(SEAWALL_MILLISECONDS(10));
    add_pool();
    op.stay = op.told = 1u << 1;
    build();
    future = start(NULL);
    await_later(2);
    ck_assert_int_eq(finish(future), SEAWALL_OK); /* by the second */
    ck_assert_int_eq(report.attempts, 2);
    ck_assert_int_eq(report.late, 1);
    ck_assert_uint_ne(sw_load_u64(&op.threads[1]), sw_load_u64(&op.threads[2]));
    end();
    ck_assert_uint_eq(sw_load_u32(&op.ended), 2);
    ck_assert_uint_eq(sw_load_u32(&op.cancelled), 1); /* the loser was told */
}
END_TEST

static void *cancel_when_begun(void *arg)
{
    await(&op.begun, 1);
    (void)seawall_cancel_trigger(arg);
    return NULL;
}

START_TEST(a_token_calls_it_off_at_once)
{
    seawall_call_options options = SEAWALL_CALL_OPTIONS_INIT;
    seawall_cancel *token;
    pthread_t thread;

    make_pool(1, 0);
    add_pool();
    op.stay = op.told = 1u << 1;
    build();
    ck_assert_int_eq(seawall_cancel_create(NULL, &base.platform, &token, NULL), SEAWALL_OK);
    options.cancel = token;
    options.drained = on_drained;
    ck_assert_int_eq(pthread_create(&thread, NULL, cancel_when_begun, token), 0);
    ck_assert_int_eq(seawall_call_with(pipeline, &options, operate, NULL, &report), SEAWALL_CANCELLED);
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    seawall_cancel_destroy(token); /* the attempt goes on without it */
    sw_store_u32(&op.gate, 1);
    await(&op.drained, 1);
    ck_assert_uint_eq(sw_load_u32(&op.cancelled), 1);
    end();
}
END_TEST

static sw_atomic_u32 rung;

static void ring(uint64_t cookie, void *user)
{
    (void)user;
    (void)sw_add_u32(&rung, (uint32_t)cookie);
}

START_TEST(a_future_is_announced_and_taken_once)
{
    const seawall_waker waker = {ring, 5, NULL};
    seawall_future future = 77, other;

    make_pool(2, 2);
    add_retry();
    add_pool();
    op.fail = 1u << 1;
    op.stay = 1u << 2;
    build();
    sw_store_u32(&rung, 0);
    ck_assert_int_eq(seawall_future_start(pipeline, NULL, operate, NULL, &waker, &future), SEAWALL_OK);
    await_later(2); /* the attendant has seen to the pause */
    ck_assert_int_eq(seawall_future_poll(pipeline, future, &report), SEAWALL_BUSY);
    ck_assert_uint_eq(sw_load_u32(&rung), 0);
    sw_store_u32(&op.gate, 1);
    await(&rung, 5);
    ck_assert_int_eq(seawall_future_poll(pipeline, future, &report), SEAWALL_OK);
    ck_assert_int_eq(report.status, SEAWALL_OK);
    ck_assert_int_eq(report.attempts, 2);
    ck_assert_int_eq(seawall_future_poll(pipeline, future, &report), SEAWALL_STALE);
    ck_assert_int_eq(seawall_future_cancel(pipeline, future), SEAWALL_STALE);
    ck_assert_int_eq(seawall_future_wait_until(pipeline, 0, 0, NULL), SEAWALL_STALE);
    sw_store_u32(&op.gate, 0);
    op.stay = 1u << 1;
    op.fail = 0;
    ck_assert_int_eq(seawall_future_start(pipeline, NULL, operate, NULL, NULL, &other), SEAWALL_OK);
    await(&op.begun, 3);
    ck_assert_int_eq(seawall_future_cancel(pipeline, other), SEAWALL_OK);
    ck_assert_int_eq(seawall_future_poll(pipeline, other, &report), SEAWALL_OK);
    ck_assert_int_eq(report.status, SEAWALL_CANCELLED);
    end();
}
END_TEST

static seawall_fault call_inside(seawall_attempt *attempt, void *arg)
{
    (void)attempt;
    *(seawall_status *)arg = seawall_call(pipeline, operate, NULL, NULL);
    return SEAWALL_FAULT_NONE;
}

START_TEST(a_call_inside_its_own_pool_is_answered)
{
    seawall_status inside = SEAWALL_OK;

    make_pool(1, 3);
    add_pool();
    build();
    ck_assert_int_eq(seawall_call(pipeline, call_inside, &inside, &report), SEAWALL_OK);
    ck_assert_int_eq(inside, SEAWALL_FULL);
    end();
    make_pool(2, 3);
    add_pool();
    build();
    ck_assert_int_eq(seawall_call(pipeline, call_inside, &inside, &report), SEAWALL_OK);
    ck_assert_int_eq(inside, SEAWALL_OK);
    end();
    make_growing_pool(1, 2, 3);
    add_pool();
    build();
    ck_assert_int_eq(seawall_call(pipeline, call_inside, &inside, &report), SEAWALL_OK);
    ck_assert_int_eq(inside, SEAWALL_OK);
    end();
}
END_TEST

START_TEST(other_hosts_are_refused)
{
    _Alignas(SEAWALL_EXECUTION_ALIGNMENT) static unsigned char storage[SEAWALL_EXECUTION_SIZE_MAX];
    seawall_execution *execution = NULL;

    make_pool(1, 1);
    add_pool();
    build();
    ck_assert_int_eq(seawall_execution_init(storage, sizeof(storage), pipeline, NULL, &execution), SEAWALL_UNSUPPORTED);
    ck_assert_ptr_null(execution);
    end();
}
END_TEST

static void set_up(void)
{
    sw_test_platform_init(&base, false);
}

static void tear_down(void)
{
    sw_test_platform_fini(&base);
}

int main(void)
{
    TCase *tests = tcase_create("pooled calls");

    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, an_attempt_runs_on_a_worker);
    tcase_add_test(tests, a_retry_sleeps_on_no_worker);
    tcase_add_test(tests, an_abandoned_attempt_keeps_its_worker);
    tcase_add_test(tests, without_a_pool_there_is_no_abandoning);
    tcase_add_test(tests, a_timeout_in_the_queue_started_nothing);
    tcase_add_test(tests, a_level_s_time_in_the_queue_refuses);
    tcase_add_test(tests, hedges_run_side_by_side);
    tcase_add_test(tests, a_token_calls_it_off_at_once);
    tcase_add_test(tests, a_future_is_announced_and_taken_once);
    tcase_add_test(tests, a_call_inside_its_own_pool_is_answered);
    tcase_add_test(tests, other_hosts_are_refused);
    return sw_test_run("pooled calls", tests);
}
