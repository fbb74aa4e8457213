/* The promises of the port, with real threads and processes; nothing here depends on how long anything takes. */
#define _GNU_SOURCE /* CPU affinity */
#include <check.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/atomic.h"
#include "port/port.h"
#include "port/posix/entropy.h"
#include "port/thread_number.h"
#include "suite.h"
#include "support.h"

static const uint32_t *word_of(sw_atomic_u32 *atomic)
{
    return (const uint32_t *)(const void *)atomic;
}

static seawall_time system_now(void)
{
    struct timespec now;

    ck_assert_int_eq(clock_gettime(CLOCK_MONOTONIC, &now), 0);
    return SEAWALL_SECONDS(now.tv_sec) + now.tv_nsec;
}

START_TEST(the_clock_is_the_monotonic_one)
{
    seawall_time before = system_now(), now = sw_port_now(), after = system_now();

    ck_assert_int_ge(now, before);
    ck_assert_int_le(now, after);
}
END_TEST

START_TEST(the_clock_never_goes_back)
{
    seawall_time last = sw_port_now();
    int i;

    ck_assert_int_gt(last, 0);
    for (i = 0; i < 100000; i++) {
        seawall_time now = sw_port_now();

        ck_assert_int_ge(now, last);
        last = now;
    }
    while (sw_port_now() == last) /* it moves, or the test never ends */
        continue;
}
END_TEST

/* None of these may block: a test that hangs is killed. */
START_TEST(parking_returns_where_it_must)
{
    sw_atomic_u32 word = {5};

    sw_port_park(word_of(&word), 4, SEAWALL_FOREVER); /* another value */
    sw_port_park(word_of(&word), 5, 0);               /* times long past */
    sw_port_park(word_of(&word), 5, 1);
    sw_port_park(word_of(&word), 5, INT64_MIN);
    sw_port_park(word_of(&word), 5, sw_port_now());
    sw_port_wake(word_of(&word)); /* nobody there */
}
END_TEST

/*
 * It may return early, but not again and again: who parks in a loop would eat a CPU. A wait on another clock than the one that
 * says when it ends does that, and its caller does not notice. How long a wait takes says nothing; how often it came back
 * early does.
 */
#define WAITS 4
#define EARLY_MAX 3

START_TEST(parking_ends_at_its_time_and_not_before)
{
    sw_atomic_u32 word = {5};
    int waits, early = 0;

    for (waits = 0; waits < WAITS; waits++) {
        seawall_time until = sw_port_now() + SEAWALL_MILLISECONDS(25);

        for (;;) {
            sw_port_park(word_of(&word), 5, until);
            ck_assert_uint_eq(sw_load_u32(&word), 5);
            if (sw_port_now() >= until)
                break;
            early++;
        }
    }
    ck_assert_int_le(early, EARLY_MAX);
}
END_TEST

/* Two sides that throw a ball: each parks until it has it. A lost wake never ends. */
typedef struct ball {
    sw_atomic_u32 side; /* whose turn: 0 to threads - 1 */
    uint32_t threads;
    int rounds;
} ball;

static void play(int index, void *arg)
{
    ball *b = arg;
    int i;

    for (i = 0; i < b->rounds; i++) {
        uint32_t side;

        while ((side = sw_load_u32(&b->side)) != (uint32_t)index)
            sw_port_park(word_of(&b->side), side, SEAWALL_FOREVER);
        sw_store_u32(&b->side, ((uint32_t)index + 1) % b->threads);
        sw_port_wake(word_of(&b->side));
    }
}

START_TEST(no_wake_is_lost)
{
    ball b = {.threads = (uint32_t)_i, .rounds = (int)sw_test_count(3000, 100000)};
    sw_test_threads threads;

    sw_test_start(&threads, _i, play, &b);
    sw_test_join(&threads);
    ck_assert_uint_eq(sw_load_u32(&b.side), 0);
}
END_TEST

