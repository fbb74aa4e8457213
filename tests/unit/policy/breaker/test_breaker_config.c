/* The settings of a breaker: defaults, bounds, messages; and its creation without memory. */
#include <stdlib.h>
#include <string.h>

#include "../rehearsal.h"
#include "breaker_fixture.h"

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
}
END_TEST

START_TEST(the_initialisers_agree)
{
    seawall_breaker_config made = SEAWALL_BREAKER_CONFIG_INIT, filled;

    memset(&filled, 0xA5, sizeof(filled));
    ck_assert_int_eq(seawall_breaker_config_init(&filled, sizeof(filled)), SEAWALL_OK);
    ck_assert_int_eq(memcmp(&made, &filled, sizeof(made)), 0);
    ck_assert_int_eq(seawall_breaker_config_init(NULL, sizeof(filled)), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_breaker_config_init(&filled, sizeof(filled) - 8), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_breaker_config_init(&filled, 0), SEAWALL_INVALID);
}
END_TEST

enum type { I32, I64, U32 };

#define AT(field) offsetof(seawall_breaker_config, field)
#define KIND "circuit_breaker."

/* One field of the defaults changed; NULL: accepted; else the message. */
static const struct {
    size_t offset;
    enum type type;
    int64_t value;
    const char *message;
} rows[] = {
    {AT(failure_threshold), I32, 0, NULL},
    {AT(failure_threshold), I32, 65535, NULL},
    {AT(failure_threshold), I32, 65536, KIND "failure_threshold: 65536 is above 65535"},
    {AT(failure_threshold), I32, -1, KIND "failure_threshold: -1 is below 0"},
    {AT(failure_threshold), I32, -2, KIND "failure_threshold: -2 is below 0"},
    {AT(failure_threshold), I32, INT32_MIN, KIND "failure_threshold: -2147483648 is below 0"},

    {AT(recovery_timeout), I64, 1000000, NULL},
    {AT(recovery_timeout), I64, TEN_YEARS, NULL},
    {AT(recovery_timeout), I64, 999999, KIND "recovery_timeout: 999999ns is below 1ms"},
    {AT(recovery_timeout), I64, 0, KIND "recovery_timeout: 0ns is below 1ms"},
    {AT(recovery_timeout), I64, -1, KIND "recovery_timeout: -1ns is below 1ms"},
    {AT(recovery_timeout), I64, TEN_YEARS + 1, KIND "recovery_timeout: 315360000000000001ns is above 87600h"},
    {AT(recovery_timeout), I64, INT64_MAX, KIND "recovery_timeout: inf is above 87600h"},
    {AT(recovery_timeout), I64, INT64_MIN, KIND "recovery_timeout: -9223372036854775808ns is below 1ms"},

    {AT(half_open_max_calls), I32, 1, NULL},
    {AT(half_open_max_calls), I32, 1000, NULL},
    {AT(half_open_max_calls), I32, 0, KIND "half_open_max_calls: 0 is below 1"},
    {AT(half_open_max_calls), I32, -1, KIND "half_open_max_calls: -1 is below 1"},
    {AT(half_open_max_calls), I32, 1001, KIND "half_open_max_calls: 1001 is above 1000"},

    {AT(half_open_concurrent), I32, -1, NULL},
    {AT(half_open_concurrent), I32, 1, NULL},
    {AT(half_open_concurrent), I32, 1000, NULL},
    {AT(half_open_concurrent), I32, 0, KIND "half_open_concurrent: 0 is below 1"},
    {AT(half_open_concurrent), I32, -2, KIND "half_open_concurrent: -2 is below 1"},
    {AT(half_open_concurrent), I32, 1001, KIND "half_open_concurrent: 1001 is above 1000"},

    {AT(successes_to_close), I32, -1, NULL},
    {AT(successes_to_close), I32, 1, NULL},
    {AT(successes_to_close), I32, 3, NULL},
    {AT(successes_to_close), I32, 4, KIND "successes_to_close: 4 is above half_open_max_calls, which is 3"},
    {AT(successes_to_close), I32, 0, KIND "successes_to_close: 0 is below 1"},
    {AT(successes_to_close), I32, -2, KIND "successes_to_close: -2 is below 1"},
    {AT(successes_to_close), I32, 1001, KIND "successes_to_close: 1001 is above 1000"},

    {AT(failures_to_reopen), I32, 1, NULL},
    {AT(failures_to_reopen), I32, 3, NULL},
    {AT(failures_to_reopen), I32, 4, KIND "failures_to_reopen: 4 is above half_open_max_calls, which is 3"},
    {AT(failures_to_reopen), I32, 0, KIND "failures_to_reopen: 0 is below 1"},
    {AT(failures_to_reopen), I32, -1, KIND "failures_to_reopen: -1 is below 1"},

    {AT(probe_timeout), I64, -1, NULL},
    {AT(probe_timeout), I64, 1000000, NULL},
    {AT(probe_timeout), I64, TEN_YEARS, NULL},
    {AT(probe_timeout), I64, 999999, KIND "probe_timeout: 999999ns is below 1ms"},
    {AT(probe_timeout), I64, 0, KIND "probe_timeout: 0ns is below 1ms"},
    {AT(probe_timeout), I64, -2, KIND "probe_timeout: -2ns is below 1ms"},
    {AT(probe_timeout), I64, INT64_MAX, KIND "probe_timeout: inf is above 87600h"},

    {AT(counted_faults), U32, 0, NULL},
    {AT(counted_faults), U32, 0x3FFC, NULL},
    {AT(counted_faults), U32, 1, KIND "counted_faults"},       /* success */
    {AT(counted_faults), U32, 2, KIND "counted_faults"},       /* ignored */
    {AT(counted_faults), U32, 1 << 14, KIND "counted_faults"}, /* no kind */
    {AT(counted_faults), U32, UINT32_MAX, KIND "counted_faults"},

    {AT(ignore_cuts_below), I64, 0, NULL},
    {AT(ignore_cuts_below), I64, TEN_YEARS, NULL},
    {AT(ignore_cuts_below), I64, -1, KIND "ignore_cuts_below: -1ns is below 0ns"},
    {AT(ignore_cuts_below), I64, TEN_YEARS + 1, KIND "ignore_cuts_below: 315360000000000001ns is above 87600h"},

    {AT(size), U32, 0, "circuit_breaker"},
    {AT(size), U32, sizeof(seawall_breaker_config) - 1, "circuit_breaker"},
    {AT(size), U32, UINT32_MAX, "circuit_breaker"},
};

