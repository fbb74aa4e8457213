/*
 * A child forked while a thread of its parent was between a transition and its record searched for that record ten million times
 * in every snapshot, and its listeners were told of nothing before 64 transitions had gone by.
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include <seawall/seawall.h>

#include "one_test.h"
#include "support.h"

#define CHILDREN (int)sw_test_count(40, 300)

static seawall_breaker *breaker;
static atomic_bool begun, over;

static void hear(const seawall_breaker_transition *transition, void *user)
{
    (void)transition;
    ++*(int *)user;
}

static void *order(void *user)
{
    atomic_store(&begun, true);
    while (!atomic_load(&over)) {
        (void)seawall_breaker_force_open(breaker, SEAWALL_FOREVER);
        (void)seawall_breaker_close(breaker);
    }
    return user;
}

static bool child(void *arg)
{
    int heard = 0;

    (void)arg;
    return seawall_breaker_add_listener(breaker, hear, &heard) == SEAWALL_OK && seawall_breaker_close(breaker) == SEAWALL_OK &&
           heard == 1 && seawall_breaker_close(breaker) == SEAWALL_OK && heard == 2;
}

START_TEST(a_child_is_told)
{
    pthread_t thread;
    int i;

    ck_assert_int_eq(seawall_breaker_create(NULL, NULL, &breaker, NULL), SEAWALL_OK);
    ck_assert_int_eq(pthread_create(&thread, NULL, order, NULL), 0);
    while (!atomic_load(&begun))
        (void)sched_yield();
    for (i = 0; i < CHILDREN; i++)
        sw_test_in_child(child, NULL);
    atomic_store(&over, true);
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    seawall_breaker_destroy(breaker);
}
END_TEST

int main(void)
{
    return one_test("regress/forked_in_transition", a_child_is_told);
}
