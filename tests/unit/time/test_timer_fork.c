/* The timer service in the child of a fork. On the real clock: a manual one keeps the parent's threads that are parked on it. */
#define _GNU_SOURCE
#include <check.h>
#include <poll.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/atomic.h"
#include "support.h"

static seawall_timers *timers;
static seawall_timer awaited;
static sw_atomic_u32 fired, hold, entered;

static void start(void)
{
    ck_assert_int_eq(seawall_timers_start(timers, NULL), SEAWALL_OK);
}

static seawall_timers_snapshot look(void)
{
    seawall_timers_snapshot snapshot = SEAWALL_TIMERS_SNAPSHOT_INIT;

    ck_assert_int_eq(seawall_timers_get_snapshot(timers, &snapshot), SEAWALL_OK);
    return snapshot;
}

static void await(sw_atomic_u32 *word, uint32_t value)
{
    while (sw_load_u32(word) != value)
        (void)sched_yield();
}

static void count_up(seawall_timer timer, void *user)
{
    (void)timer;
    (void)user;
    (void)sw_add_u32(&fired, 1);
}

/* Stays until it is let go. */
static void stay(seawall_timer timer, void *user)
{
    (void)timer;
    (void)user;
    sw_store_u32(&entered, 1);
    while (sw_load_u32(&hold) != 0)
        (void)sched_yield();
    (void)sw_add_u32(&fired, 1);
}

static seawall_timer arm_far(void)
{
    seawall_timer timer = 0;

    ck_assert_int_eq(seawall_timers_arm(timers, SEAWALL_FOREVER - 1, count_up, NULL, &timer), SEAWALL_OK);
    return timer;
}

static bool child_is_as_new(seawall_timer parents, int32_t parents_event)
{
    seawall_timers_snapshot s = SEAWALL_TIMERS_SNAPSHOT_INIT;
    struct pollfd event = {.events = POLLIN};
    int32_t ran = -1, descriptor = -1;
    seawall_time due;

    (void)alarm(10);
    if (seawall_timers_cancel(timers, parents) != SEAWALL_STALE || seawall_timers_get_snapshot(timers, &s) != SEAWALL_OK)
        return false;
    if (s.armed != 0 || s.started != 0 || s.armed_ever != 0 || s.fired != 0 || seawall_timers_check(timers, NULL) != SEAWALL_OK)
        return false;
    if (seawall_timers_descriptor(timers, &descriptor) != SEAWALL_OK || descriptor == parents_event)
        return false;
    sw_store_u32(&fired, 0);
    if (seawall_timers_next_due(timers, &due) != SEAWALL_OK || due != SEAWALL_FOREVER)
        return false;
    if (seawall_timers_arm(timers, 0, count_up, NULL, &parents) != SEAWALL_OK)
        return false;
    event.fd = descriptor;
    if (poll(&event, 1, 0) != 1)
        return false;
    while (sw_load_u32(&fired) == 0) {
        if (seawall_timers_advance(timers, &ran) != SEAWALL_OK || ran != (int32_t)sw_load_u32(&fired))
            return false;
    }
    if (seawall_timers_start(timers, NULL) != SEAWALL_OK || seawall_timers_arm(timers, 0, count_up, NULL, NULL) != SEAWALL_OK)
        return false;
    await(&fired, 2);
    seawall_timers_destroy(timers);
    return true;
}

static int fork_off(seawall_timer parents, int32_t event)
{
    pid_t child = fork();
    int ended = -1;

    if (child == 0)
        _exit(child_is_as_new(parents, event) ? 0 : 1);
    (void)waitpid(child, &ended, 0);
    return ended;
}

START_TEST(a_child_finds_it_as_new)
{
    seawall_timer parents;
    int32_t event = -1;

    ck_assert_int_eq(seawall_timers_create(NULL, NULL, &timers, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_timers_descriptor(timers, &event), SEAWALL_OK);
    parents = arm_far();
    (void)arm_far();
    ck_assert_int_eq(seawall_timers_cancel(timers, arm_far()), SEAWALL_OK);
    start();
    ck_assert_int_eq(fork_off(parents, event), 0);
    sw_store_u32(&hold, 1);
    ck_assert_int_eq(seawall_timers_arm(timers, 0, stay, NULL, &awaited), SEAWALL_OK);
    await(&entered, 1);
    ck_assert_int_eq(fork_off(awaited, event), 0); /* while a function runs that nobody in the child will end */
    sw_store_u32(&hold, 0);
    await(&fired, 1); /* the parent's own went on */
    ck_assert_int_eq(look().armed, 2);
    seawall_timers_destroy(timers);
}
END_TEST

static sw_atomic_u32 over;

static void arm_and_cancel(int index, void *arg)
{
    (void)index;
    (void)arg;
    while (sw_load_u32(&over) == 0) {
        seawall_timer timer;

        if (seawall_timers_arm(timers, SEAWALL_FOREVER - 1, count_up, NULL, &timer) == SEAWALL_OK)
            (void)seawall_timers_cancel(timers, timer);
    }
}

/* The parent's threads are in the middle of anything. */
START_TEST(a_child_of_busy_threads_finds_it_as_new)
{
    sw_test_threads threads;
    seawall_timer parents;
    int32_t event = -1;
    int i;

    ck_assert_int_eq(seawall_timers_create(NULL, NULL, &timers, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_timers_descriptor(timers, &event), SEAWALL_OK);
    parents = arm_far();
    start();
    sw_test_start(&threads, 4, arm_and_cancel, NULL);
    for (i = 0; i < 50; i++)
        ck_assert_int_eq(fork_off(parents, event), 0);
    sw_store_u32(&over, 1);
    sw_test_join(&threads);
    seawall_timers_destroy(timers);
}
END_TEST

static int child_ended = -1;

static void fork_inside(seawall_timer timer, void *user)
{
    pid_t child = fork();

    if (child == 0) {
        bool new = seawall_timers_cancel_wait(timers, timer) == SEAWALL_STALE && seawall_timers_stop(timers) == SEAWALL_INVALID;

        _exit(new ? 0 : 1);
    }
    (void)waitpid(child, &child_ended, 0);
    count_up(timer, user);
}

START_TEST(a_function_may_fork)
{
    ck_assert_int_eq(seawall_timers_create(NULL, NULL, &timers, NULL), SEAWALL_OK);
    start();
    ck_assert_int_eq(seawall_timers_arm(timers, 0, fork_inside, NULL, NULL), SEAWALL_OK);
    await(&fired, 1);
    ck_assert_int_eq(child_ended, 0);
    seawall_timers_destroy(timers);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("timers and fork");
    TCase *tcase = tcase_create("all");
    SRunner *runner;
    int failed;

    tcase_add_test(tcase, a_child_finds_it_as_new);
    tcase_add_test(tcase, a_child_of_busy_threads_finds_it_as_new);
    tcase_add_test(tcase, a_function_may_fork);
    tcase_set_timeout(tcase, 30);
    suite_add_tcase(suite, tcase);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
