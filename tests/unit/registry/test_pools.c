/* Thread pools and priority levels by name. */
#include <check.h>
#include <seawall/seawall.h>
#include <string.h>

#include "support.h"

#include "suite.h"

static sw_test_platform base;
static seawall_registry *registry;
static seawall_error error;

static void set_up(void)
{
    sw_test_platform_init(&base, false);
    ck_assert_int_eq(seawall_registry_create(NULL, &base.platform, &registry, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_registry_set(registry, "thread_pool", NULL, "core_size", "1", NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_registry_set(registry, "thread_pool", NULL, "max_size", "1", NULL), SEAWALL_OK);
}

static void tear_down(void)
{
    seawall_registry_destroy(registry);
    sw_test_platform_fini(&base);
}

static void says(const char *kind, const char *name, const char *key, const char *value)
{
    char text[64];

    ck_assert_int_eq(seawall_registry_describe(registry, kind, name, key, text, sizeof(text), NULL, NULL), SEAWALL_OK);
    ck_assert_str_eq(text, value);
}

START_TEST(a_pool_brings_the_four_levels)
{
    seawall_pool *pool, *again;
    seawall_registry_answer answer;

    ck_assert_int_eq(seawall_registry_set(registry, "priority_level", "high", "weight", "90", NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_registry_pool(registry, "disk", NULL, &pool, &answer, &error), SEAWALL_OK);
    ck_assert_int_eq(answer, SEAWALL_REGISTRY_CREATED);
    ck_assert_int_eq(seawall_registry_pool(registry, "disk", NULL, &again, &answer, &error), SEAWALL_OK);
    ck_assert_int_eq(answer, SEAWALL_REGISTRY_EXISTS);
    ck_assert_ptr_eq(again, pool);
    ck_assert_int_eq(seawall_registry_count(registry), 5);
    says("priority_level", "critical", "weight", "100");
    says("priority_level", "critical", "max_queue_time", "1s");
    says("priority_level", "high", "weight", "90");
    says("priority_level", "high", "max_queue_time", "5s"); /* its own default, not the kind's */
    says("priority_level", "low", "max_queue_time", "5m");
    says("thread_pool", "disk", "max_size", "1");
    seawall_pool_destroy(pool);
    seawall_pool_destroy(again);
}
END_TEST

START_TEST(there_are_no_other_levels)
{
    ck_assert_int_eq(seawall_registry_set(registry, "priority_level", "urgent", "weight", "5", &error), SEAWALL_INVALID);
    ck_assert_str_eq(error.message, "registry: the name of a priority_level is one of critical, high, normal, low");
    ck_assert_int_eq(seawall_registry_set(registry, "priority_level", NULL, "weight", "5", &error), SEAWALL_OK); /* all */
}
END_TEST

static seawall_fault operate(seawall_attempt *attempt, void *arg)
{
    (void)attempt;
    (void)arg;
    return SEAWALL_FAULT_NONE;
}

START_TEST(a_list_of_policies_names_a_pool)
{
    seawall_pool_snapshot snapshot = SEAWALL_POOL_SNAPSHOT_INIT;
    seawall_pipeline *pipeline;
    seawall_pool *pool;
    char text[16384];

    ck_assert_int_eq(seawall_registry_pipeline(registry, "api", "timeout, retry, thread_pool \"disk\"", &pipeline, NULL, &error),
                     SEAWALL_OK);
    ck_assert_int_eq(seawall_call(pipeline, operate, NULL, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_registry_pool(registry, "disk", NULL, &pool, NULL, &error), SEAWALL_OK);
    ck_assert_int_eq(seawall_pool_get_snapshot(pool, &snapshot), SEAWALL_OK);
    ck_assert_int_eq(snapshot.submitted, 1);
    ck_assert_int_eq(seawall_metrics_render(registry, text, sizeof(text), NULL), SEAWALL_OK);
    ck_assert_ptr_nonnull(strstr(text, "seawall_thread_pool_workers{name=\"disk\"} 1\n"));
    ck_assert_ptr_nonnull(strstr(text, "seawall_thread_pool_queued{name=\"disk\",level=\"low\"} 0\n"));
    seawall_pipeline_destroy(pipeline);
    seawall_pool_destroy(pool);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("pools by name");

    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, a_pool_brings_the_four_levels);
    tcase_add_test(tests, there_are_no_other_levels);
    tcase_add_test(tests, a_list_of_policies_names_a_pool);
    return sw_test_run("pools by name", tests);
}
