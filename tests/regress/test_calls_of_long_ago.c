/*
 * The calls that a retry budget had counted since it was asked last were spread over all of that time, however they had come.
 * After traffic had fallen, the few calls of now earned what the many of before would have: at the beginning of an outage more
 * than twice as many retries as calls, with a ratio of a fifth.
 */
#include "one_test.h"
#include "support.h"
#include <seawall/pipeline.h>
#include <seawall/retry.h>

#define STEP SEAWALL_SECONDS(1)
/* Calls that may be taken for later ones. */
#define LOOSE 128

static seawall_fault end(seawall_attempt *attempt, void *fault)
{
    (void)attempt;
    return *(const seawall_fault *)fault;
}

/* So many calls at that distance; answers how many attempts they came to. */
static int calls(const seawall_pipeline *pipeline, sw_test_platform *on, int count, seawall_duration between, seawall_fault fault)
{
    int attempts = 0;

    while (count-- > 0) {
        seawall_report report = SEAWALL_REPORT_INIT;

        (void)!seawall_call(pipeline, end, &fault, &report);
        attempts += report.attempts;
        seawall_manual_clock_advance(on->clock, between);
    }
    return attempts;
}

static void in_a_pipeline(void)
{
    seawall_retry_budget_config little = SEAWALL_RETRY_BUDGET_CONFIG_INIT;
    seawall_retry_config config = SEAWALL_RETRY_CONFIG_INIT;
    seawall_policy policy = SEAWALL_POLICY_INIT;
    const seawall_policy *policies = &policy;
    seawall_pipeline *pipeline;
    seawall_retry *retry;
    sw_test_platform on;

    sw_test_platform_init(&on, true);
    little.floor = 0;
    ck_assert_int_eq(seawall_retry_budget_create(&little, &on.platform, &config.budget, NULL), SEAWALL_OK);
    config.base_delay = config.max_delay = 1;
    ck_assert_int_eq(seawall_retry_create(&config, &on.platform, &retry, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_retry_policy(retry, "again", &policy), SEAWALL_OK);
    ck_assert_int_eq(seawall_pipeline_create(NULL, &policies, 1, &on.platform, &pipeline, NULL), SEAWALL_OK);
    ck_assert_int_eq(calls(pipeline, &on, 60000, STEP / 1000, SEAWALL_FAULT_NONE), 60000);
    ck_assert_int_eq(calls(pipeline, &on, 600, STEP / 10, SEAWALL_FAULT_NONE), 600);
    /* In the calm before it were a hundred calls, and of the outage's own no more. */
    ck_assert_int_le(calls(pipeline, &on, 100, STEP / 10, SEAWALL_FAULT_SERVICE_UNAVAILABLE), 100 + (200 + LOOSE) / 5);
    /* What has not fallen earns as before. */
    ck_assert_int_eq(calls(pipeline, &on, 15000, STEP / 1000, SEAWALL_FAULT_NONE), 15000);
    ck_assert_int_ge(calls(pipeline, &on, 1500, 1, SEAWALL_FAULT_SERVICE_UNAVAILABLE), 1500 + 9000 / 5);
    seawall_pipeline_destroy(pipeline);
    seawall_retry_destroy(retry);
    seawall_retry_budget_destroy(config.budget);
    sw_test_platform_fini(&on);
}

static void by_hand(void)
{
    seawall_retry_budget_config little = SEAWALL_RETRY_BUDGET_CONFIG_INIT;
    seawall_retry_budget *budget;
    seawall_retry_charge charge = 0;
    sw_test_platform on;
    int i, granted = 0;

    sw_test_platform_init(&on, false);
    little.floor = 0;
    ck_assert_int_eq(seawall_retry_budget_create(&little, &on.platform, &budget, NULL), SEAWALL_OK);
    for (i = 0; i < 100000; i++)
        seawall_retry_budget_begin(budget);
    while (seawall_retry_budget_try_charge_at(budget, SW_TEST_START + 60 * STEP, &charge) == SEAWALL_OK)
        granted++;
    ck_assert_int_le(granted, LOOSE / 5);
    seawall_retry_budget_destroy(budget);
    sw_test_platform_fini(&on);
}

START_TEST(they_earn_nothing_now)
{
    in_a_pipeline();
    by_hand();
}
END_TEST

int main(void)
{
    return one_test("regress/calls_of_long_ago", they_earn_nothing_now);
}
