/*
 * Nobody was told that a call was drained that got no place or was not supported, or whose pipeline had no pool: who freed the
 * argument there leaked it.
 */
#include "on_pool.h"

static on_pool it;
static sw_atomic_u32 drained;

static void count(void *arg)
{
    (void)sw_add_u32(&drained, arg == &it);
}

static seawall_fault return_at_once(seawall_attempt *attempt, void *arg)
{
    (void)attempt;
    (void)arg;
    return SEAWALL_FAULT_NONE;
}

static const seawall_call_options told = {sizeof(told), 0, SEAWALL_FOREVER, NULL, SEAWALL_PRIORITY_NORMAL, 0, count, NULL};

static seawall_status call_with(const seawall_pipeline *pipeline, seawall_operation_fn operation, seawall_report *report)
{
    sw_store_u32(&drained, 0);
    return seawall_call_with(pipeline, &told, operation, &it, report);
}

static seawall_status start(const seawall_pipeline *pipeline, seawall_operation_fn operation)
{
    seawall_future future;

    sw_store_u32(&drained, 0);
    return seawall_future_start(pipeline, &told, operation, &it, NULL, &future);
}

START_TEST(on_a_pool)
{
    seawall_report odd = SEAWALL_REPORT_INIT;
    seawall_future first;

    on_pool_open(&it, 1, 1, 1, SEAWALL_TIMEOUT_ABANDON);
    sw_store_u32(&drained, 0);
    first = on_pool_start(&it, &told, NULL);
    on_pool_await(&it.entered, 1);
    ck_assert_uint_eq(sw_load_u32(&drained), 0);
    ck_assert_int_eq(call_with(it.pipeline, return_at_once, NULL), SEAWALL_FULL);
    ck_assert_uint_eq(sw_load_u32(&drained), 1);
    ck_assert_int_eq(start(it.pipeline, return_at_once), SEAWALL_FULL);
    ck_assert_uint_eq(sw_load_u32(&drained), 1);
    odd.size = UINT32_MAX;
    ck_assert_int_eq(call_with(it.pipeline, return_at_once, &odd), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_call_with(it.pipeline, &told, NULL, &it, NULL), SEAWALL_INVALID);
    ck_assert_int_eq(start(it.pipeline, NULL), SEAWALL_INVALID);
    ck_assert_uint_eq(sw_load_u32(&drained), 0);
    sw_store_u32(&it.gate, 1);
    ck_assert_int_eq(on_pool_finish(&it, first).status, SEAWALL_OK);
    on_pool_await(&drained, 1);
    ck_assert_int_eq(call_with(it.pipeline, return_at_once, NULL), SEAWALL_OK);
    on_pool_await(&drained, 1);
    on_pool_close(&it);
    ck_assert_uint_eq(sw_load_u32(&drained), 1);
}
END_TEST

/* A pipeline without a pool: of a timeout, or of nothing. */
static void without(seawall_timeout_mode mode, int32_t policies, seawall_status expected)
{
    seawall_timeout_config config = SEAWALL_TIMEOUT_CONFIG_INIT;
    seawall_policy policy = SEAWALL_POLICY_INIT;
    const seawall_policy *list[] = {&policy};
    seawall_report odd = SEAWALL_REPORT_INIT;
    seawall_pipeline *pipeline;
    seawall_timeout *timeout;

    config.mode = mode;
    ck_assert_int_eq(seawall_timeout_create(&config, NULL, &timeout, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_timeout_policy(timeout, NULL, &policy), SEAWALL_OK);
    ck_assert_int_eq(seawall_pipeline_create(NULL, list, policies, NULL, &pipeline, NULL), SEAWALL_OK);
    ck_assert_int_eq(call_with(pipeline, return_at_once, NULL), expected);
    ck_assert_uint_eq(sw_load_u32(&drained), 1);
    ck_assert_int_eq(start(pipeline, return_at_once), SEAWALL_UNSUPPORTED);
    ck_assert_uint_eq(sw_load_u32(&drained), 1);
    odd.size = UINT32_MAX;
    ck_assert_int_eq(call_with(pipeline, return_at_once, &odd), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_call_with(pipeline, &told, NULL, &it, NULL), SEAWALL_INVALID);
    ck_assert_uint_eq(sw_load_u32(&drained), 0);
    seawall_pipeline_destroy(pipeline);
    seawall_timeout_destroy(timeout);
}

START_TEST(every_call_is_told_of_once)
{
    without(SEAWALL_TIMEOUT_COOPERATIVE, 0, SEAWALL_OK);
    without(SEAWALL_TIMEOUT_COOPERATIVE, 1, SEAWALL_OK);
    without(SEAWALL_TIMEOUT_HARD, 1, SEAWALL_UNSUPPORTED);
    without(SEAWALL_TIMEOUT_ABANDON, 1, SEAWALL_UNSUPPORTED);
}
END_TEST

int main(void)
{
    return one_test("regress/drained_untold", on_a_pool) + one_test("regress/drained_untold", every_call_is_told_of_once);
}
