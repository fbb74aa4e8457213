/* The default platform, filling one in, and what is refused. */
#include <check.h>
#include <string.h>

#include "suite.h"
#include "support.h"
#include "time/platform.h"

START_TEST(the_default_platform_works)
{
    const seawall_platform *platform = seawall_platform_default();
    seawall_time now = seawall_platform_now(NULL);
    uint32_t word = 1;
    void *memory;

    ck_assert_ptr_eq(platform, seawall_platform_default());
    ck_assert_ptr_eq(sw_platform_resolve(NULL, NULL), platform);
    ck_assert_int_ge(seawall_platform_now(platform), now);
    ck_assert_int_ge(sw_now(platform), now);
    platform->park(&word, 0, SEAWALL_FOREVER, platform->clock_user);
    platform->park(&word, 1, now, platform->clock_user);
    platform->wake(&word, platform->clock_user);
    ck_assert_uint_ne(sw_random(platform), sw_random(platform));
    memory = platform->allocate(1, 1, platform->memory_user);
    ck_assert_ptr_nonnull(memory);
    platform->release(memory, 1, platform->memory_user);
}
END_TEST

START_TEST(a_platform_begins_as_the_default_one)
{
    seawall_platform platform;
    struct {
        seawall_platform known;
        uint64_t later[2];
    } larger;

    memset(&platform, 0xA5, sizeof(platform));
    ck_assert_int_eq(seawall_platform_init(&platform, sizeof(platform)), SEAWALL_OK);
    ck_assert_int_eq(memcmp(&platform, seawall_platform_default(), sizeof(platform)), 0);
    ck_assert_ptr_eq(sw_platform_resolve(&platform, NULL), &platform);
    memset(&larger, 0xA5, sizeof(larger));
    ck_assert_int_eq(seawall_platform_init(&larger.known, sizeof(larger)), SEAWALL_OK);
    ck_assert_uint_eq(larger.known.size, sizeof(larger));
    ck_assert_ptr_eq(sw_platform_resolve(&larger.known, NULL), &larger.known);
    ck_assert_int_eq(seawall_platform_init(NULL, sizeof(platform)), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_platform_init(&platform, sizeof(platform) - 1), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_platform_init(&platform, 0), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_platform_init(&platform, SIZE_MAX), SEAWALL_INVALID);
    larger.later[1] = 1;
    ck_assert_ptr_null(sw_platform_resolve(&larger.known, NULL));
}
END_TEST

START_TEST(what_a_platform_lacks_is_named)
{
    static const char *const keys[] = {"platform.now",    "platform.park",     "platform.wake",
                                       "platform.random", "platform.allocate", "platform.release"};
    seawall_platform platform = *seawall_platform_default();
    seawall_error error = {0};

    if (_i == 0)
        platform.now = NULL;
    else if (_i == 1)
        platform.park = NULL;
    else if (_i == 2)
        platform.wake = NULL;
    else if (_i == 3)
        platform.random = NULL;
    else if (_i == 4)
        platform.allocate = NULL;
    else
        platform.release = NULL;
    ck_assert_ptr_null(sw_platform_resolve(&platform, &error));
    ck_assert_int_eq(error.status, SEAWALL_INVALID);
    ck_assert_str_eq(error.key, keys[_i]);
    ck_assert_ptr_nonnull(strstr(error.message, "NULL"));
    ck_assert_ptr_null(sw_platform_resolve(&platform, NULL));
}
END_TEST

START_TEST(impossible_platform_sizes_are_named)
{
    seawall_platform platform = *seawall_platform_default();
    seawall_error error = {0};

    platform.size = 3;
    ck_assert_ptr_null(sw_platform_resolve(&platform, &error));
    ck_assert_str_eq(error.message, "platform.size: 3 is below 80, the size of the oldest struct");
    platform.size = UINT32_MAX;
    ck_assert_ptr_null(sw_platform_resolve(&platform, &error));
    ck_assert_str_eq(error.message, "platform.size: 4294967295 is above 65536");
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("platform");

    tcase_add_test(tests, the_default_platform_works);
    tcase_add_test(tests, a_platform_begins_as_the_default_one);
    tcase_add_loop_test(tests, what_a_platform_lacks_is_named, 0, 6);
    tcase_add_test(tests, impossible_platform_sizes_are_named);
    return sw_test_run("platform", tests);
}
