/* What an operation asks of its surroundings: no memory, no random number, and the clock only where it says so. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>

#include "table.h"

#define OPERATIONS 1000

/* glibc's own names, for when its public ones are taken over below. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void __libc_free(void *memory);

static uint64_t memory_calls, clock_reads, random_draws;

/* Taken over for the whole process: whatever the library calls, by whatever name, is counted. */
void *malloc(size_t size)
{
    memory_calls++;
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    memory_calls++;
    return __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size)
{
    memory_calls++;
    return __libc_realloc(memory, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    memory_calls++;
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size)
{
    memory_calls++;
    *memory = __libc_memalign(alignment, size);
    return *memory != NULL ? 0 : ENOMEM;
}

void free(void *memory)
{
    memory_calls++;
    __libc_free(memory);
}

static seawall_time counted_now(void *user)
{
    clock_reads++;
    return seawall_platform_default()->now(user);
}

static uint64_t counted_random(void *user)
{
    random_draws++;
    return seawall_platform_default()->random(user);
}

START_TEST(test_demands)
{
    static subjects s;
    const cost_row *row = &cost_table[_i];
    seawall_platform platform;

    ck_assert_int_eq(seawall_platform_init(&platform, sizeof(platform)), SEAWALL_OK);
    platform.now = counted_now;
    platform.random = counted_random;
    memory_calls = 0;
    ck_assert_int_eq(subjects_create(&s, &platform), SEAWALL_OK);
    ck_assert_msg(memory_calls > 0, "allocations are not counted");
    row->loop(&s, OPERATIONS); /* what happens once may happen here */
    memory_calls = clock_reads = random_draws = 0;
    row->loop(&s, OPERATIONS);
    ck_assert_msg(memory_calls == 0, "%s: %llu calls of the allocator", row->name, (unsigned long long)memory_calls);
    ck_assert_msg(random_draws == 0, "%s: %llu random numbers", row->name, (unsigned long long)random_draws);
    ck_assert_msg(clock_reads * 100 <= row->clock_reads * OPERATIONS, "%s: %llu looks at the clock in %d operations",
                  row->name, (unsigned long long)clock_reads, OPERATIONS);
    ck_assert_uint_eq(s.wrong, 0);
    subjects_destroy(&s);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("demands");
    TCase *tcase = tcase_create("per operation");
    SRunner *runner = srunner_create(suite);
    int failed;

    tcase_add_loop_test(tcase, test_demands, 0, COST_ROWS);
    suite_add_tcase(suite, tcase);
    srunner_set_fork_status(runner, CK_NOFORK);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
