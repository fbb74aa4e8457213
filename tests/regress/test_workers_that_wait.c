/*
 * Two workers that called their own pool at once could both be waiting for it: the second one asked whether it may wait only
 * after the first had begun to, with its own attempt begun and nothing left that could be refused. It asked again and again.
 */
#include <stdlib.h>

#include "on_pool.h"

static on_pool it;
static _Thread_local bool outer;   /* this thread makes the outer call */
static _Thread_local bool offering; /* and has not offered it yet */
static seawall_now_fn real_now;
static seawall_wake_fn real_wake;
static sw_atomic_u32 met, answered;
static seawall_status inner_status;

static int64_t meet(seawall_work *work, void *arg)
{
    (void)work;
    (void)arg;
    (void)sw_add_u32(&met, 1);
    on_pool_await(&met, 2);
    return 0;
}

static seawall_fault nothing(seawall_attempt *attempt, void *arg)
{
    (void)attempt;
    (void)arg;
    return SEAWALL_FAULT_NONE;
}

static seawall_fault call_again(seawall_attempt *attempt, void *arg)
{
    (void)attempt;
    (void)arg;
    (void)sw_add_u32(&it.entered, 1);
    inner_status = seawall_call(it.pipeline, nothing, NULL, NULL);
    sw_store_u32(&answered, 1);
    return SEAWALL_FAULT_NONE;
}

static int64_t call(seawall_work *work, void *arg)
{
    (void)work;
    (void)arg;
    outer = offering = true;
    return seawall_call(it.pipeline, call_again, NULL, NULL);
}

/* The other worker has the attempt, and its operation's call is answered or sleeps (as the test's own thread does). */
static bool other_is_done(void)
{
    return sw_load_u32(&answered) == 1 || (sw_load_u32(&it.entered) == 1 && seawall_manual_clock_parked(it.base.clock) == 2);
}

static void wake(const uint32_t *word, void *user)
{
    real_wake(word, user);
    if (!offering)
        return;
    offering = false;
    while (!other_is_done())
        (void)sched_yield();
}

/* Who sleeps reads no clock. */
static seawall_time now(void *user)
{
    static int32_t reads;

    if (outer && ++reads > 1000)
        abort();
    return real_now(user);
}

START_TEST(one_of_them_is_refused)
{
    seawall_job_result result = SEAWALL_JOB_RESULT_INIT;
    int i;

    on_pool_prepare(&it);
    real_now = it.base.platform.now;
    real_wake = it.base.platform.wake;
    it.base.platform.now = now;
    it.base.platform.wake = wake;
    on_pool_make(&it, 2, 2, 4, SEAWALL_TIMEOUT_COOPERATIVE);
    for (i = 0; i < 2; i++)
        ck_assert_int_eq(seawall_pool_submit(it.pool, NULL, meet, NULL, NULL), SEAWALL_OK);
    while (seawall_manual_clock_parked(it.base.clock) != 2)
        (void)sched_yield();
    ck_assert_int_eq(seawall_pool_run_until(it.pool, NULL, call, NULL, SEAWALL_FOREVER, &result), SEAWALL_OK);
    ck_assert_int_eq(result.value, SEAWALL_OK);
    ck_assert_int_eq(inner_status, SEAWALL_FULL);
    ck_assert_int_eq(on_pool_look(&it).refused_full, 1);
    on_pool_close(&it);
}
END_TEST

int main(void)
{
    return one_test("regress/workers_that_wait", one_of_them_is_refused);
}
