/*
 * max_size was lowered while two of three workers waited for jobs of their own pool: the third one ended as one too many, and
 * what they waited for stayed in the queue for ever.
 */
#include "unit/policy/pool/pool_fixture.h"

#include <sched.h>

#include "one_test.h"

static seawall_job inner;

static int64_t submit_and_wait(seawall_work *work, void *arg)
{
    seawall_job job;

    (void)sw_test_stay(work, arg);
    if (seawall_pool_submit(f.pool, NULL, sw_test_echo, NULL, &job) != SEAWALL_OK)
        return -1;
    return seawall_pool_wait_until(f.pool, job, SEAWALL_FOREVER, NULL);
}

static int64_t wait_for_inner(seawall_work *work, void *arg)
{
    (void)work;
    (void)arg;
    return seawall_pool_wait_until(f.pool, inner, SEAWALL_FOREVER, NULL);
}

START_TEST(the_last_worker_that_is_not_blocked_stays)
{
    seawall_pool_config config = sw_test_pool_config(3, 3, 5);
    staying holding = {.number = 1}, submitting = {.number = 2};
    seawall_job_result result = SEAWALL_JOB_RESULT_INIT;
    seawall_pool_snapshot now;
    seawall_job outer;

    sw_test_pool_begin(&config);
    sw_test_await_parked(3);
    ck_assert_int_eq(seawall_pool_submit(f.pool, NULL, sw_test_stay, &holding, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_pool_submit(f.pool, NULL, submit_and_wait, &submitting, &inner), SEAWALL_OK);
    sw_test_await_begun(&holding);
    sw_test_await_begun(&submitting);
    ck_assert_int_eq(seawall_pool_submit(f.pool, NULL, wait_for_inner, NULL, &outer), SEAWALL_OK);
    while (sw_test_pool_look().busy != 3)
        (void)sched_yield();
    sw_test_await_parked(1);
    config.core_size = config.max_size = 2;
    ck_assert_int_eq(seawall_pool_reconfigure(f.pool, &config, NULL), SEAWALL_OK);
    sw_test_let_go(&submitting);
    sw_test_await_parked(2);
    sw_test_let_go(&holding);
    do {
        now = sw_test_pool_look();
        ck_assert_msg(now.workers == 3 || now.queued[SEAWALL_PRIORITY_NORMAL] == 0, "nobody is left for what waits");
        (void)sched_yield();
    } while (now.done < 4);
    ck_assert_int_eq(seawall_pool_poll(f.pool, outer, &result), SEAWALL_OK);
    ck_assert_int_eq(result.value, SEAWALL_OK);
    while (sw_test_pool_look().workers != 2)
        (void)sched_yield();
    sw_test_pool_end();
}
END_TEST

int main(void)
{
    return one_test("regress/shrunk_below_the_blocked", the_last_worker_that_is_not_blocked_stays);
}
