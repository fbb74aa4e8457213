/* What ends a retry besides its attempts: time, refusals, a predicate, a budget. */
#include <check.h>
#include <stdlib.h>

#include "../rehearsal.h"
#include "gate.h"
#include "suite.h"

#define NEVER SEAWALL_FOREVER
#define GONE SEAWALL_FAULT_SERVICE_UNAVAILABLE

/* Pipeline: retry, gate, operation; 1 ms for each attempt. */
static const struct {
    seawall_duration max_elapsed, minimum_remaining;
    int32_t retry_refusals;
    gate gate;
    seawall_time deadline;
    const char *log;
} limits[] = {
    {MS(200),
     0,
     0,
     {0, 0, 0},
     NEVER,
     "1@0 scheduled(100,service_unavailable) 2@101 gave_up(service_unavailable,deadline) = failed service_unavailable for "
     "deadline "
     "@102 x2 first service_unavailable last service_unavailable"},
    {MS(101),
     0,
     0,
     {0, 0, 0},
     NEVER,
     "1@0 gave_up(service_unavailable,deadline) = failed service_unavailable for deadline @1 x1 first service_unavailable last "
     "service_unavailable"},
    {NEVER, MS(50), 0, {0, 0, 0}, MS(49), "refused(0) = timed_out timeout @0 x0 by 0"},
    {NEVER,
     MS(50),
     0,
     {0, 0, 0},
     MS(150),
     "1@0 gave_up(service_unavailable,deadline) = failed service_unavailable for deadline @1 x1 first service_unavailable last "
     "service_unavailable"},
    {NEVER,
     MS(50),
     0,
     {0, 0, 0},
     MS(151),
     "1@0 scheduled(100,service_unavailable) 2@101 gave_up(service_unavailable,deadline) = failed service_unavailable for "
     "deadline "
     "@102 x2 first service_unavailable last service_unavailable"},
    /* A refusal's hint, 700 ms in the gate, is the least that is waited: a limit for servers does not cut it. */
    {NEVER,
     0,
     1,
     {1, SEAWALL_OPEN, 0},
     NEVER,
     "refused(1) scheduled(700,none) refused(1) scheduled(700,none) refused(1) gave_up(none,attempts) = open for attempts @1400 "
     "x0 "
     "by 1"},
    {NEVER,
     0,
     1,
     {2, SEAWALL_FULL, 0},
     NEVER,
     "1@0 scheduled(100,service_unavailable) refused(1) scheduled(700,service_unavailable) refused(1) "
     "gave_up(service_unavailable,attempts) = full for attempts @801 x1 by 1 first service_unavailable last service_unavailable"},
    {NEVER, 0, 1, {1, SEAWALL_NO_MEMORY, 0}, NEVER, "refused(1) = no_memory for refused @0 x0 by 1"},
    {NEVER, 0, 1, {1, SEAWALL_OK, 0}, MS(20), "timed_out(-1,20) dropped(1) = timed_out timeout @20 x0"},
    {NEVER, 0, 1, {1, SEAWALL_LIMITED, 0}, MS(700), "refused(1) gave_up(none,deadline) = limited for deadline @0 x0 by 1"},
};

START_TEST(calls_end_where_time_or_patience_does)
{
    static const rehearsal_attempt gone[] = {{GONE, MS(1), 0, false}};
    seawall_retry_config config = SEAWALL_RETRY_CONFIG_INIT;
    seawall_policy again = SEAWALL_POLICY_INIT, inner;
    const seawall_policy *policies[] = {&again, &inner};
    gate g = limits[_i].gate;
    seawall_pipeline *pipeline;
    seawall_retry *retry;
    rehearsal r;

    rehearsal_init(&r);
    config.jitter = SEAWALL_JITTER_NONE;
    config.max_retry_after = MS(300);
    config.max_elapsed = limits[_i].max_elapsed;
    config.minimum_remaining = limits[_i].minimum_remaining;
    config.retry_refusals = limits[_i].retry_refusals;
    ck_assert_int_eq(seawall_retry_create(&config, &r.platform, &retry, NULL), SEAWALL_OK);
    inner = gate_policy(&g);
    ck_assert_int_eq(seawall_retry_policy(retry, "retry", &again), SEAWALL_OK);
    pipeline = rehearsal_pipeline(&r, policies, 2);
    ck_assert_str_eq(rehearsal_call(&r, pipeline, limits[_i].deadline, gone, 1), limits[_i].log);
    seawall_pipeline_destroy(pipeline);
    seawall_retry_destroy(retry);
    ck_assert_int_eq(r.allocated, 0);
}
END_TEST

