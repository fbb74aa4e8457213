/* The settings of a retry: defaults, bounds, messages. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../rehearsal.h"

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
}
END_TEST

START_TEST(the_initialisers_agree)
{
    seawall_retry_config made = SEAWALL_RETRY_CONFIG_INIT, filled;

    memset(&filled, 0xA5, sizeof(filled));
    ck_assert_int_eq(seawall_retry_config_init(&filled, sizeof(filled)), SEAWALL_OK);
    ck_assert_int_eq(memcmp(&made, &filled, sizeof(made)), 0);
    ck_assert_int_eq(seawall_retry_config_init(NULL, sizeof(filled)), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_retry_config_init(&filled, sizeof(filled) - 8), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_retry_config_init(&filled, 0), SEAWALL_INVALID);
}
END_TEST

enum type { I32, I64, F64, U32 };

#define AT(field) offsetof(seawall_retry_config, field)

/* One field of the defaults changed; NULL: accepted; else the message. */
static const struct {
    size_t offset;
    enum type type;
    int64_t whole;
    double number;
    const char *message;
} rows[] = {
    {AT(max_attempts), I32, 1, 0, NULL},
    {AT(max_attempts), I32, INT32_MAX, 0, NULL},
    {AT(max_attempts), I32, 0, 0, "retry.max_attempts: 0 is below 1"},
    {AT(max_attempts), I32, -1, 0, "retry.max_attempts: -1 is below 1"},
    {AT(max_attempts), I32, INT32_MIN, 0, "retry.max_attempts: -2147483648 is below 1"},

    {AT(base_delay), I64, 0, 0, NULL},
    {AT(base_delay), I64, 5000000000, 0, NULL},
    {AT(base_delay), I64, -1, 0, "retry.base_delay: -1ns is below 0ns"},
    {AT(base_delay), I64, INT64_MIN, 0, "retry.base_delay: -9223372036854775808ns is below 0ns"},
    {AT(base_delay), I64, TEN_YEARS + 1, 0, "retry.base_delay: 315360000000000001ns is above 87600h"},
    {AT(base_delay), I64, INT64_MAX, 0, "retry.base_delay: inf is above 87600h"},
    {AT(base_delay), I64, 5000000001, 0, "retry.max_delay: 5s is below base_delay, 5000000001ns"},

    {AT(max_delay), I64, 100000000, 0, NULL},
    {AT(max_delay), I64, TEN_YEARS, 0, NULL},
    {AT(max_delay), I64, 99999999, 0, "retry.max_delay: 99999999ns is below base_delay, 100ms"},
    {AT(max_delay), I64, -1, 0, "retry.max_delay: -1ns is below 0ns"},
    {AT(max_delay), I64, TEN_YEARS + 1, 0, "retry.max_delay: 315360000000000001ns is above 87600h"},
    {AT(max_delay), I64, INT64_MAX, 0, "retry.max_delay: inf is above 87600h"},

    {AT(backoff), I32, 0, 0, NULL},
    {AT(backoff), I32, 2, 0, NULL},
    {AT(backoff), I32, 3, 0, "retry.backoff: 3 is not one of constant, linear, exponential"},
    {AT(backoff), I32, -1, 0, "retry.backoff: -1 is not one of constant, linear, exponential"},

    {AT(jitter), I32, 0, 0, NULL},
    {AT(jitter), I32, 4, 0, NULL},
    {AT(jitter), I32, 5, 0, "retry.jitter: 5 is not one of none, full, equal, decorrelated, proportional"},
    {AT(jitter), I32, INT32_MIN, 0, "retry.jitter: -2147483648 is not one of none, full, equal, decorrelated, proportional"},

    {AT(backoff_multiplier), F64, 0, 1, NULL},
    {AT(backoff_multiplier), F64, 0, 1000, NULL},
    {AT(backoff_multiplier), F64, 0, 0.9999999999999999, "retry.backoff_multiplier: 0.9999999999999999 is below 1"},
    {AT(backoff_multiplier), F64, 0, 1000.0000000000001, "retry.backoff_multiplier: 1000.0000000000001 is above 1000"},
    {AT(backoff_multiplier), F64, 0, -2, "retry.backoff_multiplier: -2 is below 1"},
    {AT(backoff_multiplier), F64, 0, INFINITY, "retry.backoff_multiplier: inf is above 1000"},
    {AT(backoff_multiplier), F64, 0, -INFINITY, "retry.backoff_multiplier: -inf is below 1"},
    {AT(backoff_multiplier), F64, 0, NAN, "retry.backoff_multiplier: nan is not from 1 to 1000"},

    {AT(jitter_factor), F64, 0, 0, NULL},
    {AT(jitter_factor), F64, 0, 1, NULL},
    {AT(jitter_factor), F64, 0, -5e-324, "retry.jitter_factor: -5e-324 is below 0"},
    {AT(jitter_factor), F64, 0, 1.0000000000000002, "retry.jitter_factor: 1.0000000000000002 is above 1"},
    {AT(jitter_factor), F64, 0, NAN, "retry.jitter_factor: nan is not from 0 to 1"},

    {AT(retryable_errors), U32, 0, 0, NULL},
    {AT(retryable_errors), U32, 0x38FC, 0, NULL},
    {AT(retryable_errors), U32, 1, 0, "retry.retryable_errors"},      /* success */
    {AT(retryable_errors), U32, 2, 0, "retry.retryable_errors"},      /* ignored */
    {AT(retryable_errors), U32, 1 << 14, 0, "retry.retryable_errors"}, /* no kind */
    {AT(retryable_errors), U32, UINT32_MAX, 0, "retry.retryable_errors"},
    {AT(retryable_errors), U32, 0x100, 0,
     "retry.non_retryable_errors: authentication_failed cannot be in retryable_errors too"},
    {AT(non_retryable_errors), U32, 0, 0, NULL},
    {AT(non_retryable_errors), U32, 0x3FE0, 0, NULL},
    {AT(non_retryable_errors), U32, 0xC, 0,
     "retry.non_retryable_errors: connection_timeout, service_unavailable cannot be in retryable_errors too"},
    {AT(non_retryable_errors), U32, 1u << 31, 0, "retry.non_retryable_errors"},

    {AT(max_retry_after), I64, 0, 0, NULL},
    {AT(max_retry_after), I64, INT64_MAX, 0, NULL},
    {AT(max_retry_after), I64, -1, 0, "retry.max_retry_after: -1ns is below 0ns"},

    {AT(size), U32, 0, 0, "retry"},
    {AT(size), U32, sizeof(seawall_retry_config) - 1, 0, "retry"},
    {AT(size), U32, UINT32_MAX, 0, "retry"},
};

