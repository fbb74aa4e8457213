/* The last check that the start waited for went, and nobody looked again: neither startup nor readiness ever passed. */
#include "../unit/health/health_fixture.h"
#include "one_test.h"

static seawall_timers *timers;

static void drive(set *s)
{
    int32_t fired, i;
    seawall_time due;

    for (i = 0; i < 10; i++) {
        seawall_manual_clock_advance(s->test.clock, S(1));
        ck_assert_int_eq(seawall_timers_advance(timers, &fired), SEAWALL_OK);
        ck_assert_int_eq(seawall_timers_next_due(timers, &due), SEAWALL_OK);
    }
}

START_TEST(the_start_is_over)
{
    seawall_health_check_config config = SEAWALL_HEALTH_CHECK_CONFIG_INIT;
    set s;

    set_up(&s);
    config.startup = 1;
    ck_assert_int_eq(seawall_timers_create(NULL, &s.test.platform, &timers, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_health_register(s.health, "slot", &config, NULL, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_health_start(s.health, timers, NULL), SEAWALL_OK);
    drive(&s);
    ck_assert_int_eq(look_at_endpoint(&s, SEAWALL_HEALTH_STARTUP).status, SEAWALL_HEALTH_FAIL);
    ck_assert_int_eq(seawall_health_unregister(s.health, "slot"), SEAWALL_OK);
    drive(&s);
    ck_assert_int_eq(look_at_endpoint(&s, SEAWALL_HEALTH_STARTUP).status, SEAWALL_HEALTH_PASS);
    ck_assert_int_eq(seawall_health_stop(s.health), SEAWALL_OK);
    seawall_timers_destroy(timers);
    tear_down(&s);
}
END_TEST

int main(void)
{
    return one_test("regress/start_nobody_ended", the_start_is_over);
}
