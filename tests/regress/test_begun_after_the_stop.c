/*
 * A stop dropped what waited in portions, and told of each with the lock given back: meanwhile workers took what was left, and
 * ran it. Those that ran before were asked to stop only after all that.
 */
#include "unit/policy/pool/pool_fixture.h"

#include <sched.h>

#include "one_test.h"

#define JOBS 20 /* more than one portion */

static staying running = {.number = 1};
static sw_atomic_u32 begun, told, stopped;

static int64_t begin(seawall_work *work, void *arg)
{
    (void)work;
    (void)arg;
    (void)sw_add_u32(&begun, 1);
    return 0;
}

/* The first one, on the thread that stops, stays until the worker has come to another job. */
static void done(const seawall_job_result *result, void *arg)
{
    (void)arg;
    if (result->end == SEAWALL_JOB_STOPPED)
        (void)sw_add_u32(&stopped, 1);
    if (sw_add_u32(&told, 1) > 0)
        return;
    sw_test_let_go(&running);
    while (sw_load_u32(&begun) == 0 && sw_load_u32(&told) == 1)
        (void)sched_yield();
}

START_TEST(nothing_begins_once_it_is_stopped)
{
    static const seawall_job_options options = {sizeof(options), SEAWALL_PRIORITY_NORMAL, SEAWALL_FOREVER, done};
    seawall_pool_config config = sw_test_pool_config(1, 1, JOBS);
    int i;

    sw_test_pool_begin(&config);
    ck_assert_int_eq(seawall_pool_submit(f.pool, NULL, sw_test_stay, &running, NULL), SEAWALL_OK);
    sw_test_await_begun(&running);
    for (i = 0; i < JOBS; i++)
        ck_assert_int_eq(seawall_pool_submit(f.pool, &options, begin, NULL, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_pool_stop(f.pool), SEAWALL_OK);
    sw_test_pool_end();
    ck_assert_uint_eq(sw_load_u32(&begun), 0);
    ck_assert_uint_eq(sw_load_u32(&stopped), JOBS);
    ck_assert_msg(running.cancelled, "it was not asked before others were told");
}
END_TEST

int main(void)
{
    return one_test("regress/begun_after_the_stop", nothing_begins_once_it_is_stopped);
}
