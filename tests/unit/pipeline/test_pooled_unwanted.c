/* A worker that takes an attempt from the queue just when nobody wants it any more. */
#include "regress/on_pool.h"

static on_pool it;

static int64_t keep(seawall_work *work, void *arg)
{
    (void)work;
    (void)arg;
    on_pool_await(&it.gate, 1);
    return 0;
}

static void drained(void *arg)
{
    on_pool *told = arg;

    (void)sw_add_u32(&told->entered, 0x10000);
}

/* The result is there, and the call's lock is held: its attempt is taken from the queue and cannot begin yet. */
static void let_it_be_taken(uint64_t cookie, void *user)
{
    (void)cookie;
    (void)user;
    sw_store_u32(&it.gate, 1);
    while (on_pool_look(&it).queued[SEAWALL_PRIORITY_NORMAL] > 0)
        (void)sched_yield();
}

START_TEST(what_nobody_wants_any_more_is_not_begun)
{
    const seawall_waker waker = {let_it_be_taken, 0, NULL};
    seawall_call_options options = SEAWALL_CALL_OPTIONS_INIT;
    seawall_report report;
    seawall_future future;

    on_pool_open(&it, 1, 1, 1, SEAWALL_TIMEOUT_COOPERATIVE);
    options.drained = drained;
    ck_assert_int_eq(seawall_pool_submit(it.pool, NULL, keep, NULL, NULL), SEAWALL_OK);
    while (on_pool_look(&it).busy != 1)
        (void)sched_yield();
    future = on_pool_start(&it, &options, &waker);
    ck_assert_int_eq(seawall_future_cancel(it.pipeline, future), SEAWALL_OK);
    report = on_pool_finish(&it, future);
    ck_assert_int_eq(report.status, SEAWALL_CANCELLED);
    ck_assert_int_eq(report.attempts, 0);
    while (on_pool_look(&it).done != 2)
        (void)sched_yield();
    ck_assert_uint_eq(sw_load_u32(&it.entered), 0x10000); /* drained, and not begun */
    on_pool_close(&it);
}
END_TEST

int main(void)
{
    return one_test("pooled calls that nobody wants", what_nobody_wants_any_more_is_not_begun);
}
