/*
 * A place remembered that a future had held it. The next call there was told of its end by the future's bell, which it does not
 * listen to, and slept for ever.
 */
#include <pthread.h>
#include <sched.h>

#include <seawall/seawall.h>

#include "base/atomic.h"
#include "one_test.h"

#define PATIENCE SEAWALL_SECONDS(20)

static pthread_t caller;
static sw_atomic_u32 asleep; /* the caller is, or is about to be */
static sw_atomic_u32 forgotten;

/* As the system's, but the caller's sleep has an end. */
static void park(const uint32_t *word, uint32_t expected, seawall_time until, void *user)
{
    const seawall_platform *real = seawall_platform_default();

    if (!pthread_equal(pthread_self(), caller)) {
        real->park(word, expected, until, user);
        return;
    }
    sw_store_u32(&asleep, 1);
    until = seawall_time_add(real->now(user), PATIENCE);
    while (__atomic_load_n(word, __ATOMIC_ACQUIRE) == expected && sw_load_u32(&forgotten) == 0) {
        real->park(word, expected, until, user);
        sw_store_u32(&forgotten, real->now(user) >= until);
    }
}

static seawall_fault at_once(seawall_attempt *attempt, void *arg)
{
    (void)attempt;
    (void)arg;
    return SEAWALL_FAULT_NONE;
}

static seawall_fault once_the_caller_sleeps(seawall_attempt *attempt, void *arg)
{
    (void)attempt;
    (void)arg;
    while (sw_load_u32(&asleep) == 0)
        (void)sched_yield();
    return SEAWALL_FAULT_NONE;
}

START_TEST(a_call_in_the_place_of_a_future_is_woken)
{
    seawall_pool_config size = SEAWALL_POOL_CONFIG_INIT;
    seawall_pipeline_config config = SEAWALL_PIPELINE_CONFIG_INIT;
    seawall_policy policy = SEAWALL_POLICY_INIT;
    const seawall_policy *policies[] = {&policy};
    seawall_platform platform;
    seawall_pipeline *pipeline;
    seawall_pool *pool;
    seawall_future future;

    ck_assert_int_eq(seawall_platform_init(&platform, sizeof(platform)), SEAWALL_OK);
    platform.park = park;
    caller = pthread_self();
    size.core_size = size.max_size = 1;
    config.calls = 1; /* one place for both */
    ck_assert_int_eq(seawall_pool_create(&size, &platform, &pool, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_pool_policy(pool, "pool", &policy), SEAWALL_OK);
    ck_assert_int_eq(seawall_pipeline_create(&config, policies, 1, &platform, &pipeline, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_future_start(pipeline, NULL, at_once, NULL, NULL, &future), SEAWALL_OK);
    ck_assert_int_eq(seawall_future_wait_until(pipeline, future, SEAWALL_FOREVER, NULL), SEAWALL_OK);
    sw_store_u32(&asleep, 0);
    ck_assert_int_eq(seawall_call(pipeline, once_the_caller_sleeps, NULL, NULL), SEAWALL_OK);
    ck_assert_uint_eq(sw_load_u32(&forgotten), 0);
    seawall_pipeline_destroy(pipeline);
    seawall_pool_destroy(pool);
}
END_TEST

int main(void)
{
    return one_test("regress/place_of_a_future", a_call_in_the_place_of_a_future_is_woken);
}
