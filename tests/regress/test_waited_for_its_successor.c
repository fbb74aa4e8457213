/*
 * Who exchanged the listener of a registry's events waited, besides the callback of the one before, for callbacks of the one
 * after: while there were always events to tell, for ever.
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include "../unit/registry/event_log.h"
#include "one_test.h"

static seawall_breaker *flipped;
static atomic_bool inside, ended, exchanged;
static atomic_int told;

/* Holds the thread that tells until the exchange has returned. */
static void after(const seawall_registry_event *event, void *user)
{
    (void)event;
    (void)user;
    atomic_fetch_add(&told, 1);
    while (!atomic_load(&exchanged))
        (void)sched_yield();
}

/* Goes on until it is the listener no longer: then what there is can be taken. There is more to tell, to another one. */
static void before(const seawall_registry_event *event, void *user)
{
    seawall_registry_event taken;
    int32_t count = 0;

    (void)event;
    (void)user;
    seawall_breaker_destroy(breaker_of("b"));
    atomic_store(&inside, true);
    while (count == 0) {
        ck_assert_int_eq(seawall_registry_poll(r.registry, &taken, sizeof(taken), 1, &count, NULL), SEAWALL_OK);
        (void)sched_yield();
    }
    ck_assert_int_eq(seawall_registry_listen(r.registry, after, NULL), SEAWALL_OK);
    seawall_breaker_destroy(breaker_of("c")); /* told by this thread, which goes on telling */
    atomic_store(&ended, true);
}

static void *make_an_event(void *arg)
{
    return seawall_breaker_force_open(flipped, SEAWALL_FOREVER) == SEAWALL_OK ? arg : NULL;
}

static void exchange_once(void)
{
    pthread_t thread;

    atomic_store(&inside, false);
    atomic_store(&ended, false);
    atomic_store(&exchanged, false);
    atomic_store(&told, 0);
    begin(8);
    flipped = breaker_of("a");
    (void)poll_all();
    ck_assert_int_eq(seawall_registry_listen(r.registry, before, NULL), SEAWALL_OK);
    ck_assert_int_eq(pthread_create(&thread, NULL, make_an_event, NULL), 0);
    while (!atomic_load(&inside))
        (void)sched_yield();
    ck_assert_int_eq(seawall_registry_listen(r.registry, NULL, NULL), SEAWALL_OK);
    ck_assert(atomic_load(&ended));
    atomic_store(&exchanged, true);
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    ck_assert_int_eq(atomic_load(&told), 1);
    seawall_breaker_destroy(flipped);
    room_fini(&r);
}

/* Often: the mistake shows if the next callback has begun before the one who waits looks again. */
START_TEST(an_exchange_waits_for_the_one_before)
{
    int64_t left;

    for (left = sw_test_count(300, 3000); left > 0; left--)
        exchange_once();
}
END_TEST

int main(void)
{
    return one_test("regress/waited_for_its_successor", an_exchange_waits_for_the_one_before);
}
