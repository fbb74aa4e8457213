/*
 * A reload took a pool's levels as they stood, without the pool's lock, and set them again: beside a program that changed them it
 * set half of the old ones, or took the new ones back.
 */
#include <pthread.h>
#include <sched.h>
#include <string.h>

#include <seawall/loader.h>

#include "base/atomic.h"
#include "one_test.h"
#include "policy/pool/pool_object.h"
#include "support.h"

#define ROUNDS 300

static sw_test_platform on;
static seawall_registry *registry;
static seawall_pool *pool;
static sw_atomic_u32 over;

static seawall_duration time_of(int32_t round)
{
    return SEAWALL_MILLISECONDS(1 + round);
}

/* One after the other; nobody else has a say in them. */
static void *change_levels(void *arg)
{
    seawall_priority_level_config levels[SEAWALL_PRIORITY_COUNT], now[SEAWALL_PRIORITY_COUNT];
    seawall_pool_config config = SEAWALL_POOL_CONFIG_INIT;
    int32_t round, i;

    (void)arg;
    ck_assert_int_eq(seawall_priority_levels(levels), SEAWALL_OK);
    config.levels = levels;
    config.core_size = 0;
    config.max_size = 1;
    for (round = 0; round < ROUNDS; round++) {
        for (i = 0; i < SEAWALL_PRIORITY_COUNT; i++)
            levels[i].max_queue_time = time_of(round);
        ck_assert_int_eq(seawall_pool_reconfigure(pool, &config, NULL), SEAWALL_OK);
        (void)sched_yield();
        sw_pool_levels(pool, now);
        for (i = 0; i < SEAWALL_PRIORITY_COUNT; i++)
            ck_assert_int_eq(now[i].max_queue_time, time_of(round));
    }
    sw_store_u32(&over, 1);
    return NULL;
}

static void reload(const char *text)
{
    ck_assert_int_eq(seawall_registry_reload_text(registry, text, strlen(text), "test", NULL, NULL), SEAWALL_OK);
}

START_TEST(they_stay_as_they_are_set)
{
    seawall_priority_level_config levels[SEAWALL_PRIORITY_COUNT];
    pthread_t thread;
    int32_t i;

    sw_test_platform_init(&on, false);
    ck_assert_int_eq(seawall_registry_create(NULL, &on.platform, &registry, NULL), SEAWALL_OK);
    reload("[thread_pool \"p\"]\ncore_size = 0\nmax_size = 1\n");
    ck_assert_int_eq(seawall_registry_pool(registry, "p", NULL, &pool, NULL, NULL), SEAWALL_OK);
    ck_assert_int_eq(pthread_create(&thread, NULL, change_levels, NULL), 0);
    while (sw_load_u32(&over) == 0) {
        reload("[thread_pool \"p\"]\ncore_size = 0\nmax_size = 1\nkeep_alive = 1s\n");
        reload("[thread_pool \"p\"]\ncore_size = 0\nmax_size = 1\nkeep_alive = 2s\n[priority_level]\nweight = 10\n");
    }
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    /* What the file says of weights holds from its last change on; of times it said nothing. */
    reload("[thread_pool \"p\"]\ncore_size = 0\nmax_size = 1\n[priority_level]\nweight = 20\n");
    sw_pool_levels(pool, levels);
    for (i = 0; i < SEAWALL_PRIORITY_COUNT; i++) {
        ck_assert_int_eq(levels[i].weight, 20);
        ck_assert_int_eq(levels[i].max_queue_time, time_of(ROUNDS - 1));
    }
    seawall_pool_destroy(pool);
    seawall_registry_destroy(registry);
    sw_test_platform_fini(&on);
}
END_TEST

int main(void)
{
    return one_test("regress/levels_beside_a_reload", they_stay_as_they_are_set);
}
