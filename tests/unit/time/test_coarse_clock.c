/*
 * A clock that moves in steps of 10 ms, as a coarse one does, under a wheel and a service whose ticks are much finer: nothing
 * fires early, and everything at the first look at which it is due.
 */
#include <check.h>
#include "suite.h"
#include "support.h"

#define STEP SEAWALL_MILLISECONDS(10)
#define TIMERS 200
#define LOOKS 100 /* at 0, 10 ms, ... */

typedef struct coarse {
    sw_test_platform base;
    seawall_time start, now;
    seawall_duration tick;
    seawall_time deadline[TIMERS];
    bool armed[TIMERS];
    int fired;
    uint64_t state; /* of the random numbers */
} coarse;

static void set_up(coarse *c)
{
    *c = (coarse){.state = sw_test_seed(), .start = SW_TEST_START, .now = SW_TEST_START, .tick = 65536};
    sw_test_platform_init(&c->base, false);
}

/* Some on a step, one short of it, one past it; the others anywhere, a few in the past. */
static seawall_time any_deadline(coarse *c)
{
    seawall_time step = c->start + (seawall_time)(sw_test_next(&c->state) % LOOKS) * STEP;

    switch (sw_test_next(&c->state) % 8) {
    case 0:
        return step;
    case 1:
        return step - 1;
    case 2:
        return step + 1;
    case 3:
        return c->start - 1;
    default:
        return c->start + (seawall_time)(sw_test_next(&c->state) % (uint64_t)((LOOKS - 1) * STEP));
    }
}

/* The first instant at which it is due: the end of its tick, or of the present one if it has passed when it is armed. */
static seawall_time due(const coarse *c, int i, seawall_time armed_at)
{
    seawall_time at = c->deadline[i];
    seawall_time first = (at + c->tick - 1) / c->tick * c->tick;
    seawall_time next = (armed_at / c->tick + 1) * c->tick;

    return first < next ? next : first;
}

static void fired(coarse *c, int i)
{
    ck_assert_msg(c->armed[i], "timer %d fired twice", i);
    c->armed[i] = false;
    c->fired++;
    ck_assert_int_ge(c->now, c->deadline[i]);
}

static void nothing_is_overdue(const coarse *c)
{
    int i;

    for (i = 0; i < TIMERS; i++)
        ck_assert_msg(!c->armed[i] || c->now < due(c, i, c->start), "at %lld timer %d for %lld has not fired",
                      (long long)c->now, i, (long long)c->deadline[i]);
}

START_TEST(a_wheel_on_a_coarse_clock)
{
    static coarse c;
    seawall_wheel *wheel;
    seawall_expiry expiry;
    int i;

    set_up(&c);
    ck_assert_int_eq(seawall_wheel_create(TIMERS, c.tick, c.now, &c.base.platform, &wheel, NULL), SEAWALL_OK);
    for (i = 0; i < TIMERS; i++) {
        seawall_timer timer;

        c.deadline[i] = any_deadline(&c);
        c.armed[i] = true;
        ck_assert_int_eq(seawall_wheel_arm(wheel, c.deadline[i], (uint64_t)i, &timer), SEAWALL_OK);
    }
    for (i = 0; i <= LOOKS; i++, c.now += STEP) {
        /* Standing still in between changes nothing. */
        seawall_wheel_advance(wheel, c.now);
        seawall_wheel_advance(wheel, c.now);
        while (seawall_wheel_take(wheel, &expiry))
            fired(&c, (int)expiry.cookie);
        nothing_is_overdue(&c);
    }
    ck_assert_int_eq(c.fired, TIMERS);
    seawall_wheel_destroy(wheel);
    sw_test_platform_fini(&c.base);
}
END_TEST

static coarse served;

static void on_time(seawall_timer timer, void *user)
{
    (void)timer;
    fired(&served, (int)((bool *)user - served.armed));
}

/* As a host does: it sleeps until the next one is due, which on this clock is the step after. */
START_TEST(a_service_on_a_coarse_clock)
{
    coarse *c = &served;
    seawall_timers_config config = SEAWALL_TIMERS_CONFIG_INIT;
    seawall_timers *timers;
    int i, looks = 0;

    set_up(c);
    config.capacity = TIMERS;
    config.shards = 2;
    ck_assert_int_eq(seawall_timers_create(&config, &c->base.platform, &timers, NULL), SEAWALL_OK);
    for (i = 0; i < TIMERS; i++) {
        c->deadline[i] = any_deadline(c);
        c->armed[i] = true;
        ck_assert_int_eq(seawall_timers_arm(timers, c->deadline[i], on_time, &c->armed[i], NULL), SEAWALL_OK);
    }
    while (c->fired < TIMERS) {
        seawall_time until;

        ck_assert_int_eq(seawall_timers_next_due(timers, &until), SEAWALL_OK);
        while (c->now < until)
            c->now += STEP;
        seawall_manual_clock_set(c->base.clock, c->now);
        ck_assert_int_eq(seawall_timers_advance(timers, NULL), SEAWALL_OK);
        nothing_is_overdue(c);
        ck_assert_msg(++looks <= 12 * LOOKS, "it asks to be looked at again and again");
    }
    seawall_timers_destroy(timers);
    sw_test_platform_fini(&c->base);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("coarse clock");

    tcase_add_test(tests, a_wheel_on_a_coarse_clock);
    tcase_add_test(tests, a_service_on_a_coarse_clock);
    return sw_test_run("coarse clock", tests);
}
