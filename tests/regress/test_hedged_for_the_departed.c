/*
 * A hedge with a fixed delay asks its budget only when an answer is late. When one was, the passes since the last time were
 * spread over all the time between: after traffic had fallen, nearly every pass was run twice, with a budget of a twentieth in
 * any window.
 */
#include <stdlib.h>

#include "one_test.h"
#include "support.h"
#include <seawall/execution.h>
#include <seawall/hedge.h>
#include <seawall/pipeline.h>

#define MS SEAWALL_MILLISECONDS(1)
#define DELAY (50 * MS)

/* One pass; `late`: its answer comes after the delay. Answers how many runs it came to. */
static int pass(seawall_execution *x, seawall_time now, bool late)
{
    seawall_result success = {.fault = SEAWALL_FAULT_NONE};
    seawall_time at = now;
    uint64_t first = 0;
    seawall_step step;
    int runs = 0;

    ck_assert_int_eq(seawall_execution_begin_at(x, now, SEAWALL_FOREVER), SEAWALL_OK);
    for (;;) {
        ck_assert_int_eq(seawall_execution_next_at(x, at, &step), SEAWALL_OK);
        if (step.kind == SEAWALL_STEP_START) {
            first = runs++ == 0 ? step.id : first;
        } else if (step.kind == SEAWALL_STEP_CANCEL) {
            ck_assert_int_eq(seawall_execution_disown_at(x, step.id, at), SEAWALL_OK);
        } else if (step.kind == SEAWALL_STEP_WAIT && late && at == now) {
            at = now + DELAY;
        } else if (step.kind == SEAWALL_STEP_WAIT) {
            ck_assert_int_eq(seawall_execution_report_at(x, first, &success, at), SEAWALL_OK);
        } else if (step.kind == SEAWALL_STEP_DRAINED) {
            return runs;
        }
    }
}

START_TEST(a_budget_is_of_the_passes_of_the_window)
{
    seawall_hedge_config config = SEAWALL_HEDGE_CONFIG_INIT;
    seawall_policy policy = SEAWALL_POLICY_INIT;
    const seawall_policy *policies = &policy;
    seawall_pipeline *pipeline;
    seawall_time now = SW_TEST_START;
    seawall_execution *x;
    seawall_hedge *hedge;
    sw_test_platform on;
    int i, extra = 0;
    size_t size;
    void *place;

    sw_test_platform_init(&on, false);
    config.delay = DELAY;
    ck_assert_int_eq(seawall_hedge_create(&config, &on.platform, &hedge, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_hedge_policy(hedge, "beside", &policy), SEAWALL_OK);
    ck_assert_int_eq(seawall_pipeline_create(NULL, &policies, 1, &on.platform, &pipeline, NULL), SEAWALL_OK);
    size = (seawall_execution_size(pipeline) + 63) / 64 * 64;
    place = aligned_alloc(64, size);
    ck_assert_int_eq(seawall_execution_init(place, size, pipeline, NULL, &x), SEAWALL_OK);
    for (i = 0; i < 100000; i++, now += MS)
        ck_assert_int_eq(pass(x, now, false), 1);
    for (i = 0; i < 1200; i++, now += 100 * MS)
        ck_assert_int_eq(pass(x, now, false), 1);
    for (i = 0; i < 590; i++, now += 100 * MS) {
        extra += pass(x, now, true) - 1;
        ck_assert_int_ge(extra, 1); /* the passes of the last minute have earned the first one */
    }
    ck_assert_int_ge(extra, 20);
    ck_assert_int_le(extra, 600 / 20);
    ck_assert_int_eq(seawall_execution_fini(x), SEAWALL_OK);
    free(place);
    seawall_pipeline_destroy(pipeline);
    seawall_hedge_destroy(hedge);
    sw_test_platform_fini(&on);
}
END_TEST

int main(void)
{
    return one_test("regress/hedged_for_the_departed", a_budget_is_of_the_passes_of_the_window);
}
