/*
 * A template that was removed and made anew lent its budget to new keys at the next reload, but the keyed instances held on to
 * the template of before alone. Once the new one was removed as well, a new key was made from a budget that was gone.
 */
#include "one_test.h"
#include "support.h"

static seawall_registry *registry;

static void say(const char *key, const char *value)
{
    ck_assert_int_eq(seawall_registry_set(registry, "retry", "t", key, value, NULL), SEAWALL_OK);
}

static void remove_template(void)
{
    ck_assert_int_eq(seawall_registry_remove(registry, "retry", "t"), SEAWALL_OK);
    ck_assert_int_eq(seawall_registry_remove(registry, "retry_budget", "b"), SEAWALL_OK);
}

static seawall_fault fail_once(seawall_attempt *attempt, void *count)
{
    (void)attempt;
    ++*(int *)count;
    return SEAWALL_FAULT_SERVICE_UNAVAILABLE;
}

static int attempts_with(seawall_retry *retry, const seawall_platform *platform)
{
    seawall_policy policy = SEAWALL_POLICY_INIT;
    const seawall_policy *policies[] = {&policy};
    seawall_pipeline *pipeline;
    int count = 0;

    ck_assert_int_eq(seawall_retry_policy(retry, "retry", &policy), SEAWALL_OK);
    ck_assert_int_eq(seawall_pipeline_create(NULL, policies, 1, platform, &pipeline, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_call(pipeline, fail_once, &count, NULL), SEAWALL_FAILED);
    seawall_pipeline_destroy(pipeline);
    return count;
}

START_TEST(new_keys_have_the_budget_that_is_there)
{
    seawall_retry_budget_snapshot seen = SEAWALL_RETRY_BUDGET_SNAPSHOT_INIT;
    seawall_retry_budget *budget;
    seawall_retry *retry;
    seawall_keyed *keyed;
    sw_test_platform on;

    sw_test_platform_init(&on, true);
    ck_assert_int_eq(seawall_registry_create(NULL, &on.platform, &registry, NULL), SEAWALL_OK);
    say("retry_budget", "b");
    ck_assert_int_eq(seawall_registry_keyed(registry, "k", NULL, "retry \"t\"", &keyed, NULL, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_registry_retry_budget(registry, "b", NULL, &budget, NULL, NULL), SEAWALL_OK);
    remove_template();
    say("max_attempts", "2");
    ck_assert_int_eq(seawall_registry_retry(registry, "t", NULL, &retry, NULL, NULL), SEAWALL_OK);
    seawall_retry_destroy(retry);
    ck_assert_int_eq(seawall_registry_reload_text(registry, "", 0, "t", NULL, NULL), SEAWALL_OK);
    remove_template();
    ck_assert_int_eq(seawall_keyed_retry(keyed, "new", &retry, NULL), SEAWALL_OK);
    ck_assert_int_eq(attempts_with(retry, &on.platform), 2); /* fields are the new template's */
    ck_assert_int_eq(seawall_retry_budget_get_snapshot(budget, &seen), SEAWALL_OK);
    ck_assert_int_eq(seen.calls, 1);
    seawall_retry_destroy(retry);
    seawall_retry_budget_destroy(budget);
    seawall_keyed_destroy(keyed);
    seawall_registry_destroy(registry);
    sw_test_platform_fini(&on);
}
END_TEST

int main(void)
{
    return one_test("regress/template_made_anew", new_keys_have_the_budget_that_is_there);
}
