/*
 * A job was dropped, and before its completion function had returned the pool was drained, and the handle gave the result:
 * whoever freed the job's argument then had it used afterwards.
 */
#include "unit/policy/pool/pool_fixture.h"

#include "one_test.h"

static staying dropped;
static seawall_job handle;

static void told_slowly(const seawall_job_result *result, void *arg)
{
    ck_assert_int_eq(seawall_pool_poll(f.pool, handle, NULL), SEAWALL_BUSY); /* it is still running */
    sw_store_u32(&dropped.begun, 1);
    sw_test_await(&dropped.gate, 1);
    sw_test_told(result, arg);
}

START_TEST(nothing_has_ended_before_it_was_told)
{
    static const seawall_job_options options = {sizeof(options), SEAWALL_PRIORITY_NORMAL, SW_TEST_START + 1, told_slowly};
    seawall_pool_config config = sw_test_pool_config(1, 1, 1);
    staying running = {.number = 1};
    seawall_job_result result = SEAWALL_JOB_RESULT_INIT;

    sw_test_pool_begin(&config);
    ck_assert_int_eq(seawall_pool_submit(f.pool, NULL, sw_test_stay, &running, NULL), SEAWALL_OK);
    sw_test_await_begun(&running);
    ck_assert_int_eq(seawall_pool_submit(f.pool, &options, sw_test_stay, &dropped, &handle), SEAWALL_OK);
    seawall_manual_clock_advance(f.base.clock, 1);
    sw_test_let_go(&running);
    sw_test_await_begun(&dropped);
    ck_assert_int_eq(seawall_pool_poll(f.pool, handle, NULL), SEAWALL_BUSY);
    ck_assert_int_eq(seawall_pool_wait_until(f.pool, handle, SW_TEST_START + 1, NULL), SEAWALL_TIMED_OUT);
    ck_assert_int_eq(seawall_pool_drain_until(f.pool, SW_TEST_START + 1), SEAWALL_TIMED_OUT);
    sw_test_let_go(&dropped);
    ck_assert_int_eq(seawall_pool_drain_until(f.pool, SEAWALL_FOREVER), SEAWALL_OK);
    ck_assert_uint_eq(sw_load_u32(&dropped.told), 1);
    ck_assert_int_eq(seawall_pool_wait_until(f.pool, handle, SEAWALL_FOREVER, &result), SEAWALL_OK);
    ck_assert_int_eq(result.end, SEAWALL_JOB_DEADLINE);
    sw_test_pool_end();
}
END_TEST

int main(void)
{
    return one_test("regress/ended_before_told", nothing_has_ended_before_it_was_told);
}
