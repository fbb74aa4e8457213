/*
 * In the child of a fork a handler was the first to touch a token: it then counted as cancelled when the clock showed 0, and a
 * call whose deadline had come before that was called off instead of out of time.
 */
#include "one_test.h"
#include "support.h"

static sw_test_platform test;
static seawall_pipeline *pipeline;
static seawall_cancel *token;

static seawall_fault operation(seawall_attempt *attempt, void *arg)
{
    (void)attempt;
    (void)arg;
    return SEAWALL_FAULT_NONE;
}

static bool comes_too_late(void *arg)
{
    seawall_call_options options = SEAWALL_CALL_OPTIONS_INIT;

    (void)arg;
    seawall_manual_clock_advance(test.clock, 10);
    options.deadline = SW_TEST_START + 5;
    options.cancel = token;
    return seawall_cancel_trigger_from_signal(token) == SEAWALL_OK &&
           seawall_call_with(pipeline, &options, operation, NULL, NULL) == SEAWALL_TIMED_OUT;
}

START_TEST(it_was_cancelled_when_that_was_seen)
{
    sw_test_platform_init(&test, false);
    ck_assert_int_eq(seawall_pipeline_create(NULL, NULL, 0, &test.platform, &pipeline, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_cancel_create(NULL, &test.platform, &token, NULL), SEAWALL_OK);
    sw_test_in_child(comes_too_late, NULL);
    ck_assert(comes_too_late(NULL));
    seawall_cancel_destroy(token);
    seawall_pipeline_destroy(pipeline);
    sw_test_platform_fini(&test);
}
END_TEST

int main(void)
{
    return one_test("regress/forked_and_marked", it_was_cancelled_when_that_was_seen);
}
