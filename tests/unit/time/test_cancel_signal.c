/* Cancellation tokens in signal handlers, in poll(2), in the child of a fork. On the real clock; nothing here waits for time. */
#define _GNU_SOURCE
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>

#include "base/atomic.h"
#include "suite.h"
#include "support.h"

static seawall_cancel *token, *child;
static seawall_timers *timers;
static seawall_cancel_hook hook, child_hook;
static sw_atomic_u32 ran, child_ran, ran_on_main;
static pthread_t main_thread;

static void count(void *user)
{
    if (pthread_equal(pthread_self(), main_thread))
        (void)sw_add_u32(&ran_on_main, 1);
    (void)sw_add_u32(user, 1);
}

static void on_signal(int number)
{
    (void)number;
    errno = ERANGE;
    (void)seawall_cancel_trigger_from_signal(token);
    if (errno != ERANGE)
        sw_store_u32(&ran, 1000);
}

static void make(seawall_timers *service)
{
    seawall_cancel_config config = SEAWALL_CANCEL_CONFIG_INIT;

    config.timers = service;
    ck_assert_int_eq(seawall_cancel_create(&config, NULL, &token, NULL), SEAWALL_OK);
    config = (seawall_cancel_config)SEAWALL_CANCEL_CONFIG_INIT;
    config.parent = token;
    ck_assert_int_eq(seawall_cancel_create(&config, NULL, &child, NULL), SEAWALL_OK);
    memset(&hook, 0, sizeof(hook));
    memset(&child_hook, 0, sizeof(child_hook));
    ck_assert_int_eq(seawall_cancel_add_hook(token, &hook, count, &ran), SEAWALL_OK);
    ck_assert_int_eq(seawall_cancel_add_hook(child, &child_hook, count, &child_ran), SEAWALL_OK);
}

static void unmake(void)
{
    seawall_cancel_destroy(child);
    seawall_cancel_destroy(token);
}

static void raise_it(void)
{
    struct sigaction action = {.sa_handler = on_signal};
    struct sigaction before;

    ck_assert_int_eq(sigaction(SIGINT, &action, &before), 0);
    ck_assert_int_eq(raise(SIGINT), 0);
    ck_assert_int_eq(sigaction(SIGINT, &before, NULL), 0);
}

static void set_up(void)
{
    main_thread = pthread_self();
    sw_store_u32(&ran, 0);
    sw_store_u32(&child_ran, 0);
    sw_store_u32(&ran_on_main, 0);
}

START_TEST(a_handler_marks_and_the_next_call_delivers)
{
    make(NULL);
    raise_it();
    ck_assert(seawall_cancel_is_cancelled(token));
    ck_assert_int_eq(seawall_cancel_cause(token), SEAWALL_CAUSE_CANCELLATION);
    ck_assert(!seawall_cancel_is_cancelled(child)); /* nobody has told it */
    ck_assert_uint_eq(sw_load_u32(&ran), 0);
    ck_assert_int_eq(seawall_cancel_trigger(token), SEAWALL_OK);
    ck_assert_uint_eq(sw_load_u32(&ran), 1);
    ck_assert_uint_eq(sw_load_u32(&child_ran), 1);
    ck_assert(seawall_cancel_is_cancelled(child));
    raise_it();
    ck_assert_int_eq(seawall_cancel_trigger(token), SEAWALL_OK);
    ck_assert_uint_eq(sw_load_u32(&ran), 1);
    unmake();
}
END_TEST

/* Whatever the call is. */
START_TEST(any_call_delivers)
{
    seawall_cancel_config config = SEAWALL_CANCEL_CONFIG_INIT;
    seawall_cancel *late = NULL;
    int32_t descriptor;

    make(NULL);
    raise_it();
    ck_assert_int_eq(seawall_cancel_remove_hook(token, &hook), SEAWALL_STALE);
    ck_assert_uint_eq(sw_load_u32(&ran), 1);
    unmake();
    make(NULL);
    raise_it();
    ck_assert_int_eq(seawall_cancel_descriptor(token, &descriptor), SEAWALL_OK);
    ck_assert_uint_eq(sw_load_u32(&ran), 2);
    unmake();
    make(NULL);
    raise_it();
    config.parent = token;
    ck_assert_int_eq(seawall_cancel_create(&config, NULL, &late, NULL), SEAWALL_OK);
    ck_assert(seawall_cancel_is_cancelled(late));
    ck_assert_uint_eq(sw_load_u32(&ran), 3);
    seawall_cancel_destroy(late);
    unmake();
    make(NULL);
    raise_it();
    ck_assert_int_eq(seawall_cancel_remove_hook(child, &child_hook), SEAWALL_STALE); /* below it */
    ck_assert_uint_eq(sw_load_u32(&ran), 4);
    unmake();
    make(NULL);
    raise_it();
    unmake(); /* destroying calls nobody */
    ck_assert_uint_eq(sw_load_u32(&ran), 4);
}
END_TEST

