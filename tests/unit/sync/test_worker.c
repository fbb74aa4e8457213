/* Threads of the library's own: what they are born with, the order of what they call, and how they end. */
#define _GNU_SOURCE
#include <check.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>

#include "support.h"
#include "sync/worker.h"
#include "thread_refusal.h"

#include "suite.h"

static char steps[16];
static sw_atomic_u32 noted; /* how many of them */
static char name[17];
static sigset_t blocked;
static size_t stack;
static sw_atomic_u32 hold;

static void note(char step)
{
    steps[sw_load_u32(&noted)] = step;
    (void)sw_add_u32(&noted, 1);
}

static void look(void *user)
{
    pthread_attr_t attributes;
    void *lowest;

    note(*(const char *)user);
    (void)prctl(PR_GET_NAME, name);
    (void)pthread_sigmask(SIG_SETMASK, NULL, &blocked);
    (void)pthread_getattr_np(pthread_self(), &attributes);
    (void)pthread_attr_getstack(&attributes, &lowest, &stack);
    (void)pthread_attr_destroy(&attributes);
    while (sw_load_u32(&hold) != 0)
        (void)sched_yield();
    note((char)(*(const char *)user + 1));
}

static sw_worker worker;
static char letter = 'a';
static sw_worker_settings settings = {"a thread with a long name", SW_STACK_LEAST * 2, 0};

static void start(void)
{
    ck_assert_int_eq(sw_worker_start(&worker, &settings, look, &letter), SEAWALL_OK);
}

START_TEST(born_as_it_is_told)
{
    start();
    ck_assert(sw_worker_is_started(&worker));
    sw_worker_join(&worker);
    ck_assert(!sw_worker_is_started(&worker));
    ck_assert_str_eq(name, "a thread with a");
    ck_assert_uint_ge(stack, SW_STACK_LEAST * 2);
    ck_assert_uint_lt(stack, SW_STACK_LEAST * 8);
    ck_assert_int_eq(sigismember(&blocked, SIGTERM), 1);
    ck_assert_int_eq(sigismember(&blocked, SIGUSR1), 1);
    ck_assert_str_eq(steps, "ab");
    start(); /* again */
    sw_worker_join(&worker);
    ck_assert_str_eq(steps, "abab");
    sw_worker_join(&worker); /* there is none */
}
END_TEST

START_TEST(signals_are_opened_by_number)
{
    sigset_t mine, before;

    (void)sigemptyset(&mine);
    (void)sigaddset(&mine, SIGUSR2);
    (void)pthread_sigmask(SIG_SETMASK, &mine, NULL);
    settings.signals = UINT64_C(1) << (SIGUSR1 - 1) | UINT64_C(1) << (SIGRTMAX - 1);
    start();
    sw_worker_join(&worker);
    ck_assert_int_eq(sigismember(&blocked, SIGUSR1), 0);
    ck_assert_int_eq(sigismember(&blocked, SIGRTMAX), 0);
    ck_assert_int_eq(sigismember(&blocked, SIGUSR2), 1);
    ck_assert_int_eq(sigismember(&blocked, SIGTERM), 1);
    (void)pthread_sigmask(SIG_SETMASK, NULL, &before); /* the starter's own are what they were */
    ck_assert_int_eq(sigismember(&before, SIGUSR2), 1);
    ck_assert_int_eq(sigismember(&before, SIGUSR1), 0);
}
END_TEST

START_TEST(ended_means_that_all_is_over)
{
    sw_store_u32(&hold, 1);
    start();
    ck_assert(!sw_worker_has_ended(&worker));
    sw_store_u32(&hold, 0);
    while (!sw_worker_has_ended(&worker))
        (void)sched_yield();
    ck_assert_str_eq(steps, "ab");
    sw_worker_join(&worker);
}
END_TEST

START_TEST(no_thread_is_a_status)
{
    sw_test_refuse_threads(0, 1);
    ck_assert_int_eq(sw_worker_start(&worker, &settings, look, &letter), SEAWALL_NO_RESOURCES);
    ck_assert(!sw_worker_is_started(&worker));
    sw_worker_join(&worker);
    start();
    sw_worker_join(&worker);
    ck_assert_str_eq(steps, "ab");
}
END_TEST

static bool forgets_and_starts_anew(void *arg)
{
    (void)arg;
    sw_worker_join(&worker);
    if (sw_worker_is_started(&worker))
        return false;
    if (!sw_test_child_may_start_threads())
        return true;
    if (sw_worker_start(&worker, &settings, look, &letter) != SEAWALL_OK)
        return false;
    sw_store_u32(&hold, 0);
    sw_worker_join(&worker);
    return true;
}

START_TEST(a_forked_child_has_no_thread)
{
    sw_store_u32(&hold, 1);
    start();
    while (sw_load_u32(&noted) != 1)
        (void)sched_yield();
    sw_test_in_child(forgets_and_starts_anew, NULL);
    sw_store_u32(&hold, 0);
    sw_worker_join(&worker);
    ck_assert_str_eq(steps, "ab");
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("worker");

    tcase_add_test(tests, born_as_it_is_told);
    tcase_add_test(tests, signals_are_opened_by_number);
    tcase_add_test(tests, ended_means_that_all_is_over);
    tcase_add_test(tests, no_thread_is_a_status);
    tcase_add_test(tests, a_forked_child_has_no_thread);
    return sw_test_run("worker", tests);
}
