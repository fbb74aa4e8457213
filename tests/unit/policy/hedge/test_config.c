/* The settings of a hedge: defaults, bounds, messages. */
#include <math.h>

#include "kinds.h"
#include "suite.h"

START_TEST(defaults_are_one_hedge_at_the_95th_percentile)
{
    seawall_hedge_config config = SEAWALL_HEDGE_CONFIG_INIT;

    ck_assert_uint_eq(config.size, sizeof(config));
    ck_assert_int_eq(config.max_hedges, 1);
    ck_assert_int_eq(config.delay, SEAWALL_AUTO);
    ck_assert_double_eq(config.quantile, 0.95);
    ck_assert_int_eq(config.minimum_delay, 1000000);
    ck_assert_int_eq(config.window, 60000000000);
    ck_assert_int_eq(config.minimum_samples, 100);
    ck_assert_uint_eq(config.non_retryable_errors, 1u << 8 | 1u << 9 | 1u << 10);
    ck_assert_double_eq(config.budget, 0.05);
    ck_assert_ptr_null(config.retry_budget);
}
END_TEST

#define TEN_YEARS (INT64_C(315360000) * 1000000000)

/* One field of the defaults changed. */
static const sw_test_setting rows[] = {
    {"max_hedges", 1, 0, NULL},
    {"max_hedges", 15, 0, NULL},
    {"max_hedges", 0, 0, "hedge.max_hedges: 0 is below 1"},
    {"max_hedges", 16, 0, "hedge.max_hedges: 16 is above 15"},
    {"delay", SEAWALL_AUTO, 0, NULL},
    {"delay", 0, 0, NULL},
    {"delay", TEN_YEARS, 0, NULL},
    {"delay", -2, 0, "hedge.delay: -2ns is below 0ns"},
    {"delay", INT64_MAX, 0, "hedge.delay: inf is above 87600h"},
    {"quantile", 0, 0, NULL},
    {"quantile", 0, 1, NULL},
    {"quantile", 0, 1.0000000000000002, "hedge.quantile: 1.0000000000000002 is above 1"},
    {"quantile", 0, NAN, "hedge.quantile: nan is not from 0 to 1"},
    {"minimum_delay", 0, 0, NULL},
    {"minimum_delay", TEN_YEARS, 0, NULL},
    {"minimum_delay", -1, 0, "hedge.minimum_delay: -1ns is below 0ns"},
    {"minimum_delay", TEN_YEARS + 1, 0, "hedge.minimum_delay: 315360000000000001ns is above 87600h"},
    {"window", 1000000000, 0, NULL},
    {"window", 3600000000000, 0, NULL},
    {"window", 999999999, 0, "hedge.window: 999999999ns is below 1s"},
    {"window", 3600000000001, 0, "hedge.window: 3600000000001ns is above 1h"},
    {"minimum_samples", 1, 0, NULL},
    {"minimum_samples", 1000000, 0, NULL},
    {"minimum_samples", 0, 0, "hedge.minimum_samples: 0 is below 1"},
    {"minimum_samples", 1000001, 0, "hedge.minimum_samples: 1000001 is above 1000000"},
    {"non_retryable_errors", 0, 0, NULL},
    {"non_retryable_errors", 0x3FFC, 0, NULL},
    {"non_retryable_errors", 1, 0, "hedge.non_retryable_errors"},
    {"non_retryable_errors", 1 << 14, 0, "hedge.non_retryable_errors"},
    {"budget", 0, 0, NULL},
    {"budget", 0, 1, NULL},
    {"budget", 0, -5e-324, "hedge.budget: -5e-324 is below 0"},
    {"budget", 0, 2, "hedge.budget: 2 is above 1"},
    {"size", 0, 0, "hedge"},
    {"size", sizeof(seawall_hedge_config) - 1, 0, "hedge"},
    {"size", UINT32_MAX, 0, "hedge"},
};

int main(void)
{
    TCase *tests = sw_test_settings_case("hedge", rows, (int)(sizeof(rows) / sizeof(rows[0])));

    tcase_add_test(tests, defaults_are_one_hedge_at_the_95th_percentile);
    return sw_test_run("hedge settings", tests);
}
