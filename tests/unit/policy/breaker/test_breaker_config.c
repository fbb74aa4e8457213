/* The settings of a breaker: defaults, bounds, messages; and that nothing allocates after that. */
#include "breaker_fixture.h"
#include "kinds.h"

#define TEN_YEARS (INT64_C(315360000) * 1000000000)

/* The reference configuration's values, and the others', as literals: a default changes in one place, and here. */
START_TEST(defaults_are_those_of_the_reference)
{
    seawall_breaker_config config = SEAWALL_BREAKER_CONFIG_INIT;

    ck_assert_uint_eq(config.size, sizeof(config));
    ck_assert_int_eq(config.failure_threshold, 5);
    ck_assert_int_eq(config.recovery_timeout, 30000000000);
    ck_assert_int_eq(config.half_open_max_calls, 3);
    ck_assert_int_eq(config.half_open_concurrent, -1);
    ck_assert_int_eq(config.successes_to_close, -1);
    ck_assert_int_eq(config.failures_to_reopen, 1);
    ck_assert_int_eq(config.probe_timeout, -1);
    ck_assert_uint_eq(config.counted_faults, 1u << 2 | 1u << 3 | 1u << 5 | 1u << 6 | 1u << 7);
    ck_assert_int_eq(config.ignore_cuts_below, 0);
    ck_assert_int_eq(config.half_open_max_duration, 0);
    ck_assert_int_eq(config.half_open_then, 0);
    ck_assert(config.recovery_multiplier == 1 && config.recovery_jitter == 0);
    ck_assert_int_eq(config.recovery_max, 600000000000);
    ck_assert(config.failure_rate == 0 && config.slow_call_rate == 0);
    ck_assert_int_eq(config.slow_call_duration, 60000000000);
    ck_assert_int_eq(config.window, 0);
    ck_assert_int_eq(config.window_calls, 100);
    ck_assert_int_eq(config.window_duration, 60000000000);
    ck_assert_int_eq(config.window_buckets, 10);
    ck_assert_int_eq(config.minimum_calls, 100);
    ck_assert(config.predicate == NULL);
}
END_TEST

#define KIND "circuit_breaker."

