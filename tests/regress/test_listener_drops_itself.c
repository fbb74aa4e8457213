/*
 * A listener of a call on a pool stopped that pool, which dropped the call's own attempt from its queue, and told the call: on
 * the thread that had its lock. It hung for ever.
 */
#include "on_pool.h"

static on_pool it;
static int32_t timed_out, refused;

static void listener(const seawall_event *event, void *user)
{
    (void)user;
    refused += event->kind == SEAWALL_EVENT_REFUSED;
    if (event->kind != SEAWALL_EVENT_TIMED_OUT)
        return;
    timed_out++;
    ck_assert_int_eq(seawall_pool_stop(it.pool), SEAWALL_OK);
    ck_assert_int_eq(on_pool_look(&it).queued[SEAWALL_PRIORITY_NORMAL], 0);
}

/* Both wait in the queue when their time is over. The listener of whichever is looked at first drops the other one's, too. */
START_TEST(both_end)
{
    seawall_future first, second;
    seawall_status ends[2];

    on_pool_prepare(&it);
    it.listener = listener;
    on_pool_make(&it, 1, 2, 2, SEAWALL_TIMEOUT_COOPERATIVE);
    ck_assert_int_eq(seawall_pool_submit(it.pool, NULL, on_pool_stay_as_job, &it, NULL), SEAWALL_OK);
    on_pool_await(&it.entered, 1);
    first = on_pool_start(&it, NULL, NULL);
    second = on_pool_start(&it, NULL, NULL);
    ck_assert_int_eq(on_pool_look(&it).queued[SEAWALL_PRIORITY_NORMAL], 2);
    seawall_manual_clock_advance(it.base.clock, SEAWALL_SECONDS(2));
    ends[0] = on_pool_finish(&it, first).status;
    ends[1] = on_pool_finish(&it, second).status;
    ck_assert_int_eq(ends[0], ends[1] == SEAWALL_FULL ? SEAWALL_TIMED_OUT : SEAWALL_FULL);
    ck_assert_int_eq(ends[1], ends[0] == SEAWALL_FULL ? SEAWALL_TIMED_OUT : SEAWALL_FULL);
    ck_assert_int_eq(timed_out, 1);
    ck_assert_int_eq(refused, 1);
    on_pool_close(&it);
}
END_TEST

int main(void)
{
    return one_test("regress/listener_drops_itself", both_end);
}
