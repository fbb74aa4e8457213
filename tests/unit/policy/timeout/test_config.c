/* The settings of a timeout: defaults, bounds, messages. */
#include "kinds.h"
#include "suite.h"

START_TEST(defaults_are_those_of_the_reference)
{
    seawall_timeout_config config = SEAWALL_TIMEOUT_CONFIG_INIT;

    ck_assert_uint_eq(config.size, sizeof(config));
    ck_assert_int_eq(config.mode, SEAWALL_TIMEOUT_COOPERATIVE);
    ck_assert_int_eq(config.request_timeout, 30000000000);
    ck_assert_int_eq(config.attempt_timeout, 0);
    ck_assert_int_eq(config.connection_timeout, 5000000000);
    ck_assert_int_eq(config.read_timeout, 10000000000);
    ck_assert_int_eq(config.write_timeout, 10000000000);
}
END_TEST

/* One field of the defaults changed. */
static const sw_test_setting rows[] = {
    {"request_timeout", 1000, 0, NULL},
    {"request_timeout", SEAWALL_FOREVER, 0, NULL},
    {"request_timeout", SEAWALL_FOREVER - 1, 0, NULL},
    {"request_timeout", 999, 0, "timeout.request_timeout: 999ns is below 1us"},
    {"request_timeout", 0, 0, "timeout.request_timeout: 0ns is below 1us"},
    {"request_timeout", -1, 0, "timeout.request_timeout: -1ns is below 1us"},
    {"request_timeout", INT64_MIN, 0, "timeout.request_timeout: -9223372036854775808ns is below 1us"},

    {"attempt_timeout", 0, 0, NULL},
    {"attempt_timeout", 1000, 0, NULL},
    {"attempt_timeout", SEAWALL_FOREVER, 0, NULL},
    {"attempt_timeout", 999, 0, "timeout.attempt_timeout: 999ns is below 1us"},
    {"attempt_timeout", 1, 0, "timeout.attempt_timeout: 1ns is below 1us"},
    {"attempt_timeout", -1, 0, "timeout.attempt_timeout: -1ns is below"},
    {"attempt_timeout", INT64_MIN, 0, "timeout.attempt_timeout: -9223372036854775808ns is below"},

    {"connection_timeout", 1000, 0, NULL},
    {"connection_timeout", SEAWALL_FOREVER, 0, NULL},
    {"connection_timeout", 999, 0, "timeout.connection_timeout: 999ns is below 1us"},
    {"connection_timeout", 0, 0, "timeout.connection_timeout: 0ns is below 1us"},
    {"connection_timeout", -1, 0, "timeout.connection_timeout: -1ns is below 1us"},

    {"read_timeout", 1000, 0, NULL},
    {"read_timeout", SEAWALL_FOREVER, 0, NULL},
    {"read_timeout", 999, 0, "timeout.read_timeout: 999ns is below 1us"},
    {"read_timeout", 0, 0, "timeout.read_timeout: 0ns is below 1us"},
    {"read_timeout", -1, 0, "timeout.read_timeout: -1ns is below 1us"},

    {"write_timeout", 1000, 0, NULL},
    {"write_timeout", SEAWALL_FOREVER, 0, NULL},
    {"write_timeout", 999, 0, "timeout.write_timeout: 999ns is below 1us"},
    {"write_timeout", 0, 0, "timeout.write_timeout: 0ns is below 1us"},
    {"write_timeout", -1, 0, "timeout.write_timeout: -1ns is below 1us"},

    {"mode", SEAWALL_TIMEOUT_COOPERATIVE, 0, NULL},
    {"mode", SEAWALL_TIMEOUT_HARD, 0, NULL},
    {"mode", SEAWALL_TIMEOUT_ABANDON, 0, NULL},
    {"mode", 3, 0, "timeout.mode"},
    {"mode", -1, 0, "timeout.mode"},

    {"size", 0, 0, "timeout"},
    {"size", 8, 0, "timeout"},
    {"size", sizeof(seawall_timeout_config) - 1, 0, "timeout"},
    {"size", UINT32_MAX, 0, "timeout"},
};

int main(void)
{
    TCase *tests = sw_test_settings_case("timeout", rows, (int)(sizeof(rows) / sizeof(rows[0])));

    tcase_add_test(tests, defaults_are_those_of_the_reference);
    return sw_test_run("timeout settings", tests);
}
