/*
 * A pool that was stopped when a worker had taken an attempt that nobody wanted any more asked that one to stop as well, though
 * it never begins: nothing kept the pipeline from being destroyed meanwhile, with the attempt in it.
 */
#include "on_pool.h"

static on_pool it;
static _Thread_local bool stopping;
static seawall_now_fn real_now;
static int32_t asked;

static int64_t keep(seawall_work *work, void *arg)
{
    (void)work;
    (void)arg;
    (void)sw_add_u32(&it.entered, 1);
    on_pool_await(&it.gate, 1);
    return 0;
}

/* An attempt that is asked to stop is told when. */
static seawall_time now(void *user)
{
    if (stopping)
        asked++;
    return real_now(user);
}

/* The call has been given up, and its lock is held: the attempt has been taken and cannot begin or leave. */
static void stop(uint64_t cookie, void *user)
{
    (void)cookie;
    (void)user;
    sw_store_u32(&it.gate, 1);
    while (on_pool_look(&it).queued[SEAWALL_PRIORITY_NORMAL] > 0)
        (void)sched_yield();
    stopping = true;
    ck_assert_int_eq(seawall_pool_stop(it.pool), SEAWALL_OK);
    stopping = false;
}

START_TEST(what_never_begins_is_not_asked)
{
    const seawall_waker waker = {stop, 0, NULL};

    on_pool_prepare(&it);
    real_now = it.base.platform.now;
    it.base.platform.now = now;
    on_pool_make(&it, 1, 1, 1, SEAWALL_TIMEOUT_COOPERATIVE);
    ck_assert_int_eq(seawall_pool_submit(it.pool, NULL, keep, NULL, NULL), SEAWALL_OK);
    on_pool_await(&it.entered, 1);
    ck_assert_int_eq(seawall_future_forget(it.pipeline, on_pool_start(&it, NULL, &waker)), SEAWALL_OK);
    ck_assert_uint_eq(sw_load_u32(&it.gate), 1);
    ck_assert_int_eq(asked, 0);
    on_pool_close(&it);
}
END_TEST

int main(void)
{
    return one_test("regress/stopped_when_unwanted", what_never_begins_is_not_asked);
}
