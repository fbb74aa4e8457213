/* The chaos policy in a pipeline: what each setting does to a call, what is told, and that switched off it costs nothing. */
#include <check.h>
#include <stdio.h>

#include "../rehearsal.h"
#include "suite.h"

#define NEVER SEAWALL_FOREVER

/* Pipeline: timeout of 50 ms, retry of 2 attempts 10 ms apart, breaker that two failures open, chaos, operation. */
typedef struct setting {
    rehearsal r;
    seawall_timeout *timeout;
    seawall_retry *retry;
    seawall_breaker *breaker;
    seawall_chaos *chaos;
    seawall_pipeline *pipeline;
} setting;

static void set_up(setting *s, const seawall_chaos_config *config)
{
    seawall_policy policies[4] = {SEAWALL_POLICY_INIT, SEAWALL_POLICY_INIT, SEAWALL_POLICY_INIT, SEAWALL_POLICY_INIT};
    const seawall_policy *order[] = {&policies[0], &policies[1], &policies[2], &policies[3]};
    seawall_timeout_config limit = SEAWALL_TIMEOUT_CONFIG_INIT;
    seawall_retry_config again = SEAWALL_RETRY_CONFIG_INIT;
    seawall_breaker_config trips = SEAWALL_BREAKER_CONFIG_INIT;

    rehearsal_init(&s->r);
    limit.request_timeout = MS(50);
    again.max_attempts = 2;
    again.base_delay = MS(10);
    again.jitter = SEAWALL_JITTER_NONE;
    trips.failure_threshold = 2;
    ck_assert_int_eq(seawall_timeout_create(&limit, &s->r.platform, &s->timeout, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_retry_create(&again, &s->r.platform, &s->retry, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_breaker_create(&trips, &s->r.platform, &s->breaker, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_chaos_create(config, &s->r.platform, &s->chaos, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_timeout_policy(s->timeout, "timeout", &policies[0]), SEAWALL_OK);
    ck_assert_int_eq(seawall_retry_policy(s->retry, "retry", &policies[1]), SEAWALL_OK);
    ck_assert_int_eq(seawall_breaker_policy(s->breaker, "breaker", &policies[2]), SEAWALL_OK);
    ck_assert_int_eq(seawall_chaos_policy(s->chaos, "chaos", &policies[3]), SEAWALL_OK);
    s->pipeline = rehearsal_pipeline(&s->r, order, 4);
}

static void tear_down(setting *s)
{
    seawall_chaos_destroy(s->chaos); /* the pipeline keeps it */
    seawall_pipeline_destroy(s->pipeline);
    seawall_timeout_destroy(s->timeout);
    seawall_retry_destroy(s->retry);
    seawall_breaker_destroy(s->breaker);
    ck_assert_int_eq(s->r.allocated, 0);
}

static seawall_chaos_snapshot look(const setting *s)
{
    seawall_chaos_snapshot snapshot = SEAWALL_CHAOS_SNAPSHOT_INIT;

    ck_assert_int_eq(seawall_chaos_get_snapshot(s->chaos, &snapshot), SEAWALL_OK);
    return snapshot;
}

static const rehearsal_attempt fine[] = {{0, MS(1), 0, false}};
static const rehearsal_attempt bad[] = {{SEAWALL_FAULT_CONFLICT, MS(1), 0, false}};
static const rehearsal_attempt slow[] = {{0, MS(90), 0, false}};

START_TEST(off_it_does_nothing_and_draws_nothing)
{
    seawall_chaos_config config = SEAWALL_CHAOS_CONFIG_INIT;
    seawall_chaos_snapshot snapshot;
    setting s;

    config.fault_rate = config.latency_rate = config.outcome_rate = 1;
    set_up(&s, &config);
    ck_assert(!seawall_chaos_is_enabled(s.chaos));
    ck_assert_str_eq(rehearsal_call(&s.r, s.pipeline, NEVER, fine, 1), "1@0 = ok @1 x1");
    ck_assert_int_eq(s.r.draws, 0);
    snapshot = look(&s);
    ck_assert_int_eq(snapshot.enabled, 0);
    ck_assert_int_eq(snapshot.runs, 0);
    tear_down(&s);
}
END_TEST

/* On, but with every rate at 0: what is drawn for nothing would shift every number after it. */
START_TEST(on_without_a_rate_it_draws_nothing)
{
    seawall_chaos_config config = SEAWALL_CHAOS_CONFIG_INIT;
    setting s;

    config.enabled = 1;
    set_up(&s, &config);
    ck_assert_str_eq(rehearsal_call(&s.r, s.pipeline, NEVER, fine, 1), "1@0 = ok @1 x1");
    ck_assert_int_eq(s.r.draws, 0);
    ck_assert_int_eq(look(&s).runs, 1);
    tear_down(&s);
}
END_TEST

START_TEST(a_fault_stands_for_the_runs_own_end)
{
    seawall_chaos_config config = SEAWALL_CHAOS_CONFIG_INIT;
    setting s;

    config.enabled = 1;
    config.fault_rate = 1;
    config.code = 503;
    set_up(&s, &config);
    /* The operation was run, the breaker counts, and no attempt of the operation reported a fault. */
    ck_assert_str_eq(rehearsal_call(&s.r, s.pipeline, NEVER, fine, 1),
                     "1@0 injected(3) scheduled(10,service_unavailable) 2@11 injected(3) gave_up(service_unavailable,attempts) "
                     "= failed service_unavailable for attempts @12 x2");
    ck_assert_str_eq(rehearsal_call(&s.r, s.pipeline, NEVER, fine, 1), "refused(2) = open for refused @0 x0 by 2");
    ck_assert_int_eq(look(&s).faults, 2);
    tear_down(&s);
}
END_TEST

START_TEST(retry_after_comes_with_a_fault)
{
    seawall_chaos_config config = SEAWALL_CHAOS_CONFIG_INIT;
    setting s;

    config.enabled = 1;
    config.fault_rate = 1;
    config.faults = SEAWALL_FAULT_BIT(SEAWALL_FAULT_RATE_LIMIT_EXCEEDED);
    config.retry_after = MS(30);
    set_up(&s, &config);
    ck_assert_str_eq(rehearsal_call(&s.r, s.pipeline, NEVER, fine, 1),
                     "1@0 injected(3) scheduled(30,rate_limit_exceeded) 2@31 injected(3) gave_up(rate_limit_exceeded,attempts) "
                     "= failed rate_limit_exceeded for attempts @32 x2");
    tear_down(&s);
}
END_TEST

START_TEST(latency_comes_before_the_run_and_under_the_deadline)
{
    seawall_chaos_config config = SEAWALL_CHAOS_CONFIG_INIT;
    setting s;

    config.enabled = 1;
    config.latency_rate = 1;
    config.latency = MS(20);
    config.max_latency = MS(60);
    set_up(&s, &config);
    s.r.random = 0;
    ck_assert_str_eq(rehearsal_call(&s.r, s.pipeline, NEVER, fine, 1), "injected(3) 1@20 = ok @21 x1");
    s.r.random = UINT64_MAX;
    ck_assert_str_eq(rehearsal_call(&s.r, s.pipeline, NEVER, fine, 1),
                     "injected(3) timed_out(0,50) dropped(3) = timed_out timeout @50 x0 by 0");
    ck_assert_int_eq(look(&s).delays, 2);
    tear_down(&s);
}
END_TEST

START_TEST(a_failure_is_handed_on_as_a_success)
{
    seawall_chaos_config config = SEAWALL_CHAOS_CONFIG_INIT;
    setting s;

    config.enabled = 1;
    config.outcome_rate = 1;
    config.code = 7;
    set_up(&s, &config);
    ck_assert_str_eq(rehearsal_call(&s.r, s.pipeline, NEVER, bad, 1),
                     "1@0 injected(3) = ok @1 x1 first conflict last conflict");
    ck_assert_str_eq(rehearsal_call(&s.r, s.pipeline, NEVER, fine, 1), "1@0 = ok @1 x1");
    ck_assert_int_eq(look(&s).successes, 1);
    /* A timeout stays one. */
    ck_assert_str_eq(rehearsal_call(&s.r, s.pipeline, NEVER, slow, 1),
                     "1@0 timed_out(0,50) = timed_out timeout @51 x1 by 0 first timeout last timeout");
    tear_down(&s);
}
END_TEST

START_TEST(a_refusal_starts_nothing)
{
    static const char *const names[] = {"", "open", "full", "limited"};
    seawall_chaos_config config = SEAWALL_CHAOS_CONFIG_INIT;
    char expected[80];
    setting s;

    config.enabled = 1;
    config.outcome_rate = config.latency_rate = config.fault_rate = 1;
    config.outcome = _i;
    config.retry_after = MS(5);
    set_up(&s, &config);
    (void)snprintf(expected, sizeof(expected), "refused(3) = %s for refused @0 x0 by 3", names[_i]);
    ck_assert_str_eq(rehearsal_call(&s.r, s.pipeline, NEVER, fine, 1), expected);
    ck_assert_int_eq(look(&s).refusals, 1);
    ck_assert_int_eq(look(&s).delays, 0);
    tear_down(&s);
}
END_TEST

START_TEST(it_is_switched_live)
{
    seawall_chaos_config config = SEAWALL_CHAOS_CONFIG_INIT;
    setting s;

    config.fault_rate = 1;
    config.faults = SEAWALL_FAULT_BIT(SEAWALL_FAULT_NOT_FOUND);
    set_up(&s, &config);
    ck_assert_str_eq(rehearsal_call(&s.r, s.pipeline, NEVER, fine, 1), "1@0 = ok @1 x1");
    ck_assert_int_eq(seawall_chaos_set_enabled(s.chaos, true), SEAWALL_OK);
    ck_assert_int_eq(look(&s).enabled, 1);
    ck_assert_str_eq(rehearsal_call(&s.r, s.pipeline, NEVER, fine, 1),
                     "1@0 injected(3) = failed not_found for not_retryable @1 x1");
    ck_assert_int_eq(seawall_chaos_set_enabled(s.chaos, false), SEAWALL_OK);
    ck_assert_str_eq(rehearsal_call(&s.r, s.pipeline, NEVER, fine, 1), "1@0 = ok @1 x1");
    ck_assert_int_eq(seawall_chaos_set_enabled(NULL, true), SEAWALL_INVALID);
    ck_assert(!seawall_chaos_is_enabled(NULL));
    tear_down(&s);
}
END_TEST

/* Switches it off in the middle of the run. */
static seawall_fault switch_off(seawall_attempt *attempt, void *arg)
{
    (void)attempt;
    ck_assert_int_eq(seawall_chaos_set_enabled(arg, false), SEAWALL_OK);
    return SEAWALL_FAULT_NONE;
}

START_TEST(who_has_entered_keeps_what_was_drawn)
{
    seawall_chaos_config config = SEAWALL_CHAOS_CONFIG_INIT;
    setting s;

    config.enabled = 1;
    config.fault_rate = 1;
    config.faults = SEAWALL_FAULT_BIT(SEAWALL_FAULT_NOT_FOUND);
    set_up(&s, &config);
    ck_assert_int_eq(seawall_call(s.pipeline, switch_off, s.chaos, NULL), SEAWALL_FAILED);
    ck_assert_int_eq(seawall_call(s.pipeline, switch_off, s.chaos, NULL), SEAWALL_OK);
    tear_down(&s);
}
END_TEST

START_TEST(nothing_is_asked_of_nothing)
{
    seawall_chaos_snapshot snapshot = SEAWALL_CHAOS_SNAPSHOT_INIT;
    seawall_policy policy = SEAWALL_POLICY_INIT;
    seawall_chaos *chaos = NULL;

    ck_assert_int_eq(seawall_chaos_create(NULL, NULL, &chaos, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_chaos_policy(NULL, "chaos", &policy), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_chaos_policy(chaos, "chaos", NULL), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_chaos_get_snapshot(NULL, &snapshot), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_chaos_get_snapshot(chaos, NULL), SEAWALL_INVALID);
    snapshot.size = 3;
    ck_assert_int_eq(seawall_chaos_get_snapshot(chaos, &snapshot), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_chaos_snapshot_init(&snapshot, sizeof(snapshot)), SEAWALL_OK);
    ck_assert_int_eq(seawall_chaos_get_snapshot(chaos, &snapshot), SEAWALL_OK);
    seawall_chaos_destroy(chaos);
    seawall_chaos_destroy(NULL);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("policy");

    tcase_add_test(tests, off_it_does_nothing_and_draws_nothing);
    tcase_add_test(tests, on_without_a_rate_it_draws_nothing);
    tcase_add_test(tests, a_fault_stands_for_the_runs_own_end);
    tcase_add_test(tests, retry_after_comes_with_a_fault);
    tcase_add_test(tests, latency_comes_before_the_run_and_under_the_deadline);
    tcase_add_test(tests, a_failure_is_handed_on_as_a_success);
    tcase_add_loop_test(tests, a_refusal_starts_nothing, 1, 4);
    tcase_add_test(tests, it_is_switched_live);
    tcase_add_test(tests, who_has_entered_keeps_what_was_drawn);
    tcase_add_test(tests, nothing_is_asked_of_nothing);
    return sw_test_run("chaos policy", tests);
}