/* One field of the defaults changed. */
static const sw_test_setting rows[] = {
    {"failure_threshold", 0, 0, NULL},
    {"failure_threshold", 65535, 0, NULL},
    {"failure_threshold", 65536, 0, KIND "failure_threshold: 65536 is above 65535"},
    {"failure_threshold", -1, 0, KIND "failure_threshold: -1 is below 0"},
    {"failure_threshold", -2, 0, KIND "failure_threshold: -2 is below 0"},
    {"failure_threshold", INT32_MIN, 0, KIND "failure_threshold: -2147483648 is below 0"},

    {"recovery_timeout", 1000000, 0, NULL},
    {"recovery_timeout", TEN_YEARS, 0, NULL},
    {"recovery_timeout", 999999, 0, KIND "recovery_timeout: 999999ns is below 1ms"},
    {"recovery_timeout", 0, 0, KIND "recovery_timeout: 0ns is below 1ms"},
    {"recovery_timeout", -1, 0, KIND "recovery_timeout: -1ns is below 1ms"},
    {"recovery_timeout", TEN_YEARS + 1, 0, KIND "recovery_timeout: 315360000000000001ns is above 87600h"},
    {"recovery_timeout", INT64_MAX, 0, KIND "recovery_timeout: inf is above 87600h"},
    {"recovery_timeout", INT64_MIN, 0, KIND "recovery_timeout: -9223372036854775808ns is below 1ms"},

    {"half_open_max_calls", 1, 0, NULL},
    {"half_open_max_calls", 1000, 0, NULL},
    {"half_open_max_calls", 0, 0, KIND "half_open_max_calls: 0 is below 1"},
    {"half_open_max_calls", -1, 0, KIND "half_open_max_calls: -1 is below 1"},
    {"half_open_max_calls", 1001, 0, KIND "half_open_max_calls: 1001 is above 1000"},

    {"half_open_concurrent", -1, 0, NULL},
    {"half_open_concurrent", 1, 0, NULL},
    {"half_open_concurrent", 1000, 0, NULL},
    {"half_open_concurrent", 0, 0, KIND "half_open_concurrent: 0 is below 1"},
    {"half_open_concurrent", -2, 0, KIND "half_open_concurrent: -2 is below 1"},
    {"half_open_concurrent", 1001, 0, KIND "half_open_concurrent: 1001 is above 1000"},

    {"successes_to_close", -1, 0, NULL},
    {"successes_to_close", 1, 0, NULL},
    {"successes_to_close", 3, 0, NULL},
    {"successes_to_close", 4, 0, KIND "successes_to_close: 4 is above half_open_max_calls, which is 3"},
    {"successes_to_close", 0, 0, KIND "successes_to_close: 0 is below 1"},
    {"successes_to_close", -2, 0, KIND "successes_to_close: -2 is below 1"},
    {"successes_to_close", 1001, 0, KIND "successes_to_close: 1001 is above 1000"},

    {"failures_to_reopen", 1, 0, NULL},
    {"failures_to_reopen", 3, 0, NULL},
    {"failures_to_reopen", 4, 0, KIND "failures_to_reopen: 4 is above half_open_max_calls, which is 3"},
    {"failures_to_reopen", 0, 0, KIND "failures_to_reopen: 0 is below 1"},
    {"failures_to_reopen", -1, 0, KIND "failures_to_reopen: -1 is below 1"},

    {"probe_timeout", -1, 0, NULL},
    {"probe_timeout", 1000000, 0, NULL},
    {"probe_timeout", TEN_YEARS, 0, NULL},
    {"probe_timeout", 999999, 0, KIND "probe_timeout: 999999ns is below 1ms"},
    {"probe_timeout", 0, 0, KIND "probe_timeout: 0ns is below 1ms"},
    {"probe_timeout", -2, 0, KIND "probe_timeout: -2ns is below 1ms"},
    {"probe_timeout", INT64_MAX, 0, KIND "probe_timeout: inf is above 87600h"},

    {"half_open_max_duration", 0, 0, NULL},
    {"half_open_max_duration", 1000000, 0, NULL},
    {"half_open_max_duration", TEN_YEARS, 0, NULL},
    {"half_open_max_duration", 1, 0, KIND "half_open_max_duration: 1ns is below 1ms"},
    {"half_open_max_duration", 999999, 0, KIND "half_open_max_duration: 999999ns is below 1ms"},
    {"half_open_max_duration", -1, 0, KIND "half_open_max_duration: -1ns is below 1ms"},
    {"half_open_max_duration", INT64_MAX, 0, KIND "half_open_max_duration: inf is above 87600h"},

    {"half_open_then", 0, 0, NULL},
    {"half_open_then", 1, 0, NULL},
    {"half_open_then", 2, 0, KIND "half_open_then: 2"},
    {"half_open_then", -1, 0, KIND "half_open_then: -1"},

    {"counted_faults", 0, 0, NULL},
    {"counted_faults", 0x3FFC, 0, NULL},
    {"counted_faults", 1, 0, KIND "counted_faults"},       /* success */
    {"counted_faults", 2, 0, KIND "counted_faults"},       /* ignored */
    {"counted_faults", 1 << 14, 0, KIND "counted_faults"}, /* no kind */
    {"counted_faults", UINT32_MAX, 0, KIND "counted_faults"},

    {"ignore_cuts_below", 0, 0, NULL},
    {"ignore_cuts_below", TEN_YEARS, 0, NULL},
    {"ignore_cuts_below", -1, 0, KIND "ignore_cuts_below: -1ns is below 0ns"},
    {"ignore_cuts_below", TEN_YEARS + 1, 0, KIND "ignore_cuts_below: 315360000000000001ns is above 87600h"},

    {"recovery_multiplier", 0, 1, NULL},
    {"recovery_multiplier", 0, 1000, NULL},
    {"recovery_multiplier", 0, 0.9999999999999999, KIND "recovery_multiplier: 0.9999999999999999 is below 1"},
    {"recovery_multiplier", 0, 1001, KIND "recovery_multiplier: 1001 is above 1000"},

    {"recovery_max", 1000000, 0, NULL},
    {"recovery_max", TEN_YEARS, 0, NULL},
    {"recovery_max", 999999, 0, KIND "recovery_max: 999999ns is below 1ms"},
    {"recovery_max", INT64_MAX, 0, KIND "recovery_max: inf is above 87600h"},

    {"recovery_jitter", 0, 0, NULL},
    {"recovery_jitter", 0, 1, NULL},
    {"recovery_jitter", 0, -1, KIND "recovery_jitter: -1 is below 0"},
    {"recovery_jitter", 0, 1.5, KIND "recovery_jitter: 1.5 is above 1"},

    {"failure_rate", 0, 0, NULL},
    {"failure_rate", 0, 1, NULL},
    {"failure_rate", 0, -0.1, KIND "failure_rate: -0.1 is below 0"},
    {"failure_rate", 0, 1.1, KIND "failure_rate: 1.1 is above 1"},

    {"slow_call_rate", 0, 0, NULL},
    {"slow_call_rate", 0, 1, NULL},
    {"slow_call_rate", 0, -1, KIND "slow_call_rate: -1 is below 0"},
    {"slow_call_rate", 0, 50, KIND "slow_call_rate: 50 is above 1"},

    {"slow_call_duration", 1000, 0, NULL},
    {"slow_call_duration", TEN_YEARS, 0, NULL},
    {"slow_call_duration", 999, 0, KIND "slow_call_duration: 999ns is below 1us"},
    {"slow_call_duration", -1, 0, KIND "slow_call_duration: -1ns is below 1us"},

    {"window", 0, 0, NULL},
    {"window", 1, 0, NULL},
    {"window", 2, 0, KIND "window: 2"},
    {"window", -1, 0, KIND "window: -1"},

    {"window_calls", 1, 0, NULL},
    {"window_calls", 65536, 0, NULL},
    {"window_calls", 0, 0, KIND "window_calls: 0 is below 1"},
    {"window_calls", 65537, 0, KIND "window_calls: 65537 is above 65536"},

    {"window_duration", 1000000, 0, NULL},
    {"window_duration", TEN_YEARS, 0, NULL},
    {"window_duration", 999999, 0, KIND "window_duration: 999999ns is below 1ms"},
    {"window_duration", INT64_MAX, 0, KIND "window_duration: inf is above 87600h"},

    {"window_buckets", 1, 0, NULL},
    {"window_buckets", 1000, 0, NULL},
    {"window_buckets", 0, 0, KIND "window_buckets: 0 is below 1"},
    {"window_buckets", 1001, 0, KIND "window_buckets: 1001 is above 1000"},

    {"minimum_calls", 1, 0, NULL},
    {"minimum_calls", 1000000, 0, NULL}, /* more than the window holds: as many as it holds */
    {"minimum_calls", 0, 0, KIND "minimum_calls: 0 is below 1"},
    {"minimum_calls", 1000001, 0, KIND "minimum_calls: 1000001 is above 1000000"},

    {"size", 0, 0, "circuit_breaker"},
    {"size", sizeof(seawall_breaker_config) - 1, 0, "circuit_breaker"},
    {"size", UINT32_MAX, 0, "circuit_breaker"},
};

