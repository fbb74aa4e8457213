/*
 * Many threads arm, move, cancel and cancel-wait timers of one service, while its thread (or a host that drives it) runs them:
 * each timer that was armed runs once or was removed once, never both, never before its time, and never after cancel_wait has
 * returned.
 */
#include <check.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "support.h"

#define THREADS_MAX 16
#define SLOTS 24

/* A timer as its owner sees it. Only the owner arms it again, and only after it ran or was removed. */
typedef struct slot {
    seawall_timer timer;
    _Atomic int64_t not_before;
    atomic_int armed; /* 1 while it may run */
    atomic_int ran;
    atomic_int closed; /* cancel_wait has returned: it must not run */
} slot;

typedef struct crowd {
    seawall_timers *timers;
    int64_t rounds;
    slot slots[THREADS_MAX][SLOTS];
    atomic_llong armed, ran, removed, refused;
    atomic_int wrong;
    atomic_int early;
    atomic_bool over;
    uint64_t seed;
} crowd;

static crowd all;

static void wrong(void)
{
    atomic_fetch_add(&all.wrong, 1);
}

static void fire(seawall_timer timer, void *user)
{
    slot *s = user;

    (void)timer;
    if (seawall_platform_now(NULL) < atomic_load(&s->not_before))
        atomic_fetch_add(&all.early, 1);
    if (atomic_load(&s->closed) != 0 || atomic_exchange(&s->armed, 0) != 1)
        wrong();
    atomic_fetch_add(&all.ran, 1);
    atomic_fetch_add(&s->ran, 1);
}

static void arm(slot *s, uint64_t dice)
{
    seawall_time at = seawall_platform_now(NULL) + (seawall_duration)(dice >> 40);

    atomic_store(&s->not_before, at);
    atomic_store(&s->closed, 0);
    atomic_store(&s->armed, 1);
    s->timer = 0;
    if (seawall_timers_arm(all.timers, at, fire, s, &s->timer) == SEAWALL_OK) {
        atomic_fetch_add(&all.armed, 1);
    } else {
        atomic_store(&s->armed, 0);
        atomic_fetch_add(&all.refused, 1);
    }
}

static void removed(slot *s)
{
    if (atomic_exchange(&s->armed, 0) != 1)
        wrong();
    atomic_fetch_add(&all.removed, 1);
}

static void cancel_wait(slot *s)
{
    seawall_status status = seawall_timers_cancel_wait(all.timers, s->timer);

    atomic_store(&s->closed, 1);
    if (status == SEAWALL_OK)
        removed(s);
    else if (status != SEAWALL_STALE || atomic_load(&s->armed) != 0)
        wrong();
}

static void cancel(slot *s)
{
    seawall_status status = seawall_timers_cancel(all.timers, s->timer);

    if (status == SEAWALL_OK)
        removed(s);
    else if (status == SEAWALL_STALE ? atomic_load(&s->armed) != 0 : status != SEAWALL_BUSY)
        wrong();
}

/* Later only: a time that was moved nearer could be passed before it is noted. */
static void move(slot *s, uint64_t dice)
{
    seawall_time before = atomic_load(&s->not_before), at = before + (seawall_duration)(dice >> 44);
    seawall_status status = seawall_timers_rearm(all.timers, s->timer, at);

    if (status == SEAWALL_OK)
        (void)atomic_compare_exchange_strong(&s->not_before, &before, at);
    else if (status != SEAWALL_STALE && status != SEAWALL_BUSY)
        wrong();
}

static void move_nearer(slot *s)
{
    seawall_time now = seawall_platform_now(NULL), before = atomic_load(&s->not_before);

    if (now >= before)
        return;
    atomic_store(&s->not_before, now);
    if (seawall_timers_rearm(all.timers, s->timer, now) == SEAWALL_INVALID)
        wrong();
}

static void body(int index, void *arg)
{
    uint64_t state = all.seed + (uint64_t)index * 977;
    int64_t i;

    (void)arg;
    for (i = 0; i < all.rounds; i++) {
        uint64_t dice = sw_test_next(&state);
        slot *s = &all.slots[index][dice % SLOTS];

        dice = sw_test_next(&state);
        if (atomic_load(&s->armed) == 0)
            arm(s, dice);
        else if (dice % 8 < 3)
            cancel_wait(s);
        else if (dice % 8 < 5)
            cancel(s);
        else if (dice % 8 < 7)
            move(s, dice);
        else
            move_nearer(s);
        if (dice % 64 == 0)
            (void)sched_yield();
    }
    for (i = 0; i < SLOTS; i++) {
        if (index % 2 == 0 && atomic_load(&all.slots[index][i].armed) != 0)
            cancel_wait(&all.slots[index][i]);
    }
}

/* A host on a thread of its own. */
static void drive(int index, void *arg)
{
    (void)index;
    (void)arg;
    while (!atomic_load(&all.over)) {
        seawall_time due;

        if (seawall_timers_next_due(all.timers, &due) != SEAWALL_OK)
            wrong();
        if (due <= seawall_platform_now(NULL) && seawall_timers_advance(all.timers, NULL) != SEAWALL_OK)
            wrong();
        (void)sched_yield();
    }
}

static seawall_timers_snapshot look(void)
{
    seawall_timers_snapshot snapshot = SEAWALL_TIMERS_SNAPSHOT_INIT;

    ck_assert_int_eq(seawall_timers_get_snapshot(all.timers, &snapshot), SEAWALL_OK);
    return snapshot;
}

