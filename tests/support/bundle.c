/* A platform to play with, and the sweep over failing allocations on it. */
#include <check.h>
#include <string.h>

#include "support.h"

void sw_test_platform_init(sw_test_platform *test, bool auto_advance)
{
    memset(test, 0, sizeof(*test));
    ck_assert_int_eq(seawall_platform_init(&test->platform, sizeof(test->platform)), SEAWALL_OK);
    ck_assert_int_eq(seawall_manual_clock_create(SW_TEST_START, auto_advance, &test->clock, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_random_create(sw_test_seed(), &test->random, NULL), SEAWALL_OK);
    sw_test_memory_init(&test->memory);
    seawall_manual_clock_install(test->clock, &test->platform);
    seawall_random_install(test->random, &test->platform);
    sw_test_memory_install(&test->memory, &test->platform);
}

void sw_test_platform_fini(sw_test_platform *test)
{
    ck_assert_msg(sw_test_memory_clean(&test->memory), "%lld blocks, %lld bytes left, %lld wrong releases",
                  (long long)test->memory.blocks, (long long)test->memory.bytes, (long long)test->memory.wrong);
    sw_test_memory_fini(&test->memory);
    seawall_random_destroy(test->random);
    seawall_manual_clock_destroy(test->clock);
}

/* One run with these failures. Answers whether it met one. */
static bool construct_once(sw_test_platform *test, sw_test_failing failing, int64_t nth, sw_test_construct_fn construct,
                           void *arg)
{
    seawall_error error = {0};
    seawall_status status;

    sw_test_memory_fail(&test->memory, failing, nth);
    status = construct(&test->platform, arg, &error);
    ck_assert_msg(sw_test_memory_clean(&test->memory), "mode %d, request %lld: %lld blocks, %lld bytes left, %lld wrong releases",
                  (int)failing, (long long)nth, (long long)test->memory.blocks, (long long)test->memory.bytes,
                  (long long)test->memory.wrong);
    if (test->memory.refused == 0) {
        ck_assert_msg(status == SEAWALL_OK, "nothing failed, and yet: %s, %s", seawall_status_name(status), error.message);
        return false;
    }
    ck_assert_msg(status == SEAWALL_NO_MEMORY, "mode %d, request %lld: %s", (int)failing, (long long)nth,
                  seawall_status_name(status));
    ck_assert_int_eq(error.status, SEAWALL_NO_MEMORY);
    ck_assert_str_ne(error.message, "");
    return true;
}

int64_t sw_test_sweep(sw_test_construct_fn construct, void *arg)
{
    static const sw_test_failing modes[] = {SW_TEST_FAIL_ONCE, SW_TEST_FAIL_FOR_EVER, SW_TEST_FAIL_EVERY_OTHER};
    sw_test_platform test;
    int64_t requests;
    int64_t nth;
    size_t i;

    sw_test_platform_init(&test, true);
    (void)construct_once(&test, SW_TEST_FAIL_NEVER, 0, construct, arg);
    requests = test.memory.requests;
    for (i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        for (nth = 0; construct_once(&test, modes[i], nth, construct, arg);)
            nth++;
        ck_assert_int_eq(nth, requests);
    }
    sw_test_platform_fini(&test);
    return requests;
}
