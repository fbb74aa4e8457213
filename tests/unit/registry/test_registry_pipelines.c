/* Pipelines, and other things that are made of named ones. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "registry_room.h"

#include "suite.h"

static void has_policy(const seawall_pipeline *pipeline, int32_t position, const char *expected)
{
    char name[64];

    ck_assert_int_eq(seawall_pipeline_policy_name(pipeline, position, name, sizeof(name)), SEAWALL_OK);
    ck_assert_str_eq(name, expected);
}

START_TEST(pipelines_are_built_as_written)
{
    seawall_pipeline *pipeline, *again;
    room r;

    room_init(&r);
    room_set(&r, "rate_limiter", NULL, "rate", "5");
    ck_assert_int_eq(seawall_registry_pipeline(r.registry, "p",
                                               "timeout,fallback , retry \"slow\", rate_limiter,circuit_breaker, "
                                               "bulkhead \"b\", hedge, attempt_timeout \"short\"",
                                               &pipeline, &r.answer, &r.error),
                     SEAWALL_OK);
    ck_assert_int_eq(r.answer, SEAWALL_REGISTRY_CREATED);
    ck_assert_int_eq(seawall_pipeline_policy_count(pipeline), 8);
    has_policy(pipeline, 0, "timeout");
    has_policy(pipeline, 2, "retry \"slow\"");
    has_policy(pipeline, 4, "circuit_breaker");
    has_policy(pipeline, 7, "attempt_timeout \"short\"");
    ck_assert_int_eq(seawall_registry_count(r.registry), 9);
    room_is_from(&r, "retry", "slow", "max_attempts", "3", SEAWALL_ORIGIN_DEFAULT);
    ck_assert_int_eq(seawall_registry_pipeline(r.registry, "p", NULL, &again, &r.answer, NULL), SEAWALL_OK);
    ck_assert_ptr_eq(again, pipeline);
    ck_assert_int_eq(r.answer, SEAWALL_REGISTRY_EXISTS);
    seawall_pipeline_destroy(again);
    ck_assert_int_eq(seawall_registry_pipeline(r.registry, "p", "retry", &again, &r.answer, NULL), SEAWALL_OK);
    ck_assert_int_eq(r.answer, SEAWALL_REGISTRY_DIFFERS);
    seawall_pipeline_destroy(again);
    seawall_pipeline_destroy(pipeline);
    room_fini(&r);
}
END_TEST

/* A failed pipeline leaves none of its members behind. */
static const struct {
    const char *policies, *message;
} wrong_lists[] = {
    {NULL, "pipeline.policies of \"p\": none are named"},
    {"", "pipeline.policies of \"p\": a policy is missing"},
    {"circuit_breaker, retri", "pipeline.policies of \"p\": \"retri\" is no policy"},
    {"circuit_breaker, rate_limiter", "rate_limiter.rate: 0 is below 1"},
    {"circuit_breaker, fallback", "pipeline.policies of \"p\": the pipeline would stand in for itself"},
    {"circuit_breaker, retry", "retry.max_delay: 5s is below base_delay, 6s"},
};

START_TEST(a_pipeline_is_made_whole_or_not)
{
    seawall_pipeline *untouched = (seawall_pipeline *)&wrong_lists;
    seawall_pipeline *pipeline = untouched;
    room r;

    room_init(&r);
    room_set(&r, "fallback", "p", "pipeline", "p");
    room_set(&r, "retry", NULL, "base_delay", "6s");
    ck_assert_int_eq(seawall_registry_pipeline(r.registry, "p", wrong_lists[_i].policies, &pipeline, &r.answer, &r.error),
                     SEAWALL_INVALID);
    ck_assert_msg(strncmp(r.error.message, wrong_lists[_i].message, strlen(wrong_lists[_i].message)) == 0, "%s", r.error.message);
    ck_assert_ptr_eq(pipeline, untouched);
    ck_assert_int_eq(seawall_registry_count(r.registry), 0);
    ck_assert_int_eq(seawall_registry_pipeline(r.registry, "p", "circuit_breaker", &pipeline, &r.answer, &r.error), SEAWALL_OK);
    seawall_pipeline_destroy(pipeline);
    room_fini(&r);
}
END_TEST

