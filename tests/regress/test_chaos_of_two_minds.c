/*
 * A chaos policy was given other settings while a run was inside it. The fault that had been drawn for that run came with the
 * code, and the time to wait, of the new settings: an end that neither the old ones nor the new ones describe.
 */
#include <seawall/seawall.h>

#include "one_test.h"
#include "support.h"

static seawall_fault reconfigured_meanwhile(seawall_attempt *attempt, void *arg)
{
    seawall_chaos_config config = SEAWALL_CHAOS_CONFIG_INIT;

    (void)attempt;
    config.enabled = 1;
    config.fault_rate = 1;
    config.faults = SEAWALL_FAULT_BIT(SEAWALL_FAULT_RATE_LIMIT_EXCEEDED);
    config.code = 429;
    config.retry_after = SEAWALL_SECONDS(7);
    ck_assert_int_eq(seawall_chaos_reconfigure(arg, &config, NULL), SEAWALL_OK);
    return SEAWALL_FAULT_NONE;
}

START_TEST(what_was_drawn_stays_as_it_was_drawn)
{
    seawall_chaos_config config = SEAWALL_CHAOS_CONFIG_INIT;
    seawall_policy policy = SEAWALL_POLICY_INIT;
    const seawall_policy *policies[] = {&policy};
    seawall_report report = SEAWALL_REPORT_INIT;
    seawall_pipeline *pipeline;
    seawall_chaos *chaos;

    config.enabled = 1;
    config.fault_rate = 1;
    config.code = 503;
    config.retry_after = SEAWALL_SECONDS(2);
    ck_assert_int_eq(seawall_chaos_create(&config, NULL, &chaos, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_chaos_policy(chaos, "chaos", &policy), SEAWALL_OK);
    ck_assert_int_eq(seawall_pipeline_create(NULL, policies, 1, NULL, &pipeline, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_call(pipeline, reconfigured_meanwhile, chaos, &report), SEAWALL_FAILED);
    ck_assert_int_eq(report.fault, SEAWALL_FAULT_SERVICE_UNAVAILABLE);
    ck_assert_int_eq(report.code, 503);
    ck_assert_int_eq(report.retry_after, SEAWALL_SECONDS(2));
    ck_assert_int_eq(seawall_call(pipeline, reconfigured_meanwhile, chaos, &report), SEAWALL_FAILED);
    ck_assert_int_eq(report.fault, SEAWALL_FAULT_RATE_LIMIT_EXCEEDED);
    ck_assert_int_eq(report.code, 429);
    ck_assert_int_eq(report.retry_after, SEAWALL_SECONDS(7));
    seawall_pipeline_destroy(pipeline);
    seawall_chaos_destroy(chaos);
}
END_TEST

int main(void)
{
    return one_test("regress/chaos_of_two_minds", what_was_drawn_stays_as_it_was_drawn);
}
