/*
 * Who had read the rules, and then stood still while others put stricter ones into force, judged the window by the old ones: a
 * breaker stayed closed with more failures than its rules allowed.
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include <seawall/seawall.h>

#include "one_test.h"
#include "support.h"

static seawall_breaker *breaker;
static _Thread_local bool stands_still;
static atomic_bool reached, over;

/* A breaker asks for the time between the rules and the window. */
static seawall_time now(void *user)
{
    (void)user;
    if (stands_still) {
        atomic_store(&reached, true);
        while (!atomic_load(&over))
            (void)sched_yield();
    }
    return SEAWALL_SECONDS(1);
}

static void call(seawall_fault fault)
{
    seawall_permit permit;

    ck_assert_int_eq(seawall_breaker_try_acquire(breaker, &permit, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_breaker_report(breaker, &permit, fault), SEAWALL_OK);
}

static void *fail_slowly(void *user)
{
    seawall_permit permit;

    ck_assert_int_eq(seawall_breaker_try_acquire(breaker, &permit, NULL), SEAWALL_OK);
    stands_still = true;
    ck_assert_int_eq(seawall_breaker_report(breaker, &permit, SEAWALL_FAULT_OTHER), SEAWALL_OK);
    return user;
}

START_TEST(the_newest_rules_judge)
{
    seawall_breaker_config config = SEAWALL_BREAKER_CONFIG_INIT;
    seawall_platform platform;
    seawall_permit permit;
    pthread_t thread;
    int i;

    ck_assert_int_eq(seawall_platform_init(&platform, sizeof(platform)), SEAWALL_OK);
    platform.now = now;
    config.failure_threshold = 0;
    config.failure_rate = 0.9;
    config.minimum_calls = 10;
    ck_assert_int_eq(seawall_breaker_create(&config, &platform, &breaker, NULL), SEAWALL_OK);
    for (i = 0; i < 17; i++)
        call(SEAWALL_FAULT_NONE);
    call(SEAWALL_FAULT_OTHER);
    call(SEAWALL_FAULT_OTHER);
    ck_assert_int_eq(pthread_create(&thread, NULL, fail_slowly, NULL), 0);
    while (!atomic_load(&reached))
        (void)sched_yield();
    config.failure_rate = 0.14; /* 2 of 19 are fewer, 3 of 20 are not */
    ck_assert_int_eq(seawall_breaker_reconfigure(breaker, &config, NULL), SEAWALL_OK);
    atomic_store(&over, true);
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    ck_assert_int_eq(seawall_breaker_try_acquire(breaker, &permit, NULL), SEAWALL_OPEN);
    seawall_breaker_destroy(breaker);
}
END_TEST

int main(void)
{
    return one_test("regress/keeper_of_old_rules", the_newest_rules_judge);
}
