/*
 * A job found no place, and jobs that were past their time made one: each was told of, and submitted another one, which found no
 * place and swept in its turn. So it went on until the queue was swept, or the stack was full.
 */
#include "unit/policy/pool/pool_fixture.h"

#include "one_test.h"

#define JOBS 80

static int depth, deepest, told, refused;

static void submit_again(const seawall_job_result *result, void *arg)
{
    (void)arg;
    ck_assert_int_eq(result->end, SEAWALL_JOB_DEADLINE);
    told++;
    if (++depth > deepest)
        deepest = depth;
    if (seawall_pool_submit(f.pool, NULL, sw_test_echo, NULL, NULL) == SEAWALL_FULL)
        refused++;
    depth--;
}

START_TEST(a_sweep_does_not_sweep)
{
    static const seawall_job_options options = {sizeof(options), SEAWALL_PRIORITY_NORMAL, SW_TEST_START + 1, submit_again};
    seawall_pool_config config = sw_test_pool_config(1, 1, JOBS);
    staying running = {.number = 1};
    int i;

    sw_test_pool_begin(&config);
    ck_assert_int_eq(seawall_pool_submit(f.pool, NULL, sw_test_stay, &running, NULL), SEAWALL_OK);
    sw_test_await_begun(&running);
    for (i = 0; i < JOBS; i++)
        ck_assert_int_eq(seawall_pool_submit(f.pool, &options, sw_test_echo, NULL, NULL), SEAWALL_OK);
    seawall_manual_clock_advance(f.base.clock, 1);
    ck_assert_int_eq(seawall_pool_submit(f.pool, NULL, sw_test_echo, NULL, NULL), SEAWALL_OK);
    ck_assert_int_eq(deepest, 1);
    ck_assert_int_eq(refused, 1); /* those that were dropped left one place less than they asked for */
    sw_test_let_go(&running);
    ck_assert_int_eq(seawall_pool_drain_until(f.pool, SEAWALL_FOREVER), SEAWALL_OK);
    ck_assert_int_eq(told, JOBS);
    sw_test_pool_end();
}
END_TEST

int main(void)
{
    return one_test("regress/swept_while_sweeping", a_sweep_does_not_sweep);
}