static bool readable(int32_t descriptor)
{
    struct pollfd ready = {.fd = descriptor, .events = POLLIN};

    return poll(&ready, 1, 0) == 1;
}

START_TEST(the_descriptor_is_readable_from_then_on)
{
    int32_t descriptor = -1, again = -1, of_child = -1;

    make(NULL);
    ck_assert_int_eq(seawall_cancel_descriptor(token, &descriptor), SEAWALL_OK);
    ck_assert_int_eq(seawall_cancel_descriptor(token, &again), SEAWALL_OK);
    ck_assert_int_eq(descriptor, again);
    ck_assert_int_eq(seawall_cancel_descriptor(child, &of_child), SEAWALL_OK);
    ck_assert(!readable(descriptor) && !readable(of_child));
    raise_it();
    ck_assert(readable(descriptor) && !readable(of_child));
    ck_assert_int_eq(seawall_cancel_trigger(token), SEAWALL_OK);
    ck_assert(readable(descriptor) && readable(of_child));
    unmake();
    ck_assert_int_eq(fcntl(descriptor, F_GETFD), -1);
    ck_assert_int_eq(fcntl(of_child, F_GETFD), -1);
    make(NULL);
    ck_assert_int_eq(seawall_cancel_trigger(token), SEAWALL_OK);
    ck_assert_int_eq(seawall_cancel_descriptor(child, &of_child), SEAWALL_OK);
    ck_assert(readable(of_child));
    unmake();
}
END_TEST

START_TEST(without_descriptors_it_says_so)
{
    struct rlimit before, none;
    int32_t descriptor = -7;
    seawall_status answered;

    make(NULL);
    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
    none = before;
    none.rlim_cur = 0;
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
    answered = seawall_cancel_descriptor(token, &descriptor);
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
    ck_assert_int_eq(answered, SEAWALL_NO_RESOURCES);
    ck_assert_int_eq(descriptor, -7);
    ck_assert_int_eq(seawall_cancel_descriptor(token, &descriptor), SEAWALL_OK);
    unmake();
}
END_TEST

