/* What holds for every kind of configuration that the library lists, and for the object that is made from it. */
#include <check.h>
#include <string.h>

#include "kinds.h"
#include "suite.h"

#define ROOM 4096 /* bytes, for any config struct and more */

/* The walk hands a creator nothing but the config. */
static const sw_test_kind *walked;

static seawall_status create_and_destroy(const void *config, seawall_error *error)
{
    void *made = NULL;
    seawall_status status = walked->create(config, NULL, &made, error);

    if (status == SEAWALL_OK)
        walked->destroy(made);
    return status;
}

START_TEST(every_field_has_its_bounds)
{
    walked = sw_test_kind_named(seawall_config_kind(_i));
    sw_test_walk_fields(walked->name, create_and_destroy);
}
END_TEST

START_TEST(the_initialisers_agree)
{
    const sw_test_kind *kind = sw_test_kind_named(seawall_config_kind(_i));
    size_t size = seawall_config_size(kind->name);
    unsigned char filled[ROOM], named[ROOM];

    ck_assert_uint_le(size, ROOM);
    memset(filled, 0xA5, sizeof(filled));
    memset(named, 0x5A, sizeof(named));
    ck_assert_int_eq(kind->init(filled, size), SEAWALL_OK);
    ck_assert_int_eq(seawall_config_init(kind->name, named, size), SEAWALL_OK);
    ck_assert_int_eq(memcmp(filled, kind->literal, size), 0);
    ck_assert_int_eq(memcmp(named, kind->literal, size), 0);
    ck_assert_uint_eq(filled[size], 0xA5);
    ck_assert_uint_eq(named[size], 0x5A);
    ck_assert_int_eq(kind->init(NULL, size), SEAWALL_INVALID);
    ck_assert_int_eq(kind->init(filled, 0), SEAWALL_INVALID);
    ck_assert_int_eq(kind->init(filled, 3), SEAWALL_INVALID);
    ck_assert_int_eq(kind->init(filled, 65537), SEAWALL_INVALID);
}
END_TEST

static void refuses_platform(const sw_test_kind *kind, const seawall_platform *platform, const char *member)
{
    seawall_error error = {0};
    void *untouched = &error;

    ck_assert_int_eq(kind->create(NULL, platform, &untouched, &error), SEAWALL_INVALID);
    ck_assert_ptr_eq(untouched, &error);
    ck_assert_int_eq(error.status, SEAWALL_INVALID);
    ck_assert_str_eq(error.key, member);
    ck_assert_int_eq(kind->create(NULL, platform, &untouched, NULL), SEAWALL_INVALID);
}

START_TEST(creating_needs_a_place_and_a_whole_platform)
{
    const sw_test_kind *kind = sw_test_kind_named(seawall_config_kind(_i));
    seawall_platform platform;
    seawall_error error = {0};
    void *made;

    ck_assert_int_eq(kind->create(NULL, NULL, NULL, &error), SEAWALL_INVALID);
    ck_assert_int_eq(error.status, SEAWALL_INVALID);
    ck_assert_str_ne(error.message, "");
#define WITHOUT(member)                                                                                                \
    do {                                                                                                               \
        platform = *seawall_platform_default();                                                                        \
        platform.member = NULL;                                                                                        \
        refuses_platform(kind, &platform, "platform." #member);                                                        \
    } while (0)
    WITHOUT(now);
    WITHOUT(park);
    WITHOUT(wake);
    WITHOUT(random);
    WITHOUT(allocate);
    WITHOUT(release);
#undef WITHOUT
    ck_assert_int_eq(kind->create(NULL, NULL, &made, NULL), SEAWALL_OK);
    kind->destroy(made);
    kind->destroy(NULL);
}
END_TEST

static seawall_status construct(const seawall_platform *platform, void *arg, seawall_error *error)
{
    const sw_test_kind *kind = arg;
    void *made = &error; /* to see that it stays */
    seawall_status status = kind->create(NULL, platform, &made, error);

    if (status == SEAWALL_OK)
        kind->destroy(made);
    else
        ck_assert_ptr_eq(made, &error);
    return status;
}

START_TEST(no_memory_is_a_status)
{
    sw_test_kind kind = *sw_test_kind_named(seawall_config_kind(_i));

    ck_assert_int_ge(sw_test_sweep(construct, &kind), 1);
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
    seawall_status status;

    walked = sw_test_kind_named("timeout");
    status = create_and_destroy(config, error);
    error->message[0] = 'T';
    return status;
}

START_TEST(the_walk_notices_mistakes)
{
    sw_test_walk_fields("timeout", _i == 0 ? agree_with_all : say_something_else);
}
END_TEST

START_TEST(a_kind_that_was_forgotten_is_noticed)
{
    (void)sw_test_kind_named("no_such_kind");
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("every kind");

    tcase_add_loop_test(tests, every_field_has_its_bounds, 0, seawall_config_kind_count());
    tcase_add_loop_test(tests, the_initialisers_agree, 0, seawall_config_kind_count());
    tcase_add_loop_test(tests, creating_needs_a_place_and_a_whole_platform, 0, seawall_config_kind_count());
    tcase_add_loop_test(tests, no_memory_is_a_status, 0, seawall_config_kind_count());
    /* A failed assertion ends the test with 1. */
    tcase_add_loop_exit_test(tests, the_walk_notices_mistakes, 1, 0, 2);
    tcase_add_exit_test(tests, a_kind_that_was_forgotten_is_noticed, 1);
    return sw_test_run("every kind", tests);
}
