/* A function of a check forked on a worker; the child removed the check, returned, and went on with what was gone. */
#include <pthread.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../unit/health/health_fixture.h"
#include "base/atomic.h"
#include "one_test.h"

static set s;
static sw_atomic_u32 child;
static pthread_key_t at_the_end;

/* Without check's assertions: another thread of the parent may have been within one, and holds their lock for ever here. */
static bool is_the_childs(const char *name)
{
    seawall_health_snapshot snapshot = SEAWALL_HEALTH_SNAPSHOT_INIT;

    return seawall_health_unregister(s.health, name) == SEAWALL_OK &&
           seawall_health_get_snapshot(s.health, SEAWALL_HEALTH_WHOLE, &snapshot) == SEAWALL_OK && snapshot.workers == 0;
}

/* As the thread ends: before what sanitizers do as the process does, when they miss the threads that are not in the child. */
static void leave(void *value)
{
    (void)value;
    _exit(0);
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
    if (!is_the_childs(run->name) || pthread_setspecific(at_the_end, &child) != 0)
        _exit(1);
    return SEAWALL_HEALTH_PASS; /* and with the thread's end the child exits with 0 */
}

START_TEST(the_child_returns)
{
    seawall_health_binding binding = SEAWALL_HEALTH_BINDING_INIT;
    seawall_health_check_config config = plain();
    seawall_timers *timers;
    pid_t it;
    int status;

    set_up(&s);
    ck_assert_int_eq(pthread_key_create(&at_the_end, leave), 0);
    ck_assert_int_eq(seawall_timers_create(NULL, &s.test.platform, &timers, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_health_start(s.health, timers, NULL), SEAWALL_OK);
    binding.function = forks;
    ck_assert_int_eq(seawall_health_register(s.health, "x", &config, &binding, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_timers_advance(timers, NULL), SEAWALL_OK);
    while (sw_load_u32(&child) == 0)
        (void)sched_yield();
    it = (pid_t)sw_load_u32(&child);
    ck_assert_int_eq(waitpid(it, &status, 0), it);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    ck_assert_int_eq(seawall_health_stop(s.health), SEAWALL_OK);
    seawall_timers_destroy(timers);
    tear_down(&s);
}
END_TEST

int main(void)
{
    return one_test("regress/forked_on_a_worker", the_child_returns);
}
