/*
 * A job was submitted, and the thread that was started for it not given: it was taken back. But it had counted as submitted
 * meanwhile, and the count went down again.
 */
#include "unit/policy/pool/pool_fixture.h"

#include <sched.h>

#include "thread_refusal.h"

#include "one_test.h"

static seawall_pool_snapshot during;
static staying running = {.number = 1};

/* As it says, and never less than before. */
static seawall_pool_snapshot look(void)
{
    static int64_t before;
    seawall_pool_snapshot now = sw_test_pool_look();
    int64_t sum = now.done + now.dropped_queue_time + now.dropped_deadline + now.dropped_cancelled + now.dropped_stopped +
                  now.dropped_no_thread + now.busy;
    int i;

    for (i = 0; i < SEAWALL_PRIORITY_COUNT; i++)
        sum += now.queued[i];
    ck_assert_int_eq(now.submitted, sum);
    ck_assert_int_ge(now.submitted, before);
    before = now.submitted;
    return now;
}

static void look_meanwhile(void)
{
    during = look();
}

/* The other worker comes to the job before its own has failed to. */
static void let_another_take_it(void)
{
    (void)look();
    sw_test_let_go(&running);
    while (sw_test_pool_look().done < 2)
        (void)sched_yield();
    during = look();
}

START_TEST(only_what_was_accepted_counts)
{
    seawall_pool_config config = sw_test_pool_config(0, 1, 5);

    sw_test_pool_begin(&config);
    sw_test_refuse_threads(0, 1);
    sw_test_at_next_refusal(look_meanwhile);
    ck_assert_int_eq(seawall_pool_submit(f.pool, NULL, sw_test_echo, NULL, NULL), SEAWALL_NO_RESOURCES);
    ck_assert_int_eq(during.submitted, 0);
    ck_assert_int_eq(look().submitted, 0);
    ck_assert_int_eq(seawall_pool_submit(f.pool, NULL, sw_test_echo, NULL, NULL), SEAWALL_OK);
    ck_assert_int_eq(look().submitted, 1);
    sw_test_pool_end();

    config = sw_test_pool_config(1, 2, 0);
    sw_test_pool_begin(&config);
    ck_assert_int_eq(seawall_pool_submit(f.pool, NULL, sw_test_stay, &running, NULL), SEAWALL_OK);
    sw_test_await_begun(&running);
    sw_test_refuse_threads(0, 1);
    sw_test_at_next_refusal(let_another_take_it);
    ck_assert_int_eq(seawall_pool_submit(f.pool, NULL, sw_test_echo, NULL, NULL), SEAWALL_OK);
    ck_assert_int_eq(during.submitted, 2);
    ck_assert_int_eq(look().submitted, 2);
    sw_test_pool_end();
}
END_TEST

int main(void)
{
    return one_test("regress/counted_and_taken_back", only_what_was_accepted_counts);
}
