/* In a child forked while a thread of its parent was adding or removing a listener, the next transition waited for ever. */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include <seawall/seawall.h>

#include "one_test.h"
#include "support.h"

static seawall_breaker *breaker;
static atomic_bool begun, over;
static int heard;

static void hear(const seawall_breaker_transition *transition, void *user)
{
    (void)transition;
    ++*(int *)user;
}

static void *change_listeners(void *user)
{
    (void)user;
    atomic_store(&begun, true);
    while (!atomic_load(&over)) {
        if (seawall_breaker_add_listener(breaker, hear, &heard) == SEAWALL_OK)
            (void)seawall_breaker_remove_listener(breaker, hear, &heard);
    }
    return NULL;
}

static bool child(void *arg)
{
    int mine = 0;

    (void)arg;
    return seawall_breaker_add_listener(breaker, hear, &mine) == SEAWALL_OK && seawall_breaker_close(breaker) == SEAWALL_OK &&
           mine == 1 && seawall_breaker_remove_listener(breaker, hear, &mine) == SEAWALL_OK &&
           seawall_breaker_close(breaker) == SEAWALL_OK && mine == 1;
}

START_TEST(a_child_goes_on)
{
    pthread_t thread;
    int64_t i;

    ck_assert_int_eq(seawall_breaker_create(NULL, NULL, &breaker, NULL), SEAWALL_OK);
    ck_assert_int_eq(pthread_create(&thread, NULL, change_listeners, NULL), 0);
    while (!atomic_load(&begun))
        (void)sched_yield();
    for (i = 0; i < sw_test_count(100, 100); i++)
        sw_test_in_child(child, NULL);
    atomic_store(&over, true);
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    seawall_breaker_destroy(breaker);
}
END_TEST

int main(void)
{
    return one_test("regress/forked_under_lock", a_child_goes_on);
}
