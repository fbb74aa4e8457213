/*
 * The thread that sees to futures had seen that a place was one of theirs, and waited for its lock; by then the place was a
 * call's whose caller waits in it. It was driven all the same, before its caller had asked whether he may wait for a pool that
 * he is a worker of: the only worker slept in a call that waited for that worker.
 */
#include "on_pool.h"
#include "pipeline/pooled.h"
#include "port/mutex_inline.h"

static on_pool it;

static void await_parked(int32_t count)
{
    while (seawall_manual_clock_parked(it.base.clock) != count)
        (void)sched_yield();
}

/* With the lock held, which the attendant waits for when this returns. */
static void knock(sw_pooled_call *call)
{
    sw_store_u32(&call->attended, 1); /* as it was a moment ago */
    sw_parking_ring((uintptr_t)sw_parking_place_of(call->calls), (void *)(uintptr_t)it.pipeline->platform);
    while ((sw_load_u32(&call->lock.word) & SW_MUTEX_STATE) != SW_MUTEX_AWAITED)
        (void)sched_yield();
    sw_store_u32(&call->attended, 0);
}

static void finish(sw_pooled_call *call)
{
    sw_pooled_drive(call);
    while (!call->x->finished) {
        sw_pooled_unlock(call);
        (void)sched_yield();
        sw_pooled_enter(call);
    }
    call->held = false;
    sw_pooled_leave(call);
}

START_TEST(a_call_is_its_callers)
{
    seawall_call_options options = SEAWALL_CALL_OPTIONS_INIT;
    sw_parking_place place = {0};
    sw_pooled_call *call;

    on_pool_open(&it, 1, 1, 1, SEAWALL_TIMEOUT_COOPERATIVE);
    sw_store_u32(&it.gate, 1);
    (void)on_pool_finish(&it, on_pool_start(&it, NULL, NULL));
    await_parked(2); /* the worker and the attendant */
    ck_assert_int_eq(sw_pooled_begin(it.pipeline, &options, &place, on_pool_stay, &it, &call), SEAWALL_OK);
    knock(call);
    sw_pooled_unlock(call);
    await_parked(2);
    sw_pooled_enter(call);
    ck_assert_ptr_nonnull(sw_execution_unoffered(call->x));
    finish(call);
    on_pool_close(&it);
}
END_TEST

int main(void)
{
    return one_test("regress/attended_by_mistake", a_call_is_its_callers);
}
