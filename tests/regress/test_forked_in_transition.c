/*
 * A child forked while a thread of its parent was between a transition and its record searched for that record ten million times
 * in every snapshot, and its listeners were told of nothing before 64 transitions had gone by.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

#include <seawall/seawall.h>

#include "one_test.h"

#define CHILDREN 300

static seawall_breaker *breaker;
static atomic_bool over;

static void hear(const seawall_breaker_transition *transition, void *user)
{
    (void)transition;
    ++*(int *)user;
}

static void *order(void *user)
{
    while (!atomic_load(&over)) {
        (void)seawall_breaker_force_open(breaker, SEAWALL_FOREVER);
        (void)seawall_breaker_close(breaker);
    }
    return user;
}

static int child(void)
{
    int heard = 0;

    (void)alarm(3);
    return seawall_breaker_add_listener(breaker, hear, &heard) == SEAWALL_OK && seawall_breaker_close(breaker) == SEAWALL_OK &&
                   heard == 1 && seawall_breaker_close(breaker) == SEAWALL_OK && heard == 2
               ? 0
               : 1;
}

START_TEST(a_child_is_told)
{
    pthread_t thread;
    int i;

    ck_assert_int_eq(seawall_breaker_create(NULL, NULL, &breaker, NULL), SEAWALL_OK);
    ck_assert_int_eq(pthread_create(&thread, NULL, order, NULL), 0);
    for (i = 0; i < CHILDREN; i++) {
        pid_t forked = fork();
        int ended = -1;

        ck_assert_int_ge(forked, 0);
        if (forked == 0)
            _exit(child());
        ck_assert_int_eq(waitpid(forked, &ended, 0), forked);
        ck_assert_msg(ended == 0, "child %d ended with %d", i, ended);
    }
    atomic_store(&over, true);
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    seawall_breaker_destroy(breaker);
}
END_TEST

int main(void)
{
    return one_test("regress/forked_in_transition", a_child_is_told);
}
