/* The settings of a retry: defaults, bounds, messages. */
#include <math.h>

#include "kinds.h"
#include "suite.h"

#define TEN_YEARS (INT64_C(315360000) * 1000000000)

/* The reference configuration's values, and the others', as literals: a default changes in one place, and here. */
START_TEST(defaults_are_those_of_the_reference)
{
    seawall_retry_config config = SEAWALL_RETRY_CONFIG_INIT;

    ck_assert_uint_eq(config.size, sizeof(config));
    ck_assert_int_eq(config.max_attempts, 3);
    ck_assert_int_eq(config.base_delay, 100000000);
    ck_assert_int_eq(config.max_delay, 5000000000);
    ck_assert_int_eq(config.backoff, SEAWALL_BACKOFF_EXPONENTIAL);
    ck_assert_int_eq(config.jitter, SEAWALL_JITTER_FULL);
    ck_assert_double_eq(config.backoff_multiplier, 2.0);
    ck_assert_double_eq(config.jitter_factor, 0.5);
    ck_assert_uint_eq(config.retryable_errors, 1u << 2 | 1u << 3 | 1u << 4);
    ck_assert_uint_eq(config.non_retryable_errors, 1u << 8 | 1u << 9 | 1u << 10);
    ck_assert_int_eq(config.max_retry_after, 60000000000);
    ck_assert_int_eq(config.max_elapsed, INT64_MAX);
    ck_assert_int_eq(config.minimum_remaining, 0);
    ck_assert_int_eq(config.retry_refusals, 0);
    ck_assert(config.predicate == NULL);
}
END_TEST

