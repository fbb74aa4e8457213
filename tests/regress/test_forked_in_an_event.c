/*
 * In a child forked while a thread of its parent was putting an event into a registry's stream, or taking one out, no event came
 * behind that place: the child polled for ever and found nothing.
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include <seawall/seawall.h>

#include "one_test.h"
#include "support.h"

#define CHILDREN (int)sw_test_count(200, 1000)

static seawall_registry *registry;
static seawall_breaker *breaker;
static atomic_bool begun, over;

static void *change(void *user)
{
    seawall_registry_event event;
    int32_t taken;

    atomic_store(&begun, true);
    while (!atomic_load(&over)) {
        (void)seawall_breaker_force_open(breaker, SEAWALL_FOREVER);
        (void)seawall_breaker_close(breaker);
        (void)!seawall_registry_poll(registry, &event, sizeof(event), 1, &taken, NULL);
        (void)!seawall_registry_poll(registry, &event, sizeof(event), 1, &taken, NULL);
    }
    return user;
}

/* More than the ring has places. The first change may have to be told together with one that the parent began. */
static bool child(void *arg)
{
    uint64_t sequence = 0;
    int i;

    (void)arg;
    for (i = 0; i < 20; i++) {
        seawall_registry_event event[4];
        int64_t dropped;
        int32_t taken;

        (void)seawall_breaker_force_open(breaker, SEAWALL_FOREVER);
        (void)seawall_breaker_close(breaker);
        if (seawall_registry_poll(registry, event, sizeof(event[0]), 4, &taken, &dropped) != SEAWALL_OK || taken < 1 ||
            event[taken - 1].transition.to != SEAWALL_BREAKER_CLOSED || event[taken - 1].sequence != sequence + (uint64_t)taken ||
            dropped != 0)
            return false;
        sequence = event[taken - 1].sequence;
    }
    return true;
}

START_TEST(a_child_has_a_stream_of_its_own)
{
    seawall_registry_config config = SEAWALL_REGISTRY_CONFIG_INIT;
    pthread_t thread;
    int i;

    config.event_capacity = 4;
    ck_assert_int_eq(seawall_registry_create(&config, NULL, &registry, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_registry_breaker(registry, "b", NULL, &breaker, NULL, NULL), SEAWALL_OK);
    ck_assert_int_eq(pthread_create(&thread, NULL, change, NULL), 0);
    while (!atomic_load(&begun))
        (void)sched_yield();
    for (i = 0; i < CHILDREN; i++)
        sw_test_in_child(child, NULL);
    atomic_store(&over, true);
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    seawall_breaker_destroy(breaker);
    seawall_registry_destroy(registry);
}
END_TEST

int main(void)
{
    return one_test("regress/forked_in_an_event", a_child_has_a_stream_of_its_own);
}
