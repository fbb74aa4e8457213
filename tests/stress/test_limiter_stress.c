/*
 * Many threads on one rate limiter: they try, reserve, ask, give back, while one of them moves the time, changes the rules,
 * drains and lets so much time pass that the limiter moves its zero. Never more is given than burst + rate x t of the
 * rules in force; where nothing can be lost to a full bucket, exactly that; and the counts are what the threads saw.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/atomic.h"
#include "suite.h"
#include "support.h"

#define THREADS_MAX 16
#define BURST 1000
#define HELD 4

enum { SLOW, FAST, RATES };

/* A second. Both intervals are whole nanoseconds, and times are multiples of them: nothing is rounded when rules change. */
static const int64_t rates[RATES] = {1000000, 2000000};
static const seawall_duration periods[RATES] = {SEAWALL_SECONDS(1), SEAWALL_MILLISECONDS(1)};
#define TICK SEAWALL_MICROSECONDS(100) /* what a thread of 16 may hold and this brings is less than a burst */

typedef struct worker {
    uint64_t random;
    int64_t granted, refused, refunded, lost;
    int64_t back;        /* permits that were made available again */
    seawall_time latest; /* when the last permit was good */
    seawall_permit held[HELD];
    int32_t worth[HELD]; /* 0: none */
} worker;

typedef struct storm {
    seawall_limiter *limiter;
    sw_test_platform test;
    bool changes, reserves, drains;
    int threads;
    int64_t turns; /* of each thread */
    /* Written by the first worker alone. */
    int rules;
    int64_t earned; /* permits that time has brought under the rules in force */
    sw_atomic_u64 changed;
    worker workers[THREADS_MAX];
} storm;

static storm s;

static uint32_t below(worker *w, uint32_t n)
{
    return (uint32_t)(sw_test_next(&w->random) % n);
}

/* check's own assertions are not for many threads. */
static void must(bool holds, const char *what)
{
    if (!holds) {
        fprintf(stderr, "broken: %s\n", what);
        abort();
    }
}

static void keep(worker *w, const seawall_permit *permit, int32_t n)
{
    uint32_t i = below(w, HELD);

    w->held[i] = *permit;
    w->worth[i] = n;
}

static seawall_status take(worker *w, int32_t n)
{
    seawall_time now = seawall_manual_clock_now(s.test.clock);
    seawall_duration wait = 0, most = s.reserves && below(w, 2) == 0 ? 10 * TICK : 0;
    seawall_permit permit;
    seawall_status status;

    if (most > 0)
        status = seawall_limiter_reserve_at(s.limiter, n, most, now, &permit, &wait);
    else
        status = seawall_limiter_try_acquire_at(s.limiter, n, now, &permit, &wait);
    must(status == SEAWALL_OK || (status == SEAWALL_LIMITED && wait > most), "served in time or refused");
    must(status != SEAWALL_OK || wait <= most, "no longer than asked for");
    if (status != SEAWALL_OK) {
        w->refused++;
        return status;
    }
    w->granted += n;
    if (now + wait > w->latest)
        w->latest = now + wait;
    keep(w, &permit, n);
    return status;
}

static void give_back(worker *w)
{
    uint32_t i = below(w, HELD);
    seawall_status status;

    if (w->worth[i] == 0)
        return;
    status = seawall_limiter_refund(s.limiter, &w->held[i]);
    must(status == SEAWALL_OK || status == SEAWALL_STALE, "a permit is taken back, or was overtaken");
    must(seawall_limiter_refund(s.limiter, &w->held[i]) == SEAWALL_INVALID, "once");
    w->refunded += status == SEAWALL_OK;
    w->lost += status != SEAWALL_OK;
    w->back += status == SEAWALL_OK ? w->worth[i] : 0;
    w->worth[i] = 0;
}

static seawall_limiter_config config_of(int rules)
{
    seawall_limiter_config config = SEAWALL_LIMITER_CONFIG_INIT;

    config.period = periods[rules];
    config.rate = (int32_t)(rates[rules] * periods[rules] / SEAWALL_SECONDS(1));
    config.burst = BURST;
    return config;
}

static bool is_of_one_moment(const seawall_limiter_snapshot *is)
{
    return is->burst == BURST && is->rate == config_of(is->period == periods[FAST] ? FAST : SLOW).rate &&
           is->available <= BURST && (is->available > 0) == (is->wait == 0);
}

static void look(void)
{
    seawall_limiter_snapshot is = SEAWALL_LIMITER_SNAPSHOT_INIT;
    seawall_duration wait;

    must(seawall_limiter_peek(s.limiter, 3, &wait) == SEAWALL_OK && wait >= 0, "an answer");
    must(seawall_limiter_get_snapshot(s.limiter, &is) == SEAWALL_OK, "a snapshot");
    must(is_of_one_moment(&is), "a look of one moment");
}

