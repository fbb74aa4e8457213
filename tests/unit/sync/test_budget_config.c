/* The settings of a retry budget: defaults, presets, bounds, messages. */
#include <check.h>
#include <math.h>

#include "kinds.h"
#include "suite.h"

START_TEST(defaults_are_a_fifth_and_ten_a_second)
{
    seawall_retry_budget_config config = SEAWALL_RETRY_BUDGET_CONFIG_INIT;

    ck_assert_uint_eq(config.size, sizeof(config));
    ck_assert_double_eq(config.ratio, 0.2);
    ck_assert_int_eq(config.floor, 10);
    ck_assert_int_eq(config.window, 10000000000);
    ck_assert_int_eq(config.max_tokens, 0);
    ck_assert_double_eq(config.token_ratio, 0.1);
}
END_TEST

START_TEST(the_preset_is_grpcs)
{
    seawall_retry_budget_config literal = SEAWALL_RETRY_BUDGET_CONFIG_THROTTLE, config;
    seawall_retry_budget *budget;

    ck_assert_int_eq(seawall_retry_budget_config_init_throttle(&config, sizeof(config)), SEAWALL_OK);
    ck_assert_int_eq(config.window, 0);
    ck_assert_int_eq(config.max_tokens, 10);
    ck_assert_double_eq(config.token_ratio, 0.1);
    ck_assert_mem_eq(&config, &literal, sizeof(config));
    ck_assert_int_eq(seawall_retry_budget_create(&config, NULL, &budget, NULL), SEAWALL_OK);
    seawall_retry_budget_destroy(budget);
    ck_assert_int_eq(seawall_retry_budget_config_init_throttle(NULL, sizeof(config)), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_retry_budget_config_init_throttle(&config, 3), SEAWALL_INVALID);
}
END_TEST

/* One field of the defaults changed. */
static const sw_test_setting rows[] = {
    {"ratio", 0, 0, NULL},
    {"ratio", 0, 1, NULL},
    {"ratio", 0, -5e-324, "retry_budget.ratio: -5e-324 is below 0"},
    {"ratio", 0, 1.0000000000000002, "retry_budget.ratio: 1.0000000000000002 is above 1"},
    {"ratio", 0, NAN, "retry_budget.ratio: nan is not from 0 to 1"},
    {"floor", 0, 0, NULL},
    {"floor", 1000000, 0, NULL},
    {"floor", -1, 0, "retry_budget.floor: -1 is below 0"},
    {"floor", 1000001, 0, "retry_budget.floor: 1000001 is above 1000000"},
    {"window", 1000000000, 0, NULL},
    {"window", 3600000000000, 0, NULL},
    {"window", 999999999, 0, "retry_budget.window: 999999999ns is below 1s"},
    {"window", 3600000000001, 0, "retry_budget.window: 3600000000001ns is above 1h"},
    {"window", INT64_MAX, 0, "retry_budget.window: inf is above 1h"},
    {"window", -1, 0, "retry_budget.window: -1ns is below"},
    {"window", 0, 0, "retry_budget.max_tokens: 0 and retry_budget.window: 0 leave no rule"},
    {"max_tokens", 0, 0, NULL},
    {"max_tokens", 1000, 0, NULL},
    {"max_tokens", -1, 0, "retry_budget.max_tokens: -1 is below 0"},
    {"max_tokens", 1001, 0, "retry_budget.max_tokens: 1001 is above 1000"},
    {"token_ratio", 0, 0.001, NULL},
    {"token_ratio", 0, 1, NULL},
    {"token_ratio", 0, 0, "retry_budget.token_ratio: 0 is below 0.001"},
    {"token_ratio", 0, INFINITY, "retry_budget.token_ratio: inf is above 1"},
    {"size", 0, 0, "retry_budget"},
    {"size", sizeof(seawall_retry_budget_config) - 1, 0, "retry_budget"},
    {"size", UINT32_MAX, 0, "retry_budget"},
};

int main(void)
{
    TCase *tests = sw_test_settings_case("retry_budget", rows, (int)(sizeof(rows) / sizeof(rows[0])));

    tcase_add_test(tests, defaults_are_a_fifth_and_ten_a_second);
    tcase_add_test(tests, the_preset_is_grpcs);
    return sw_test_run("retry budget settings", tests);
}
