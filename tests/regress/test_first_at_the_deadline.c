/*
 * A worker that came to an attempt before anybody else had seen that its deadline was over ended it as timed out by nobody,
 * though a timeout had set the deadline.
 */
#include "on_pool.h"

static on_pool it;
static sw_atomic_u32 open_to_workers, attendant_in, attendant_out;

static int64_t keep(seawall_work *work, void *arg)
{
    (void)work;
    (void)arg;
    (void)sw_add_u32(&it.entered, 1);
    on_pool_await(&open_to_workers, 1);
    return 0;
}

/* Keeps the attendant, who would see to the other future at its deadline. */
static void keep_attendant(uint64_t cookie, void *user)
{
    (void)cookie;
    (void)user;
    sw_store_u32(&attendant_in, 1);
    on_pool_await(&attendant_out, 1);
}

START_TEST(the_timeout_is_named)
{
    const seawall_waker waker = {keep_attendant, 0, NULL};
    seawall_call_options sooner = SEAWALL_CALL_OPTIONS_INIT;
    seawall_future first, second;
    seawall_report report;
    int i;

    on_pool_open(&it, 2, 2, 2, SEAWALL_TIMEOUT_COOPERATIVE);
    for (i = 0; i < 2; i++)
        ck_assert_int_eq(seawall_pool_submit(it.pool, NULL, keep, NULL, NULL), SEAWALL_OK);
    on_pool_await(&it.entered, 2);
    sooner.deadline = SW_TEST_START + SEAWALL_SECONDS(1);
    first = on_pool_start(&it, &sooner, &waker);
    second = on_pool_start(&it, NULL, NULL);
    seawall_manual_clock_advance(it.base.clock, SEAWALL_SECONDS(1));
    on_pool_await(&attendant_in, 1);
    seawall_manual_clock_advance(it.base.clock, SEAWALL_SECONDS(1));
    sw_store_u32(&open_to_workers, 1);
    report = on_pool_finish(&it, second);
    ck_assert_int_eq(report.status, SEAWALL_TIMED_OUT);
    ck_assert_int_eq(report.policy, 0);
    ck_assert_int_eq(report.attempts, 0);
    sw_store_u32(&attendant_out, 1);
    report = on_pool_finish(&it, first);
    ck_assert_int_eq(report.status, SEAWALL_TIMED_OUT);
    ck_assert_int_eq(report.policy, -1);
    on_pool_close(&it);
}
END_TEST

int main(void)
{
    return one_test("regress/first_at_the_deadline", the_timeout_is_named);
}
