/* Attempts that a pipeline had abandoned kept their workers, and the pool counted none of them as abandoned. */
#include "on_pool.h"

#define CALLS 8

static on_pool it;

static void count(seawall_timeout_mode mode, int32_t abandoned)
{
    seawall_future futures[CALLS];
    int i;

    on_pool_open(&it, CALLS, 0, CALLS, mode);
    for (i = 0; i < CALLS; i++)
        futures[i] = on_pool_start(&it, NULL, NULL);
    on_pool_await(&it.entered, CALLS);
    ck_assert_int_eq(on_pool_look(&it).abandoned, 0);
    seawall_manual_clock_advance(it.base.clock, SEAWALL_SECONDS(2));
    for (i = 0; abandoned > 0 && i < CALLS; i++)
        ck_assert_int_eq(on_pool_finish(&it, futures[i]).status, SEAWALL_TIMED_OUT);
    ck_assert_int_eq(on_pool_look(&it).busy, CALLS);
    ck_assert_int_eq(on_pool_look(&it).abandoned, abandoned);
    for (i = 0; abandoned == 0 && i < CALLS; i++)
        ck_assert_int_eq(seawall_future_forget(it.pipeline, futures[i]), SEAWALL_OK);
    ck_assert_int_eq(on_pool_look(&it).abandoned, CALLS); /* if by the caller */
    sw_store_u32(&it.gate, 1);
    while (on_pool_look(&it).busy > 0)
        (void)sched_yield();
    ck_assert_int_eq(on_pool_look(&it).abandoned, 0);
    on_pool_close(&it);
}

START_TEST(they_count_until_they_end)
{
    count(SEAWALL_TIMEOUT_ABANDON, CALLS);
    count(SEAWALL_TIMEOUT_COOPERATIVE, 0); /* waited for, until the caller goes */
}
END_TEST

int main(void)
{
    return one_test("regress/abandoned_uncounted", they_count_until_they_end);
}
