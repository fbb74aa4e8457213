/* Guarded calls on a pool where the system gives no more threads: for the attendant, for the first worker, for any other. */
#include <check.h>
#include <sched.h>
#include <seawall/seawall.h>

#include "base/atomic.h"
#include "suite.h"
#include "support.h"
#include "thread_refusal.h"

#define WORKERS 3
#define CALLS 5

static sw_test_platform base;
static seawall_pool *pool;
static seawall_pipeline *pipeline;
static sw_atomic_u32 begun, gate, drained;

static seawall_fault stay(seawall_attempt *attempt, void *arg)
{
    (void)attempt;
    (void)arg;
    (void)sw_add_u32(&begun, 1);
    while (sw_load_u32(&gate) == 0)
        (void)sched_yield();
    return SEAWALL_FAULT_NONE;
}

static void told(void *arg)
{
    (void)arg;
    (void)sw_add_u32(&drained, 1);
}

static seawall_pool_snapshot look(void)
{
    seawall_pool_snapshot snapshot = SEAWALL_POOL_SNAPSHOT_INIT;

    ck_assert_int_eq(seawall_pool_get_snapshot(pool, &snapshot), SEAWALL_OK);
    return snapshot;
}

/* No worker at first, and one place in the queue. */
static void make(int32_t workers)
{
    seawall_pool_config config = SEAWALL_POOL_CONFIG_INIT;
    seawall_policy policy = SEAWALL_POLICY_INIT;
    const seawall_policy *const policies[] = {&policy};

    sw_test_platform_init(&base, false);
    sw_store_u32(&begun, 0);
    sw_store_u32(&gate, 0);
    sw_store_u32(&drained, 0);
    config.core_size = 0;
    config.max_size = workers;
    config.queue_size = 1;
    ck_assert_int_eq(seawall_pool_create(&config, &base.platform, &pool, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_pool_policy(pool, "pool", &policy), SEAWALL_OK);
    ck_assert_int_eq(seawall_pipeline_create(NULL, policies, 1, &base.platform, &pipeline, NULL), SEAWALL_OK);
}

/* The system gives threads again: everything is as if nothing had been, and all that was begun comes to rest. */
static void heal(uint32_t calls)
{
    sw_test_refuse_threads(0, 0);
    sw_store_u32(&gate, 1);
    ck_assert_int_eq(seawall_call(pipeline, stay, NULL, NULL), SEAWALL_OK);
    seawall_pipeline_destroy(pipeline);
    seawall_pool_destroy(pool);
    ck_assert_uint_eq(sw_load_u32(&drained), calls);
    sw_test_platform_fini(&base);
}

static seawall_status start(seawall_future *future)
{
    seawall_call_options options = SEAWALL_CALL_OPTIONS_INIT;

    options.drained = told;
    return seawall_future_start(pipeline, &options, stay, NULL, NULL, future);
}

static void finish(seawall_future future, seawall_status expected, int32_t attempts)
{
    seawall_report report = SEAWALL_REPORT_INIT;

    ck_assert_int_eq(seawall_future_wait_until(pipeline, future, SEAWALL_FOREVER, &report), SEAWALL_OK);
    ck_assert_int_eq(report.status, expected);
    ck_assert_int_eq(report.attempts, attempts);
    if (expected != SEAWALL_OK)
        ck_assert_int_eq(report.policy, 0);
}

/* The attendant is the first thread. As many calls run as there are workers, and one waits, if there is a worker to wait for. */
START_TEST(futures_that_find_no_thread)
{
    seawall_future calls[CALLS];
    int32_t workers = _i - 1, i;

    make(WORKERS);
    sw_test_refuse_threads(_i, 1000);
    for (i = 0; i < CALLS; i++) {
        ck_assert_int_eq(start(&calls[i]), _i == 0 ? SEAWALL_NO_RESOURCES : SEAWALL_OK);
        while (_i > 0 && sw_load_u32(&begun) != (uint32_t)(i < workers ? i + 1 : workers))
            (void)sched_yield();
    }
    ck_assert_int_eq(look().workers, _i == 0 ? 0 : workers);
    for (i = workers + (workers > 0); _i > 0 && i < CALLS; i++)
        finish(calls[i], workers == WORKERS ? SEAWALL_FULL : SEAWALL_NO_RESOURCES, 0);
    sw_store_u32(&gate, 1);
    for (i = 0; i < workers + (workers > 0); i++)
        finish(calls[i], SEAWALL_OK, 1);
    heal(CALLS);
}
END_TEST

static seawall_future second;

static void start_second(void)
{
    ck_assert_int_eq(start(&second), SEAWALL_OK);
}

/* The second call comes while a worker is started for the first, and counts on it. There is none in the end. */
START_TEST(who_counts_on_a_worker_that_is_not_given)
{
    seawall_future first = 0;

    make(1);
    sw_test_refuse_threads(1, 1);
    sw_test_at_next_refusal(start_second);
    ck_assert_int_eq(start(&first), SEAWALL_OK);
    finish(first, SEAWALL_NO_RESOURCES, 0);
    finish(second, SEAWALL_NO_RESOURCES, 0);
    ck_assert_int_eq(look().refused_no_thread, 1);
    ck_assert_int_eq(look().dropped_no_thread, 1);
    heal(2);
}
END_TEST

/* Who waits in his call needs no attendant. */
START_TEST(a_call_that_is_waited_for)
{
    seawall_call_options options = SEAWALL_CALL_OPTIONS_INIT;
    seawall_report report = SEAWALL_REPORT_INIT;

    make(WORKERS);
    options.drained = told;
    sw_test_refuse_threads(0, 1);
    ck_assert_int_eq(seawall_call_with(pipeline, &options, stay, NULL, &report), SEAWALL_NO_RESOURCES);
    ck_assert_int_eq(report.attempts, 0);
    ck_assert_int_eq(report.policy, 0);
    ck_assert_int_eq(look().refused_no_thread, 1);
    ck_assert_int_eq(look().workers, 0);
    heal(1);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("pooled calls without threads");

    tcase_add_loop_test(tests, futures_that_find_no_thread, 0, WORKERS + 2);
    tcase_add_test(tests, who_counts_on_a_worker_that_is_not_given);
    tcase_add_test(tests, a_call_that_is_waited_for);
    return sw_test_run("pooled calls without threads", tests);
}
