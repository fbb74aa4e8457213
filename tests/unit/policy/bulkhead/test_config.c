/* The settings of a bulkhead: defaults, bounds, messages. */
#include "kinds.h"
#include "suite.h"

START_TEST(defaults_are_those_of_the_reference)
{
    seawall_bulkhead_config config = SEAWALL_BULKHEAD_CONFIG_INIT;

    ck_assert_uint_eq(config.size, sizeof(config));
    ck_assert_int_eq(config.max_concurrent, 25);
    ck_assert_int_eq(config.max_waiting, 0);
    ck_assert_uint_eq(config.reserved, 0);
    ck_assert_int_eq(config.max_wait, 0);
}
END_TEST

/* One field of the defaults changed. */
static const sw_test_setting rows[] = {
    {"max_concurrent", 1, 0, NULL},
    {"max_concurrent", 1000000, 0, NULL},
    {"max_concurrent", 0, 0, "bulkhead.max_concurrent: 0 is below 1"},
    {"max_concurrent", -1, 0, "bulkhead.max_concurrent: -1 is below 1"},
    {"max_concurrent", 1000001, 0, "bulkhead.max_concurrent: 1000001 is above 1000000"},
    {"max_concurrent", INT32_MAX, 0, "bulkhead.max_concurrent: 2147483647 is above 1000000"},
    {"max_concurrent", INT32_MIN, 0, "bulkhead.max_concurrent: -2147483648 is below 1"},

    {"max_waiting", 0, 0, NULL},
    {"max_waiting", 1, 0, NULL},
    {"max_waiting", 1000000, 0, NULL},
    {"max_waiting", -1, 0, "bulkhead.max_waiting: -1 is below 0"},
    {"max_waiting", 1000001, 0, "bulkhead.max_waiting: 1000001 is above 1000000"},

    {"max_wait", 0, 0, NULL},
    {"max_wait", 1, 0, NULL},
    {"max_wait", SEAWALL_FOREVER - 1, 0, NULL},
    {"max_wait", SEAWALL_FOREVER, 0, NULL},
    {"max_wait", -1, 0, "bulkhead.max_wait: -1ns is below 0"},
    {"max_wait", INT64_MIN, 0, "bulkhead.max_wait: -9223372036854775808ns is below 0"},

    {"size", 0, 0, "bulkhead"},
    {"size", 8, 0, "bulkhead"},
    {"size", sizeof(seawall_bulkhead_config) - 1, 0, "bulkhead"},
    {"size", UINT32_MAX, 0, "bulkhead"},
};

START_TEST(every_field_may_change_live)
{
    int32_t i;

    for (i = 0; i < seawall_config_field_count("bulkhead"); i++) {
        seawall_field field = {.size = sizeof(field)};

        ck_assert_int_eq(seawall_config_field("bulkhead", i, &field), SEAWALL_OK);
        ck_assert(field.live);
    }
}
END_TEST

int main(void)
{
    TCase *tests = sw_test_settings_case("bulkhead", rows, (int)(sizeof(rows) / sizeof(rows[0])));

    tcase_add_test(tests, defaults_are_those_of_the_reference);
    tcase_add_test(tests, every_field_may_change_live);
    return sw_test_run("bulkhead settings", tests);
}
