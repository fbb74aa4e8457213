/*
 * A hedge's delay was being looked up while its rules were changed. What was found by the old ones was stored after the change,
 * and believed for a hundredth of the window, whatever the new ones said.
 */
#include <pthread.h>
#include <sched.h>

#include "one_test.h"
#include "policy/hedge/hedge_object.h"
#include "support.h"

static seawall_hedge *hedge;
static seawall_duration look;
static uint32_t rounds;
static sw_atomic_u32 begun, done;

static seawall_time time_of(uint32_t round)
{
    return SW_TEST_START + (seawall_time)round * look;
}

/* Each round is late enough for the delay to be looked up again. */
static void *ask(void *arg)
{
    uint32_t round;

    (void)arg;
    for (round = 1; round <= rounds; round++) {
        while (sw_load_u32(&begun) != round)
            (void)sched_yield();
        (void)sw_hedge_delay_at(hedge, time_of(round));
        sw_store_u32(&done, round);
    }
    return NULL;
}

START_TEST(the_new_rules_are_believed)
{
    seawall_hedge_config config = SEAWALL_HEDGE_CONFIG_INIT;
    sw_test_platform on;
    pthread_t asker;
    uint32_t round;

    rounds = (uint32_t)sw_test_count(5000, 20000);
    sw_test_platform_init(&on, false);
    config.minimum_samples = 1;
    ck_assert_int_eq(seawall_hedge_create(&config, &on.platform, &hedge, NULL), SEAWALL_OK);
    sw_hedge_learn(hedge, SW_TEST_START, SEAWALL_MILLISECONDS(1));
    look = config.window / 100;
    ck_assert_int_eq(pthread_create(&asker, NULL, ask, NULL), 0);
    for (round = 1; round <= rounds; round++) {
        config.minimum_delay = SEAWALL_MILLISECONDS(round % 2 != 0 ? 1000 : 2000);
        sw_store_u32(&begun, round);
        ck_assert_int_eq(seawall_hedge_reconfigure(hedge, &config, NULL), SEAWALL_OK);
        while (sw_load_u32(&done) != round)
            (void)sched_yield();
        ck_assert_int_eq(sw_hedge_delay_at(hedge, time_of(round)), config.minimum_delay);
        sw_hedge_learn(hedge, time_of(round), SEAWALL_MILLISECONDS(1));
    }
    ck_assert_int_eq(pthread_join(asker, NULL), 0);
    seawall_hedge_destroy(hedge);
    sw_test_platform_fini(&on);
}
END_TEST

int main(void)
{
    return one_test("regress/hedge_of_old_rules", the_new_rules_are_believed);
}