START_TEST(entropy_never_repeats)
{
    uint64_t seen[256];
    uint64_t all = 0, every = UINT64_MAX;
    int i, k;

    for (i = 0; i < 256; i++) {
        seen[i] = i % 2 == 0 ? sw_port_entropy() : sw_entropy_makeshift();
        for (k = 0; k < i; k++)
            ck_assert_uint_ne(seen[k], seen[i]);
        all |= seen[i];
        every &= seen[i];
    }
    ck_assert_uint_eq(all, UINT64_MAX); /* each bit is sometimes set and sometimes not */
    ck_assert_uint_eq(every, 0);
}
END_TEST

/* What `ask` answers in a forked child. */
static uint64_t in_child(uint64_t (*ask)(void))
{
    int ends[2];
    uint64_t answer = 0;
    int status;
    pid_t child;

    ck_assert_int_eq(pipe(ends), 0);
    child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        answer = ask();
        _exit(write(ends[1], &answer, sizeof(answer)) == (ssize_t)sizeof(answer) ? 0 : 1);
    }
    ck_assert_int_eq(read(ends[0], &answer, sizeof(answer)), (ssize_t)sizeof(answer));
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
    close(ends[0]);
    close(ends[1]);
    return answer;
}

static uint64_t generation(void)
{
    return sw_port_fork_generation();
}

static uint64_t grandchild_generation(void)
{
    return in_child(generation);
}

START_TEST(forks_are_counted)
{
    uint32_t before = sw_port_fork_generation();

    ck_assert_uint_ne(before, 0);
    ck_assert_uint_eq(in_child(generation), before + 1);
    ck_assert_uint_eq(in_child(grandchild_generation), before + 2);
    ck_assert_uint_eq(sw_port_fork_generation(), before);
}
END_TEST

static uint64_t makeshift(void)
{
    return sw_entropy_makeshift();
}

START_TEST(makeshift_entropy_differs_between_processes)
{
    uint64_t one = in_child(makeshift), two = in_child(makeshift);

    ck_assert_uint_ne(one, two);
    ck_assert_uint_ne(one, sw_entropy_makeshift());
}
END_TEST

static uint64_t number(void)
{
    return sw_port_thread_number();
}

/* Children of one parent begin on different stripes, whatever numbers the system gave them. */
START_TEST(first_threads_of_children_spread_over_stripes)
{
    int stripes[4] = {0};
    int i;

    (void)sw_port_thread_number();
    for (i = 0; i < 64; i++)
        stripes[in_child(number) % 4]++;
    for (i = 0; i < 4; i++)
        ck_assert_msg(stripes[i] >= 1 && stripes[i] <= 48, "stripe %d: %d of 64", i, stripes[i]);
}
END_TEST

#define CROWD 8

typedef struct crowd {
    uint32_t numbers[CROWD];
    uintptr_t selves[CROWD];
    bool steady[CROWD];
} crowd;

static void take_number(int index, void *arg)
{
    crowd *c = arg;
    int i;

    c->numbers[index] = sw_port_thread_number();
    c->selves[index] = sw_port_thread_self();
    c->steady[index] = true;
    for (i = 0; i < 1000; i++)
        c->steady[index] &= sw_port_thread_number() == c->numbers[index] && sw_port_thread_number_inline() == c->numbers[index] &&
                            sw_port_thread_self() == c->selves[index];
}

START_TEST(threads_are_told_apart)
{
    sw_test_threads threads;
    crowd c;
    uint32_t lowest = UINT32_MAX, highest = 0;
    int i, k;

    sw_test_start(&threads, CROWD, take_number, &c);
    sw_test_join(&threads);
    for (i = 0; i < CROWD; i++) {
        ck_assert(c.steady[i]);
        ck_assert_uint_ne(c.selves[i], 0);
        ck_assert_uint_ne(c.numbers[i], sw_port_thread_number());
        lowest = c.numbers[i] < lowest ? c.numbers[i] : lowest;
        highest = c.numbers[i] > highest ? c.numbers[i] : highest;
        for (k = 0; k < i; k++)
            ck_assert_uint_ne(c.numbers[i], c.numbers[k]);
    }
    ck_assert_uint_eq(highest - lowest, CROWD - 1); /* in a row: they fill the stripes evenly */
    ck_assert_uint_eq(sw_port_thread_self(), sw_port_thread_self());
}
END_TEST

