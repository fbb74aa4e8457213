/*
 * A report whose size was garbage, far above that of any report, was refused by calls with options alone. The others made the
 * call, left the report as it was, and said that all went well.
 */
#include <seawall/seawall.h>

#include "one_test.h"

static int32_t made;

static seawall_fault count(seawall_attempt *attempt, void *arg)
{
    (void)attempt;
    (void)arg;
    made++;
    return SEAWALL_FAULT_NONE;
}

static void refused_by_an_execution(const seawall_pipeline *pipeline, seawall_report *report)
{
    _Alignas(SEAWALL_EXECUTION_ALIGNMENT) static unsigned char storage[SEAWALL_EXECUTION_SIZE_MAX];
    seawall_step step = {.kind = 99};
    seawall_execution *x;

    ck_assert_int_eq(seawall_execution_init(storage, sizeof(storage), pipeline, NULL, &x), SEAWALL_OK);
    ck_assert_int_eq(seawall_execution_begin_at(x, 0, SEAWALL_FOREVER), SEAWALL_OK);
    ck_assert_int_eq(seawall_execution_exchange_at(x, 0, NULL, 0, report, &step), SEAWALL_INVALID);
    ck_assert_int_eq(step.kind, 99);
}

START_TEST(it_is_refused_before_anything_is_made)
{
    seawall_pool_config config = SEAWALL_POOL_CONFIG_INIT;
    seawall_policy policy = SEAWALL_POLICY_INIT;
    const seawall_policy *policies[] = {&policy};
    seawall_report report = SEAWALL_REPORT_INIT;
    seawall_pipeline *bare, *pooled;
    seawall_future future;
    seawall_pool *pool;

    config.core_size = config.max_size = 1;
    ck_assert_int_eq(seawall_pool_create(&config, NULL, &pool, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_pool_policy(pool, "pool", &policy), SEAWALL_OK);
    ck_assert_int_eq(seawall_pipeline_create(NULL, NULL, 0, NULL, &bare, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_pipeline_create(NULL, policies, 1, NULL, &pooled, NULL), SEAWALL_OK);
    report.size = UINT32_MAX;
    ck_assert_int_eq(seawall_call_with(bare, NULL, count, NULL, &report), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_call(bare, count, NULL, &report), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_call_until(bare, SEAWALL_FOREVER, count, NULL, &report), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_call(pooled, count, NULL, &report), SEAWALL_INVALID);
    refused_by_an_execution(bare, &report);
    ck_assert_int_eq(made, 0);
    ck_assert_int_eq(seawall_future_start(pooled, NULL, count, NULL, NULL, &future), SEAWALL_OK);
    ck_assert_int_eq(seawall_future_wait_until(pooled, future, SEAWALL_FOREVER, &report), SEAWALL_INVALID);
    report.size = sizeof(report);
    ck_assert_int_eq(seawall_future_wait_until(pooled, future, SEAWALL_FOREVER, &report), SEAWALL_OK);
    ck_assert_int_eq(report.attempts, 1);
    seawall_pipeline_destroy(pooled);
    seawall_pipeline_destroy(bare);
    seawall_pool_destroy(pool);
}
END_TEST

int main(void)
{
    return one_test("regress/report_of_garbage_size", it_is_refused_before_anything_is_made);
}
