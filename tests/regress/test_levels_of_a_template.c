/*
 * The pools of keyed pipelines were made with the caller's levels and name, which may be gone once the template has copied them;
 * levels that the registry has were none to them: they had those that are built in.
 */
#include <string.h>

#include "one_test.h"
#include "policy/pool/pool_object.h"
#include "registry/keyed_object.h"
#include "support.h"

static sw_test_platform on;
static seawall_registry *registry;
static seawall_keyed *keyed;

static void begin(void)
{
    sw_test_platform_init(&on, false);
    ck_assert_int_eq(seawall_registry_create(NULL, &on.platform, &registry, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_registry_set(registry, "pipeline", "t", "policies", "thread_pool", NULL), SEAWALL_OK);
}

static void make_keyed(void)
{
    ck_assert_int_eq(seawall_registry_keyed(registry, "k", NULL, "pipeline \"t\"", &keyed, NULL, NULL), SEAWALL_OK);
}

static void end(void)
{
    seawall_keyed_destroy(keyed);
    seawall_registry_destroy(registry);
    sw_test_platform_fini(&on);
}

static const seawall_pool *pool_of(const char *key)
{
    seawall_pipeline *pipeline;

    ck_assert_int_eq(seawall_keyed_pipeline(keyed, key, &pipeline, NULL), SEAWALL_OK);
    seawall_pipeline_destroy(pipeline);
    return keyed->newest->parts[0];
}

START_TEST(they_are_those_of_the_template)
{
    seawall_priority_level_config levels[SEAWALL_PRIORITY_COUNT];
    seawall_pool_config config = SEAWALL_POOL_CONFIG_INIT;
    char name[] = "disk";
    seawall_pool *pool;
    const seawall_pool *own;

    begin();
    ck_assert_int_eq(seawall_priority_levels(levels), SEAWALL_OK);
    levels[SEAWALL_PRIORITY_LOW].max_queue_time = SEAWALL_MILLISECONDS(1);
    config.levels = levels;
    config.name = name;
    config.core_size = 0;
    config.max_size = 1;
    ck_assert_int_eq(seawall_registry_pool(registry, "t", &config, &pool, NULL, NULL), SEAWALL_OK);
    seawall_pool_destroy(pool);
    memset(levels, 0, sizeof(levels)); /* the caller's again */
    name[0] = 'X';
    make_keyed();
    own = pool_of("a");
    ck_assert_int_eq(own->levels[SEAWALL_PRIORITY_LOW].max_queue_time, SEAWALL_MILLISECONDS(1));
    ck_assert_str_eq(own->name, "disk");
    end();
}
END_TEST

START_TEST(they_are_those_of_the_registry)
{
    static const char text[] = "[thread_pool \"t\"]\nqueue_size = 7\n";

    begin();
    ck_assert_int_eq(seawall_registry_set(registry, "priority_level", "low", "max_queue_time", "1ms", NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_registry_set(registry, "thread_pool", "t", "core_size", "0", NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_registry_set(registry, "thread_pool", "t", "max_size", "1", NULL), SEAWALL_OK);
    make_keyed();
    ck_assert_int_eq(pool_of("a")->levels[SEAWALL_PRIORITY_LOW].max_queue_time, SEAWALL_MILLISECONDS(1));
    /* Through a reload of other fields, too. */
    ck_assert_int_eq(seawall_registry_reload_text(registry, text, sizeof(text) - 1, "t", NULL, NULL), SEAWALL_OK);
    ck_assert_int_eq(pool_of("b")->levels[SEAWALL_PRIORITY_LOW].max_queue_time, SEAWALL_MILLISECONDS(1));
    ck_assert_int_eq(pool_of("b")->config.queue_size, 7);
    end();
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("regress");

    tcase_add_test(tests, they_are_those_of_the_template);
    tcase_add_test(tests, they_are_those_of_the_registry);
    return sw_test_run("regress/levels_of_a_template", tests);
}
