/*
 * What the rule on slow calls measured began with the breaker's permit. Time in a limiter, a bulkhead or a pool inside of it was
 * held against the dependency, opened the breaker, and made probes fail.
 */
#include <sched.h>

#include "one_test.h"
#include "support.h"
#include "toy_stage.h"

#define AT(ms) (SW_TEST_START + SEAWALL_MILLISECONDS(ms))

static sw_test_platform on;
static seawall_breaker *breaker;
static seawall_policy door = SEAWALL_POLICY_INIT, queue = SEAWALL_POLICY_INIT;

/* One call of more than 500 ms opens it, for a second. */
static void make(bool auto_advance)
{
    seawall_breaker_config config = SEAWALL_BREAKER_CONFIG_INIT;

    sw_test_platform_init(&on, auto_advance);
    config.failure_threshold = 0;
    config.slow_call_rate = 1;
    config.slow_call_duration = SEAWALL_MILLISECONDS(500);
    config.window_calls = 1;
    config.recovery_timeout = SEAWALL_SECONDS(1);
    config.half_open_max_calls = 1;
    config.probe_timeout = SEAWALL_SECONDS(60);
    ck_assert_int_eq(seawall_breaker_create(&config, &on.platform, &breaker, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_breaker_policy(breaker, "breaker", &door), SEAWALL_OK);
}

static void unmake(void)
{
    seawall_breaker_destroy(breaker);
    sw_test_platform_fini(&on);
}

static seawall_pipeline *pipeline_of_both(void)
{
    const seawall_policy *const policies[] = {&door, &queue};
    seawall_pipeline *pipeline;

    ck_assert_int_eq(seawall_pipeline_create(NULL, policies, 2, &on.platform, &pipeline, NULL), SEAWALL_OK);
    return pipeline;
}

static seawall_breaker_state state_at(seawall_time now)
{
    seawall_breaker_snapshot seen = SEAWALL_BREAKER_SNAPSHOT_INIT;

    ck_assert_int_eq(seawall_breaker_get_snapshot_at(breaker, now, &seen), SEAWALL_OK);
    return seen.state;
}

static seawall_breaker_state state(void)
{
    return state_at(seawall_manual_clock_now(on.clock));
}

static seawall_fault work(seawall_attempt *attempt, void *takes)
{
    (void)attempt;
    seawall_manual_clock_advance(on.clock, *(seawall_duration *)takes);
    return SEAWALL_FAULT_NONE;
}

static void call(seawall_pipeline *pipeline, seawall_duration takes)
{
    ck_assert_int_eq(seawall_call(pipeline, work, &takes, NULL), SEAWALL_OK);
}

/* One call a second. */
static seawall_pipeline *make_limited(seawall_limiter **limiter)
{
    seawall_limiter_config config = SEAWALL_LIMITER_CONFIG_INIT;

    make(true);
    config.rate = 1;
    config.burst = 1;
    config.max_wait = SEAWALL_SECONDS(10);
    ck_assert_int_eq(seawall_limiter_create(&config, &on.platform, limiter, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_limiter_policy(*limiter, "limiter", &queue), SEAWALL_OK);
    return pipeline_of_both();
}

static void unmake_limited(seawall_pipeline *pipeline, seawall_limiter *limiter)
{
    seawall_pipeline_destroy(pipeline);
    seawall_limiter_destroy(limiter);
    unmake();
}

/* The calling thread waits for the limiter's leave. */
START_TEST(what_a_limiter_makes_wait_is_not_slow)
{
    seawall_limiter *limiter;
    seawall_pipeline *pipeline = make_limited(&limiter);
    int i;

    for (i = 0; i < 3; i++)
        call(pipeline, SEAWALL_MILLISECONDS(500));
    ck_assert_int_eq(state(), SEAWALL_BREAKER_CLOSED);
    unmake_limited(pipeline, limiter);
}
END_TEST

/* What waited, and what did not. */
START_TEST(what_runs_for_long_is_slow)
{
    seawall_limiter *limiter;
    seawall_pipeline *pipeline = make_limited(&limiter);
    int i;

    call(pipeline, SEAWALL_MILLISECONDS(501));
    ck_assert_int_eq(state(), SEAWALL_BREAKER_OPEN);
    ck_assert_int_eq(seawall_breaker_reset(breaker), SEAWALL_OK);
    for (i = 0; i < 2; i++) {
        ck_assert_int_eq(state(), SEAWALL_BREAKER_CLOSED);
        call(pipeline, SEAWALL_MILLISECONDS(i * 501));
    }
    ck_assert_int_eq(state(), SEAWALL_BREAKER_OPEN);
    unmake_limited(pipeline, limiter);
}
END_TEST

/* A host's run stands in a queue for a while, and its attempt takes some time; either may be that of a probe. */
static seawall_breaker_state after_one_in_the_bulkhead(bool probe, int waits, int takes)
{
    int from = probe ? 2000 : 0;
    seawall_breaker_state state;
    seawall_bulkhead_config narrow = SEAWALL_BULKHEAD_CONFIG_INIT;
    seawall_bulkhead *bulkhead;
    seawall_permit taken;
    stage s;

    make(false);
    narrow.max_concurrent = 1;
    narrow.max_waiting = 1;
    narrow.max_wait = SEAWALL_FOREVER;
    ck_assert_int_eq(seawall_bulkhead_create(&narrow, &on.platform, &bulkhead, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_bulkhead_policy(bulkhead, "bulkhead", &queue), SEAWALL_OK);
    stage_open_policies(&s, (const seawall_policy *const[]){&door, &queue}, 2, &on.platform);
    if (probe)
        ck_assert_int_eq(seawall_breaker_force_open(breaker, AT(1000)), SEAWALL_OK);
    ck_assert_int_eq(seawall_bulkhead_try_acquire(bulkhead, &taken), SEAWALL_OK);
    stage_begin(&s, AT(from), SEAWALL_FOREVER);
    (void)stage_steps_text(&s, AT(from));
    ck_assert_int_eq(seawall_bulkhead_release_at(bulkhead, &taken, AT(from + waits)), SEAWALL_OK);
    (void)stage_steps_text(&s, AT(from + waits));
    stage_end(&s, 1, SEAWALL_FAULT_NONE, AT(from + waits + takes));
    (void)stage_steps_text(&s, AT(from + waits + takes));
    state = state_at(AT(from + waits + takes));
    stage_close(&s);
    seawall_bulkhead_destroy(bulkhead);
    unmake();
    return state;
}

START_TEST(what_stood_in_a_bulkhead_is_not_slow)
{
    ck_assert_int_eq(after_one_in_the_bulkhead(false, 600, 500), SEAWALL_BREAKER_CLOSED);
    ck_assert_int_eq(after_one_in_the_bulkhead(false, 0, 501), SEAWALL_BREAKER_OPEN);
    ck_assert_int_eq(after_one_in_the_bulkhead(true, 600, 500), SEAWALL_BREAKER_CLOSED);
    ck_assert_int_eq(after_one_in_the_bulkhead(true, 0, 501), SEAWALL_BREAKER_OPEN);
}
END_TEST

/* The pool's only worker is busy until the caller's job has stood in the queue for long. */
static int64_t be_busy(seawall_work *job, void *pool)
{
    seawall_pool_snapshot seen = SEAWALL_POOL_SNAPSHOT_INIT;

    (void)job;
    do {
        sched_yield();
        ck_assert_int_eq(seawall_pool_get_snapshot(pool, &seen), SEAWALL_OK);
    } while (seen.queued[SEAWALL_PRIORITY_NORMAL] == 0);
    seawall_manual_clock_advance(on.clock, SEAWALL_MILLISECONDS(600));
    return 0;
}

START_TEST(what_stood_in_a_pool_is_not_slow)
{
    seawall_pool_config config = SEAWALL_POOL_CONFIG_INIT;
    seawall_pipeline *pipeline;
    seawall_pool *pool;

    make(false);
    config.core_size = 1;
    config.max_size = 1;
    ck_assert_int_eq(seawall_pool_create(&config, &on.platform, &pool, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_pool_policy(pool, "pool", &queue), SEAWALL_OK);
    pipeline = pipeline_of_both();
    ck_assert_int_eq(seawall_pool_submit(pool, NULL, be_busy, pool, NULL), SEAWALL_OK);
    call(pipeline, SEAWALL_MILLISECONDS(500));
    ck_assert_int_eq(state(), SEAWALL_BREAKER_CLOSED);
    call(pipeline, SEAWALL_MILLISECONDS(501));
    ck_assert_int_eq(state(), SEAWALL_BREAKER_OPEN);
    seawall_pipeline_destroy(pipeline);
    seawall_pool_destroy(pool);
    unmake();
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("regress");

    tcase_set_timeout(tests, 300);
    tcase_add_test(tests, what_a_limiter_makes_wait_is_not_slow);
    tcase_add_test(tests, what_runs_for_long_is_slow);
    tcase_add_test(tests, what_stood_in_a_bulkhead_is_not_slow);
    tcase_add_test(tests, what_stood_in_a_pool_is_not_slow);
    return sw_test_run("regress/slow_in_our_own_queue", tests);
}
