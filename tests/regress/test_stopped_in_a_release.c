/* A set that was stopped from within the release of what was bound, on a worker, waited there for that worker: for ever. */
#include <sched.h>

#include "../unit/health/health_fixture.h"
#include "base/atomic.h"
#include "one_test.h"

static set s;
static sw_atomic_u32 answer; /* and one more */

static seawall_health_status goes(seawall_health_run *run, void *user)
{
    (void)user;
    return seawall_health_unregister(s.health, run->name) == SEAWALL_OK ? SEAWALL_HEALTH_PASS : SEAWALL_HEALTH_FAIL;
}

static void stop(void *user)
{
    (void)user;
    sw_store_u32(&answer, 1 + (uint32_t)seawall_health_stop(s.health));
}

START_TEST(it_is_refused)
{
    seawall_health_binding binding = SEAWALL_HEALTH_BINDING_INIT;
    seawall_health_check_config config = plain();
    seawall_timers *timers;

    set_up(&s);
    ck_assert_int_eq(seawall_timers_create(NULL, &s.test.platform, &timers, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_health_start(s.health, timers, NULL), SEAWALL_OK);
    binding.function = goes;
    binding.release = stop;
    ck_assert_int_eq(seawall_health_register(s.health, "x", &config, &binding, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_timers_advance(timers, NULL), SEAWALL_OK);
    while (sw_load_u32(&answer) == 0)
        (void)sched_yield();
    ck_assert_int_eq((int)sw_load_u32(&answer) - 1, SEAWALL_BUSY);
    ck_assert_int_eq(seawall_health_stop(s.health), SEAWALL_OK);
    seawall_timers_destroy(timers);
    tear_down(&s);
}
END_TEST

int main(void)
{
    return one_test("regress/stopped_in_a_release", it_is_refused);
}
