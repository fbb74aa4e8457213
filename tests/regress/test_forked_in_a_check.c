/* A function of a check forked; the child asked for anything of the set, returned, and gave up a reference that was gone. */
#include <sys/wait.h>
#include <unistd.h>

#include "../unit/health/health_fixture.h"
#include "one_test.h"

static set s;

static seawall_health_status forks(seawall_health_run *run, void *user)
{
    pid_t *child = user;

    (void)run;
    *child = fork();
    if (*child == 0) {
        sw_test_limit_child();
        (void)seawall_health_count(s.health); /* the set is the child's from here on */
    }
    return SEAWALL_HEALTH_PASS;
}

START_TEST(the_child_returns)
{
    seawall_health_binding binding = SEAWALL_HEALTH_BINDING_INIT;
    seawall_health_check_config config = plain();
    pid_t child = -1;
    int status;

    set_up(&s);
    binding.function = forks;
    binding.user = &child;
    ck_assert_int_eq(seawall_health_register(s.health, "x", &config, &binding, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_health_poll_at(s.health, seawall_manual_clock_now(s.test.clock), &s.next), SEAWALL_OK);
    if (child == 0) {
        seawall_health_check_snapshot seen = look_at(&s, "x");
        bool good = seen.running == 0 && seawall_health_unregister(s.health, "x") == SEAWALL_OK;

        seawall_health_destroy(s.health);
        _exit(good ? 0 : 1);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    tear_down(&s);
}
END_TEST

int main(void)
{
    return one_test("regress/forked_in_a_check", the_child_returns);
}
