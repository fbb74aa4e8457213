/*
 * A child forked while a thread of its parent asked for keyed instances found their order of use half linked: it ran in circles,
 * or gave up instances that were in use.
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>

#include <seawall/seawall.h>

#include "one_test.h"
#include "support.h"

#define CHILDREN (int)sw_test_count(40, 400)
#define MOST 200

static seawall_keyed *keyed;
static seawall_retry *held[MOST];
static atomic_bool begun, over;

static seawall_retry *ask(const char *prefix, int number)
{
    char key[16];
    seawall_retry *retry = NULL;

    (void)snprintf(key, sizeof(key), "%s%d", prefix, number);
    return seawall_keyed_retry(keyed, key, &retry, NULL) == SEAWALL_OK ? retry : NULL;
}

/* All are in use, so that each is looked at and becomes the newest. Nothing is allocated. */
static void *ask_for_more(void *user)
{
    atomic_store(&begun, true);
    while (!atomic_load(&over)) {
        if (ask("one more", 0) != NULL)
            return NULL;
    }
    return user;
}

/* Those that the parent had go one by one, each for a new one. */
static bool child(void *arg)
{
    seawall_keyed_snapshot snapshot = SEAWALL_KEYED_SNAPSHOT_INIT;
    int i;

    (void)arg;
    for (i = 0; i < MOST; i++)
        seawall_retry_destroy(held[i]);
    for (i = 0; i < MOST; i++) {
        seawall_retry *retry = ask("new", i);

        if (retry == NULL || seawall_keyed_get_snapshot(keyed, &snapshot) != SEAWALL_OK || snapshot.instances != MOST ||
            snapshot.created != MOST + i + 1 || snapshot.evicted != i + 1)
            return false;
        seawall_retry_destroy(retry);
    }
    for (i = MOST - 1; i >= 0; i--)
        seawall_retry_destroy(ask("new", i));
    return seawall_keyed_get_snapshot(keyed, &snapshot) == SEAWALL_OK && snapshot.created == 2 * MOST;
}

START_TEST(a_child_has_them_in_order)
{
    seawall_keyed_config config = SEAWALL_KEYED_CONFIG_INIT;
    seawall_registry *registry;
    pthread_t thread;
    void *good;
    int i;

    config.max_instances = MOST;
    ck_assert_int_eq(seawall_registry_create(NULL, NULL, &registry, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_registry_keyed(registry, "k", &config, "retry", &keyed, NULL, NULL), SEAWALL_OK);
    for (i = 0; i < MOST; i++)
        ck_assert_ptr_nonnull(held[i] = ask("old", i));
    ck_assert_int_eq(pthread_create(&thread, NULL, ask_for_more, &config), 0);
    while (!atomic_load(&begun))
        (void)sched_yield();
    for (i = 0; i < CHILDREN; i++)
        sw_test_in_child(child, NULL);
    atomic_store(&over, true);
    ck_assert_int_eq(pthread_join(thread, &good), 0);
    ck_assert_ptr_nonnull(good);
    for (i = 0; i < MOST; i++)
        seawall_retry_destroy(held[i]);
    seawall_keyed_destroy(keyed);
    seawall_registry_destroy(registry);
}
END_TEST

int main(void)
{
    return one_test("regress/forked_among_keys", a_child_has_them_in_order);
}
