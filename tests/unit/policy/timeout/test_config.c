/* The settings of a timeout: defaults, bounds, messages. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "../rehearsal.h"

START_TEST(defaults_are_those_of_the_reference)
{
    seawall_timeout_config config = SEAWALL_TIMEOUT_CONFIG_INIT;

    ck_assert_uint_eq(config.size, sizeof(config));
    ck_assert_uint_eq(config.reserved, 0);
    ck_assert_int_eq(config.request_timeout, 30000000000);
    ck_assert_int_eq(config.attempt_timeout, 0);
}
END_TEST

START_TEST(the_initialisers_agree)
{
    seawall_timeout_config made = SEAWALL_TIMEOUT_CONFIG_INIT, filled;

    memset(&filled, 0xA5, sizeof(filled));
    ck_assert_int_eq(seawall_timeout_config_init(&filled, sizeof(filled)), SEAWALL_OK);
    ck_assert_int_eq(memcmp(&made, &filled, sizeof(made)), 0);
    ck_assert_int_eq(seawall_timeout_config_init(NULL, sizeof(filled)), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_timeout_config_init(&filled, sizeof(filled) - 8), SEAWALL_INVALID);
}
END_TEST

/* NULL: accepted; else the message. */
static const struct {
    seawall_duration request, attempt;
    const char *message;
} rows[] = {
    {1000, 0, NULL},
    {SEAWALL_FOREVER, 0, NULL},
    {SEAWALL_FOREVER - 1, 0, NULL},
    {999, 0, "timeout.request_timeout: 999ns is below 1us"},
    {0, 0, "timeout.request_timeout: 0ns is below 1us"},
    {-1, 0, "timeout.request_timeout: -1ns is below 1us"},
    {INT64_MIN, 0, "timeout.request_timeout: -9223372036854775808ns is below 1us"},
    {MS(5), 1000, NULL},
    {MS(5), SEAWALL_FOREVER, NULL},
    {MS(5), 999, "timeout.attempt_timeout: 999ns is below 1us"},
    {MS(5), 1, "timeout.attempt_timeout: 1ns is below 1us"},
    {MS(5), -1, "timeout.attempt_timeout: -1ns is below"},
    {MS(5), INT64_MIN, "timeout.attempt_timeout: -9223372036854775808ns is below"},
};

START_TEST(every_bound_is_kept)
{
    seawall_timeout_config config = SEAWALL_TIMEOUT_CONFIG_INIT;
    seawall_timeout *const untouched = (seawall_timeout *)&config;
    seawall_timeout *timeout = untouched;
    seawall_error error = {0};
    seawall_status status;
    rehearsal r;

    rehearsal_init(&r);
    config.request_timeout = rows[_i].request;
    config.attempt_timeout = rows[_i].attempt;
    status = seawall_timeout_create(&config, &r.platform, &timeout, &error);
    if (rows[_i].message == NULL) {
        ck_assert_msg(status == SEAWALL_OK, "%s", error.message);
        seawall_timeout_destroy(timeout);
    } else {
        ck_assert_int_eq(status, SEAWALL_INVALID);
        ck_assert_ptr_eq(timeout, untouched);
        ck_assert_msg(strncmp(error.message, rows[_i].message, strlen(rows[_i].message)) == 0, "%s", error.message);
        ck_assert_msg(strncmp(rows[_i].message, error.key, strlen(error.key)) == 0, "%s", error.key);
        ck_assert_int_eq(r.allocations, 0);
    }
    ck_assert_int_eq(r.allocated, 0);
}
END_TEST

START_TEST(impossible_sizes_are_refused)
{
    static const uint32_t sizes[] = {0, 8, sizeof(seawall_timeout_config) - 1, UINT32_MAX};
    seawall_timeout_config config = SEAWALL_TIMEOUT_CONFIG_INIT;
    seawall_timeout *timeout = NULL;
    rehearsal r;
    size_t i;

    rehearsal_init(&r);
    for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        config.size = sizes[i];
        ck_assert_int_eq(seawall_timeout_create(&config, &r.platform, &timeout, NULL), SEAWALL_INVALID);
        ck_assert_ptr_null(timeout);
    }
}
END_TEST

START_TEST(creating_needs_a_place_and_a_whole_platform)
{
    seawall_timeout *timeout = NULL;
    seawall_error error = {0};
    rehearsal r;

    rehearsal_init(&r);
    ck_assert_int_eq(seawall_timeout_create(NULL, &r.platform, NULL, &error), SEAWALL_INVALID);
    ck_assert_uint_gt(strlen(error.message), 0);
    r.platform.now = NULL;
    ck_assert_int_eq(seawall_timeout_create(NULL, &r.platform, &timeout, &error), SEAWALL_INVALID);
    ck_assert_ptr_null(timeout);
    ck_assert_int_eq(seawall_timeout_create(NULL, NULL, &timeout, &error), SEAWALL_OK);
    seawall_timeout_destroy(timeout);
}
END_TEST

static seawall_status create(const seawall_platform *platform, void **made, seawall_error *error)
{
    seawall_timeout *timeout;
    seawall_status status = seawall_timeout_create(NULL, platform, &timeout, error);

    if (status == SEAWALL_OK)
        *made = timeout;
    return status;
}

static void destroy(void *made)
{
    seawall_timeout_destroy(made);
}

START_TEST(want_of_memory_leaks_nothing)
{
    rehearsal_starve(create, destroy);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("timeout settings");
    TCase *tests = tcase_create("timeout settings");
    SRunner *runner;
    int failed;

    tcase_add_test(tests, defaults_are_those_of_the_reference);
    tcase_add_test(tests, the_initialisers_agree);
    tcase_add_loop_test(tests, every_bound_is_kept, 0, (int)(sizeof(rows) / sizeof(rows[0])));
    tcase_add_test(tests, impossible_sizes_are_refused);
    tcase_add_test(tests, creating_needs_a_place_and_a_whole_platform);
    tcase_add_test(tests, want_of_memory_leaks_nothing);
    suite_add_tcase(suite, tests);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
