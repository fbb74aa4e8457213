/* The manual clock: alone, and with threads that really park on it. */
#include <check.h>
#include <sched.h>
#include <string.h>

#include "base/atomic.h"
#include "suite.h"
#include "support.h"
#include "time/clock_manual.h"

typedef struct stage {
    seawall_manual_clock *clock;
    seawall_platform platform;
} stage;

static void set_up(stage *s, seawall_time start, bool auto_advance)
{
    ck_assert_int_eq(seawall_platform_init(&s->platform, sizeof(s->platform)), SEAWALL_OK);
    ck_assert_int_eq(seawall_manual_clock_create(start, auto_advance, &s->clock, NULL), SEAWALL_OK);
    seawall_manual_clock_install(s->clock, &s->platform);
}

static void park(stage *s, sw_atomic_u32 *word, uint32_t expected, seawall_time until)
{
    s->platform.park((const uint32_t *)(const void *)word, expected, until, s->platform.clock_user);
}

static void wake(stage *s, sw_atomic_u32 *word)
{
    s->platform.wake((const uint32_t *)(const void *)word, s->platform.clock_user);
}

static void await_parked(stage *s, int32_t count)
{
    while (seawall_manual_clock_parked(s->clock) != count)
        (void)sched_yield();
}

START_TEST(it_moves_as_told)
{
    stage s;

    set_up(&s, 100, false);
    ck_assert_int_eq(seawall_manual_clock_now(s.clock), 100);
    ck_assert_int_eq(seawall_platform_now(&s.platform), 100);
    seawall_manual_clock_advance(s.clock, 5);
    ck_assert_int_eq(seawall_platform_now(&s.platform), 105);
    seawall_manual_clock_advance(s.clock, 0);
    seawall_manual_clock_advance(s.clock, -1);
    seawall_manual_clock_advance(s.clock, INT64_MIN);
    ck_assert_int_eq(seawall_platform_now(&s.platform), 105);
    seawall_manual_clock_set(s.clock, 3);
    ck_assert_int_eq(seawall_platform_now(&s.platform), 3);
    seawall_manual_clock_set(s.clock, -7);
    ck_assert_int_eq(seawall_platform_now(&s.platform), -7);
    seawall_manual_clock_set(s.clock, SEAWALL_FOREVER - 1);
    seawall_manual_clock_advance(s.clock, SEAWALL_SECONDS(1));
    ck_assert_int_eq(seawall_platform_now(&s.platform), SEAWALL_FOREVER);
    seawall_manual_clock_destroy(s.clock);
    seawall_manual_clock_destroy(NULL);
}
END_TEST

/* Without another thread nothing here may block. */
START_TEST(no_clock_is_the_systems)
{
    const seawall_platform *system = seawall_platform_default();
    seawall_time before = seawall_platform_now(NULL), now = seawall_manual_clock_now(NULL);
    stage s;

    ck_assert(before <= now && now <= seawall_platform_now(NULL));
    ck_assert_int_eq(seawall_manual_clock_parked(NULL), 0);
    seawall_manual_clock_advance(NULL, 1);
    seawall_manual_clock_set(NULL, 1);
    set_up(&s, 7, false);
    seawall_manual_clock_install(s.clock, NULL);
    ck_assert_int_eq(seawall_platform_now(&s.platform), 7);
    seawall_manual_clock_install(NULL, &s.platform);
    ck_assert_mem_eq(&s.platform, system, sizeof(s.platform));
    seawall_manual_clock_destroy(s.clock);
}
END_TEST

START_TEST(parking_alone_advances_or_returns)
{
    sw_atomic_u32 word = {5};
    stage s;

    set_up(&s, 100, true);
    park(&s, &word, 4, SEAWALL_FOREVER); /* another value: at once */
    park(&s, &word, 4, 200);
    ck_assert_int_eq(seawall_manual_clock_now(s.clock), 100);
    park(&s, &word, 5, 100); /* that time is now */
    park(&s, &word, 5, 50);
    ck_assert_int_eq(seawall_manual_clock_now(s.clock), 100);
    park(&s, &word, 5, 250);
    ck_assert_int_eq(seawall_manual_clock_now(s.clock), 250);
    ck_assert_int_eq(seawall_manual_clock_parked(s.clock), 0);
    seawall_manual_clock_destroy(s.clock);
    set_up(&s, 100, false);
    park(&s, &word, 4, SEAWALL_FOREVER);
    park(&s, &word, 5, 100);
    ck_assert_int_eq(seawall_manual_clock_now(s.clock), 100);
    seawall_manual_clock_destroy(s.clock);
}
END_TEST