/* One field of the defaults changed. */
static const sw_test_setting rows[] = {
    {"max_attempts", 1, 0, NULL},
    {"max_attempts", INT32_MAX, 0, NULL},
    {"max_attempts", 0, 0, "retry.max_attempts: 0 is below 1"},
    {"max_attempts", -1, 0, "retry.max_attempts: -1 is below 1"},
    {"max_attempts", INT32_MIN, 0, "retry.max_attempts: -2147483648 is below 1"},

    {"base_delay", 0, 0, NULL},
    {"base_delay", 5000000000, 0, NULL},
    {"base_delay", -1, 0, "retry.base_delay: -1ns is below 0ns"},
    {"base_delay", INT64_MIN, 0, "retry.base_delay: -9223372036854775808ns is below 0ns"},
    {"base_delay", TEN_YEARS + 1, 0, "retry.base_delay: 315360000000000001ns is above 87600h"},
    {"base_delay", INT64_MAX, 0, "retry.base_delay: inf is above 87600h"},
    {"base_delay", 5000000001, 0, "retry.max_delay: 5s is below base_delay, 5000000001ns"},

    {"max_delay", 100000000, 0, NULL},
    {"max_delay", TEN_YEARS, 0, NULL},
    {"max_delay", 99999999, 0, "retry.max_delay: 99999999ns is below base_delay, 100ms"},
    {"max_delay", -1, 0, "retry.max_delay: -1ns is below 0ns"},
    {"max_delay", TEN_YEARS + 1, 0, "retry.max_delay: 315360000000000001ns is above 87600h"},
    {"max_delay", INT64_MAX, 0, "retry.max_delay: inf is above 87600h"},

    {"backoff", 0, 0, NULL},
    {"backoff", 2, 0, NULL},
    {"backoff", 3, 0, "retry.backoff: 3 is not one of constant, linear, exponential"},
    {"backoff", -1, 0, "retry.backoff: -1 is not one of constant, linear, exponential"},

    {"jitter", 0, 0, NULL},
    {"jitter", 4, 0, NULL},
    {"jitter", 5, 0, "retry.jitter: 5 is not one of none, full, equal, decorrelated, proportional"},
    {"jitter", INT32_MIN, 0, "retry.jitter: -2147483648 is not one of none, full, equal, decorrelated, proportional"},

    {"backoff_multiplier", 0, 1, NULL},
    {"backoff_multiplier", 0, 1000, NULL},
    {"backoff_multiplier", 0, 0.9999999999999999, "retry.backoff_multiplier: 0.9999999999999999 is below 1"},
    {"backoff_multiplier", 0, 1000.0000000000001, "retry.backoff_multiplier: 1000.0000000000001 is above 1000"},
    {"backoff_multiplier", 0, -2, "retry.backoff_multiplier: -2 is below 1"},
    {"backoff_multiplier", 0, INFINITY, "retry.backoff_multiplier: inf is above 1000"},
    {"backoff_multiplier", 0, -INFINITY, "retry.backoff_multiplier: -inf is below 1"},
    {"backoff_multiplier", 0, NAN, "retry.backoff_multiplier: nan is not from 1 to 1000"},

    {"jitter_factor", 0, 0, NULL},
    {"jitter_factor", 0, 1, NULL},
    {"jitter_factor", 0, -5e-324, "retry.jitter_factor: -5e-324 is below 0"},
    {"jitter_factor", 0, 1.0000000000000002, "retry.jitter_factor: 1.0000000000000002 is above 1"},
    {"jitter_factor", 0, NAN, "retry.jitter_factor: nan is not from 0 to 1"},

    {"retryable_errors", 0, 0, NULL},
    {"retryable_errors", 0x38FC, 0, NULL},
    {"retryable_errors", 1, 0, "retry.retryable_errors"},      /* success */
    {"retryable_errors", 2, 0, "retry.retryable_errors"},      /* ignored */
    {"retryable_errors", 1 << 14, 0, "retry.retryable_errors"}, /* no kind */
    {"retryable_errors", UINT32_MAX, 0, "retry.retryable_errors"},
    {"retryable_errors", 0x100, 0,
     "retry.non_retryable_errors: authentication_failed cannot be in retryable_errors too"},
    {"non_retryable_errors", 0, 0, NULL},
    {"non_retryable_errors", 0x3FE0, 0, NULL},
    {"non_retryable_errors", 0xC, 0,
     "retry.non_retryable_errors: connection_timeout, service_unavailable cannot be in retryable_errors too"},
    {"non_retryable_errors", 1u << 31, 0, "retry.non_retryable_errors"},

    {"max_retry_after", 0, 0, NULL},
    {"max_retry_after", INT64_MAX, 0, NULL},
    {"max_retry_after", -1, 0, "retry.max_retry_after: -1ns is below 0ns"},
    {"max_retry_after", INT64_MIN, 0, "retry.max_retry_after: -9223372036854775808ns is below 0ns"},

    {"max_elapsed", 1000, 0, NULL},
    {"max_elapsed", INT64_MAX, 0, NULL},
    {"max_elapsed", 999, 0, "retry.max_elapsed: 999ns is below 1us"},
    {"max_elapsed", 0, 0, "retry.max_elapsed: 0ns is below 1us"},
    {"max_elapsed", INT64_MIN, 0, "retry.max_elapsed: -9223372036854775808ns is below 1us"},

    {"minimum_remaining", 0, 0, NULL},
    {"minimum_remaining", TEN_YEARS, 0, NULL},
    {"minimum_remaining", -1, 0, "retry.minimum_remaining: -1ns is below 0ns"},
    {"minimum_remaining", TEN_YEARS + 1, 0, "retry.minimum_remaining: 315360000000000001ns is above 87600h"},

    {"retry_refusals", 0, 0, NULL},
    {"retry_refusals", 1, 0, NULL},
    {"retry_refusals", 2, 0, "retry.retry_refusals: 2"},
    {"retry_refusals", -1, 0, "retry.retry_refusals: -1"},

    {"size", 0, 0, "retry"},
    {"size", sizeof(seawall_retry_config) - 1, 0, "retry"},
    {"size", UINT32_MAX, 0, "retry"},
};

int main(void)
{
    TCase *tests = sw_test_settings_case("retry", rows, (int)(sizeof(rows) / sizeof(rows[0])));

    tcase_add_test(tests, defaults_are_those_of_the_reference);
    return sw_test_run("retry settings", tests);
}
