/* The timer service with its thread, on the manual clock. */
#define _GNU_SOURCE
#include <check.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#include "base/atomic.h"
#include "support.h"
#include "thread_refusal.h"
#include "time/timer_service.h"

static sw_test_platform base;
static seawall_timers *timers;
static sw_atomic_u32 fired, hold, entered;

static void create(const seawall_timers_config *config)
{
    sw_test_platform_init(&base, false);
    ck_assert_int_eq(seawall_timers_create(config, &base.platform, &timers, NULL), SEAWALL_OK);
}

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

static void tear_down(void)
{
    ck_assert_int_eq(seawall_timers_check(timers, NULL), SEAWALL_OK);
    seawall_timers_destroy(timers);
    sw_test_platform_fini(&base);
}

static void await(sw_atomic_u32 *word, uint32_t value)
{
    while (sw_load_u32(word) != value)
        (void)sched_yield();
}

static void await_parked(int32_t count)
{
    while (seawall_manual_clock_parked(base.clock) != count)
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

static seawall_timer arm(seawall_duration delay, seawall_timer_fn function)
{
    seawall_timer timer = 0;

    ck_assert_int_eq(seawall_timers_arm(timers, SW_TEST_START + delay, function, NULL, &timer), SEAWALL_OK);
    return timer;
}

START_TEST(the_thread_fires_when_it_is_time)
{
    create(NULL);
    (void)arm(SEAWALL_SECONDS(5), count_up); /* before it is started, too */
    start();
    await_parked(1);
    (void)arm(SEAWALL_SECONDS(9), count_up);
    ck_assert_int_eq(look().wakes, 0); /* later than what it sleeps to */
    ck_assert_int_eq(look().started, 1);
    (void)arm(SEAWALL_SECONDS(2), count_up);
    ck_assert_int_eq(look().wakes, 1);
    await_parked(1);
    seawall_manual_clock_advance(base.clock, SEAWALL_MILLISECONDS(1999));
    ck_assert_uint_eq(sw_load_u32(&fired), 0);
    seawall_manual_clock_advance(base.clock, SEAWALL_MILLISECONDS(2));
    await(&fired, 1);
    await_parked(1);
    seawall_manual_clock_advance(base.clock, SEAWALL_SECONDS(31536000));
    await(&fired, 3);
    await_parked(1);
    (void)arm(SEAWALL_SECONDS(3), count_up); /* a year ago */
    while (sw_load_u32(&fired) != 4) {
        seawall_manual_clock_advance(base.clock, 65536);
        (void)sched_yield();
    }
    tear_down();
}
END_TEST

START_TEST(started_and_stopped_as_told)
{
    seawall_error error;
    int32_t ran = 7;
    seawall_time due;

    create(NULL);
    ck_assert_int_eq(seawall_timers_stop(timers), SEAWALL_INVALID);
    start();
    ck_assert_int_eq(seawall_timers_start(timers, &error), SEAWALL_BUSY);
    ck_assert_str_eq(error.message, "timers: it was started before");
    await_parked(1);
    ck_assert_int_eq(seawall_timers_advance(timers, &ran), SEAWALL_BUSY);
    ck_assert_int_eq(seawall_timers_next_due(timers, &due), SEAWALL_BUSY);
    ck_assert_int_eq(ran, 7);
    ck_assert_int_eq(seawall_timers_stop(timers), SEAWALL_OK);
    ck_assert_int_eq(seawall_timers_stop(timers), SEAWALL_INVALID);
    ck_assert_int_eq(look().started, 0);
    (void)arm(1, count_up);
    seawall_manual_clock_advance(base.clock, SEAWALL_SECONDS(1));
    ck_assert_uint_eq(sw_load_u32(&fired), 0); /* nobody drives it */
    start();
    await(&fired, 1);
    ck_assert_int_eq(seawall_timers_stop(timers), SEAWALL_OK);
    (void)arm(1, count_up);
    seawall_manual_clock_advance(base.clock, SEAWALL_SECONDS(1));
    ck_assert_int_eq(seawall_timers_advance(timers, &ran), SEAWALL_OK); /* now a host does */
    ck_assert_int_eq(ran, 1);
    tear_down();
}
END_TEST

START_TEST(no_thread_is_a_status)
{
    seawall_error error;

    create(NULL);
    sw_test_refuse_threads(0, 1);
    ck_assert_int_eq(seawall_timers_start(timers, &error), SEAWALL_NO_RESOURCES);
    ck_assert_str_eq(error.message, "timers: the system gave no thread");
    ck_assert_int_eq(look().started, 0);
    ck_assert_int_eq(seawall_timers_advance(timers, NULL), SEAWALL_OK); /* a host may still drive it */
    start();
    (void)arm(-1, count_up);
    seawall_manual_clock_advance(base.clock, SEAWALL_SECONDS(1));
    await(&fired, 1);
    tear_down();
}
END_TEST

/* What the thread is, seen from a function and from the hooks. */

static sw_atomic_u32 hooks;
static bool signals_blocked;
static char name[16];
static int slack;
static size_t stack;

static void note_thread(seawall_timer timer, void *user)
{
    pthread_attr_t attributes;
    sigset_t blocked;
    void *where;
    int s;

    signals_blocked = pthread_sigmask(SIG_BLOCK, NULL, &blocked) == 0;
    for (s = 1; s < SIGRTMIN; s++)
        signals_blocked =
            signals_blocked && (s == SIGKILL || s == SIGSTOP || (s >= 32 && s < SIGRTMIN) || sigismember(&blocked, s) == 1);
    (void)prctl(PR_GET_NAME, name);
    slack = prctl(PR_GET_TIMERSLACK);
    if (pthread_getattr_np(pthread_self(), &attributes) == 0) {
        (void)pthread_attr_getstack(&attributes, &where, &stack);
        (void)pthread_attr_destroy(&attributes);
    }
    count_up(timer, user);
}

static void hook_start(void *user)
{
    if (user == &hooks && sw_load_u32(&hooks) == 0 && seawall_timers_stop(timers) == SEAWALL_BUSY)
        sw_store_u32(&hooks, 1);
}

static void hook_stop(void *user)
{
    if (user == &hooks && sw_load_u32(&hooks) == 1 && seawall_timers_stop(timers) == SEAWALL_BUSY)
        sw_store_u32(&hooks, 2);
}

START_TEST(the_thread_is_as_configured)
{
    seawall_timers_config config = SEAWALL_TIMERS_CONFIG_INIT;
    sigset_t before, after;
    char passing[] = "a name of more than 15 bytes";

    config.name = passing;
    config.stack_size = 524288;
    config.on_start = hook_start;
    config.on_stop = hook_stop;
    config.hook_user = &hooks;
    create(&config);
    memset(passing, 'x', sizeof(passing) - 1); /* it was copied */
    ck_assert_int_eq(pthread_sigmask(SIG_BLOCK, NULL, &before), 0);
    start();
    ck_assert_int_eq(pthread_sigmask(SIG_BLOCK, NULL, &after), 0);
    ck_assert_int_eq(sigismember(&before, SIGTERM), sigismember(&after, SIGTERM));
    (void)arm(-1, note_thread);
    seawall_manual_clock_advance(base.clock, SEAWALL_SECONDS(1));
    await(&fired, 1);
    ck_assert_uint_eq(sw_load_u32(&hooks), 1);
    ck_assert(signals_blocked);
    ck_assert_str_eq(name, "a name of more ");
    ck_assert_int_eq(slack, 1);
    ck_assert_uint_ge(stack, 524288 / 2);
    ck_assert_uint_le(stack, 524288 * 2);
    ck_assert_int_eq(seawall_timers_stop(timers), SEAWALL_OK);
    ck_assert_uint_eq(sw_load_u32(&hooks), 2);
    tear_down();
}
END_TEST

/* Threads that wait for the end of a function. */

static seawall_timer awaited;
static sw_atomic_u32 returned, wrong;

static void wait_for_it(int index, void *arg)
{
    (void)index;
    (void)arg;
    if (seawall_timers_cancel_wait(timers, awaited) != SEAWALL_STALE || sw_load_u32(&fired) != 1)
        (void)sw_add_u32(&wrong, 1);
    (void)sw_add_u32(&returned, 1);
}

static void hold_one(void)
{
    sw_store_u32(&hold, 1);
    awaited = arm(-1, stay);
    seawall_manual_clock_advance(base.clock, SEAWALL_SECONDS(1));
    await(&entered, 1);
}

START_TEST(cancelling_may_wait)
{
    sw_test_threads threads;

    create(NULL);
    start();
    hold_one();
    ck_assert_int_eq(seawall_timers_cancel(timers, awaited), SEAWALL_BUSY);
    ck_assert_int_eq(seawall_timers_rearm(timers, awaited, 0), SEAWALL_BUSY);
    ck_assert_int_eq(seawall_timers_cancel_wait(timers, arm(0, count_up)), SEAWALL_OK); /* another one: nothing to wait for */
    sw_test_start(&threads, 3, wait_for_it, NULL);
    await_parked(3); /* the service's thread does not park: it is in the function */
    ck_assert_uint_eq(sw_load_u32(&returned), 0);
    sw_store_u32(&hold, 0);
    await(&returned, 3);
    sw_test_join(&threads);
    ck_assert_uint_eq(sw_load_u32(&wrong), 0);
    ck_assert_int_eq(seawall_timers_cancel_wait(timers, awaited), SEAWALL_STALE);
    tear_down();
}
END_TEST

static void stop_it(int index, void *arg)
{
    (void)index;
    (void)arg;
    if (seawall_timers_stop(timers) != SEAWALL_OK || sw_load_u32(&fired) != 1)
        (void)sw_add_u32(&wrong, 1);
    (void)sw_add_u32(&returned, 1);
}

START_TEST(stopping_waits_for_what_runs)
{
    sw_test_threads threads;

    create(NULL);
    start();
    sw_store_u32(&hold, 1);
    (void)arm(-1, stay);
    (void)arm(-1, count_up); /* due with it, and behind it */
    seawall_manual_clock_advance(base.clock, SEAWALL_SECONDS(1));
    await(&entered, 1);
    sw_test_start(&threads, 1, stop_it, NULL);
    await(&timers->state, SW_TIMERS_STOPPING);
    ck_assert_int_eq(seawall_timers_stop(timers), SEAWALL_BUSY); /* somebody else is at it */
    ck_assert_uint_eq(sw_load_u32(&returned), 0);
    sw_store_u32(&hold, 0);
    sw_test_join(&threads);
    ck_assert_uint_eq(sw_load_u32(&wrong), 0);
    ck_assert_int_eq(look().armed, 1); /* what was due, too, waits for the next driver */
    start();
    await(&fired, 2);
    tear_down();
}
END_TEST

/* The system's clock and its park: only that it comes at all, and not early. */

static seawall_time came;

static void note_time(seawall_timer timer, void *user)
{
    came = seawall_platform_now(NULL);
    count_up(timer, user);
}

START_TEST(it_works_on_the_real_clock)
{
    seawall_time due;
    int i;

    ck_assert_int_eq(seawall_timers_create(NULL, NULL, &timers, NULL), SEAWALL_OK);
    start();
    for (i = 1; i <= 5; i++) {
        due = seawall_platform_now(NULL) + SEAWALL_MILLISECONDS(1);
        ck_assert_int_eq(seawall_timers_arm(timers, due, note_time, NULL, NULL), SEAWALL_OK);
        await(&fired, (uint32_t)i);
        ck_assert_int_ge(came, due);
    }
    seawall_timers_destroy(timers);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("timer service");
    TCase *tcase = tcase_create("all");
    SRunner *runner;
    int failed;

    tcase_add_test(tcase, the_thread_fires_when_it_is_time);
    tcase_add_test(tcase, started_and_stopped_as_told);
    tcase_add_test(tcase, no_thread_is_a_status);
    tcase_add_test(tcase, the_thread_is_as_configured);
    tcase_add_test(tcase, cancelling_may_wait);
    tcase_add_test(tcase, stopping_waits_for_what_runs);
    tcase_add_test(tcase, it_works_on_the_real_clock);
    tcase_set_timeout(tcase, 30);
    suite_add_tcase(suite, tcase);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