#define CROWD 6

/* A crowd in which each parks once, on a word, until a time, and notes when it got up. */
typedef struct sleepers {
    stage s;
    sw_atomic_u32 words[CROWD];
    sw_atomic_u32 *word_of[CROWD];
    seawall_time until[CROWD];
    sw_atomic_u64 up_at[CROWD]; /* 0: still down */
    sw_atomic_u32 up;
} sleepers;

static void sleep_once(int index, void *arg)
{
    sleepers *c = arg;

    park(&c->s, c->word_of[index], 0, c->until[index]);
    sw_store_u64(&c->up_at[index], (uint64_t)seawall_manual_clock_now(c->s.clock));
    (void)sw_add_u32(&c->up, 1);
}

static void await_up(sleepers *c, uint32_t count)
{
    while (sw_load_u32(&c->up) != count)
        (void)sched_yield();
}

static void start_crowd(sleepers *c, sw_test_threads *threads, bool auto_advance)
{
    memset(c->words, 0, sizeof(c->words));
    memset(c->up_at, 0, sizeof(c->up_at));
    memset(&c->up, 0, sizeof(c->up));
    set_up(&c->s, 100, auto_advance);
    sw_test_start(threads, CROWD, sleep_once, c);
    await_parked(&c->s, CROWD);
}

/* Each of six sleeps until another instant; the clock moves over them one at a time, and never wakes one too early. */
START_TEST(time_wakes_whoever_is_due)
{
    sw_test_threads threads;
    sleepers c;
    int i, k;

    for (i = 0; i < CROWD; i++) {
        c.word_of[i] = &c.words[i % 2]; /* words shared by several */
        c.until[i] = 100 + 10 * (i + 1);
    }
    start_crowd(&c, &threads, false);
    for (i = 0; i < CROWD; i++) {
        seawall_manual_clock_advance(c.s.clock, 9);
        await_parked(&c.s, CROWD - i);
        ck_assert_uint_eq(sw_load_u32(&c.up), (uint32_t)i);
        seawall_manual_clock_advance(c.s.clock, 1);
        await_parked(&c.s, CROWD - i - 1);
        await_up(&c, (uint32_t)i + 1);
        for (k = 0; k < CROWD; k++)
            ck_assert_uint_eq(sw_load_u64(&c.up_at[k]), k <= i ? (uint64_t)c.until[k] : 0);
    }
    sw_test_join(&threads);
    seawall_manual_clock_destroy(c.s.clock);
}
END_TEST

/* Half of them on one word, half on another: a wake reaches every thread on its word, and no other. */
START_TEST(a_wake_reaches_its_word_alone)
{
    sw_test_threads threads;
    sleepers c;
    int i;

    for (i = 0; i < CROWD; i++) {
        c.word_of[i] = &c.words[i % 2];
        c.until[i] = i < 2 ? 1000 : SEAWALL_FOREVER;
    }
    start_crowd(&c, &threads, false);
    wake(&c.s, &c.words[2]);
    ck_assert_int_eq(seawall_manual_clock_parked(c.s.clock), CROWD);
    sw_store_u32(&c.words[1], 1);
    wake(&c.s, &c.words[1]);
    await_parked(&c.s, CROWD / 2);
    await_up(&c, CROWD / 2);
    for (i = 0; i < CROWD; i++)
        ck_assert_uint_eq(sw_load_u64(&c.up_at[i]), i % 2 == 1 ? 100 : 0);
    seawall_manual_clock_set(c.s.clock, 50); /* backwards: nobody is due */
    ck_assert_int_eq(seawall_manual_clock_parked(c.s.clock), CROWD / 2);
    seawall_manual_clock_set(c.s.clock, 1000);
    await_parked(&c.s, CROWD / 2 - 1);
    wake(&c.s, &c.words[0]);
    sw_test_join(&threads);
    for (i = 0; i < CROWD; i += 2)
        ck_assert_uint_eq(sw_load_u64(&c.up_at[i]), 1000);
    ck_assert_int_eq(seawall_manual_clock_parked(c.s.clock), 0);
    seawall_manual_clock_destroy(c.s.clock);
}
END_TEST

