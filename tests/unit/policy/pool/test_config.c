/* The settings of pools and priority levels: defaults, bounds, messages. */
#include <string.h>

#include "kinds.h"
#include "suite.h"

START_TEST(defaults_are_those_of_the_reference)
{
    seawall_pool_config config = SEAWALL_POOL_CONFIG_INIT;

    ck_assert_uint_eq(config.size, sizeof(config));
    ck_assert_int_eq(config.core_size, SEAWALL_AUTO);
    ck_assert_int_eq(config.max_size, SEAWALL_AUTO);
    ck_assert_int_eq(config.queue_size, 100);
    ck_assert_int_eq(config.growth, SEAWALL_POOL_EAGER);
    ck_assert_int_eq(config.max_results, 1000);
    ck_assert_int_eq(config.max_size_limit, 0);
    ck_assert_int_eq(config.queue_size_limit, 0);
    ck_assert_int_eq(config.stack_size, 262144);
    ck_assert_int_eq(config.histograms, 0);
    ck_assert_int_eq(config.keep_alive, SEAWALL_SECONDS(60));
    ck_assert_int_eq(config.stuck_after, SEAWALL_SECONDS(60));
    ck_assert_uint_eq(config.signals, 0);
    ck_assert_ptr_null(config.levels);
}
END_TEST

START_TEST(levels_are_those_of_the_reference)
{
    static const struct {
        const char *name;
        int32_t weight;
        seawall_duration max_queue_time;
    } rows[SEAWALL_PRIORITY_COUNT] = {
        {"critical", 100, SEAWALL_SECONDS(1)},
        {"high", 75, SEAWALL_SECONDS(5)},
        {"normal", 50, SEAWALL_SECONDS(30)},
        {"low", 25, SEAWALL_SECONDS(300)},
    };
    seawall_priority_level_config levels[SEAWALL_PRIORITY_COUNT];
    int i;

    ck_assert_int_eq(seawall_priority_levels(levels), SEAWALL_OK);
    ck_assert_int_eq(seawall_priority_levels(NULL), SEAWALL_INVALID);
    for (i = 0; i < SEAWALL_PRIORITY_COUNT; i++) {
        ck_assert_str_eq(seawall_priority_name(i), rows[i].name);
        ck_assert_uint_eq(levels[i].size, sizeof(levels[i]));
        ck_assert_int_eq(levels[i].weight, rows[i].weight);
        ck_assert_int_eq(levels[i].max_queue_time, rows[i].max_queue_time);
    }
}
END_TEST

START_TEST(a_wrong_level_is_named)
{
    seawall_priority_level_config levels[SEAWALL_PRIORITY_COUNT];
    seawall_pool_config config = SEAWALL_POOL_CONFIG_INIT;
    seawall_pool *pool = NULL;
    seawall_error error;

    ck_assert_int_eq(seawall_priority_levels(levels), SEAWALL_OK);
    levels[3].weight = 0;
    config.levels = levels;
    ck_assert_int_eq(seawall_pool_create(&config, NULL, &pool, &error), SEAWALL_INVALID);
    ck_assert_str_eq(error.message, "priority_level.weight: 0 is below 1");
    ck_assert_ptr_null(pool);
}
END_TEST

