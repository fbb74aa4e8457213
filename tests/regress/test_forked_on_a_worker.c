/* A function of a check forked on a worker; the child removed the check, returned, and went on with what was gone. */
#include <sched.h>
#include <unistd.h>

#include "../unit/health/health_fixture.h"
#include "base/atomic.h"
#include "one_test.h"

static set s;
static sw_atomic_u32 child;

/* Without check's assertions: another thread of the parent may have been within one, and holds their lock for ever here. */
static bool is_the_childs(const char *name)
{
    seawall_health_snapshot snapshot = SEAWALL_HEALTH_SNAPSHOT_INIT;

    return seawall_health_unregister(s.health, name) == SEAWALL_OK &&
           seawall_health_get_snapshot(s.health, SEAWALL_HEALTH_WHOLE, &snapshot) == SEAWALL_OK && snapshot.workers == 0;
}

static seawall_health_status forks(seawall_health_run *run, void *user)
{
    pid_t it;

    (void)user;
    if (sw_load_u32(&child) != 0)
        return SEAWALL_HEALTH_PASS;
    it = fork();
    if (it != 0) {
        sw_store_u32(&child, (uint32_t)it);
        return SEAWALL_HEALTH_PASS;
    }
    sw_test_limit_child();
    if (!is_the_childs(run->name))
        _exit(1);
    sw_test_end_child_with_thread();
    return SEAWALL_HEALTH_PASS; /* and with the thread's end the child exits with 0 */
}

START_TEST(the_child_returns)
{
    seawall_health_binding binding = SEAWALL_HEALTH_BINDING_INIT;
    seawall_health_check_config config = plain();
    seawall_timers *timers;

    set_up(&s);
    ck_assert_int_eq(seawall_timers_create(NULL, &s.test.platform, &timers, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_health_start(s.health, timers, NULL), SEAWALL_OK);
    binding.function = forks;
    ck_assert_int_eq(seawall_health_register(s.health, "x", &config, &binding, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_timers_advance(timers, NULL), SEAWALL_OK);
    while (sw_load_u32(&child) == 0)
        (void)sched_yield();
    sw_test_await_child((pid_t)sw_load_u32(&child));
    ck_assert_int_eq(seawall_health_stop(s.health), SEAWALL_OK);
    seawall_timers_destroy(timers);
    tear_down(&s);
}
END_TEST

int main(void)
{
    return one_test("regress/forked_on_a_worker", the_child_returns);
}
