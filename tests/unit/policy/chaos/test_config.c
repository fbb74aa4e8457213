/* The settings of a chaos policy: defaults, bounds, messages. */
#include "kinds.h"
#include "suite.h"

START_TEST(by_default_nothing_happens)
{
    seawall_chaos_config config = SEAWALL_CHAOS_CONFIG_INIT;

    ck_assert_uint_eq(config.size, sizeof(config));
    ck_assert_int_eq(config.enabled, 0);
    ck_assert(config.fault_rate <= 0 && config.latency_rate <= 0 && config.outcome_rate <= 0);
    ck_assert_uint_eq(config.faults, 1 << 3);
    ck_assert_int_eq(config.code, 0);
    ck_assert_int_eq(config.latency, 1000000000);
    ck_assert_int_eq(config.max_latency, -1);
    ck_assert_int_eq(config.outcome, 0);
    ck_assert_int_eq(config.retry_after, 0);
}
END_TEST

#define TEN_YEARS SEAWALL_SECONDS(315360000)

/* One field of the defaults changed. */
static const sw_test_setting rows[] = {
    {"enabled", 0, 0, NULL},
    {"enabled", 1, 0, NULL},
    {"enabled", 2, 0, "chaos.enabled: 2"},
    {"enabled", -1, 0, "chaos.enabled: -1"},
    {"fault_rate", 0, 0, NULL},
    {"fault_rate", 0, 1, NULL},
    {"fault_rate", 0, 1.0000001, "chaos.fault_rate"},
    {"fault_rate", 0, -0.1, "chaos.fault_rate"},
    {"faults", 0, 0, NULL},
    {"faults", 0x3FFC, 0, NULL},
    {"faults", 1, 0, "chaos.faults"},
    {"faults", 1 << 14, 0, "chaos.faults"},
    {"code", 0, 0, NULL},
    {"code", INT32_MAX, 0, NULL},
    {"code", -1, 0, "chaos.code: -1 is below 0"},
    {"code", INT32_MIN, 0, "chaos.code"},
    {"latency_rate", 0, 0, NULL},
    {"latency_rate", 0, 1, NULL},
    {"latency_rate", 0, 2, "chaos.latency_rate"},
    {"latency_rate", 0, -1, "chaos.latency_rate"},
    {"latency", 0, 0, NULL},
    {"latency", TEN_YEARS, 0, NULL},
    {"latency", -1, 0, "chaos.latency"},
    {"latency", TEN_YEARS + 1, 0, "chaos.latency"},
    {"max_latency", SEAWALL_AUTO, 0, NULL},
    {"max_latency", SEAWALL_SECONDS(1), 0, NULL},
    {"max_latency", SEAWALL_SECONDS(1) - 1, 0, "chaos.max_latency: 999999999ns is below latency, 1s"},
    {"max_latency", TEN_YEARS + 1, 0, "chaos.max_latency"},
    {"outcome_rate", 0, 0, NULL},
    {"outcome_rate", 0, 1, NULL},
    {"outcome_rate", 0, 1.5, "chaos.outcome_rate"},
    {"outcome_rate", 0, -1e-9, "chaos.outcome_rate"},
    {"outcome", 0, 0, NULL},
    {"outcome", 3, 0, NULL},
    {"outcome", 4, 0, "chaos.outcome"},
    {"outcome", -1, 0, "chaos.outcome"},
    {"retry_after", 0, 0, NULL},
    {"retry_after", TEN_YEARS, 0, NULL},
    {"retry_after", -1, 0, "chaos.retry_after"},
    {"retry_after", SEAWALL_FOREVER, 0, "chaos.retry_after"},
    {"size", 0, 0, "chaos"},
    {"size", sizeof(seawall_chaos_config) - 1, 0, "chaos"},
    {"size", UINT32_MAX, 0, "chaos"},
};

START_TEST(a_fault_must_be_there_to_be_injected)
{
    seawall_chaos_config config = SEAWALL_CHAOS_CONFIG_INIT;
    seawall_error error;

    config.fault_rate = 0.1;
    config.faults = 0;
    ck_assert_int_eq(seawall_config_check("chaos", &config, &error), SEAWALL_INVALID);
    ck_assert_str_eq(error.message, "chaos.faults: none leaves no fault for fault_rate");
}
END_TEST

int main(void)
{
    TCase *tests = sw_test_settings_case("chaos", rows, (int)(sizeof(rows) / sizeof(rows[0])));

    tcase_add_test(tests, by_default_nothing_happens);
    tcase_add_test(tests, a_fault_must_be_there_to_be_injected);
    return sw_test_run("chaos settings", tests);
}
