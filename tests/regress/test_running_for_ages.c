/*
 * Who took a snapshot of a timer service looked at the clock after he had seen a function run: if that had ended by then, it
 * seemed to have run for as long as he himself had been away.
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include "one_test.h"
#include "support.h"

static sw_test_platform test;
static seawall_platform platform;
static seawall_timers *timers;
static atomic_bool running, end, looking, look;
static _Thread_local bool looks;
static seawall_timers_snapshot seen = SEAWALL_TIMERS_SNAPSHOT_INIT;

/* Who looks is away for a while when he asks for the time. */
static seawall_time show(void *user)
{
    if (looks) {
        atomic_store(&looking, true);
        while (!atomic_load(&look))
            (void)sched_yield();
    }
    return seawall_manual_clock_now(user);
}

static void stay(seawall_timer timer, void *user)
{
    (void)timer;
    (void)user;
    atomic_store(&running, true);
    while (!atomic_load(&end))
        (void)sched_yield();
}

static void *watch(void *user)
{
    (void)user;
    looks = true;
    return seawall_timers_get_snapshot(timers, &seen) == SEAWALL_OK ? timers : NULL;
}

START_TEST(who_is_away_sees_nothing_run)
{
    pthread_t watcher;
    void *answer;

    sw_test_platform_init(&test, false);
    platform = test.platform;
    platform.now = show;
    ck_assert_int_eq(seawall_timers_create(NULL, &platform, &timers, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_timers_start(timers, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_timers_arm(timers, 0, stay, NULL, NULL), SEAWALL_OK);
    seawall_manual_clock_advance(test.clock, SEAWALL_SECONDS(1));
    while (!atomic_load(&running))
        (void)sched_yield();
    ck_assert_int_eq(pthread_create(&watcher, NULL, watch, NULL), 0);
    while (!atomic_load(&looking))
        (void)sched_yield();
    atomic_store(&end, true);
    ck_assert_int_eq(seawall_timers_stop(timers), SEAWALL_OK);
    seawall_manual_clock_advance(test.clock, SEAWALL_SECONDS(3600));
    atomic_store(&look, true);
    ck_assert_int_eq(pthread_join(watcher, &answer), 0);
    ck_assert_ptr_eq(answer, timers);
    ck_assert_int_eq(seen.running_for, 0);
    seawall_timers_destroy(timers);
    sw_test_platform_fini(&test);
}
END_TEST

int main(void)
{
    return one_test("regress/running_for_ages", who_is_away_sees_nothing_run);
}
