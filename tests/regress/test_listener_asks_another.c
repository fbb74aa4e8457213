/*
 * Listeners of two calls on a pool, each of which asked for the other one's future, waited for each other's locks. Who is inside
 * a call's listener is told now that the other call is busy.
 */
#include "on_pool.h"
#include "pipeline/pooled.h"

static on_pool it;
static seawall_future other;
static sw_atomic_u32 held, answer; /* plus 1 */

static void listener(const seawall_event *event, void *user)
{
    (void)user;
    if (event->kind == SEAWALL_EVENT_REFUSED && sw_load_u32(&answer) == 0)
        sw_store_u32(&answer, (uint32_t)seawall_future_poll(it.pipeline, other, NULL) + 1);
}

/* As if this were in the listener of the other call, until that of a second one has its answer. */
static void *stay_inside(void *arg)
{
    sw_pooled_call *call = arg;

    sw_pooled_enter(call);
    sw_store_u32(&held, 1);
    on_pool_await(&answer, (uint32_t)SEAWALL_BUSY + 1);
    sw_pooled_unlock(call);
    return NULL;
}

START_TEST(who_holds_one_call_waits_for_no_other)
{
    seawall_future refused;
    pthread_t thread;

    on_pool_prepare(&it);
    it.listener = listener;
    on_pool_make(&it, 1, 0, 2, SEAWALL_TIMEOUT_COOPERATIVE);
    other = on_pool_start(&it, NULL, NULL);
    on_pool_await(&it.entered, 1);
    ck_assert_int_eq(pthread_create(&thread, NULL, stay_inside, sw_pooled_at(it.pipeline->calls, 0)), 0);
    on_pool_await(&held, 1);
    refused = on_pool_start(&it, NULL, NULL); /* the one worker is busy: this thread hears of it */
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    sw_store_u32(&it.gate, 1);
    ck_assert_int_eq(on_pool_finish(&it, refused).status, SEAWALL_FULL);
    ck_assert_int_eq(on_pool_finish(&it, other).status, SEAWALL_OK);
    on_pool_close(&it);
}
END_TEST

int main(void)
{
    return one_test("regress/listener_asks_another", who_holds_one_call_waits_for_no_other);
}
