/*
 * A pool whose last worker was on its way out answered that it is full: the worker did not count any more, and its place was not
 * free until its on_stop had returned and its thread had ended.
 */
#include "unit/policy/pool/pool_fixture.h"

#include <sched.h>

#include "one_test.h"

static sw_atomic_u32 starts, stops, gate;

static void on_start(void *user)
{
    (void)user;
    (void)sw_add_u32(&starts, 1);
}

static void on_stop(void *user)
{
    (void)user;
    (void)sw_add_u32(&stops, 1);
    sw_test_await(&gate, 1);
}

/* One that holds up its place, and one that is started or called back for the job. */
START_TEST(who_leaves_comes_back)
{
    static const seawall_job_options options = {sizeof(options), SEAWALL_PRIORITY_NORMAL, SEAWALL_FOREVER, sw_test_told};
    seawall_pool_config config = sw_test_pool_config(0, 1, 1);
    staying jobs[2] = {{.number = 1, .gate = {1}}, {.number = 2, .gate = {1}}};
    seawall_pool_snapshot now;

    config.on_start = on_start;
    config.on_stop = on_stop;
    sw_test_pool_begin(&config);
    ck_assert_int_eq(seawall_pool_run_until(f.pool, NULL, sw_test_echo, NULL, SEAWALL_FOREVER, NULL), SEAWALL_OK);
    sw_test_await_parked(1);
    seawall_manual_clock_advance(f.base.clock, config.keep_alive);
    sw_test_await(&stops, 1);
    ck_assert_int_eq(sw_test_pool_look().workers, 0);
    ck_assert_int_eq(seawall_pool_submit(f.pool, &options, sw_test_stay, &jobs[0], NULL), SEAWALL_OK);
    ck_assert_int_eq(sw_test_pool_look().workers, 1);
    ck_assert_int_eq(seawall_pool_submit(f.pool, &options, sw_test_stay, &jobs[1], NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_pool_submit(f.pool, &options, sw_test_stay, NULL, NULL), SEAWALL_FULL);
    ck_assert_uint_eq(sw_load_u32(&jobs[0].begun), 0);
    sw_store_u32(&gate, 1);
    ck_assert_int_eq(seawall_pool_drain_until(f.pool, SEAWALL_FOREVER), SEAWALL_OK);
    ck_assert_int_eq(jobs[0].value, 1);
    ck_assert_int_eq(jobs[1].value, 2);
    while (sw_test_pool_look().workers != 0)
        (void)sched_yield();
    now = sw_test_pool_look();
    ck_assert_int_eq(now.done, 3);
    ck_assert_int_eq(now.started, 2);
    ck_assert_int_eq(now.retired, 2);
    sw_test_pool_end();
    ck_assert_uint_eq(sw_load_u32(&starts), 2);
    ck_assert_uint_eq(sw_load_u32(&stops), 2);
}
END_TEST

int main(void)
{
    return one_test("regress/refused_while_leaving", who_leaves_comes_back);
}