/* The code comes from the attempt: its number, as the rehearsal sets it. */
static seawall_retry_verdict even_codes(const seawall_result *result, int32_t attempt, void *user)
{
    int *asked = user;

    ck_assert_int_eq(result->code, attempt);
    ++*asked;
    return result->code % 2 == 0 ? SEAWALL_RETRY_STOP : SEAWALL_RETRY_REPEAT;
}

START_TEST(a_predicate_is_asked_within_a_pipeline)
{
    static const rehearsal_attempt broken[] = {{SEAWALL_FAULT_INTERNAL, 0, 0, false}};
    seawall_retry_config config = SEAWALL_RETRY_CONFIG_INIT;
    seawall_policy again = SEAWALL_POLICY_INIT;
    const seawall_policy *policies[] = {&again};
    seawall_pipeline *pipeline;
    seawall_retry *retry;
    rehearsal r;
    int asked = 0;

    rehearsal_init(&r);
    config.jitter = SEAWALL_JITTER_NONE;
    config.predicate = even_codes;
    config.predicate_user = &asked;
    ck_assert_int_eq(seawall_retry_create(&config, &r.platform, &retry, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_retry_policy(retry, "retry", &again), SEAWALL_OK);
    pipeline = rehearsal_pipeline(&r, policies, 1);
    ck_assert_str_eq(
        rehearsal_call(&r, pipeline, NEVER, broken, 1),
        "1@0 scheduled(100,internal) 2@100 gave_up(internal,not_retryable) = failed internal for not_retryable @100 x2 "
        "first internal last internal");
    ck_assert_int_eq(asked, 2);
    seawall_pipeline_destroy(pipeline);
    seawall_retry_destroy(retry);
}
END_TEST

/* A budget of one retry per second and no ratio: ten in the window of ten seconds. */
static seawall_retry_budget *make_budget(rehearsal *r)
{
    seawall_retry_budget_config config = SEAWALL_RETRY_BUDGET_CONFIG_INIT;
    seawall_retry_budget *budget;

    config.ratio = 0;
    config.floor = 1;
    ck_assert_int_eq(seawall_retry_budget_create(&config, &r->platform, &budget, NULL), SEAWALL_OK);
    return budget;
}

static int64_t charged(seawall_retry_budget *budget, seawall_time now)
{
    seawall_retry_budget_snapshot snapshot = SEAWALL_RETRY_BUDGET_SNAPSHOT_INIT;

    ck_assert_int_eq(seawall_retry_budget_get_snapshot_at(budget, now, &snapshot), SEAWALL_OK);
    return snapshot.retries;
}

/* Pipeline: retry of 9 attempts, gate, operation. */
typedef struct budgeted {
    rehearsal r;
    gate gate;
    seawall_retry_budget *budget;
    seawall_retry *retry;
    seawall_pipeline *pipeline;
} budgeted;

static void budgeted_open(budgeted *b)
{
    seawall_retry_config config = SEAWALL_RETRY_CONFIG_INIT;
    seawall_policy again = SEAWALL_POLICY_INIT, inner;
    const seawall_policy *policies[] = {&again, &inner};

    rehearsal_init(&b->r);
    b->gate = (gate){0};
    b->budget = make_budget(&b->r);
    config.max_attempts = 9;
    config.jitter = SEAWALL_JITTER_NONE;
    config.backoff = SEAWALL_BACKOFF_CONSTANT;
    config.retry_refusals = 1;
    config.budget = b->budget;
    ck_assert_int_eq(seawall_retry_create(&config, &b->r.platform, &b->retry, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_retry_policy(b->retry, "retry", &again), SEAWALL_OK);
    inner = gate_policy(&b->gate);
    b->pipeline = rehearsal_pipeline(&b->r, policies, 2);
}

static void budgeted_close(budgeted *b)
{
    seawall_retry_budget_destroy(b->budget); /* the retry has its own reference */
    seawall_pipeline_destroy(b->pipeline);
    seawall_retry_destroy(b->retry);
    ck_assert_int_eq(b->r.allocated, 0);
}

START_TEST(a_budget_ends_it_with_the_real_fault)
{
    static const rehearsal_attempt gone[] = {{GONE, 0, 0, false}}, fine[] = {{0, 0, 0, false}};
    budgeted b;

    budgeted_open(&b);
    (void)rehearsal_call(&b.r, b.pipeline, NEVER, gone, 1);
    ck_assert_int_eq(charged(b.budget, 0), 8);
    ck_assert_str_eq(rehearsal_call(&b.r, b.pipeline, NEVER, gone, 1),
                     "1@0 scheduled(100,service_unavailable) 2@100 scheduled(100,service_unavailable) 3@200 "
                     "gave_up(service_unavailable,budget) = failed service_unavailable for budget @200 x3 "
                     "first service_unavailable last service_unavailable");
    ck_assert_str_eq(rehearsal_call(&b.r, b.pipeline, NEVER, gone, 1),
                     "1@0 gave_up(service_unavailable,budget) = failed service_unavailable for budget @0 x1 "
                     "first service_unavailable last service_unavailable");
    ck_assert_str_eq(rehearsal_call(&b.r, b.pipeline, NEVER, fine, 1), "1@0 = ok @0 x1");
    ck_assert_int_eq(charged(b.budget, MS(900)), 10);
    budgeted_close(&b);
}
END_TEST

/* Nine tries, eight of them charged, and each gives its charge back: no attempt began. */
START_TEST(a_repetition_that_was_refused_costs_nothing)
{
    static const rehearsal_attempt gone[] = {{GONE, 0, 0, false}};
    budgeted b;

    budgeted_open(&b);
    b.gate = (gate){1, SEAWALL_OPEN, 0};
    (void)rehearsal_call(&b.r, b.pipeline, NEVER, gone, 1);
    ck_assert_int_eq(b.gate.runs, 9);
    ck_assert_int_eq(charged(b.budget, 0), 0);
    budgeted_close(&b);
}
END_TEST

START_TEST(what_is_dropped_asleep_is_given_back)
{
    const seawall_result gone = {.fault = GONE};
    seawall_execution *execution;
    seawall_step next;
    void *storage;
    size_t size;
    budgeted b;
    int begun;

    /* Cancelled asleep, and after the second attempt began. */
    for (begun = 0; begun < 2; begun++) {
        budgeted_open(&b);
        size = seawall_execution_size(b.pipeline);
        storage = aligned_alloc(64, (size + 63) / 64 * 64);
        ck_assert_int_eq(seawall_execution_init(storage, size, b.pipeline, NULL, &execution), SEAWALL_OK);
        ck_assert_int_eq(seawall_execution_begin_at(execution, MS(10), NEVER), SEAWALL_OK);
        ck_assert_int_eq(seawall_execution_next_at(execution, MS(10), &next), SEAWALL_OK);
        ck_assert_int_eq(seawall_execution_report_at(execution, next.id, &gone, MS(20)), SEAWALL_OK);
        ck_assert_int_eq(seawall_execution_next_at(execution, MS(20), &next), SEAWALL_OK);
        ck_assert_int_eq(charged(b.budget, MS(20)), 1); /* asleep, it is charged */
        if (begun) {
            ck_assert_int_eq(seawall_execution_next_at(execution, MS(120), &next), SEAWALL_OK);
            ck_assert_int_eq(next.kind, SEAWALL_STEP_START);
        }
        ck_assert_int_eq(seawall_execution_cancel_at(execution, MS(130)), SEAWALL_OK);
        if (begun)
            ck_assert_int_eq(seawall_execution_disown_at(execution, next.id, MS(130)), SEAWALL_OK);
        ck_assert_int_eq(charged(b.budget, MS(130)), begun);
        ck_assert_int_eq(seawall_execution_fini(execution), SEAWALL_OK);
        free(storage);
        budgeted_close(&b);
    }
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("retry limits");

    tcase_add_loop_test(tests, calls_end_where_time_or_patience_does, 0, (int)(sizeof(limits) / sizeof(limits[0])));
    tcase_add_test(tests, a_predicate_is_asked_within_a_pipeline);
    tcase_add_test(tests, a_budget_ends_it_with_the_real_fault);
    tcase_add_test(tests, a_repetition_that_was_refused_costs_nothing);
    tcase_add_test(tests, what_is_dropped_asleep_is_given_back);
    return sw_test_run("retry limits", tests);
}
