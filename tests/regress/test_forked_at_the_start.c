/* The hook that begins a timer service's thread forked; where it returned in the child, timers of the parent ran there, too. */
#include <sched.h>
#include <unistd.h>

#include "base/atomic.h"
#include "one_test.h"
#include "support.h"

static seawall_timers *timers;
static sw_atomic_u32 child, ran;
static pid_t parent;

static void fork_off(void *user)
{
    pid_t it = fork();

    (void)user;
    if (it != 0) {
        sw_store_u32(&child, (uint32_t)it);
        return;
    }
    sw_test_limit_child();
    sw_test_end_child_with_thread();
}

static void run(seawall_timer timer, void *user)
{
    (void)timer;
    (void)user;
    if (getpid() != parent)
        _exit(2);
    sw_store_u32(&ran, 1);
}

START_TEST(the_child_returns)
{
    seawall_timers_config config = SEAWALL_TIMERS_CONFIG_INIT;

    parent = getpid();
    config.on_start = fork_off;
    ck_assert_int_eq(seawall_timers_create(&config, NULL, &timers, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_timers_arm(timers, seawall_platform_now(NULL), run, NULL, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_timers_start(timers, NULL), SEAWALL_OK);
    while (sw_load_u32(&ran) == 0)
        (void)sched_yield();
    sw_test_await_child((pid_t)sw_load_u32(&child));
    seawall_timers_destroy(timers);
}
END_TEST

int main(void)
{
    return one_test("regress/forked_at_the_start", the_child_returns);
}
