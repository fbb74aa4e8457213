/* The settings of a fallback: defaults, bounds, messages. */
#include <check.h>
#include <stdlib.h>

#include "kinds.h"

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

#define ROWS ((int)(sizeof(rows) / sizeof(rows[0])))

START_TEST(every_bound_is_kept)
{
    sw_test_setting_holds("fallback", &rows[_i]);
}
END_TEST

START_TEST(every_field_has_rows)
{
    sw_test_settings_are_enough("fallback", rows, ROWS);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("fallback settings");
    TCase *tests = tcase_create("fallback settings");
    SRunner *runner;
    int failed;

    tcase_add_test(tests, defaults_stand_in_for_all_but_the_cancelled);
    tcase_add_loop_test(tests, every_bound_is_kept, 0, ROWS);
    tcase_add_test(tests, every_field_has_rows);
    suite_add_tcase(suite, tests);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
