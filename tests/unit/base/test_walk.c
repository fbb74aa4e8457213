/* The walk over fields, on the library's kinds. */
#include <check.h>
#include <stdlib.h>

#include "support.h"

static seawall_status create_breaker(const void *config, seawall_error *error)
{
    seawall_breaker *breaker;
    seawall_status status = seawall_breaker_create(config, NULL, &breaker, error);

    if (status == SEAWALL_OK)
        seawall_breaker_destroy(breaker);
    return status;
}

static seawall_status create_retry(const void *config, seawall_error *error)
{
    seawall_retry *retry;
    seawall_status status = seawall_retry_create(config, NULL, &retry, error);

    if (status == SEAWALL_OK)
        seawall_retry_destroy(retry);
    return status;
}

static seawall_status create_timeout(const void *config, seawall_error *error)
{
    seawall_timeout *timeout;
    seawall_status status = seawall_timeout_create(config, NULL, &timeout, error);

    if (status == SEAWALL_OK)
        seawall_timeout_destroy(timeout);
    return status;
}

static const struct {
    const char *kind;
    sw_test_create_fn create;
} kinds[] = {{"circuit_breaker", create_breaker}, {"retry", create_retry}, {"timeout", create_timeout}};

START_TEST(every_field_of_every_kind)
{
    sw_test_walk_fields(kinds[_i].kind, kinds[_i].create);
}
END_TEST

START_TEST(every_kind_is_walked)
{
    ck_assert_int_eq(seawall_config_kind_count(), (int)(sizeof(kinds) / sizeof(kinds[0])));
}
END_TEST

/* Creators that judge otherwise than the table: the walk must notice. */
static seawall_status agree_with_all(const void *config, seawall_error *error)
{
    (void)config;
    (void)error;
    return SEAWALL_OK;
}

static seawall_status say_something_else(const void *config, seawall_error *error)
{
    seawall_status status = create_timeout(config, error);

    error->message[0] = 'T';
    return status;
}

START_TEST(the_walk_notices_mistakes)
{
    sw_test_walk_fields("timeout", _i == 0 ? agree_with_all : say_something_else);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("walk");
    TCase *tests = tcase_create("walk");
    SRunner *runner = srunner_create(suite);
    int failed;

    tcase_add_loop_test(tests, every_field_of_every_kind, 0, (int)(sizeof(kinds) / sizeof(kinds[0])));
    tcase_add_test(tests, every_kind_is_walked);
    tcase_add_loop_exit_test(tests, the_walk_notices_mistakes, 1, 0, 2); /* a failed assertion ends the test with 1 */
    suite_add_tcase(suite, tests);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
