/* What a chaos policy draws, and what it makes of an end. */
#include <check.h>
#include <math.h>

#include "policy/chaos/chaos_config.h"
#include "policy/chaos/chaos_core.h"
#include "suite.h"
#include "support.h"

#define ALWAYS SW_CHAOS_WHOLE
#define HALF (SW_CHAOS_WHOLE / 2)
#define GONE SEAWALL_FAULT_BIT(SEAWALL_FAULT_SERVICE_UNAVAILABLE)
#define SLOW SEAWALL_FAULT_BIT(SEAWALL_FAULT_TIMEOUT)

/* Numbers as fractions of 2^64, in tenths; how many were drawn. */
typedef struct draws {
    int tenths[4];
    int count;
} draws;

static uint64_t next(void *user)
{
    draws *d = user;

    ck_assert_int_lt(d->count, 4);
    return (uint64_t)d->tenths[d->count++] * (UINT64_MAX / 10);
}

/* The rates, what is drawn, and what comes of it. */
static const struct {
    sw_chaos_rules rules;
    int tenths[4];
    sw_chaos_plan plan;
    int drawn;
} rows[] = {
    {{.faults = GONE}, {0}, {.end = SW_CHAOS_AS_IT_IS}, 0},
    {{.fault_rate = ALWAYS, .faults = GONE}, {10}, {.end = SW_CHAOS_FAULT, .fault = SEAWALL_FAULT_SERVICE_UNAVAILABLE}, 1},
    {{.fault_rate = HALF, .faults = GONE}, {4}, {.end = SW_CHAOS_FAULT, .fault = SEAWALL_FAULT_SERVICE_UNAVAILABLE}, 1},
    {{.fault_rate = HALF, .faults = GONE}, {6}, {.end = SW_CHAOS_AS_IT_IS}, 1},
    {{.fault_rate = 1, .faults = GONE}, {0}, {.end = SW_CHAOS_FAULT, .fault = SEAWALL_FAULT_SERVICE_UNAVAILABLE}, 1},
    {{.fault_rate = 1, .faults = GONE}, {1}, {.end = SW_CHAOS_AS_IT_IS}, 1},
    {{.fault_rate = HALF, .faults = GONE | SLOW}, {4, 4}, {.end = SW_CHAOS_FAULT, .fault = SEAWALL_FAULT_SERVICE_UNAVAILABLE}, 2},
    {{.fault_rate = HALF, .faults = GONE | SLOW}, {4, 6}, {.end = SW_CHAOS_FAULT, .fault = SEAWALL_FAULT_TIMEOUT}, 2},
    {{.latency_rate = HALF, .latency = 100}, {4}, {.delay = 100}, 1},
    {{.latency_rate = HALF, .latency = 100}, {6}, {.delay = 0}, 1},
    {{.latency_rate = HALF, .latency = 100, .spread = 9}, {4, 0}, {.delay = 100}, 2},
    {{.latency_rate = HALF, .latency = 100, .spread = 9}, {4, 9}, {.delay = 108}, 2},
    {{.latency_rate = ALWAYS, .latency = 7, .fault_rate = ALWAYS, .faults = SLOW},
     {5, 5},
     {.delay = 7, .end = SW_CHAOS_FAULT, .fault = SEAWALL_FAULT_TIMEOUT},
     2},
    {{.outcome_rate = ALWAYS, .outcome = SEAWALL_CHAOS_SUCCESS}, {5}, {.end = SW_CHAOS_SUCCESS}, 1},
    {{.outcome_rate = HALF, .outcome = SEAWALL_CHAOS_OPEN}, {4}, {.end = SW_CHAOS_REFUSED, .refusal = SEAWALL_OPEN}, 1},
    {{.outcome_rate = HALF, .outcome = SEAWALL_CHAOS_FULL}, {4}, {.end = SW_CHAOS_REFUSED, .refusal = SEAWALL_FULL}, 1},
    {{.outcome_rate = HALF, .outcome = SEAWALL_CHAOS_LIMITED}, {4}, {.end = SW_CHAOS_REFUSED, .refusal = SEAWALL_LIMITED}, 1},
    {{.outcome_rate = HALF, .outcome = SEAWALL_CHAOS_OPEN, .fault_rate = ALWAYS, .faults = SLOW},
     {6, 5},
     {.end = SW_CHAOS_FAULT, .fault = SEAWALL_FAULT_TIMEOUT},
     2},
    /* The outcome is decided first: a refusal leaves nothing to hold up, a success none to fail. */
    {{.outcome_rate = ALWAYS, .outcome = SEAWALL_CHAOS_OPEN, .latency_rate = ALWAYS, .latency = 5, .fault_rate = ALWAYS},
     {5},
     {.end = SW_CHAOS_REFUSED, .refusal = SEAWALL_OPEN},
     1},
    {{.outcome_rate = ALWAYS, .latency_rate = ALWAYS, .latency = 5, .fault_rate = ALWAYS, .faults = SLOW},
     {5, 5},
     {.delay = 5, .end = SW_CHAOS_SUCCESS},
     2},
};

START_TEST(what_is_drawn)
{
    draws d = {.count = 0};
    sw_random_source random = {next, &d};
    sw_chaos_plan plan;
    int i;

    for (i = 0; i < 4; i++)
        d.tenths[i] = rows[_i].tenths[i];
    plan = sw_chaos_draw(&rows[_i].rules, &random);
    ck_assert_int_eq(plan.delay, rows[_i].plan.delay);
    ck_assert_int_eq(plan.end, rows[_i].plan.end);
    ck_assert_int_eq(plan.fault, rows[_i].plan.fault);
    ck_assert_int_eq(plan.refusal, rows[_i].plan.refusal);
    ck_assert_int_eq(d.count, rows[_i].drawn);
}
END_TEST