/* One field of the defaults changed. */
static const sw_test_setting rows[] = {
    {"core_size", 0, 0, NULL},
    {"core_size", 1000, 0, NULL},
    {"core_size", -2, 0, "thread_pool.core_size: -2 is below 0"},
    {"core_size", 1001, 0, "thread_pool.core_size: 1001 is above 1000"},
    {"max_size", 1000, 0, NULL},
    {"max_size", SEAWALL_AUTO, 0, NULL},
    {"max_size", 0, 0, "thread_pool.max_size: 0 is below 1"},
    {"max_size", -2, 0, "thread_pool.max_size: -2 is below 1"},
    {"max_size", 1001, 0, "thread_pool.max_size: 1001 is above 1000"},
    {"queue_size", 0, 0, NULL},
    {"queue_size", 1000, 0, NULL},
    {"queue_size", -1, 0, "thread_pool.queue_size: -1 is below 0"},
    {"queue_size", 1000001, 0, "thread_pool.queue_size: 1000001 is above 1000000"},
    {"growth", 0, 0, NULL},
    {"growth", 1, 0, NULL},
    {"growth", 2, 0, "thread_pool.growth: 2 is not one of eager, queue_first"},
    {"growth", -1, 0, "thread_pool.growth: -1 is not one of eager, queue_first"},
    {"max_results", 0, 0, NULL},
    {"max_results", 2000, 0, NULL},
    {"max_results", -1, 0, "thread_pool.max_results: -1 is below 0"},
    {"max_results", 1000001, 0, "thread_pool.max_results: 1000001 is above 1000000"},
    {"max_size_limit", 1, 0, NULL},
    {"max_size_limit", 1000, 0, NULL},
    {"max_size_limit", -1, 0, "thread_pool.max_size_limit: -1 is below 0"},
    {"max_size_limit", 1001, 0, "thread_pool.max_size_limit: 1001 is above 1000"},
    {"queue_size_limit", 100, 0, NULL},
    {"queue_size_limit", 2000, 0, NULL},
    {"queue_size_limit", 99, 0, "thread_pool.queue_size: 100 is above queue_size_limit, 99"},
    {"queue_size_limit", -1, 0, "thread_pool.queue_size_limit: -1 is below 0"},
    {"queue_size_limit", 1000001, 0, "thread_pool.queue_size_limit: 1000001 is above 1000000"},
    {"stack_size", 65536, 0, NULL},
    {"stack_size", 1073741824, 0, NULL},
    {"stack_size", 65535, 0, "thread_pool.stack_size: 65535 is below 65536"},
    {"stack_size", 1073741825, 0, "thread_pool.stack_size: 1073741825 is above 1073741824"},
    {"histograms", 0, 0, NULL},
    {"histograms", 1, 0, NULL},
    {"histograms", 2, 0, "thread_pool.histograms: 2 is not one of off, on"},
    {"histograms", -1, 0, "thread_pool.histograms: -1 is not one of off, on"},
    {"keep_alive", 0, 0, NULL},
    {"keep_alive", SEAWALL_FOREVER, 0, NULL},
    {"keep_alive", -1, 0, "thread_pool.keep_alive: -1ns is below 0"},
    {"keep_alive", INT64_MIN, 0, "thread_pool.keep_alive: -9223372036854775808ns is below 0"},
    {"stuck_after", 1000, 0, NULL},
    {"stuck_after", SEAWALL_FOREVER, 0, NULL},
    {"stuck_after", 999, 0, "thread_pool.stuck_after: 999ns is below 1us"},
    {"stuck_after", 0, 0, "thread_pool.stuck_after: 0ns is below 1us"},
};

static void refused(int32_t core, int32_t max, int32_t limit, const char *message)
{
    seawall_pool_config config = SEAWALL_POOL_CONFIG_INIT;
    seawall_pool *pool = NULL;
    seawall_error error;

    config.core_size = core;
    config.max_size = max;
    config.max_size_limit = limit;
    ck_assert_int_eq(seawall_pool_create(&config, NULL, &pool, &error), SEAWALL_INVALID);
    ck_assert_str_eq(error.message, message);
}

START_TEST(sizes_fit_together)
{
    refused(3, 2, 0, "thread_pool.core_size: 3 is above max_size, 2");
    refused(1, 5, 4, "thread_pool.max_size: 5 is above max_size_limit, 4");
    refused(5, SEAWALL_AUTO, 4, "thread_pool.core_size: 5 is above max_size_limit, 4");
}
END_TEST

START_TEST(what_may_change_live)
{
    static const char *const fixed[] = {"max_results", "max_size_limit", "queue_size_limit", "stack_size", "histograms"};
    int32_t i;

    for (i = 0; i < seawall_config_field_count("thread_pool"); i++) {
        seawall_field field = {.size = sizeof(field)};
        size_t n;
        bool live = true;

        ck_assert_int_eq(seawall_config_field("thread_pool", i, &field), SEAWALL_OK);
        for (n = 0; n < sizeof(fixed) / sizeof(fixed[0]); n++)
            live = live && strcmp(fixed[n], field.key) != 0;
        ck_assert_int_eq(field.live, live);
    }
}
END_TEST

int main(void)
{
    TCase *tests = sw_test_settings_case("thread_pool", rows, (int)(sizeof(rows) / sizeof(rows[0])));

    tcase_add_test(tests, defaults_are_those_of_the_reference);
    tcase_add_test(tests, levels_are_those_of_the_reference);
    tcase_add_test(tests, a_wrong_level_is_named);
    tcase_add_test(tests, sizes_fit_together);
    tcase_add_test(tests, what_may_change_live);
    return sw_test_run("pool settings", tests);
}
