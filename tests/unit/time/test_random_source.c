/* Random sources: repeatable, shared by threads, and never in step after a fork. */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "suite.h"
#include "support.h"
#include "time/random_source.h"

static seawall_random *make(uint64_t seed)
{
    seawall_random *random = NULL;

    ck_assert_int_eq(seawall_random_create(seed, &random, NULL), SEAWALL_OK);
    return random;
}

START_TEST(the_same_seed_repeats_itself)
{
    uint64_t seed = sw_test_seed();
    seawall_random *one = make(seed), *two = make(seed), *other = make(seed + 1);
    seawall_platform platform = *seawall_platform_default();
    int i;

    seawall_random_install(two, &platform);
    for (i = 0; i < 1000; i++) {
        uint64_t number = seawall_random_next(one);

        ck_assert_uint_eq(platform.random(platform.random_user), number);
        ck_assert_uint_ne(seawall_random_next(other), number);
    }
    seawall_random_destroy(one);
    seawall_random_destroy(two);
    seawall_random_destroy(other);
    seawall_random_destroy(NULL);
}
END_TEST

/* What tests of other parts rely on: the numbers of a seed never change, with the version or the compiler. */
START_TEST(no_source_is_the_systems)
{
    seawall_platform platform = *seawall_platform_default();
    uint64_t number = seawall_random_next(NULL);

    ck_assert(number != seawall_random_next(NULL) || number != seawall_random_next(NULL));
    seawall_random_install(NULL, NULL);
    seawall_random_install(NULL, &platform);
    number = platform.random(platform.random_user);
    ck_assert(number != platform.random(platform.random_user) || number != platform.random(platform.random_user));
}
END_TEST

START_TEST(the_numbers_of_a_seed_are_fixed)
{
    seawall_random *random = make(1234567);

    ck_assert_uint_eq(seawall_random_next(random), UINT64_C(6457827717110365317));
    ck_assert_uint_eq(seawall_random_next(random), UINT64_C(3203168211198807973));
    seawall_random_destroy(random);
}
END_TEST

static seawall_status construct(const seawall_platform *platform, void *arg, seawall_error *error)
{
    seawall_random *random = NULL;
    seawall_status status = sw_random_create_in(platform, 1, &random, error);

    (void)arg;
    if (status != SEAWALL_OK)
        ck_assert_ptr_null(random);
    seawall_random_destroy(random);
    return status;
}

START_TEST(creating_survives_failing_memory)
{
    seawall_error error = {0};

    ck_assert_int_eq(sw_test_sweep(construct, NULL), 1);
    ck_assert_int_eq(seawall_random_create(1, NULL, &error), SEAWALL_INVALID);
    ck_assert_int_eq(error.status, SEAWALL_INVALID);
}
END_TEST

#define NUMBERS 8

typedef struct stream {
    uint64_t numbers[NUMBERS];
} stream;

static void draw(seawall_random *random, stream *out)
{
    int i;

    for (i = 0; i < NUMBERS; i++)
        out->numbers[i] = random != NULL ? seawall_random_next(random) : sw_system_random();
}

/* The numbers that a child draws from its copy of the source; with `grand`, the child's child. */
static void draw_in_child(seawall_random *random, bool grand, stream *out)
{
    int ends[2];
    int status;
    pid_t child;

    ck_assert_int_eq(pipe(ends), 0);
    child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        if (grand)
            draw_in_child(random, false, out);
        else
            draw(random, out);
        _exit(write(ends[1], out, sizeof(*out)) == (ssize_t)sizeof(*out) ? 0 : 1);
    }
    ck_assert_int_eq(read(ends[0], out, sizeof(*out)), (ssize_t)sizeof(*out));
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
    close(ends[0]);
    close(ends[1]);
}

static void share_nothing(const stream *streams, int count)
{
    int a, b, i, k;

    for (a = 0; a < count; a++) {
        for (b = 0; b < a; b++) {
            for (i = 0; i < NUMBERS; i++) {
                for (k = 0; k < NUMBERS; k++)
                    ck_assert_msg(streams[a].numbers[i] != streams[b].numbers[k], "streams %d and %d share a number", a, b);
            }
        }
    }
}

/* Parent, two children, a grandchild: a seeded source, or the process's own, drawn from before the fork or not. */
START_TEST(forked_processes_draw_apart)
{
    bool seeded = (_i & 1) != 0;
    bool drawn_before = (_i & 2) != 0;
    seawall_random *random = seeded ? make(sw_test_seed()) : NULL;
    stream streams[4];

    if (drawn_before)
        draw(random, &streams[0]);
    draw_in_child(random, false, &streams[1]);
    draw_in_child(random, false, &streams[2]);
    draw_in_child(random, true, &streams[3]);
    draw(random, &streams[0]);
    share_nothing(streams, 4);
    seawall_random_destroy(random);
}
END_TEST

START_TEST(a_fork_does_not_disturb_the_parent)
{
    seawall_random *one = make(42), *two = make(42);
    stream before, after, child, expected;

    draw(one, &before);
    draw_in_child(one, false, &child);
    draw(one, &after);
    draw(two, &expected);
    ck_assert_int_eq(memcmp(&before, &expected, sizeof(expected)), 0);
    draw(two, &expected);
    ck_assert_int_eq(memcmp(&after, &expected, sizeof(expected)), 0);
    seawall_random_destroy(one);
    seawall_random_destroy(two);
}
END_TEST

#define THREADS 4
#define DRAWS 10000

typedef struct shared {
    seawall_random *random;
    uint64_t numbers[THREADS * DRAWS];
} shared;

static void draw_many(int index, void *arg)
{
    shared *s = arg;
    int i;

    for (i = 0; i < DRAWS; i++)
        s->numbers[index * DRAWS + i] = seawall_random_next(s->random);
}

static int by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return x < y ? -1 : x > y;
}

/* Together the threads draw exactly what one would have drawn alone. */
START_TEST(threads_share_one_stream)
{
    static shared s;
    static uint64_t alone[THREADS * DRAWS];
    sw_test_threads threads;
    uint64_t seed = sw_test_seed();
    seawall_random *single = make(seed);
    int i;

    s.random = make(seed);
    sw_test_start(&threads, THREADS, draw_many, &s);
    sw_test_join(&threads);
    for (i = 0; i < THREADS * DRAWS; i++)
        alone[i] = seawall_random_next(single);
    qsort(alone, THREADS * DRAWS, sizeof(alone[0]), by_value);
    qsort(s.numbers, THREADS * DRAWS, sizeof(s.numbers[0]), by_value);
    ck_assert_int_eq(memcmp(alone, s.numbers, sizeof(alone)), 0);
    seawall_random_destroy(s.random);
    seawall_random_destroy(single);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("random source");

    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, the_same_seed_repeats_itself);
    tcase_add_test(tests, no_source_is_the_systems);
    tcase_add_test(tests, the_numbers_of_a_seed_are_fixed);
    tcase_add_test(tests, creating_survives_failing_memory);
    tcase_add_loop_test(tests, forked_processes_draw_apart, 0, 4);
    tcase_add_test(tests, a_fork_does_not_disturb_the_parent);
    tcase_add_test(tests, threads_share_one_stream);
    return sw_test_run("random source", tests);
}