/* The bucket is emptied first, so that what time brings always fits in; and rules change while the others take that. */
static void rule(worker *w)
{
    seawall_duration step = TICK;

    while (take(w, 1) == SEAWALL_OK)
        continue;
    if (s.drains && below(w, 20) == 0)
        must(seawall_limiter_drain_until(s.limiter, seawall_manual_clock_now(s.test.clock) + below(w, 3) * TICK) == SEAWALL_OK,
             "a drain");
    if (s.drains && below(w, 50) == 0)
        step = SEAWALL_SECONDS(80000); /* further than the word reckons with; the bucket overflows */
    s.earned += step / 1000 * (rates[s.rules] / 1000000);
    seawall_manual_clock_advance(s.test.clock, step);
    if (s.changes && below(w, 2) == 0) {
        seawall_limiter_config config = config_of(s.rules = !s.rules);

        must(seawall_limiter_reconfigure(s.limiter, &config, NULL) == SEAWALL_OK, "new rules");
    }
}

static void work(int index, void *arg)
{
    worker *w = &s.workers[index];
    int64_t i;

    (void)arg;
    for (i = 0; i < s.turns; i++) {
        uint32_t kind = below(w, 20);

        if (kind < 12)
            (void)take(w, 1 + (int32_t)below(w, 3));
        else if (kind < 18)
            give_back(w);
        else if (kind < 19)
            look();
        else if (index == 0)
            rule(w);
    }
}

static void open_storm(int threads)
{
    seawall_limiter_config config = config_of(SLOW);
    int t;

    sw_test_platform_init(&s.test, true);
    ck_assert_int_eq(seawall_limiter_create(&config, &s.test.platform, &s.limiter, NULL), SEAWALL_OK);
    s.threads = threads;
    for (t = 0; t < threads; t++)
        s.workers[t].random = sw_test_seed() + (uint64_t)t * UINT64_C(1000003);
}

static worker sum_up(void)
{
    worker sum = {.latest = seawall_manual_clock_now(s.test.clock)};
    int t;

    for (t = 0; t < s.threads; t++) {
        const worker *w = &s.workers[t];

        sum.granted += w->granted;
        sum.refused += w->refused;
        sum.refunded += w->refunded;
        sum.lost += w->lost;
        sum.back += w->back;
        if (w->latest > sum.latest)
            sum.latest = w->latest;
    }
    return sum;
}

/* What is missing in the bucket, in permits of `rate`; reservations that are still ahead included. */
static int64_t missing(const seawall_limiter_snapshot *is)
{
    return is->wait == 0 ? BURST - is->available : BURST - 1 + is->wait * is->rate / is->period;
}

static void check_books(void)
{
    seawall_limiter_snapshot is = SEAWALL_LIMITER_SNAPSHOT_INIT;
    worker sum = sum_up();
    int64_t net = sum.granted - sum.back;
    seawall_duration passed = seawall_manual_clock_now(s.test.clock) - SW_TEST_START;

    ck_assert_int_eq(seawall_limiter_get_snapshot(s.limiter, &is), SEAWALL_OK);
    ck_assert_int_eq(is.granted, sum.granted);
    ck_assert_int_eq(is.refused, sum.refused);
    ck_assert_int_eq(is.refunded, sum.refunded);
    ck_assert_int_eq(is.lost, sum.lost);
    if (!s.drains && !(s.changes && s.reserves)) /* nothing is thrown away, and no change waits for a reservation */
        ck_assert_int_eq(net, s.earned + missing(&is));
    ck_assert_int_ge(net, 0);
    /* Whatever else: the faster rate all the time, until the last permit is good. */
    ck_assert_int_le(net, BURST + (sum.latest - SW_TEST_START) / 1000 * (rates[FAST] / 1000000));
    if (!s.changes && !s.reserves)
        ck_assert_int_le(net, BURST + passed / 1000 * (rates[SLOW] / 1000000));
}

static const struct {
    int threads;
    bool changes, reserves, drains;
} rows[] = {
    {2, false, false, false}, {4, false, false, false}, {16, false, false, false},
    {2, true, false, false},  {4, true, false, false},  {16, true, false, false},
    {2, false, true, false},  {4, false, true, false},  {16, false, true, false},
    {2, true, true, true},    {4, true, true, true},    {16, true, true, true},
};

START_TEST(the_books_agree)
{
    sw_test_threads threads;

    s = (storm){.changes = rows[_i].changes, .reserves = rows[_i].reserves, .drains = rows[_i].drains};
    s.turns = sw_test_count(16000, 400000) / rows[_i].threads;
    open_storm(rows[_i].threads);
    sw_test_start(&threads, rows[_i].threads, work, NULL);
    sw_test_join(&threads);
    check_books();
    seawall_limiter_destroy(s.limiter);
    sw_test_platform_fini(&s.test);
}
END_TEST

