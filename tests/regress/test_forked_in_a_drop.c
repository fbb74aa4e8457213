/*
 * Who was told of a dropped job forked on a worker, and returned in the child: the thread went on as a worker of a pool that had
 * begun anew and knew no workers, and slept for ever.
 */
#include <sched.h>
#include <unistd.h>

#include "../unit/policy/pool/pool_fixture.h"
#include "one_test.h"

static sw_atomic_u32 child;

static void fork_once(const seawall_job_result *result, void *arg)
{
    pid_t it = fork();

    (void)result;
    (void)arg;
    if (it != 0) {
        sw_store_u32(&child, (uint32_t)it);
        return;
    }
    sw_test_limit_child();
    sw_test_end_child_with_thread();
}

START_TEST(the_child_returns)
{
    seawall_pool_config config = sw_test_pool_config(1, 1, 2);
    seawall_job_options options = SEAWALL_JOB_OPTIONS_INIT;
    staying held = {0};

    sw_test_pool_begin(&config);
    ck_assert_int_eq(seawall_pool_submit(f.pool, NULL, sw_test_stay, &held, NULL), SEAWALL_OK);
    sw_test_await_begun(&held);
    options.deadline = SW_TEST_START + SEAWALL_SECONDS(1);
    options.done = fork_once;
    ck_assert_int_eq(seawall_pool_submit(f.pool, &options, sw_test_echo, NULL, NULL), SEAWALL_OK);
    seawall_manual_clock_advance(f.base.clock, SEAWALL_SECONDS(1));
    sw_test_let_go(&held);
    while (sw_load_u32(&child) == 0)
        (void)sched_yield();
    sw_test_await_child((pid_t)sw_load_u32(&child));
    sw_test_pool_end();
}
END_TEST

int main(void)
{
    return one_test("regress/forked_in_a_drop", the_child_returns);
}
