/* Twice in a row others took the place of the timer that had fired; from then on no check was ever run again. */
#include "../unit/health/health_fixture.h"
#include "one_test.h"

static seawall_timers *timers;
static seawall_timer taken[8];
static int takes;

static void nothing(seawall_timer timer, void *user)
{
    (void)timer;
    (void)user;
}

static void take(const seawall_health_event *event, void *user)
{
    (void)event;
    (void)user;
    if (takes < 8 && seawall_timers_arm(timers, SEAWALL_FOREVER, nothing, NULL, &taken[takes]) == SEAWALL_OK)
        takes++;
}

static void drive(set *s, seawall_heartbeat *beat, int seconds)
{
    int32_t fired;
    seawall_time due;
    int i;

    for (i = 0; i < seconds; i++) {
        if (i / 3 % 2 != 0)
            seawall_heartbeat_feed(beat);
        seawall_manual_clock_advance(s->test.clock, S(1));
        ck_assert_int_eq(seawall_timers_advance(timers, &fired), SEAWALL_OK);
        ck_assert_int_eq(seawall_timers_next_due(timers, &due), SEAWALL_OK);
    }
}

START_TEST(they_are_run_again)
{
    seawall_timers_config few = SEAWALL_TIMERS_CONFIG_INIT;
    seawall_health_check_config config = plain();
    seawall_health_binding binding = SEAWALL_HEALTH_BINDING_INIT;
    seawall_heartbeat *beat;
    int64_t before;
    set s;

    set_up(&s);
    few.capacity = 2;
    few.shards = 1;
    ck_assert_int_eq(seawall_timers_create(&few, &s.test.platform, &timers, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_heartbeat_create(&s.test.platform, &beat, NULL), SEAWALL_OK);
    config.check = SEAWALL_HEALTH_HEARTBEAT;
    config.max_silence = S(1);
    config.failure_threshold = 1;
    binding.heartbeat = beat;
    ck_assert_int_eq(seawall_health_register(s.health, "beat", &config, &binding, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_health_add_listener(s.health, take, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_health_start(s.health, timers, NULL), SEAWALL_OK);
    drive(&s, beat, 20);
    ck_assert_int_eq(seawall_health_remove_listener(s.health, take, NULL), SEAWALL_OK);
    while (takes > 0)
        ck_assert_int_eq(seawall_timers_cancel(timers, taken[--takes]), SEAWALL_OK);
    before = look_at(&s, "beat").runs;
    ck_assert_int_eq(seawall_health_check_now(s.health, "beat"), SEAWALL_OK);
    drive(&s, beat, 20);
    ck_assert_int_gt(look_at(&s, "beat").runs, before);
    ck_assert_int_eq(seawall_health_stop(s.health), SEAWALL_OK);
    seawall_timers_destroy(timers);
    seawall_heartbeat_destroy(beat);
    tear_down(&s);
}
END_TEST

int main(void)
{
    return one_test("regress/set_of_few_timers", they_are_run_again);
}