/* With auto_advance a thread without a limit waits for its wake, and another's limit does not wake it. */
START_TEST(auto_advance_leaves_those_without_a_limit)
{
    sw_test_threads threads;
    sw_atomic_u32 mine = {0};
    sleepers c;
    int i;

    for (i = 0; i < CROWD; i++) {
        c.word_of[i] = &c.words[0];
        c.until[i] = SEAWALL_FOREVER;
    }
    start_crowd(&c, &threads, true);
    park(&c.s, &mine, 0, SEAWALL_SECONDS(3600));
    ck_assert_int_eq(seawall_manual_clock_now(c.s.clock), SEAWALL_SECONDS(3600));
    ck_assert_int_eq(seawall_manual_clock_parked(c.s.clock), CROWD);
    wake(&c.s, &c.words[0]);
    sw_test_join(&threads);
    seawall_manual_clock_destroy(c.s.clock);
}
END_TEST

/* Threads that hand a turn round on the manual clock, some with a limit far off: no wake is lost, and no time passes. */
typedef struct ring {
    stage s;
    sw_atomic_u32 turn;
    int rounds;
} ring;

static void go_round(int index, void *arg)
{
    ring *r = arg;
    int i;

    for (i = 0; i < r->rounds; i++) {
        uint32_t turn;

        while ((turn = sw_load_u32(&r->turn)) != (uint32_t)index)
            park(&r->s, &r->turn, turn, index % 2 == 0 ? SEAWALL_FOREVER : SEAWALL_SECONDS(1000000));
        sw_store_u32(&r->turn, (turn + 1) % 4);
        wake(&r->s, &r->turn);
    }
}

START_TEST(no_wake_is_lost)
{
    sw_test_threads threads;
    ring r = {.rounds = (int)sw_test_count(2000, 50000)};

    set_up(&r.s, 100, false);
    sw_test_start(&threads, 4, go_round, &r);
    sw_test_join(&threads);
    ck_assert_int_eq(seawall_manual_clock_now(r.s.clock), 100);
    ck_assert_int_eq(seawall_manual_clock_parked(r.s.clock), 0);
    seawall_manual_clock_destroy(r.s.clock);
}
END_TEST

static seawall_status construct(const seawall_platform *platform, void *arg, seawall_error *error)
{
    seawall_manual_clock *clock = NULL;
    seawall_status status = sw_manual_clock_create_in(platform, 0, true, &clock, error);

    (void)arg;
    if (status != SEAWALL_OK)
        ck_assert_ptr_null(clock);
    seawall_manual_clock_destroy(clock);
    return status;
}

START_TEST(creating_survives_failing_memory)
{
    seawall_error error = {0};

    ck_assert_int_eq(sw_test_sweep(construct, NULL), 1);
    ck_assert_int_eq(seawall_manual_clock_create(0, true, NULL, &error), SEAWALL_INVALID);
    ck_assert_int_eq(error.status, SEAWALL_INVALID);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("manual clock");

    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, it_moves_as_told);
    tcase_add_test(tests, no_clock_is_the_systems);
    tcase_add_test(tests, parking_alone_advances_or_returns);
    tcase_add_test(tests, time_wakes_whoever_is_due);
    tcase_add_test(tests, a_wake_reaches_its_word_alone);
    tcase_add_test(tests, auto_advance_leaves_those_without_a_limit);
    tcase_add_test(tests, no_wake_is_lost);
    tcase_add_test(tests, creating_survives_failing_memory);
    return sw_test_run("manual clock", tests);
}