START_TEST(the_timer_service_delivers)
{
    ck_assert_int_eq(seawall_timers_create(NULL, NULL, &timers, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_timers_start(timers, NULL), SEAWALL_OK);
    make(timers);
    raise_it();
    while (sw_load_u32(&ran) == 0 || sw_load_u32(&child_ran) == 0)
        (void)sched_yield();
    ck_assert_uint_eq(sw_load_u32(&ran_on_main), 0);
    unmake();
    make(timers);
    unmake();
    make(timers);
    raise_it(); /* who was given up is not visited */
    while (sw_load_u32(&ran) != 2)
        (void)sched_yield();
    unmake();
    seawall_timers_destroy(timers);
}
END_TEST

START_TEST(a_host_that_drives_the_service_delivers)
{
    int32_t descriptor = -1, fired = -1;
    seawall_time due;

    ck_assert_int_eq(seawall_timers_create(NULL, NULL, &timers, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_timers_descriptor(timers, &descriptor), SEAWALL_OK);
    make(timers);
    ck_assert_int_eq(seawall_timers_next_due(timers, &due), SEAWALL_OK);
    ck_assert(due == SEAWALL_FOREVER);
    raise_it();
    ck_assert(readable(descriptor));
    ck_assert_uint_eq(sw_load_u32(&ran), 0);
    ck_assert_int_eq(seawall_timers_advance(timers, &fired), SEAWALL_OK);
    ck_assert_int_eq(fired, 0);
    ck_assert_uint_eq(sw_load_u32(&ran), 1);
    ck_assert_uint_eq(sw_load_u32(&child_ran), 1);
    ck_assert(!readable(descriptor));
    unmake();
    seawall_timers_destroy(timers);
}
END_TEST

static bool child_keeps_the_state_alone(void *arg)
{
    int32_t *parents = arg, descriptor = -1;
    seawall_cancel_hook own = SEAWALL_CANCEL_HOOK_INIT;
    bool was = seawall_cancel_is_cancelled(token);

    if (seawall_cancel_remove_hook(token, &hook) != SEAWALL_STALE)
        return false;
    if (seawall_cancel_descriptor(token, &descriptor) != SEAWALL_OK || descriptor == *parents || readable(descriptor) != was)
        return false;
    if (was) {
        unmake();
        return sw_load_u32(&ran) == 0;
    }
    if (seawall_cancel_add_hook(token, &own, count, &child_ran) != SEAWALL_OK)
        return false;
    if (seawall_cancel_trigger_from_signal(token) != SEAWALL_OK || !readable(descriptor) || readable(*parents))
        return false;
    if (seawall_cancel_trigger(token) != SEAWALL_OK || sw_load_u32(&ran) != 0 || sw_load_u32(&child_ran) != 1)
        return false;
    if (seawall_cancel_is_cancelled(child)) /* it was the parent's child */
        return false;
    unmake();
    return true;
}

START_TEST(a_forked_child_keeps_the_state_alone)
{
    int32_t descriptor = -1;

    ck_assert_int_eq(seawall_timers_create(NULL, NULL, &timers, NULL), SEAWALL_OK);
    make(timers);
    ck_assert_int_eq(seawall_cancel_descriptor(token, &descriptor), SEAWALL_OK);
    sw_test_in_child(child_keeps_the_state_alone, &descriptor);
    ck_assert(!seawall_cancel_is_cancelled(token) && !readable(descriptor));
    raise_it();
    sw_test_in_child(child_keeps_the_state_alone, &descriptor);
    ck_assert_uint_eq(sw_load_u32(&ran), 0);
    ck_assert_int_eq(seawall_cancel_trigger(token), SEAWALL_OK);
    ck_assert_uint_eq(sw_load_u32(&ran), 1);
    unmake();
    seawall_timers_destroy(timers);
}
END_TEST

static bool marked_untouched(void *arg)
{
    (void)arg;
    /* The first call on it in this process comes from a handler. */
    return seawall_cancel_trigger_from_signal(token) == SEAWALL_OK && seawall_cancel_is_cancelled(token);
}

START_TEST(a_handler_in_a_forked_child_leaves_the_parent_alone)
{
    int32_t descriptor = -1;

    make(NULL);
    ck_assert_int_eq(seawall_cancel_descriptor(token, &descriptor), SEAWALL_OK);
    sw_test_in_child(marked_untouched, NULL);
    ck_assert(!readable(descriptor));
    unmake();
}
END_TEST

/* A hook forks: in the child its delivery never was. */
static bool forked_inside;

static bool goes_on(void *arg)
{
    (void)arg;
    return seawall_cancel_is_cancelled(token) && seawall_cancel_remove_hook(token, &hook) == SEAWALL_STALE;
}

static void fork_off(void *user)
{
    (void)user;
    sw_test_in_child(goes_on, NULL);
    forked_inside = true;
}

START_TEST(a_hook_may_fork)
{
    make(NULL);
    ck_assert_int_eq(seawall_cancel_remove_hook(token, &hook), SEAWALL_OK);
    ck_assert_int_eq(seawall_cancel_add_hook(token, &hook, fork_off, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_cancel_trigger(token), SEAWALL_OK);
    ck_assert(forked_inside);
    ck_assert_uint_eq(sw_load_u32(&child_ran), 1);
    unmake();
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("cancel_signal");

    tcase_add_checked_fixture(tests, set_up, NULL);
    tcase_add_test(tests, a_handler_marks_and_the_next_call_delivers);
    tcase_add_test(tests, any_call_delivers);
    tcase_add_test(tests, the_descriptor_is_readable_from_then_on);
    tcase_add_test(tests, without_descriptors_it_says_so);
    tcase_add_test(tests, the_timer_service_delivers);
    tcase_add_test(tests, a_host_that_drives_the_service_delivers);
    tcase_add_test(tests, a_forked_child_keeps_the_state_alone);
    tcase_add_test(tests, a_handler_in_a_forked_child_leaves_the_parent_alone);
    tcase_add_test(tests, a_hook_may_fork);
    return sw_test_run("cancel_signal", tests);
}
