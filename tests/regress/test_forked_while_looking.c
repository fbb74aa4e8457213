/*
 * A child forked while a thread of its parent looked something up in a registry waited for that thread for ever when it removed
 * it.
 */
#include <stdatomic.h>

#include <pthread.h>
#include <sched.h>
#include <seawall/seawall.h>

#include "one_test.h"
#include "support.h"

#define CHILDREN (int)sw_test_count(40, 400)
#define LOOKERS 3

static seawall_registry *registry;
static atomic_int begun;
static atomic_bool over;

static void *look(void *user)
{
    seawall_retry *retry;

    (void)atomic_fetch_add(&begun, 1);
    while (!atomic_load(&over)) {
        if (seawall_registry_retry(registry, "r", NULL, &retry, NULL, NULL) == SEAWALL_OK)
            seawall_retry_destroy(retry);
    }
    return user;
}

static bool child(void *arg)
{
    (void)arg;
    return seawall_registry_remove(registry, "retry", "r") == SEAWALL_OK &&
           seawall_registry_remove(registry, "retry", "r") == SEAWALL_INVALID && seawall_registry_count(registry) == 0;
}

START_TEST(a_child_removes_it)
{
    pthread_t threads[LOOKERS];
    seawall_retry *retry;
    int i;

    ck_assert_int_eq(seawall_registry_create(NULL, NULL, &registry, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_registry_retry(registry, "r", NULL, &retry, NULL, NULL), SEAWALL_OK);
    for (i = 0; i < LOOKERS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, look, NULL), 0);
    while (atomic_load(&begun) < LOOKERS)
        (void)sched_yield();
    for (i = 0; i < CHILDREN; i++)
        sw_test_in_child(child, NULL);
    atomic_store(&over, true);
    for (i = 0; i < LOOKERS; i++)
        ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
    seawall_retry_destroy(retry);
    seawall_registry_destroy(registry);
}
END_TEST

int main(void)
{
    return one_test("regress/forked_while_looking", a_child_removes_it);
}
