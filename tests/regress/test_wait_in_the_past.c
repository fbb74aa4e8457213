/* When an attempt could not start because its deadline had come, and was to be repeated at once, the host was told to wait until
 * now. */
#include "one_test.h"
#include "toy_stage.h"

START_TEST(wait_says_a_later_time)
{
    static const toy_says says[] = {{.answer = SEAWALL_PROCEED, .by = 10}, {.answer = SEAWALL_AGAIN, .at = 10}, {0}};
    stage s;

    stage_open(&s, (toy_config[]){{.kind = TOY_AGAIN, .count = 1}, {.kind = TOY_SCRIPT, .script = says}}, 2);
    stage_begin(&s, 0, SEAWALL_FOREVER);
    stage_steps(&s, 0, "start 1 by 10, wait");
    stage_end(&s, 1, SEAWALL_FAULT_OTHER, 9);
    stage_steps(&s, 9, "wait 10");
    stage_steps(&s, 10, "start 2, wait");
    stage_end(&s, 2, SEAWALL_FAULT_NONE, 11);
    stage_steps(&s, 11, "finished ok x2 first other 0 last other 0, drained");
    stage_close(&s);
}
END_TEST

static seawall_time now_shown;

static seawall_time show(void *user)
{
    (void)user;
    return now_shown;
}

static void park(const uint32_t *word, uint32_t expected, seawall_time until, void *user)
{
    (void)word, (void)expected, (void)user;
    ck_assert_int_gt(until, now_shown);
    now_shown = until;
}

static seawall_fault fail_at_nine(seawall_attempt *attempt, void *arg)
{
    (void)attempt, (void)arg;
    now_shown += 9;
    return SEAWALL_FAULT_OTHER;
}

START_TEST(a_blocking_call_parks_until_a_later_time)
{
    static const toy_says says[] = {{.answer = SEAWALL_PROCEED, .by = 10}, {.answer = SEAWALL_AGAIN, .at = 10}, {0}};
    seawall_platform platform;
    toy again, script;
    const seawall_policy *policies[] = {&again.policy, &script.policy};
    seawall_pipeline *pipeline;

    ck_assert_int_eq(seawall_platform_init(&platform, sizeof(platform)), SEAWALL_OK);
    platform.now = show;
    platform.park = park;
    toy_init(&again, &(toy_config){.kind = TOY_AGAIN, .count = 1}, NULL);
    toy_init(&script, &(toy_config){.kind = TOY_SCRIPT, .script = says}, NULL);
    ck_assert_int_eq(seawall_pipeline_create(NULL, policies, 2, &platform, &pipeline, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_call(pipeline, fail_at_nine, NULL, NULL), SEAWALL_FAILED);
    ck_assert_int_eq(now_shown, 19);
    seawall_pipeline_destroy(pipeline);
}
END_TEST

int main(void)
{
    int host = one_test("regress/wait_in_the_past", wait_says_a_later_time);
    int blocking = one_test("regress/wait_in_the_past", a_blocking_call_parks_until_a_later_time);

    return host != 0 ? host : blocking;
}
