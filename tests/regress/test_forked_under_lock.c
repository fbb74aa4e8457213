/* In a child forked while a thread of its parent was adding or removing a listener, the next transition waited for ever. */
#include <pthread.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

#include <seawall/seawall.h>

#include "one_test.h"

#define CHILDREN 100

static seawall_breaker *breaker;
static atomic_bool over;
static int heard;

static void hear(const seawall_breaker_transition *transition, void *user)
{
    (void)transition;
    ++*(int *)user;
}

static void *change_listeners(void *user)
{
    (void)user;
    while (!atomic_load(&over)) {
        if (seawall_breaker_add_listener(breaker, hear, &heard) == SEAWALL_OK)
            (void)seawall_breaker_remove_listener(breaker, hear, &heard);
    }
    return NULL;
}

static int child(void)
{
    int mine = 0;

    (void)alarm(3);
    return seawall_breaker_add_listener(breaker, hear, &mine) == SEAWALL_OK && seawall_breaker_close(breaker) == SEAWALL_OK &&
                   mine == 1 && seawall_breaker_remove_listener(breaker, hear, &mine) == SEAWALL_OK &&
                   seawall_breaker_close(breaker) == SEAWALL_OK && mine == 1
               ? 0
               : 1;
}

START_TEST(a_child_goes_on)
{
    pthread_t thread;
    int i;

    ck_assert_int_eq(seawall_breaker_create(NULL, NULL, &breaker, NULL), SEAWALL_OK);
    ck_assert_int_eq(pthread_create(&thread, NULL, change_listeners, NULL), 0);
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
    return one_test("regress/forked_under_lock", a_child_goes_on);
}
