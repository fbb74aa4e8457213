/*
 * A reload left priority levels as they were for ever, though a pool can change them in use: what the new file said of them held
 * for no pool, not even for those that it made.
 */
#include "policy/pool/pool_object.h"
#include "registry/keyed_object.h"
#include "told_changes.h"

#define POOL(name) "[thread_pool \"" name "\"]\ncore_size = 0\nmax_size = 1\n"
#define HIGH(weight, time) "[priority_level \"high\"]\nweight = " weight "\nmax_queue_time = " time "\n"

static sw_test_platform on;

static void begin(const char *text)
{
    sw_test_platform_init(&on, false);
    ck_assert_int_eq(seawall_registry_create(NULL, &on.platform, &registry, NULL), SEAWALL_OK);
    reload(text, NULL);
}

static void end(void)
{
    seawall_registry_destroy(registry);
    sw_test_platform_fini(&on);
}

static seawall_pool *pool_of(const char *name, const seawall_pool_config *config)
{
    seawall_pool *pool;

    ck_assert_int_eq(seawall_registry_pool(registry, name, config, &pool, NULL, NULL), SEAWALL_OK);
    return pool;
}

static void has(seawall_pool *pool, seawall_priority priority, int32_t weight, seawall_duration time)
{
    seawall_priority_level_config levels[SEAWALL_PRIORITY_COUNT];

    sw_pool_levels(pool, levels);
    ck_assert_int_eq(levels[priority].weight, weight);
    ck_assert_int_eq(levels[priority].max_queue_time, time);
    /* What it goes by. */
    ck_assert_uint_eq(pool->locked.core.rules.stride[priority], SW_POOL_STRIDE / (uint32_t)weight);
    ck_assert_int_eq(pool->locked.core.rules.max_queue_time[priority], time);
}

static void named_has(const char *name, seawall_priority priority, int32_t weight, seawall_duration time)
{
    seawall_pool *pool = pool_of(name, NULL);

    has(pool, priority, weight, time);
    seawall_pool_destroy(pool);
}

START_TEST(pools_have_those_of_the_new_file)
{
    seawall_pool *retired;

    begin(POOL("a"));
    named_has("a", SEAWALL_PRIORITY_HIGH, 75, SEAWALL_SECONDS(5));
    reload(POOL("a") POOL("b") HIGH("90", "inf"), NULL);
    ck_assert_str_eq(changes, "[priority_level \"high\"] weight: 75 -> 90|[priority_level \"high\"] max_queue_time: 5s -> inf|"
                              "[thread_pool \"b\"]: made");
    named_has("a", SEAWALL_PRIORITY_HIGH, 90, SEAWALL_FOREVER);
    named_has("b", SEAWALL_PRIORITY_HIGH, 90, SEAWALL_FOREVER);
    named_has("a", SEAWALL_PRIORITY_LOW, 25, SEAWALL_SECONDS(300));
    /* Of all four, but for what is said of one; in a pool that nobody names any longer, too: it may be named again. */
    retired = pool_of("b", NULL);
    reload(POOL("a") "[priority_level]\nmax_queue_time = 3s\n[priority_level \"low\"]\nmax_queue_time = 1m\n", NULL);
    has(retired, SEAWALL_PRIORITY_HIGH, 75, SEAWALL_SECONDS(3));
    has(retired, SEAWALL_PRIORITY_LOW, 25, SEAWALL_SECONDS(60));
    seawall_pool_destroy(retired);
    named_has("a", SEAWALL_PRIORITY_CRITICAL, 100, SEAWALL_SECONDS(3));
    /* No longer said of any. */
    reload(POOL("a"), NULL);
    named_has("a", SEAWALL_PRIORITY_HIGH, 75, SEAWALL_SECONDS(5));
    named_has("a", SEAWALL_PRIORITY_LOW, 25, SEAWALL_SECONDS(300));
    end();
}
END_TEST

START_TEST(own_ones_stay)
{
    seawall_priority_level_config levels[SEAWALL_PRIORITY_COUNT];
    seawall_pool_config config = SEAWALL_POOL_CONFIG_INIT;
    seawall_pool *own, *shared;

    begin("");
    ck_assert_int_eq(seawall_priority_levels(levels), SEAWALL_OK);
    levels[SEAWALL_PRIORITY_HIGH].weight = 7;
    config.core_size = 0;
    config.max_size = 1;
    shared = pool_of("shared", &config);
    config.levels = levels;
    own = pool_of("own", &config);
    /* What the program gives it later stays until the file changes that very field. */
    levels[SEAWALL_PRIORITY_LOW].weight = 3;
    ck_assert_int_eq(seawall_pool_reconfigure(shared, &config, NULL), SEAWALL_OK);
    reload(HIGH("75", "6s"), NULL);
    has(own, SEAWALL_PRIORITY_HIGH, 7, SEAWALL_SECONDS(5));
    has(shared, SEAWALL_PRIORITY_HIGH, 7, SEAWALL_SECONDS(6));
    has(shared, SEAWALL_PRIORITY_LOW, 3, SEAWALL_SECONDS(300));
    levels[SEAWALL_PRIORITY_HIGH].max_queue_time = SEAWALL_SECONDS(9);
    ck_assert_int_eq(seawall_pool_reconfigure(shared, &config, NULL), SEAWALL_OK);
    reload(HIGH("80", "6s"), NULL);
    has(own, SEAWALL_PRIORITY_HIGH, 7, SEAWALL_SECONDS(5));
    has(shared, SEAWALL_PRIORITY_HIGH, 80, SEAWALL_SECONDS(9));
    seawall_pool_destroy(shared);
    seawall_pool_destroy(own);
    end();
}
END_TEST

static seawall_pool *of_key(seawall_keyed *keyed, const char *key)
{
    seawall_pipeline *pipeline;

    ck_assert_int_eq(seawall_keyed_pipeline(keyed, key, &pipeline, NULL), SEAWALL_OK);
    seawall_pipeline_destroy(pipeline);
    return keyed->newest->parts[0];
}

START_TEST(keys_have_those_of_the_new_file)
{
    static const char keyed[] = "[pipeline \"t\"]\npolicies = thread_pool\n[keyed \"k\"]\ninstance = pipeline \"t\"\n" POOL("t");
    char text[512];
    seawall_keyed *k;

    begin(keyed);
    ck_assert_int_eq(seawall_registry_keyed(registry, "k", NULL, NULL, &k, NULL, NULL), SEAWALL_OK);
    has(of_key(k, "a"), SEAWALL_PRIORITY_HIGH, 75, SEAWALL_SECONDS(5));
    (void)strcpy(text, keyed);
    (void)strcat(text, HIGH("90", "2s"));
    reload(text, NULL);
    has(of_key(k, "a"), SEAWALL_PRIORITY_HIGH, 90, SEAWALL_SECONDS(2));
    has(of_key(k, "b"), SEAWALL_PRIORITY_HIGH, 90, SEAWALL_SECONDS(2));
    has(of_key(k, "b"), SEAWALL_PRIORITY_LOW, 25, SEAWALL_SECONDS(300));
    seawall_keyed_destroy(k);
    end();
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("regress");

    tcase_add_test(tests, pools_have_those_of_the_new_file);
    tcase_add_test(tests, own_ones_stay);
    tcase_add_test(tests, keys_have_those_of_the_new_file);
    return sw_test_run("regress/levels_of_the_old_file", tests);
}