START_TEST(cpus_are_those_of_the_process)
{
    cpu_set_t one, all;
    size_t i;

    ck_assert_int_eq(sched_getaffinity(0, sizeof(all), &all), 0);
    ck_assert_int_eq(sw_port_cpus(), CPU_COUNT(&all));
    for (i = 0; !CPU_ISSET(i, &all); i++)
        continue;
    CPU_ZERO(&one);
    CPU_SET(i, &one);
    ck_assert_int_eq(sched_setaffinity(0, sizeof(one), &one), 0);
    ck_assert_int_eq(sw_port_cpus(), 1);
    ck_assert_int_eq(sched_setaffinity(0, sizeof(all), &all), 0);
}
END_TEST

typedef struct guarded {
    sw_mutex lock;
    int64_t sum; /* no atomic: the lock alone keeps it right */
} guarded;

static void add_under_lock(int index, void *arg)
{
    guarded *g = arg;
    int i;

    (void)index;
    for (i = 0; i < 20000; i++) {
        sw_mutex_lock(&g->lock);
        g->sum++;
        if (i % 64 == 0)
            (void)sched_yield(); /* the others come, and have to sleep */
        sw_mutex_unlock(&g->lock);
    }
}

START_TEST(locks_exclude)
{
    sw_test_threads threads;
    guarded g = {.sum = 0};

    sw_mutex_init(&g.lock);
    sw_test_start(&threads, 4, add_under_lock, &g);
    sw_test_join(&threads);
    ck_assert_int_eq(g.sum, 4 * 20000);
}
END_TEST

/* Its books say that a lock which was held at a fork is held by the child, even after it was made anew. */
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define THREAD_SANITIZER 1
#endif
#endif
#ifndef THREAD_SANITIZER
#define THREAD_SANITIZER 0
#endif

static guarded inherited;

static uint64_t sum_in_child(void)
{
    sw_test_threads threads;

    sw_test_limit_child();
    sw_test_start(&threads, 4, add_under_lock, &inherited);
    sw_test_join(&threads);
    return (uint64_t)inherited.sum;
}

static uint64_t sum_in_grandchild(void)
{
    sw_mutex_lock(&inherited.lock);
    return in_child(sum_in_child);
}

START_TEST(a_child_finds_locks_free)
{
    sw_mutex_init(&inherited.lock);
    sw_mutex_lock(&inherited.lock);
    ck_assert_uint_eq(in_child(sum_in_child), 4 * 20000);
    ck_assert_uint_eq(in_child(sum_in_grandchild), 4 * 20000);
    sw_mutex_unlock(&inherited.lock);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("port");

    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, the_clock_is_the_monotonic_one);
    tcase_add_test(tests, the_clock_never_goes_back);
    tcase_add_test(tests, parking_returns_where_it_must);
    tcase_add_test(tests, parking_ends_at_its_time_and_not_before);
    tcase_add_loop_test(tests, no_wake_is_lost, 2, 5);
    tcase_add_test(tests, entropy_never_repeats);
    tcase_add_test(tests, forks_are_counted);
    tcase_add_test(tests, makeshift_entropy_differs_between_processes);
    tcase_add_test(tests, first_threads_of_children_spread_over_stripes);
    tcase_add_test(tests, threads_are_told_apart);
    tcase_add_test(tests, cpus_are_those_of_the_process);
    tcase_add_test(tests, locks_exclude);
    if (!THREAD_SANITIZER)
        tcase_add_test(tests, a_child_finds_locks_free);
    return sw_test_run("port", tests);
}
