/*
 * Operations with a lock prefix, counted by the atomics wrapper: linked with a library that was built to count them. And
 * where the one that a success needs lands: on a line that no other thread writes.
 */
#include <check.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/atomic.h"
#include "port/port.h"
#include "table.h"

#ifndef SW_ATOMICS_COUNT
#error "This test counts what only a counting build counts"
#endif

#define OPERATIONS 1000

START_TEST(test_locked)
{
    static subjects s;
    const cost_row *row = &cost_table[_i];
    uint64_t before, locked;

    before = sw_atomic_locked_count;
    ck_assert_int_eq(subjects_create(&s, NULL), SEAWALL_OK);
    ck_assert_msg(sw_atomic_locked_count > before, "nothing is counted");
    row->loop(&s, OPERATIONS);
    before = sw_atomic_locked_count;
    row->loop(&s, OPERATIONS);
    locked = sw_atomic_locked_count - before;
    ck_assert_msg(locked * 100 <= row->locked * OPERATIONS, "%s: %llu locked operations in %d", row->name,
                  (unsigned long long)locked, OPERATIONS);
    ck_assert_uint_eq(s.wrong, 0);
    subjects_destroy(&s);
}
END_TEST

/* Remembers the one block that a breaker lives in. */
struct block {
    unsigned char *memory;
    size_t size;
};

static void *remember(size_t size, size_t alignment, void *user)
{
    struct block *block = user;
    void *memory = seawall_platform_default()->allocate(size, alignment, NULL);

    if (memory != NULL && size > block->size) {
        block->memory = memory;
        block->size = size;
    }
    return memory;
}

struct writer {
    seawall_breaker *breaker;
    struct block *block;
    pthread_barrier_t *both;
    size_t first, last; /* lines that changed */
    bool right;
};

/* One thread at a time does a success, and looks which lines of the breaker changed. */
static void write_once(struct writer *writer)
{
    const struct block *block = writer->block;
    unsigned char *before = malloc(block->size);
    seawall_permit permit;
    size_t i;

    memcpy(before, block->memory, block->size);
    writer->right = seawall_breaker_try_acquire(writer->breaker, &permit, NULL) == SEAWALL_OK &&
                    seawall_breaker_report(writer->breaker, &permit, SEAWALL_FAULT_NONE) == SEAWALL_OK;
    writer->first = SIZE_MAX;
    for (i = 0; i < block->size; i++) {
        if (block->memory[i] == before[i])
            continue;
        writer->last = (uintptr_t)&block->memory[i] / SW_CACHE_LINE;
        if (writer->first == SIZE_MAX)
            writer->first = writer->last;
    }
    free(before);
}

static void *other_thread(void *arg)
{
    struct writer *writer = arg;

    (void)pthread_barrier_wait(writer->both);
    write_once(writer);
    return NULL;
}

START_TEST(test_lines)
{
    struct block block = {0};
    pthread_barrier_t both;
    struct writer writer[2] = {{.block = &block, .both = &both}, {.block = &block, .both = &both}};
    seawall_platform platform;
    pthread_t thread;

    ck_assert_int_eq(seawall_platform_init(&platform, sizeof(platform)), SEAWALL_OK);
    platform.allocate = remember;
    platform.memory_user = &block;
    ck_assert_int_eq(seawall_breaker_create(NULL, &platform, &writer[0].breaker, NULL), SEAWALL_OK);
    writer[1].breaker = writer[0].breaker;
    ck_assert_int_eq(pthread_barrier_init(&both, NULL, 2), 0);
    ck_assert_int_eq(pthread_create(&thread, NULL, other_thread, &writer[1]), 0);
    write_once(&writer[0]); /* while the other thread lives, so that they cannot share a number */
    (void)pthread_barrier_wait(&both);
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    ck_assert(writer[0].right && writer[1].right);
    ck_assert_msg(writer[0].first == writer[0].last && writer[1].first == writer[1].last, "a success writes several lines");
    ck_assert_uint_ne(writer[0].first, SIZE_MAX);
    ck_assert_msg(sw_port_cpus() < 2 || writer[0].first != writer[1].first, "two threads write the same line");
    (void)pthread_barrier_destroy(&both);
    seawall_breaker_destroy(writer[0].breaker);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("locked");
    TCase *tcase = tcase_create("per operation");
    SRunner *runner = srunner_create(suite);
    int failed;

    tcase_add_loop_test(tcase, test_locked, 0, COST_ROWS);
    tcase_add_test(tcase, test_lines);
    suite_add_tcase(suite, tcase);
    srunner_set_fork_status(runner, CK_NOFORK);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