#define OWN {.status = SEAWALL_OK, .policy = -1, .attempts = 2}
#define FAILED {.status = SEAWALL_FAILED, .fault = SEAWALL_FAULT_CONFLICT, .code = 409, .policy = -1, .attempts = 2}

/* An end, the plan, and what it becomes; `same`: what it was. */
static const struct {
    seawall_outcome before;
    sw_chaos_plan plan;
    bool same;
    seawall_outcome after;
} ends[] = {
    {OWN, {.end = SW_CHAOS_AS_IT_IS}, true, OWN},
    {FAILED, {.end = SW_CHAOS_AS_IT_IS}, true, FAILED},
    {OWN, {.end = SW_CHAOS_SUCCESS}, true, OWN},
    {OWN,
     {.end = SW_CHAOS_FAULT, .fault = SEAWALL_FAULT_TIMEOUT},
     false,
     {.status = SEAWALL_FAILED, .fault = SEAWALL_FAULT_TIMEOUT, .code = 77, .retry_after = 9, .policy = -1, .attempts = 2}},
    {FAILED,
     {.end = SW_CHAOS_FAULT, .fault = SEAWALL_FAULT_TIMEOUT},
     false,
     {.status = SEAWALL_FAILED, .fault = SEAWALL_FAULT_TIMEOUT, .code = 77, .retry_after = 9, .policy = -1, .attempts = 2}},
    {FAILED, {.end = SW_CHAOS_SUCCESS}, false, {.status = SEAWALL_OK, .code = 77, .policy = -1, .attempts = 2}},
    {{.status = SEAWALL_TIMED_OUT, .fault = SEAWALL_FAULT_TIMEOUT, .policy = 3},
     {.end = SW_CHAOS_SUCCESS},
     true,
     {.status = SEAWALL_TIMED_OUT, .fault = SEAWALL_FAULT_TIMEOUT, .policy = 3}},
    {{.status = SEAWALL_CANCELLED, .policy = -1},
     {.end = SW_CHAOS_FAULT, .fault = SEAWALL_FAULT_TIMEOUT},
     true,
     {.status = SEAWALL_CANCELLED, .policy = -1}},
    {{.status = SEAWALL_OPEN, .policy = 2, .retry_after = 4},
     {.end = SW_CHAOS_SUCCESS},
     true,
     {.status = SEAWALL_OPEN, .policy = 2, .retry_after = 4}},
};

START_TEST(what_becomes_of_an_end)
{
    seawall_outcome outcome = ends[_i].before, after = ends[_i].after;
    sw_chaos_plan plan = ends[_i].plan;

    plan.code = 77;
    plan.retry_after = 9;
    ck_assert_int_eq(sw_chaos_replace(&plan, &outcome), !ends[_i].same);
    ck_assert_int_eq(outcome.status, after.status);
    ck_assert_int_eq(outcome.fault, after.fault);
    ck_assert_int_eq(outcome.code, after.code);
    ck_assert_int_eq(outcome.retry_after, after.retry_after);
    ck_assert_int_eq(outcome.policy, after.policy);
    ck_assert_int_eq(outcome.attempts, after.attempts);
}
END_TEST

static uint64_t roll(void *user)
{
    return sw_test_next(user);
}

/* Eight sigma of a binomial count: no seed that anybody will meet is further off. */
static bool is_near(int64_t count, int64_t of, double rate)
{
    return fabs((double)count - (double)of * rate) <= 8 * sqrt((double)of * rate * (1 - rate));
}

START_TEST(rates_are_kept)
{
    uint64_t seed = sw_test_seed();
    sw_random_source random = {roll, &seed};
    seawall_chaos_config config = SEAWALL_CHAOS_CONFIG_INIT;
    int64_t i, count = sw_test_count(100000, 2000000), faults = 0, slow = 0, delays = 0, refused = 0;
    sw_chaos_rules rules;

    config.fault_rate = 0.3;
    config.latency_rate = 0.05;
    config.outcome_rate = 0.01;
    config.outcome = SEAWALL_CHAOS_LIMITED;
    config.faults = GONE | SLOW;
    rules = sw_chaos_rules_from(&config);
    for (i = 0; i < count; i++) {
        sw_chaos_plan plan = sw_chaos_draw(&rules, &random);

        faults += plan.end == SW_CHAOS_FAULT;
        slow += plan.end == SW_CHAOS_FAULT && plan.fault == SEAWALL_FAULT_TIMEOUT;
        delays += plan.delay > 0;
        refused += plan.end == SW_CHAOS_REFUSED;
    }
    ck_assert(is_near(refused, count, 0.01));
    ck_assert(is_near(delays, count, 0.99 * 0.05));
    ck_assert(is_near(faults, count, 0.99 * 0.3));
    ck_assert(is_near(slow, count, 0.99 * 0.15));
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("core");

    tcase_add_loop_test(tests, what_is_drawn, 0, (int)(sizeof(rows) / sizeof(rows[0])));
    tcase_add_loop_test(tests, what_becomes_of_an_end, 0, (int)(sizeof(ends) / sizeof(ends[0])));
    tcase_add_test(tests, rates_are_kept);
    return sw_test_run("chaos core", tests);
}