static void put(seawall_retry_config *config, int i)
{
    unsigned char *place = (unsigned char *)config + rows[i].offset;
    int32_t i32 = (int32_t)rows[i].whole;
    uint32_t u32 = (uint32_t)rows[i].whole;

    switch (rows[i].type) {
    case I32:
        memcpy(place, &i32, sizeof(i32));
        break;
    case U32:
        memcpy(place, &u32, sizeof(u32));
        break;
    case I64:
        memcpy(place, &rows[i].whole, sizeof(rows[i].whole));
        break;
    case F64:
        memcpy(place, &rows[i].number, sizeof(rows[i].number));
        break;
    }
}

START_TEST(every_bound_is_kept)
{
    seawall_retry_config config = SEAWALL_RETRY_CONFIG_INIT;
    seawall_retry *const untouched = (seawall_retry *)&config;
    seawall_retry *retry = untouched;
    seawall_error error = {0};
    seawall_status status;
    rehearsal r;

    rehearsal_init(&r);
    put(&config, _i);
    status = seawall_retry_create(&config, &r.platform, &retry, &error);
    if (rows[_i].message == NULL) {
        ck_assert_msg(status == SEAWALL_OK, "%s", error.message);
        seawall_retry_destroy(retry);
    } else {
        ck_assert_int_eq(status, SEAWALL_INVALID);
        ck_assert_ptr_eq(retry, untouched);
        ck_assert_int_eq(error.status, SEAWALL_INVALID);
        ck_assert_msg(strncmp(error.message, rows[_i].message, strlen(rows[_i].message)) == 0, "%s", error.message);
        ck_assert_msg(strncmp(rows[_i].message, error.key, strlen(error.key)) == 0, "%s", error.key);
        ck_assert_int_eq(r.allocations, 0);
    }
    ck_assert_int_eq(r.allocated, 0);
}
END_TEST

START_TEST(creating_needs_a_place_and_a_whole_platform)
{
    seawall_retry *retry = NULL;
    seawall_error error = {0};
    rehearsal r;

    rehearsal_init(&r);
    ck_assert_int_eq(seawall_retry_create(NULL, &r.platform, NULL, &error), SEAWALL_INVALID);
    ck_assert_uint_gt(strlen(error.message), 0);
    r.platform.random = NULL;
    ck_assert_int_eq(seawall_retry_create(NULL, &r.platform, &retry, &error), SEAWALL_INVALID);
    ck_assert_ptr_null(retry);
    ck_assert_int_eq(seawall_retry_create(NULL, &r.platform, &retry, NULL), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_retry_create(NULL, NULL, &retry, &error), SEAWALL_OK);
    seawall_retry_destroy(retry);
}
END_TEST

static seawall_status create(const seawall_platform *platform, void **made, seawall_error *error)
{
    seawall_retry *retry;
    seawall_status status = seawall_retry_create(NULL, platform, &retry, error);

    if (status == SEAWALL_OK)
        *made = retry;
    return status;
}

static void destroy(void *made)
{
    seawall_retry_destroy(made);
}

START_TEST(want_of_memory_leaks_nothing)
{
    rehearsal_starve(create, destroy);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("retry settings");
    TCase *tests = tcase_create("retry settings");
    SRunner *runner;
    int failed;

    tcase_add_test(tests, defaults_are_those_of_the_reference);
    tcase_add_test(tests, the_initialisers_agree);
    tcase_add_loop_test(tests, every_bound_is_kept, 0, (int)(sizeof(rows) / sizeof(rows[0])));
    tcase_add_test(tests, creating_needs_a_place_and_a_whole_platform);
    tcase_add_test(tests, want_of_memory_leaks_nothing);
    suite_add_tcase(suite, tests);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
