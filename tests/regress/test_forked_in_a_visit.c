/*
 * A hook that ran on the thread of a host which drove a timer service forked. In the child it destroyed the service and returned,
 * and the round that it returned to, the parent's, looked at the service once more.
 */
#include <unistd.h>

#include "one_test.h"
#include "support.h"

static seawall_timers *timers;
static pid_t child = -1;

static void fork_off(void *user)
{
    (void)user;
    child = fork();
    if (child != 0)
        return;
    sw_test_limit_child();
    seawall_timers_destroy(timers); /* so much memory goes back to the system, which sees who looks */
}

START_TEST(the_child_returns)
{
    seawall_cancel_config config = SEAWALL_CANCEL_CONFIG_INIT;
    seawall_cancel_hook hook = SEAWALL_CANCEL_HOOK_INIT;
    seawall_cancel *token;

    ck_assert_int_eq(seawall_timers_create(NULL, NULL, &timers, NULL), SEAWALL_OK);
    config.timers = timers;
    ck_assert_int_eq(seawall_cancel_create(&config, NULL, &token, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_cancel_add_hook(token, &hook, fork_off, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_cancel_trigger_from_signal(token), SEAWALL_OK);
    ck_assert_int_eq(seawall_timers_advance(timers, NULL), SEAWALL_OK);
    if (child == 0)
        _exit(0);
    sw_test_await_child(child);
    seawall_cancel_destroy(token);
    seawall_timers_destroy(timers);
}
END_TEST

int main(void)
{
    return one_test("regress/forked_in_a_visit", the_child_returns);
}
