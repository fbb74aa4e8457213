/*
 * A pool that was stopped when a worker had taken an attempt and not begun it yet asked the attempt to stop, which was not there:
 * its token was made afterwards, and the operation never heard of it.
 */
#include "on_pool.h"

static on_pool it;
static _Thread_local bool waiting; /* this thread is about to read the clock under the call's lock */
static seawall_now_fn real_now;
static bool told;

static int64_t keep(seawall_work *work, void *arg)
{
    (void)work;
    (void)arg;
    (void)sw_add_u32(&it.entered, 1);
    on_pool_await(&it.gate, 1);
    return 0;
}

static seawall_fault look(seawall_attempt *attempt, void *arg)
{
    (void)arg;
    told = seawall_attempt_cancelled(attempt);
    return SEAWALL_FAULT_NONE;
}

static seawall_time now(void *user)
{
    if (waiting) {
        waiting = false;
        sw_store_u32(&it.gate, 1);
        while (on_pool_look(&it).queued[SEAWALL_PRIORITY_NORMAL] > 0)
            (void)sched_yield();
        ck_assert_int_eq(seawall_pool_stop(it.pool), SEAWALL_OK);
    }
    return real_now(user);
}

START_TEST(what_begins_is_told)
{
    seawall_future future;

    on_pool_prepare(&it);
    real_now = it.base.platform.now;
    it.base.platform.now = now;
    on_pool_make(&it, 1, 1, 1, SEAWALL_TIMEOUT_COOPERATIVE);
    ck_assert_int_eq(seawall_pool_submit(it.pool, NULL, keep, NULL, NULL), SEAWALL_OK);
    on_pool_await(&it.entered, 1);
    ck_assert_int_eq(seawall_future_start(it.pipeline, NULL, look, NULL, NULL, &future), SEAWALL_OK);
    waiting = true;
    ck_assert_int_eq(seawall_future_wait_until(it.pipeline, future, SW_TEST_START, NULL), SEAWALL_TIMED_OUT);
    ck_assert(!waiting);
    (void)on_pool_finish(&it, future);
    ck_assert(told);
    on_pool_close(&it);
}
END_TEST

int main(void)
{
    return one_test("regress/stopped_before_begun", what_begins_is_told);
}
