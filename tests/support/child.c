/* What a child of fork goes through. */
#define _GNU_SOURCE
#include <check.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support.h"

void sw_test_limit_child(void)
{
    sigset_t alarms;

    /* libcheck's own handler, inherited, would kill the test instead of the child; and a worker's thread blocks all signals. */
    (void)signal(SIGALRM, SIG_DFL);
    (void)sigemptyset(&alarms);
    (void)sigaddset(&alarms, SIGALRM);
    (void)pthread_sigmask(SIG_UNBLOCK, &alarms, NULL);
    (void)alarm(20);
}

/* As the thread ends: before what sanitizers do as the process does, when they miss the threads that are not in the child. */
static void leave(void *value)
{
    (void)value;
    _exit(0);
}

void sw_test_end_child_with_thread(void)
{
    static char value;
    pthread_key_t key;

    if (pthread_key_create(&key, leave) != 0 || pthread_setspecific(key, &value) != 0)
        _exit(1);
}

void sw_test_await_child(pid_t child)
{
    int ended = -1;

    ck_assert_int_eq(waitpid(child, &ended, 0), child);
    ck_assert_msg(!WIFSIGNALED(ended), "the child was killed by signal %d; 14: it hung", WTERMSIG(ended));
    ck_assert_msg(ended == 0, "the child did not find what it should");
}

void sw_test_in_child(sw_test_child_fn goes_on, void *arg)
{
    pid_t child = fork();

    ck_assert_int_ge(child, 0);
    if (child == 0) {
        sw_test_limit_child();
        _exit(goes_on(arg) ? 0 : 1);
    }
    sw_test_await_child(child);
}

#if defined(__SANITIZE_THREAD__)
#define SANITIZES_THREADS 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define SANITIZES_THREADS 1
#endif
#endif
#ifndef SANITIZES_THREADS
#define SANITIZES_THREADS 0
#endif

bool sw_test_child_may_start_threads(void)
{
    return !SANITIZES_THREADS;
}
