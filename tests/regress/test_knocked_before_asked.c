/*
 * A handler cancelled a token whose timer service nobody drove yet. The host that came to drive it was told that nothing was due,
 * and slept; hooks and children heard of nothing.
 */
#include "base/atomic.h"
#include "one_test.h"
#include "support.h"

static sw_atomic_u32 ran;

static void count(void *user)
{
    (void)user;
    (void)sw_add_u32(&ran, 1);
}

START_TEST(a_host_is_told_to_come)
{
    seawall_cancel_config config = SEAWALL_CANCEL_CONFIG_INIT;
    seawall_cancel_hook hook = SEAWALL_CANCEL_HOOK_INIT;
    seawall_cancel *token;
    seawall_timers *timers;
    seawall_time due;
    int32_t descriptor;

    ck_assert_int_eq(seawall_timers_create(NULL, NULL, &timers, NULL), SEAWALL_OK);
    config.timers = timers;
    ck_assert_int_eq(seawall_cancel_create(&config, NULL, &token, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_cancel_add_hook(token, &hook, count, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_cancel_trigger_from_signal(token), SEAWALL_OK);
    ck_assert_int_eq(seawall_timers_descriptor(timers, &descriptor), SEAWALL_OK);
    ck_assert_int_eq(seawall_timers_next_due(timers, &due), SEAWALL_OK);
    ck_assert_int_le(due, seawall_platform_now(NULL));
    ck_assert_int_eq(seawall_timers_advance(timers, NULL), SEAWALL_OK);
    ck_assert_uint_eq(sw_load_u32(&ran), 1);
    ck_assert_int_eq(seawall_timers_next_due(timers, &due), SEAWALL_OK);
    ck_assert_int_eq(due, SEAWALL_FOREVER);
    seawall_cancel_destroy(token);
    seawall_timers_destroy(timers);
}
END_TEST

int main(void)
{
    return one_test("regress/knocked_before_asked", a_host_is_told_to_come);
}