#define ROWS ((int)(sizeof rows / sizeof rows[0]))

static void put(seawall_breaker_config *config, int i)
{
    unsigned char *place = (unsigned char *)config + rows[i].offset;
    int32_t i32 = (int32_t)rows[i].value;
    uint32_t u32 = (uint32_t)rows[i].value;

    switch (rows[i].type) {
    case I32:
        memcpy(place, &i32, sizeof(i32));
        break;
    case U32:
        memcpy(place, &u32, sizeof(u32));
        break;
    case I64:
        memcpy(place, &rows[i].value, sizeof(rows[i].value));
        break;
    }
}

START_TEST(every_bound_is_kept)
{
    seawall_breaker_config config = SEAWALL_BREAKER_CONFIG_INIT;
    seawall_breaker *const untouched = (seawall_breaker *)(void *)&config;
    seawall_breaker *breaker = untouched;
    seawall_error error = {0};
    seawall_status status;
    rehearsal r;

    rehearsal_init(&r);
    put(&config, _i);
    status = seawall_breaker_create(&config, &r.platform, &breaker, &error);
    if (rows[_i].message == NULL) {
        ck_assert_msg(status == SEAWALL_OK, "%s", error.message);
        seawall_breaker_destroy(breaker);
    } else {
        ck_assert_int_eq(status, SEAWALL_INVALID);
        ck_assert_ptr_eq(breaker, untouched);
        ck_assert_int_eq(error.status, SEAWALL_INVALID);
        ck_assert_msg(strncmp(error.message, rows[_i].message, strlen(rows[_i].message)) == 0, "%s", error.message);
        ck_assert_msg(strncmp(rows[_i].message, error.key, strlen(error.key)) == 0, "%s", error.key);
        ck_assert_int_eq(r.allocations, 0);
    }
    ck_assert_int_eq(r.allocated, 0);
}
END_TEST

