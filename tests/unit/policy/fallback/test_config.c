/* The settings of a fallback: defaults, bounds, messages. */
#include "kinds.h"
#include "suite.h"

START_TEST(defaults_stand_in_for_all_but_the_cancelled)
{
    seawall_fallback_config config = SEAWALL_FALLBACK_CONFIG_INIT;

    ck_assert_uint_eq(config.size, sizeof(config));
    ck_assert_uint_eq(config.errors, 0x3FFC);
    ck_assert_int_eq(config.on_timed_out, 1);
    ck_assert_int_eq(config.on_open, 1);
    ck_assert_int_eq(config.on_full, 1);
    ck_assert_int_eq(config.on_limited, 1);
    ck_assert(config.function == NULL);
}
END_TEST

/* One field of the defaults changed. */
static const sw_test_setting rows[] = {
    {"errors", 0, 0, NULL},
    {"errors", 0x3FFC, 0, NULL},
    {"errors", 1, 0, "fallback.errors"},
    {"errors", 2, 0, "fallback.errors"},
    {"errors", 1 << 14, 0, "fallback.errors"},
    {"on_timed_out", 0, 0, NULL},
    {"on_timed_out", 1, 0, NULL},
    {"on_timed_out", 2, 0, "fallback.on_timed_out: 2"},
    {"on_timed_out", -1, 0, "fallback.on_timed_out: -1"},
    {"on_open", 0, 0, NULL},
    {"on_open", 1, 0, NULL},
    {"on_open", 2, 0, "fallback.on_open: 2"},
    {"on_open", INT32_MIN, 0, "fallback.on_open: -2147483648"},
    {"on_full", 0, 0, NULL},
    {"on_full", 1, 0, NULL},
    {"on_full", 2, 0, "fallback.on_full: 2"},
    {"on_full", -1, 0, "fallback.on_full: -1"},
    {"on_limited", 0, 0, NULL},
    {"on_limited", 1, 0, NULL},
    {"on_limited", 2, 0, "fallback.on_limited: 2"},
    {"on_limited", -1, 0, "fallback.on_limited: -1"},
    {"size", 0, 0, "fallback"},
    {"size", sizeof(seawall_fallback_config) - 1, 0, "fallback"},
    {"size", UINT32_MAX, 0, "fallback"},
};

int main(void)
{
    TCase *tests = sw_test_settings_case("fallback", rows, (int)(sizeof(rows) / sizeof(rows[0])));

    tcase_add_test(tests, defaults_stand_in_for_all_but_the_cancelled);
    return sw_test_run("fallback settings", tests);
}
