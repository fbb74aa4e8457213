/*
 * Places for late runs were made even where nothing can be late, and a blocking call, whose execution lies on its stack,
 * wrote far beyond it.
 */
#include "one_test.h"
#include "toy.h"

static seawall_fault succeed(seawall_attempt *attempt, void *arg)
{
    (void)attempt, (void)arg;
    return SEAWALL_FAULT_NONE;
}

START_TEST(what_a_blocking_call_runs_fits_on_its_stack)
{
    seawall_pipeline_config config = SEAWALL_PIPELINE_CONFIG_INIT;
    const seawall_policy *policies[SEAWALL_PIPELINE_POLICIES_MAX];
    toy toys[SEAWALL_PIPELINE_POLICIES_MAX];
    seawall_pipeline *pipeline;
    int32_t i;

    for (i = 0; i < SEAWALL_PIPELINE_POLICIES_MAX; i++) {
        toy_init(&toys[i], &(toy_config){.kind = TOY_CUT, .delay = SEAWALL_SECONDS(1000)}, NULL);
        toys[i].policy.frame_size = SEAWALL_FRAME_SIZE_MAX;
        policies[i] = &toys[i].policy;
    }
    config.late = 1000;
    ck_assert_int_eq(seawall_pipeline_create(&config, policies, SEAWALL_PIPELINE_POLICIES_MAX, NULL, &pipeline, NULL),
                     SEAWALL_OK);
    ck_assert_uint_le(seawall_execution_size(pipeline), SEAWALL_EXECUTION_SIZE_MAX);
    ck_assert_int_eq(seawall_call(pipeline, succeed, NULL, NULL), SEAWALL_OK);
    seawall_pipeline_destroy(pipeline);
}
END_TEST

int main(void)
{
    return one_test("regress/late_places_on_the_stack", what_a_blocking_call_runs_fits_on_its_stack);
}
