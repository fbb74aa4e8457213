/*
 * Listeners of two calls on a pool, each of which asked for the other one's future, waited for each other's locks. Who is inside
 * a call's listener is told now that the other call is busy.
 */
#include "on_pool.h"
#include "pipeline/pooled.h"
#include "port/mutex_inline.h"

static on_pool it;
static seawall_future other;
static sw_atomic_u32 answer; /* plus 1 */

static void listener(const seawall_event *event, void *user)
{
    (void)user;
    if (event->kind == SEAWALL_EVENT_TIMED_OUT && sw_load_u32(&answer) == 0)
        sw_store_u32(&answer, (uint32_t)seawall_future_poll(it.pipeline, other, NULL) + 1);
}

START_TEST(who_holds_one_call_waits_for_no_other)
{
    seawall_future first;
    sw_pooled_call *call;

    on_pool_prepare(&it);
    it.listener = listener;
    on_pool_make(&it, 2, 0, 2, SEAWALL_TIMEOUT_COOPERATIVE);
    first = on_pool_start(&it, NULL, NULL);
    other = on_pool_start(&it, NULL, NULL);
    on_pool_await(&it.entered, 2);
    call = sw_pooled_at(it.pipeline->calls, 1);
    sw_pooled_enter(call); /* as if this were its listener */
    seawall_manual_clock_advance(it.base.clock, SEAWALL_SECONDS(2));
    while (sw_load_u32(&answer) == 0 && (sw_load_u32(&call->lock.word) & SW_MUTEX_STATE) != SW_MUTEX_AWAITED)
        (void)sched_yield();
    ck_assert_uint_eq(sw_load_u32(&answer), (uint32_t)SEAWALL_BUSY + 1);
    sw_pooled_unlock(call);
    sw_store_u32(&it.gate, 1);
    ck_assert_int_eq(on_pool_finish(&it, first).status, SEAWALL_TIMED_OUT);
    (void)on_pool_finish(&it, other); /* its end may come before anybody looks at its time */
    on_pool_close(&it);
}
END_TEST

int main(void)
{
    return one_test("regress/listener_asks_another", who_holds_one_call_waits_for_no_other);
}