#define ROWS ((int)(sizeof(rows) / sizeof(rows[0])))

START_TEST(every_bound_is_kept)
{
    sw_test_setting_holds("circuit_breaker", &rows[_i]);
}
END_TEST

/* The maximum of what grows is not below where it begins. */
START_TEST(a_growing_time_has_room_to_grow)
{
    seawall_breaker_config config = SEAWALL_BREAKER_CONFIG_INIT;
    seawall_breaker *breaker = NULL;
    seawall_error error;

    config.recovery_multiplier = 1.5;
    config.recovery_max = config.recovery_timeout - 1;
    ck_assert_int_eq(seawall_breaker_create(&config, NULL, &breaker, &error), SEAWALL_INVALID);
    ck_assert_str_eq(error.key, "circuit_breaker.recovery_max");
    ck_assert_str_eq(error.message, "circuit_breaker.recovery_max: 29999999999ns is below recovery_timeout, which is 30s, and "
                                    "recovery_multiplier is above 1");
    ck_assert_ptr_null(breaker);
    config.recovery_max++;
    ck_assert_int_eq(seawall_breaker_create(&config, NULL, &breaker, &error), SEAWALL_OK);
    seawall_breaker_destroy(breaker);
    config.recovery_max--;
    config.recovery_multiplier = 1;
    ck_assert_int_eq(seawall_breaker_create(&config, NULL, &breaker, &error), SEAWALL_OK);
    seawall_breaker_destroy(breaker);
}
END_TEST

START_TEST(every_field_has_rows)
{
    sw_test_settings_are_enough("circuit_breaker", rows, ROWS);
}
END_TEST

START_TEST(calls_allocate_nothing)
{
    seawall_breaker *breaker;
    seawall_permit permit;
    sw_test_platform test;
    int i;

    sw_test_platform_init(&test, true);
    ck_assert_int_eq(seawall_breaker_create(NULL, &test.platform, &breaker, NULL), SEAWALL_OK);
    sw_test_memory_fail(&test.memory, SW_TEST_FAIL_NEVER, 0);
    for (i = 0; i < 20; i++) {
        seawall_manual_clock_advance(test.clock, SEAWALL_SECONDS(8));
        if (seawall_breaker_try_acquire(breaker, &permit, NULL) == SEAWALL_OK)
            (void)seawall_breaker_report(breaker, &permit, i % 3 == 0 ? SEAWALL_FAULT_NONE : SEAWALL_FAULT_INTERNAL);
    }
    (void)seawall_breaker_force_open(breaker, SEAWALL_FOREVER);
    (void)seawall_breaker_reset(breaker);
    ck_assert_int_eq(test.memory.requests, 0);
    seawall_breaker_destroy(breaker);
    sw_test_platform_fini(&test);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("breaker_config");
    TCase *settings = tcase_create("settings");

    tcase_add_test(settings, defaults_are_those_of_the_reference);
    tcase_add_loop_test(settings, every_bound_is_kept, 0, ROWS);
    tcase_add_test(settings, a_growing_time_has_room_to_grow);
    tcase_add_test(settings, every_field_has_rows);
    tcase_add_test(settings, calls_allocate_nothing);
    suite_add_tcase(suite, settings);
    return run_suite(suite);
}
