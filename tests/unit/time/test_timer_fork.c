/* The timer service in the child of a fork. On the real clock: a manual one keeps the parent's threads that are parked on it. */
#define _GNU_SOURCE
#include <check.h>
#include <poll.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/atomic.h"
#include "suite.h"
#include "support.h"

static seawall_timers *timers;
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

typedef struct inheritance {
    seawall_timer timer;
    int32_t event;
} inheritance;

static bool is_as_new(void *arg)
{
    const inheritance *parents = arg;
    seawall_timers_snapshot s = SEAWALL_TIMERS_SNAPSHOT_INIT;
    struct pollfd event = {.events = POLLIN};
    int32_t ran = -1, descriptor = -1;
    seawall_time due;

    if (seawall_timers_cancel(timers, parents->timer) != SEAWALL_STALE || seawall_timers_get_snapshot(timers, &s) != SEAWALL_OK)
        return false;
    if (s.armed != 0 || s.started != 0 || s.armed_ever != 0 || s.fired != 0 || seawall_timers_check(timers, NULL) != SEAWALL_OK)
        return false;
    if (seawall_timers_descriptor(timers, &descriptor) != SEAWALL_OK || descriptor == parents->event)
        return false;
    sw_store_u32(&fired, 0);
    if (seawall_timers_next_due(timers, &due) != SEAWALL_OK || due != SEAWALL_FOREVER)
        return false;
    if (seawall_timers_arm(timers, 0, count_up, NULL, NULL) != SEAWALL_OK)
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

/* Returns when the service's thread has begun. */
static inheritance inherit(void)
{
    inheritance of;

    ck_assert_int_eq(seawall_timers_create(NULL, NULL, &timers, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_timers_descriptor(timers, &of.event), SEAWALL_OK);
    of.timer = arm_far();
    start();
    ck_assert_int_eq(seawall_timers_arm(timers, 0, count_up, NULL, NULL), SEAWALL_OK);
    await(&fired, 1);
    return of;
}

START_TEST(a_child_finds_it_as_new)
{
    inheritance parents = inherit();

    (void)arm_far();
    ck_assert_int_eq(seawall_timers_cancel(timers, arm_far()), SEAWALL_OK);
    sw_test_in_child(is_as_new, &parents);
    sw_store_u32(&hold, 1);
    ck_assert_int_eq(seawall_timers_arm(timers, 0, stay, NULL, &parents.timer), SEAWALL_OK);
    await(&entered, 1);
    sw_test_in_child(is_as_new, &parents); /* while a function runs that nobody in the child will end */
    sw_store_u32(&hold, 0);
    await(&fired, 2); /* the parent's own went on */
    ck_assert_int_eq(look().armed, 2);
    seawall_timers_destroy(timers);
}
END_TEST

static sw_atomic_u32 begun, over;

static void arm_and_cancel(int index, void *arg)
{
    (void)index;
    (void)arg;
    (void)sw_add_u32(&begun, 1);
    while (sw_load_u32(&over) == 0) {
        seawall_timer timer;

        if (seawall_timers_arm(timers, SEAWALL_FOREVER - 1, count_up, NULL, &timer) == SEAWALL_OK)
            (void)seawall_timers_cancel(timers, timer);
    }
}

/* The parent's threads are in the middle of anything but their own start. */
START_TEST(a_child_of_busy_threads_finds_it_as_new)
{
    inheritance parents = inherit();
    sw_test_threads threads;
    int i;

    sw_test_start(&threads, 4, arm_and_cancel, NULL);
    await(&begun, 4);
    for (i = 0; i < 50; i++)
        sw_test_in_child(is_as_new, &parents);
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
        sw_test_limit_child();
        _exit(seawall_timers_cancel_wait(timers, timer) == SEAWALL_STALE && seawall_timers_stop(timers) == SEAWALL_INVALID ? 0
                                                                                                                           : 1);
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
    TCase *tests = tcase_create("all");

    tcase_add_test(tests, a_child_finds_it_as_new);
    tcase_add_test(tests, a_child_of_busy_threads_finds_it_as_new);
    tcase_add_test(tests, a_function_may_fork);
    tcase_set_timeout(tests, 60);
    return sw_test_run("timers and fork", tests);
}
