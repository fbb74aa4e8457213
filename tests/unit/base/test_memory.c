/* Memory from a platform, and the allocator that the tests lean on. */
#include <check.h>
#include <string.h>

#include "base/alloc.h"
#include "suite.h"
#include "support.h"

/* Sanitizers end a program that asks for too much. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define MAY_ASK_TOO_MUCH false
#elif defined(__has_feature)
#define MAY_ASK_TOO_MUCH (!__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer))
#else
#define MAY_ASK_TOO_MUCH true
#endif

START_TEST(memory_is_zeroed_and_aligned)
{
    sw_test_platform test;
    size_t alignment;

    sw_test_platform_init(&test, true);
    for (alignment = 1; alignment <= 4096; alignment *= 2) {
        static const unsigned char zeros[200];
        unsigned char *memory = sw_allocate(&test.platform, sizeof(zeros), alignment);
        unsigned char *ours = sw_allocate(seawall_platform_default(), sizeof(zeros), alignment);

        ck_assert_ptr_nonnull(memory);
        ck_assert_ptr_nonnull(ours);
        ck_assert_uint_eq((uintptr_t)memory % alignment, 0);
        ck_assert_uint_eq((uintptr_t)ours % alignment, 0);
        ck_assert_int_eq(memcmp(memory, zeros, sizeof(zeros)), 0);
        ck_assert_int_eq(memcmp(ours, zeros, sizeof(zeros)), 0);
        ck_assert_int_eq(test.memory.blocks, 1);
        ck_assert_int_eq(test.memory.bytes, sizeof(zeros));
        sw_release(&test.platform, memory, sizeof(zeros));
        sw_release(seawall_platform_default(), ours, sizeof(zeros));
    }
    sw_release(&test.platform, NULL, 1);
    sw_test_platform_fini(&test);
}
END_TEST

START_TEST(no_memory_is_an_answer)
{
    sw_test_platform test;

    sw_test_platform_init(&test, true);
    sw_test_memory_fail(&test.memory, SW_TEST_FAIL_ONCE, 0);
    ck_assert_ptr_null(sw_allocate(&test.platform, 8, 8));
    if (MAY_ASK_TOO_MUCH)
        ck_assert_ptr_null(sw_allocate(seawall_platform_default(), SIZE_MAX / 2, 64));
    sw_test_platform_fini(&test);
}
END_TEST

/* Bit n: request number n fails. */
static unsigned failures(sw_test_failing failing, int64_t nth)
{
    sw_test_platform test;
    unsigned seen = 0;
    int i;

    sw_test_platform_init(&test, true);
    sw_test_memory_fail(&test.memory, failing, nth);
    for (i = 0; i < 8; i++) {
        void *memory = sw_allocate(&test.platform, 1, 1);

        seen |= memory == NULL ? 1u << i : 0;
        sw_release(&test.platform, memory, 1);
    }
    sw_test_platform_fini(&test);
    return seen;
}

START_TEST(requests_fail_as_told)
{
    ck_assert_uint_eq(failures(SW_TEST_FAIL_NEVER, 0), 0x00);
    ck_assert_uint_eq(failures(SW_TEST_FAIL_ONCE, 0), 0x01);
    ck_assert_uint_eq(failures(SW_TEST_FAIL_ONCE, 3), 0x08);
    ck_assert_uint_eq(failures(SW_TEST_FAIL_FOR_EVER, 3), 0xF8);
    ck_assert_uint_eq(failures(SW_TEST_FAIL_EVERY_OTHER, 1), 0xAA);
}
END_TEST

START_TEST(leaks_and_wrong_releases_are_seen)
{
    sw_test_platform test;
    void *memory;

    sw_test_platform_init(&test, true);
    memory = sw_allocate(&test.platform, 24, 8);
    ck_assert(!sw_test_memory_clean(&test.memory));
    sw_release(&test.platform, memory, 23);
    ck_assert_int_eq(test.memory.wrong, 1);
    sw_release(&test.platform, memory, 24);
    ck_assert_int_eq(test.memory.blocks, 0);
    ck_assert_int_eq(test.memory.bytes, 0);
    ck_assert(!sw_test_memory_clean(&test.memory));
    test.memory.wrong = 0;
    ck_assert(sw_test_memory_clean(&test.memory));
    sw_test_platform_fini(&test);
}
END_TEST

/* Constructors with one mistake each: the sweep must notice. */
typedef enum mistake { NONE, LEAK, WRONG_STATUS, NO_REASON, GO_ON } mistake;

static seawall_status three_blocks(const seawall_platform *platform, void *arg, seawall_error *error)
{
    mistake mine = *(mistake *)arg;
    void *blocks[3] = {0};
    seawall_status status = SEAWALL_OK;
    int i;

    for (i = 0; i < 3 && status == SEAWALL_OK; i++) {
        blocks[i] = sw_allocate(platform, 100, 16);
        if (blocks[i] == NULL)
            status = mine == WRONG_STATUS ? SEAWALL_INVALID : SEAWALL_NO_MEMORY;
    }
    error->status = status;
    strcpy(error->message, mine == NO_REASON ? "" : "no memory");
    while (i-- > 0) {
        if (mine != LEAK || i != 1)
            sw_release(platform, blocks[i], 100);
    }
    return mine == GO_ON ? SEAWALL_OK : status;
}

START_TEST(a_sweep_passes_what_is_right)
{
    ck_assert_int_eq(sw_test_sweep(three_blocks, &(mistake){NONE}), 3);
}
END_TEST

START_TEST(a_sweep_notices_mistakes)
{
    (void)sw_test_sweep(three_blocks, &(mistake){(mistake)_i});
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("memory");

    tcase_add_test(tests, memory_is_zeroed_and_aligned);
    tcase_add_test(tests, no_memory_is_an_answer);
    tcase_add_test(tests, requests_fail_as_told);
    tcase_add_test(tests, leaks_and_wrong_releases_are_seen);
    tcase_add_test(tests, a_sweep_passes_what_is_right);
    tcase_add_loop_exit_test(tests, a_sweep_notices_mistakes, 1, LEAK, GO_ON + 1); /* a failed assertion ends the test with 1 */
    return sw_test_run("memory", tests);
}
