/* What changed because a check went, came or changed in a quiet set was said to have changed when something last ran. */
#include "../unit/health/health_fixture.h"
#include "one_test.h"

static void is_told_now(const set *s, uint64_t *after)
{
    seawall_health_event event = SEAWALL_HEALTH_EVENT_INIT;

    ck_assert_int_eq(seawall_health_next_event(s->health, *after, &event), SEAWALL_OK);
    ck_assert_int_eq(event.endpoint, SEAWALL_HEALTH_READY);
    ck_assert_int_eq(event.now, seawall_manual_clock_now(s->test.clock));
    *after = event.sequence;
}

START_TEST(it_is_told_when_it_was)
{
    seawall_health_check_config config = plain(), lenient = plain();
    seawall_health_event event = SEAWALL_HEALTH_EVENT_INIT;
    uint64_t after = 0;
    set s;

    set_up(&s);
    poll_for(&s, S(1));
    while (seawall_health_next_event(s.health, after, &event) == SEAWALL_OK)
        after = event.sequence;
    lenient.required = 0;
    seawall_manual_clock_advance(s.test.clock, S(5));
    ck_assert_int_eq(seawall_health_register(s.health, "slot", &config, NULL, NULL), SEAWALL_OK);
    is_told_now(&s, &after);
    seawall_manual_clock_advance(s.test.clock, S(5));
    ck_assert_int_eq(seawall_health_reconfigure(s.health, "slot", &lenient, NULL), SEAWALL_OK);
    is_told_now(&s, &after);
    seawall_manual_clock_advance(s.test.clock, S(5));
    ck_assert_int_eq(seawall_health_unregister(s.health, "slot"), SEAWALL_OK);
    is_told_now(&s, &after);
    tear_down(&s);
}
END_TEST

int main(void)
{
    return one_test("regress/removed_in_the_past", it_is_told_when_it_was);
}
