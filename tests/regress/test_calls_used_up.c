/* Calls that a pipeline refused because its `calls` were used up were counted nowhere. */
#include "on_pool.h"

static on_pool it;

START_TEST(the_pool_counts_them)
{
    seawall_report report = SEAWALL_REPORT_INIT;
    seawall_future first, none = 77;

    on_pool_open(&it, 2, 2, 1, SEAWALL_TIMEOUT_ABANDON);
    first = on_pool_start(&it, NULL, NULL);
    ck_assert_int_eq(seawall_call(it.pipeline, on_pool_stay, &it, &report), SEAWALL_FULL);
    ck_assert_int_eq(report.status, SEAWALL_FULL);
    ck_assert_int_eq(report.policy, 1);
    ck_assert_int_eq(report.attempts, 0);
    ck_assert_int_eq(on_pool_look(&it).refused_full, 1);
    ck_assert_int_eq(seawall_future_start(it.pipeline, NULL, on_pool_stay, &it, NULL, &none), SEAWALL_FULL);
    ck_assert_uint_eq(none, 77);
    ck_assert_int_eq(on_pool_look(&it).refused_full, 2);
    ck_assert_int_eq(on_pool_look(&it).submitted, 1);
    sw_store_u32(&it.gate, 1);
    ck_assert_int_eq(on_pool_finish(&it, first).status, SEAWALL_OK);
    on_pool_close(&it);
}
END_TEST

int main(void)
{
    return one_test("regress/calls_used_up", the_pool_counts_them);
}
