/*
 * How long a run had gone on before a deadline cut it was measured from the breaker's enter to the run's end. What it had waited
 * in a queue of ours before, and how long the operation took to notice the cut after, counted against the dependency.
 */
#include "one_test.h"
#include "support.h"
#include "toy_stage.h"

#define AT(ms) (SW_TEST_START + SEAWALL_MILLISECONDS(ms))

static sw_test_platform on;
static seawall_breaker *breaker;
static seawall_timeout *timeout;
static seawall_bulkhead *bulkhead;
static seawall_policy door = SEAWALL_POLICY_INIT, limit = SEAWALL_POLICY_INIT, queue = SEAWALL_POLICY_INIT;
static stage s;

/* Cuts after 40 ms; less than 20 count neither way. One place, and a queue in front of it. */
static void make(void)
{
    seawall_breaker_config picky = SEAWALL_BREAKER_CONFIG_INIT;
    seawall_timeout_config config = SEAWALL_TIMEOUT_CONFIG_INIT;
    seawall_bulkhead_config narrow = SEAWALL_BULKHEAD_CONFIG_INIT;

    sw_test_platform_init(&on, false);
    picky.ignore_cuts_below = SEAWALL_MILLISECONDS(20);
    ck_assert_int_eq(seawall_breaker_create(&picky, &on.platform, &breaker, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_breaker_policy(breaker, "breaker", &door), SEAWALL_OK);
    config.request_timeout = SEAWALL_MILLISECONDS(40);
    ck_assert_int_eq(seawall_timeout_create(&config, &on.platform, &timeout, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_timeout_policy(timeout, "timeout", &limit), SEAWALL_OK);
    narrow.max_concurrent = 1;
    narrow.max_waiting = 1;
    narrow.max_wait = SEAWALL_FOREVER;
    ck_assert_int_eq(seawall_bulkhead_create(&narrow, &on.platform, &bulkhead, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_bulkhead_policy(bulkhead, "bulkhead", &queue), SEAWALL_OK);
}

static void unmake(void)
{
    seawall_breaker_destroy(breaker);
    seawall_timeout_destroy(timeout);
    seawall_bulkhead_destroy(bulkhead);
    sw_test_platform_fini(&on);
}

/* A call that waits in the queue for a while, is cut 40 ms after its beginning, and ends much later. */
static void call_that_waits(int from, int waits, seawall_time deadline)
{
    seawall_permit taken;

    ck_assert_int_eq(seawall_bulkhead_try_acquire(bulkhead, &taken), SEAWALL_OK);
    stage_begin(&s, AT(from), deadline);
    (void)stage_steps_text(&s, AT(from));
    ck_assert_int_eq(seawall_bulkhead_release_at(bulkhead, &taken, AT(from + waits)), SEAWALL_OK);
    (void)stage_steps_text(&s, AT(from + waits));
    (void)stage_steps_text(&s, AT(from + 40));
    stage_end(&s, 1, SEAWALL_FAULT_NONE, AT(from + 100));
    (void)stage_steps_text(&s, AT(from + 100));
    ck_assert_int_eq(s.report.status, SEAWALL_TIMED_OUT);
    ck_assert_int_eq(s.report.attempts, 1);
}

/* The same twice: the attempt runs for 10 ms, and for 30. Only the latter counts. */
static void one_counts(const seawall_policy *const *policies, int32_t count, seawall_duration callers)
{
    seawall_breaker_snapshot seen = SEAWALL_BREAKER_SNAPSHOT_INIT;

    make();
    stage_open_policies(&s, policies, count, &on.platform);
    call_that_waits(0, 30, callers == SEAWALL_FOREVER ? callers : AT(0) + callers);
    ck_assert_int_eq(seawall_breaker_get_snapshot_at(breaker, AT(100), &seen), SEAWALL_OK);
    ck_assert_int_eq(seen.failures, 0);
    ck_assert_int_eq(seen.ignored, 1);
    call_that_waits(200, 10, callers == SEAWALL_FOREVER ? callers : AT(200) + callers);
    ck_assert_int_eq(seawall_breaker_get_snapshot_at(breaker, AT(300), &seen), SEAWALL_OK);
    ck_assert_int_eq(seen.failures, 1);
    ck_assert_int_eq(seen.ignored, 1);
    stage_close(&s);
    unmake();
}

START_TEST(what_ran_counts_and_nothing_else)
{
    one_counts((const seawall_policy *const[]){&door, &limit, &queue}, 3, SEAWALL_FOREVER);
    one_counts((const seawall_policy *const[]){&limit, &door, &queue}, 3, SEAWALL_FOREVER);
    one_counts((const seawall_policy *const[]){&door, &queue}, 2, SEAWALL_MILLISECONDS(40));
}
END_TEST

int main(void)
{
    return one_test("regress/cut_short_and_slow_to_end", what_ran_counts_and_nothing_else);
}