/* Safety first; then no timer may be left that nobody ever runs. */
static void settle(void)
{
    seawall_timers_snapshot s;

    while (look().armed > 0)
        (void)sched_yield();
    while (look().running_for > 0)
        (void)sched_yield();
    s = look();
    ck_assert_int_eq(atomic_load(&all.wrong), 0);
    ck_assert_int_eq(atomic_load(&all.early), 0);
    ck_assert_int_eq(s.armed_ever, atomic_load(&all.armed));
    ck_assert_int_eq(s.cancelled, atomic_load(&all.removed));
    ck_assert_int_eq(s.fired + s.cancelled, s.armed_ever);
    ck_assert_int_eq(s.refused, atomic_load(&all.refused));
    ck_assert_int_eq(seawall_timers_check(all.timers, NULL), SEAWALL_OK);
}

static const struct {
    int threads;
    int32_t shards, capacity;
    bool hosted;
} storms[] = {{2, 1, 1000, false}, {4, 4, 1000, false}, {16, 4, 1000, false}, {4, 2, 40, false}, {4, 2, 1000, true}};

START_TEST(each_runs_once_or_is_removed_once)
{
    seawall_timers_config config = SEAWALL_TIMERS_CONFIG_INIT;
    sw_test_threads threads, host;

    config.shards = storms[_i].shards;
    config.capacity = storms[_i].capacity;
    config.tick = SEAWALL_MICROSECONDS(8);
    all.rounds = sw_test_count(20000, 1000000) / storms[_i].threads;
    all.seed = sw_test_seed();
    ck_assert_int_eq(seawall_timers_create(&config, NULL, &all.timers, NULL), SEAWALL_OK);
    if (storms[_i].hosted)
        sw_test_start(&host, 1, drive, NULL);
    else
        ck_assert_int_eq(seawall_timers_start(all.timers, NULL), SEAWALL_OK);
    sw_test_start(&threads, storms[_i].threads, body, NULL);
    sw_test_join(&threads);
    settle();
    ck_assert_int_gt(atomic_load(&all.ran), 0);
    ck_assert_int_gt(atomic_load(&all.removed), 0);
    ck_assert_int_eq(atomic_load(&all.refused) > 0, storms[_i].capacity < 100);
    atomic_store(&all.over, true);
    if (storms[_i].hosted)
        sw_test_join(&host);
    seawall_timers_destroy(all.timers);
}
END_TEST

/* Stopped and started again under load: nothing is lost, nothing runs twice, and every deadline is met in the end. */
START_TEST(stopping_and_starting_loses_none)
{
    sw_test_threads threads;

    all.rounds = sw_test_count(5000, 200000);
    all.seed = sw_test_seed();
    ck_assert_int_eq(seawall_timers_create(NULL, NULL, &all.timers, NULL), SEAWALL_OK);
    sw_test_start(&threads, 4, body, NULL);
    while (look().armed_ever < all.rounds / 4) {
        ck_assert_int_eq(seawall_timers_start(all.timers, NULL), SEAWALL_OK);
        (void)sched_yield();
        ck_assert_int_eq(seawall_timers_stop(all.timers), SEAWALL_OK);
    }
    ck_assert_int_eq(seawall_timers_start(all.timers, NULL), SEAWALL_OK);
    sw_test_join(&threads);
    settle();
    seawall_timers_destroy(all.timers);
}
END_TEST

/* One thread waits for each timer that it armed before it arms the next: a wake that is lost is a wait that does not end. */
START_TEST(no_wake_is_lost)
{
    int64_t i, rounds = sw_test_count(500, 50000);
    slot *s = &all.slots[0][0];
    uint64_t state = sw_test_seed();

    ck_assert_int_eq(seawall_timers_create(NULL, NULL, &all.timers, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_timers_start(all.timers, NULL), SEAWALL_OK);
    for (i = 0; i < rounds; i++) {
        arm(s, sw_test_next(&state) >> 6);
        while (atomic_load(&s->ran) == i)
            (void)sched_yield();
    }
    settle();
    seawall_timers_destroy(all.timers);
}
END_TEST

/* A thread that is told to stop before it has begun, or while it falls asleep, must hear of it. */
START_TEST(stopped_at_once)
{
    int64_t i, rounds = sw_test_count(200, 5000);

    ck_assert_int_eq(seawall_timers_create(NULL, NULL, &all.timers, NULL), SEAWALL_OK);
    for (i = 0; i < rounds; i++) {
        ck_assert_int_eq(seawall_timers_start(all.timers, NULL), SEAWALL_OK);
        if (i % 3 != 0)
            (void)sched_yield();
        ck_assert_int_eq(seawall_timers_stop(all.timers), SEAWALL_OK);
    }
    seawall_timers_destroy(all.timers);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("timers under stress");
    TCase *tcase = tcase_create("storms");
    SRunner *runner;
    int failed;

    tcase_add_loop_test(tcase, each_runs_once_or_is_removed_once, 0, (int)(sizeof(storms) / sizeof(storms[0])));
    tcase_add_test(tcase, stopping_and_starting_loses_none);
    tcase_add_test(tcase, no_wake_is_lost);
    tcase_add_test(tcase, stopped_at_once);
    tcase_set_timeout(tcase, 120);
    suite_add_tcase(suite, tcase);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
