/*
 * A thread was held up between finding a breaker half-open and looking for a place for its probe. Meanwhile the round ended, and
 * another one began. The place of a probe of the new round was none of the old round's: the thread took it for free, found
 * that it was too late, and freed it. Nobody could report that probe any more. Here the clock holds it up.
 */
#include <seawall/seawall.h>

#include "one_test.h"

static seawall_breaker *breaker;
static seawall_permit probe;
static bool meanwhile;
static seawall_time now = SEAWALL_SECONDS(1000);

static seawall_permit acquire(void)
{
    seawall_permit permit;

    ck_assert_int_eq(seawall_breaker_try_acquire_at(breaker, now, &permit, NULL), SEAWALL_OK);
    return permit;
}

static void end_a_call(seawall_permit permit, seawall_fault fault)
{
    ck_assert_int_eq(seawall_breaker_report_at(breaker, &permit, fault, now), SEAWALL_OK);
}

static void to_the_next_round(void)
{
    now += SEAWALL_SECONDS(100);
    probe = acquire();
}

static seawall_time look_at_the_clock(void *user)
{
    (void)user;
    if (meanwhile) {
        meanwhile = false;
        end_a_call(probe, SEAWALL_FAULT_INTERNAL);
        to_the_next_round();
    }
    return now;
}

START_TEST(a_newer_rounds_place_is_left_alone)
{
    seawall_breaker_config config = SEAWALL_BREAKER_CONFIG_INIT;
    seawall_platform platform;
    seawall_permit permit;

    config.failure_threshold = 1;
    config.recovery_timeout = SEAWALL_SECONDS(50);
    config.half_open_max_calls = 3;
    ck_assert_int_eq(seawall_platform_init(&platform, sizeof(platform)), SEAWALL_OK);
    platform.now = look_at_the_clock;
    ck_assert_int_eq(seawall_breaker_create(&config, &platform, &breaker, NULL), SEAWALL_OK);
    end_a_call(acquire(), SEAWALL_FAULT_INTERNAL);
    to_the_next_round();
    meanwhile = true;
    ck_assert_int_eq(seawall_breaker_try_acquire(breaker, &permit, NULL), SEAWALL_OK);
    ck_assert(!meanwhile);
    end_a_call(probe, SEAWALL_FAULT_NONE);
    end_a_call(permit, SEAWALL_FAULT_NONE);
    seawall_breaker_destroy(breaker);
}
END_TEST

int main(void)
{
    return one_test("regress/taken_for_a_leftover", a_newer_rounds_place_is_left_alone);
}