START_TEST(every_field_has_rows)
{
    int32_t field, fields = seawall_config_field_count("circuit_breaker");

    ck_assert_int_gt(fields, 0);
    for (field = 0; field < fields; field++) {
        seawall_field described = {.size = sizeof described};
        int i, inside = 0, outside = 0;

        ck_assert_int_eq(seawall_config_field("circuit_breaker", field, &described), SEAWALL_OK);
        for (i = 0; i < ROWS; i++) {
            inside += rows[i].offset == described.offset && rows[i].message == NULL;
            outside += rows[i].offset == described.offset && rows[i].message != NULL;
        }
        ck_assert_msg(inside >= 2 && outside >= 2, "%s has too few rows", described.key);
    }
}
END_TEST

START_TEST(creating_needs_a_place_and_a_whole_platform)
{
    seawall_breaker *breaker = NULL;
    seawall_error error = {0};
    rehearsal r;

    rehearsal_init(&r);
    ck_assert_int_eq(seawall_breaker_create(NULL, &r.platform, NULL, &error), SEAWALL_INVALID);
    ck_assert_uint_gt(strlen(error.message), 0);
    r.platform.now = NULL;
    ck_assert_int_eq(seawall_breaker_create(NULL, &r.platform, &breaker, &error), SEAWALL_INVALID);
    ck_assert_ptr_null(breaker);
    ck_assert_int_eq(seawall_breaker_create(NULL, &r.platform, &breaker, NULL), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_breaker_create(NULL, NULL, &breaker, &error), SEAWALL_OK);
    seawall_breaker_destroy(breaker);
}
END_TEST

static seawall_status create(const seawall_platform *platform, void **made, seawall_error *error)
{
    seawall_breaker *breaker;
    seawall_status status = seawall_breaker_create(NULL, platform, &breaker, error);

    if (status == SEAWALL_OK)
        *made = breaker;
    return status;
}

static void destroy(void *made)
{
    seawall_breaker_destroy(made);
}

START_TEST(no_memory_is_a_status)
{
    rehearsal_starve(create, destroy);
}
END_TEST

START_TEST(calls_allocate_nothing)
{
    seawall_breaker *breaker;
    seawall_permit permit;
    rehearsal r;
    int i;

    rehearsal_init(&r);
    ck_assert_int_eq(seawall_breaker_create(NULL, &r.platform, &breaker, NULL), SEAWALL_OK);
    r.allocations = 0;
    for (i = 0; i < 20; i++) {
        r.now += SEAWALL_SECONDS(8);
        if (seawall_breaker_try_acquire(breaker, &permit, NULL) == SEAWALL_OK)
            (void)seawall_breaker_report(breaker, &permit, i % 3 == 0 ? SEAWALL_FAULT_NONE : SEAWALL_FAULT_INTERNAL);
    }
    (void)seawall_breaker_force_open(breaker, SEAWALL_FOREVER);
    (void)seawall_breaker_reset(breaker);
    ck_assert_int_eq(r.allocations, 0);
    seawall_breaker_destroy(breaker);
    ck_assert_int_eq(r.allocated, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("breaker_config");
    TCase *settings = tcase_create("settings");

    tcase_add_test(settings, defaults_are_those_of_the_reference);
    tcase_add_test(settings, the_initialisers_agree);
    tcase_add_loop_test(settings, every_bound_is_kept, 0, ROWS);
    tcase_add_test(settings, every_field_has_rows);
    tcase_add_test(settings, creating_needs_a_place_and_a_whole_platform);
    tcase_add_test(settings, no_memory_is_a_status);
    tcase_add_test(settings, calls_allocate_nothing);
    suite_add_tcase(suite, settings);
    return run_suite(suite);
}
