/*
 * In the child of a fork a call on a token took what was above it for the child's own: it called the hooks that the parent's
 * process had there, made its descriptor readable, and waited for a thread that the child does not have.
 */
#include <poll.h>
#include <pthread.h>
#include <sched.h>

#include "base/atomic.h"
#include "suite.h"
#include "support.h"

static seawall_cancel *top, *below;
static seawall_cancel_hook hook;
static sw_atomic_u32 ran, gone_on;

static void make(void)
{
    seawall_cancel_config config = SEAWALL_CANCEL_CONFIG_INIT;

    ck_assert_int_eq(seawall_cancel_create(NULL, NULL, &top, NULL), SEAWALL_OK);
    config.parent = top;
    ck_assert_int_eq(seawall_cancel_create(&config, NULL, &below, NULL), SEAWALL_OK);
}

static void unmake(void)
{
    seawall_cancel_destroy(below);
    seawall_cancel_destroy(top);
}

static void count(void *user)
{
    (void)user;
    (void)sw_add_u32(&ran, 1);
}

static bool marks_and_asks_below(void *arg)
{
    seawall_cancel_hook own = SEAWALL_CANCEL_HOOK_INIT;

    (void)arg;
    if (seawall_cancel_trigger_from_signal(top) != SEAWALL_OK)
        return false;
    if (seawall_cancel_add_hook(below, &own, count, NULL) != SEAWALL_OK) /* it is nobody's child any more */
        return false;
    unmake();
    return sw_load_u32(&ran) == 0;
}

START_TEST(hooks_above_are_forgotten)
{
    struct pollfd polled = {.events = POLLIN};

    make();
    ck_assert_int_eq(seawall_cancel_add_hook(top, &hook, count, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_cancel_descriptor(top, &polled.fd), SEAWALL_OK);
    sw_test_in_child(marks_and_asks_below, NULL);
    ck_assert_int_eq(poll(&polled, 1, 0), 0);
    unmake();
}
END_TEST

static void hold(void *user)
{
    (void)user;
    sw_store_u32(&ran, 1);
    while (sw_load_u32(&gone_on) == 0)
        (void)sched_yield();
}

static void *cancel_top(void *user)
{
    (void)user;
    (void)seawall_cancel_trigger(top);
    return NULL;
}

static bool gives_up_below(void *arg)
{
    (void)arg;
    unmake();
    return true;
}

START_TEST(nobody_is_waited_for_above)
{
    pthread_t thread;

    make();
    ck_assert_int_eq(seawall_cancel_add_hook(below, &hook, hold, NULL), SEAWALL_OK);
    ck_assert_int_eq(pthread_create(&thread, NULL, cancel_top, NULL), 0);
    while (sw_load_u32(&ran) == 0)
        (void)sched_yield();
    sw_test_in_child(gives_up_below, NULL);
    sw_store_u32(&gone_on, 1);
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    unmake();
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("regress");

    tcase_set_timeout(tests, 300);
    tcase_add_test(tests, hooks_above_are_forgotten);
    tcase_add_test(tests, nobody_is_waited_for_above);
    return sw_test_run("regress/forked_below_a_token", tests);
}