/* --- rules that are other ones each time somebody looks --- */

/* Rules stand in two places in turn: one in three are FAST, so that a place gets others than it had. */
static void change(int64_t turn)
{
    seawall_limiter_config config = config_of(turn % 3 == 0 ? FAST : SLOW);

    (void)sw_add_u64(&s.changed, 1);
    must(seawall_limiter_reconfigure(s.limiter, &config, NULL) == SEAWALL_OK, "new rules");
}

/* There are 64 tags. Who is held up for as many changes may meet the tag that he left. */
static void look_once(void)
{
    uint64_t since = sw_load_u64(&s.changed);
    seawall_limiter_snapshot is = SEAWALL_LIMITER_SNAPSHOT_INIT;

    must(seawall_limiter_get_snapshot(s.limiter, &is) == SEAWALL_OK, "a snapshot");
    must(is_of_one_moment(&is) || sw_load_u64(&s.changed) - since >= 60, "a look of one moment");
}

static void change_or_look(int index, void *arg)
{
    int64_t i;

    (void)arg;
    for (i = 0; i < s.turns; i++) {
        if (index == 0)
            change(i);
        else
            look_once();
    }
}

START_TEST(a_look_never_sees_rules_that_are_being_rewritten)
{
    static const int crowds[] = {2, 4, 16};
    sw_test_threads threads;

    s = (storm){.turns = sw_test_count(20000, 400000) / crowds[_i]};
    open_storm(crowds[_i]);
    sw_test_start(&threads, crowds[_i], change_or_look, NULL);
    sw_test_join(&threads);
    seawall_limiter_destroy(s.limiter);
    sw_test_platform_fini(&s.test);
}
END_TEST

/* --- threads that wait, in real time --- */

typedef struct patient {
    seawall_limiter *limiter;
    seawall_time latest[THREADS_MAX];
    int64_t granted[THREADS_MAX];
    int64_t asks;
} patient;

static void wait_often(int index, void *arg)
{
    patient *p = arg;
    int64_t i;

    for (i = 0; i < p->asks; i++) {
        seawall_time deadline = i % 3 == 0 ? seawall_platform_now(NULL) : SEAWALL_FOREVER;
        seawall_status status = seawall_limiter_acquire_until(p->limiter, 1, deadline, NULL, NULL);

        must(status == SEAWALL_OK || (deadline != SEAWALL_FOREVER && status == SEAWALL_LIMITED), "served in the end");
        p->granted[index] += status == SEAWALL_OK;
    }
    p->latest[index] = seawall_platform_now(NULL);
}

START_TEST(threads_wait_for_their_time)
{
    static const int crowds[] = {2, 4, 16};
    static patient p;
    seawall_limiter_config config = SEAWALL_LIMITER_CONFIG_INIT;
    seawall_limiter_snapshot is = SEAWALL_LIMITER_SNAPSHOT_INIT;
    seawall_time start = seawall_platform_now(NULL), end = start;
    sw_test_threads threads;
    int64_t granted = 0;
    int t;

    config.rate = 100000;
    config.burst = 3;
    p = (patient){.asks = sw_test_count(3000, 30000) / crowds[_i]};
    ck_assert_int_eq(seawall_limiter_create(&config, NULL, &p.limiter, NULL), SEAWALL_OK);
    sw_test_start(&threads, crowds[_i], wait_often, &p);
    sw_test_join(&threads);
    for (t = 0; t < crowds[_i]; t++) {
        granted += p.granted[t];
        end = p.latest[t] > end ? p.latest[t] : end;
    }
    ck_assert_int_le(granted, 3 + (end - start) / 10000);
    ck_assert_int_ge(granted, crowds[_i] * (p.asks - p.asks / 3 - 1));
    ck_assert_int_eq(seawall_limiter_get_snapshot(p.limiter, &is), SEAWALL_OK);
    ck_assert_int_eq(is.granted, granted);
    ck_assert_int_eq(is.waiting, 0);
    seawall_limiter_destroy(p.limiter);
}
END_TEST

int main(void)
{
    TCase *storms = tcase_create("storms");

    tcase_set_timeout(storms, 120);
    tcase_add_loop_test(storms, the_books_agree, 0, (int)(sizeof(rows) / sizeof(rows[0])));
    tcase_add_loop_test(storms, a_look_never_sees_rules_that_are_being_rewritten, 0, 3);
    tcase_add_loop_test(storms, threads_wait_for_their_time, 0, 3);
    return sw_test_run("rate limiter stress", storms);
}
