/*
 * A worker that waited for a future on its own pool did not say so. Where it was the last one nobody was left to run what it
 * waited for, and it slept until its deadline.
 */
#include "on_pool.h"

static on_pool it;
static sw_atomic_u32 answered;
static seawall_future future;

static seawall_fault nothing(seawall_attempt *attempt, void *arg)
{
    (void)attempt;
    (void)arg;
    return SEAWALL_FAULT_NONE;
}

static int64_t wait_for_it(seawall_work *work, void *arg)
{
    seawall_status status = seawall_future_start(it.pipeline, NULL, nothing, NULL, NULL, &future);

    (void)work;
    (void)arg;
    if (status == SEAWALL_OK)
        status = seawall_future_wait_until(it.pipeline, future, SW_TEST_START + SEAWALL_SECONDS(1), NULL);
    sw_store_u32(&answered, 1);
    return status;
}

/* How it went in a pool of so many. If the worker sleeps, and with it the attendant, its time comes. */
static seawall_status wait_inside(int32_t workers)
{
    seawall_job_result result = SEAWALL_JOB_RESULT_INIT;
    seawall_job job;

    on_pool_open(&it, workers, 2, 2, SEAWALL_TIMEOUT_COOPERATIVE);
    sw_store_u32(&answered, 0);
    ck_assert_int_eq(seawall_pool_submit(it.pool, NULL, wait_for_it, NULL, &job), SEAWALL_OK);
    while (sw_load_u32(&answered) == 0) {
        if (workers == 1 && seawall_manual_clock_parked(it.base.clock) == 2)
            seawall_manual_clock_advance(it.base.clock, SEAWALL_SECONDS(1));
        (void)sched_yield();
    }
    ck_assert_int_eq(seawall_pool_wait_until(it.pool, job, SEAWALL_FOREVER, &result), SEAWALL_OK);
    return (seawall_status)result.value;
}

START_TEST(the_last_worker_is_told)
{
    ck_assert_int_eq(wait_inside(1), SEAWALL_BUSY);
    (void)on_pool_finish(&it, future);
    on_pool_close(&it);
    ck_assert_int_eq(wait_inside(2), SEAWALL_OK);
    on_pool_close(&it);
}
END_TEST

int main(void)
{
    return one_test("regress/future_on_own_pool", the_last_worker_is_told);
}