/* Fallbacks that divert to other pipelines: as many as allowed, and one more. */
START_TEST(pipelines_stand_in_for_one_another)
{
    seawall_pipeline *pipeline;
    char name[16], next[16];
    room r;
    int i;

    room_init(&r);
    for (i = 0; i < 9; i++) {
        (void)snprintf(name, sizeof(name), "p%d", i);
        (void)snprintf(next, sizeof(next), "p%d", i + 1);
        room_set(&r, "fallback", name, "pipeline", next);
        room_set(&r, "pipeline", name, "policies", "fallback");
    }
    room_set(&r, "pipeline", "p9", "policies", "retry");
    ck_assert_int_eq(seawall_registry_pipeline(r.registry, "p0", NULL, &pipeline, NULL, &r.error), SEAWALL_INVALID);
    ck_assert_ptr_nonnull(strstr(r.error.message, "more than 8 pipelines"));
    ck_assert_int_eq(seawall_registry_count(r.registry), 0);
    ck_assert_msg(seawall_registry_pipeline(r.registry, "p2", NULL, &pipeline, NULL, &r.error) == SEAWALL_OK, "%s",
                  r.error.message);
    ck_assert_int_eq(seawall_pipeline_policy_count(pipeline), 8);
    seawall_pipeline_destroy(pipeline);
    room_fini(&r);
}
END_TEST

/* Two retries and a hedge share one budget; a config's own budget is kept. */
START_TEST(budgets_are_shared_by_name)
{
    seawall_retry_config config = SEAWALL_RETRY_CONFIG_INIT;
    seawall_retry *retry;
    seawall_hedge *hedge;
    seawall_retry_budget *own;
    room r;

    room_init(&r);
    room_set(&r, "retry", NULL, "retry_budget", "shared");
    room_set(&r, "hedge", "h", "retry_budget", "shared");
    room_set(&r, "retry_budget", "shared", "floor", "0");
    ck_assert_int_eq(seawall_registry_retry(r.registry, "a", NULL, &retry, NULL, &r.error), SEAWALL_OK);
    seawall_retry_destroy(retry);
    ck_assert_int_eq(seawall_registry_hedge(r.registry, "h", NULL, &hedge, NULL, &r.error), SEAWALL_OK);
    seawall_hedge_destroy(hedge);
    ck_assert_int_eq(seawall_registry_count(r.registry), 3);
    room_is_from(&r, "retry", "a", "retry_budget", "shared", SEAWALL_ORIGIN_CALL);
    room_is_from(&r, "retry_budget", "shared", "floor", "0", SEAWALL_ORIGIN_CALL);
    ck_assert_int_eq(seawall_retry_budget_create(NULL, &r.test.platform, &own, NULL), SEAWALL_OK);
    config.budget = own;
    ck_assert_int_eq(seawall_registry_retry(r.registry, "b", &config, &retry, &r.answer, NULL), SEAWALL_OK);
    seawall_retry_budget_destroy(own);
    ck_assert_int_eq(seawall_registry_count(r.registry), 4);
    room_is_from(&r, "retry", "b", "retry_budget", "", SEAWALL_ORIGIN_CALL);
    seawall_retry_destroy(retry);
    room_fini(&r);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("registry pipelines");

    tcase_add_test(tests, pipelines_are_built_as_written);
    tcase_add_loop_test(tests, a_pipeline_is_made_whole_or_not, 0, (int)(sizeof(wrong_lists) / sizeof(wrong_lists[0])));
    tcase_add_test(tests, pipelines_stand_in_for_one_another);
    tcase_add_test(tests, budgets_are_shared_by_name);
    return sw_test_run("registry pipelines", tests);
}
