/* A pipeline of a timeout of 2 s around a pool, and jobs that keep its workers from what waits. */
#ifndef SEAWALL_TEST_ON_POOL_H
#define SEAWALL_TEST_ON_POOL_H

#include <sched.h>

#include <seawall/seawall.h>

#include "base/atomic.h"
#include "one_test.h"
#include "support.h"

typedef struct on_pool {
    sw_test_platform base;
    seawall_pool *pool;
    seawall_pipeline *pipeline;
    seawall_listener_fn listener; /* or NULL */
    sw_atomic_u32 entered, gate; /* of whatever stays until the gate opens */
} on_pool;

/* For tests that change the platform before anything is made on it. */
static inline void on_pool_prepare(on_pool *it)
{
    *it = (on_pool){0};
    sw_test_platform_init(&it->base, false);
}

static inline void on_pool_make(on_pool *it, int32_t workers, int32_t queue, int32_t calls, seawall_timeout_mode mode)
{
    seawall_pool_config size = SEAWALL_POOL_CONFIG_INIT;
    seawall_timeout_config limit = SEAWALL_TIMEOUT_CONFIG_INIT;
    seawall_pipeline_config config = SEAWALL_PIPELINE_CONFIG_INIT;
    seawall_policy outer = SEAWALL_POLICY_INIT, inner = SEAWALL_POLICY_INIT;
    const seawall_policy *policies[] = {&outer, &inner};
    seawall_timeout *timeout;

    size.core_size = size.max_size = workers;
    size.queue_size = queue;
    limit.request_timeout = SEAWALL_SECONDS(2);
    limit.mode = mode;
    config.calls = calls;
    config.listener = it->listener;
    ck_assert_int_eq(seawall_pool_create(&size, &it->base.platform, &it->pool, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_timeout_create(&limit, &it->base.platform, &timeout, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_timeout_policy(timeout, "timeout", &outer), SEAWALL_OK);
    ck_assert_int_eq(seawall_pool_policy(it->pool, "pool", &inner), SEAWALL_OK);
    ck_assert_int_eq(seawall_pipeline_create(&config, policies, 2, &it->base.platform, &it->pipeline, NULL), SEAWALL_OK);
    seawall_timeout_destroy(timeout);
}

static inline void on_pool_open(on_pool *it, int32_t workers, int32_t queue, int32_t calls, seawall_timeout_mode mode)
{
    on_pool_prepare(it);
    on_pool_make(it, workers, queue, calls, mode);
}

static inline void on_pool_close(on_pool *it)
{
    sw_store_u32(&it->gate, 1);
    seawall_pipeline_destroy(it->pipeline);
    seawall_pool_destroy(it->pool);
    sw_test_platform_fini(&it->base);
}

static inline void on_pool_await(sw_atomic_u32 *word, uint32_t value)
{
    while (sw_load_u32(word) != value)
        (void)sched_yield();
}

/* An operation that stays until the gate opens. */
static inline seawall_fault on_pool_stay(seawall_attempt *attempt, void *arg)
{
    on_pool *it = arg;

    (void)attempt;
    (void)sw_add_u32(&it->entered, 1);
    on_pool_await(&it->gate, 1);
    return SEAWALL_FAULT_NONE;
}

/* The same, as a job. */
static inline int64_t on_pool_stay_as_job(seawall_work *work, void *arg)
{
    (void)work;
    return on_pool_stay(NULL, arg);
}

static inline seawall_pool_snapshot on_pool_look(const on_pool *it)
{
    seawall_pool_snapshot snapshot = SEAWALL_POOL_SNAPSHOT_INIT;

    ck_assert_int_eq(seawall_pool_get_snapshot(it->pool, &snapshot), SEAWALL_OK);
    return snapshot;
}

static inline seawall_future on_pool_start(on_pool *it, const seawall_call_options *options, const seawall_waker *waker)
{
    seawall_future future = 0;

    ck_assert_int_eq(seawall_future_start(it->pipeline, options, on_pool_stay, it, waker, &future), SEAWALL_OK);
    return future;
}

static inline seawall_report on_pool_finish(on_pool *it, seawall_future future)
{
    seawall_report report = SEAWALL_REPORT_INIT;

    ck_assert_int_eq(seawall_future_wait_until(it->pipeline, future, SEAWALL_FOREVER, &report), SEAWALL_OK);
    return report;
}

#endif
