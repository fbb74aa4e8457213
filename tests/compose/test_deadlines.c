/* Deadlines through several policies and several calls: what an operation is told, and what a call inside it inherits. */
#include <string.h>

#include "../unit/policy/rehearsal.h"
#include "suite.h"

#define NEVER SEAWALL_FOREVER
#define GONE SEAWALL_FAULT_SERVICE_UNAVAILABLE
#define PHASES 4 /* connect, request, read, write: by their numbers */

static rehearsal r;

static void set_up(void)
{
    rehearsal_init(&r);
}

static void tear_down(void)
{
    ck_assert_int_eq(seawall_deadline_current(&r.platform), NEVER);
    ck_assert_int_eq(r.allocated, 0);
}

/* The limits of a timeout, by phase. */
typedef struct limits {
    seawall_duration by[PHASES];
} limits;

static void limit(const limits *given, bool attempt, seawall_policy *policy)
{
    seawall_timeout_config config = SEAWALL_TIMEOUT_CONFIG_INIT;
    seawall_timeout *timeout;

    config.connection_timeout = given->by[SEAWALL_PHASE_CONNECT];
    config.request_timeout = attempt ? NEVER : given->by[SEAWALL_PHASE_REQUEST];
    config.attempt_timeout = attempt ? given->by[SEAWALL_PHASE_REQUEST] : 0;
    config.read_timeout = given->by[SEAWALL_PHASE_READ];
    config.write_timeout = given->by[SEAWALL_PHASE_WRITE];
    ck_assert_int_eq(seawall_timeout_create(&config, &r.platform, &timeout, NULL), SEAWALL_OK);
    ck_assert_int_eq((attempt ? seawall_timeout_attempt_policy : seawall_timeout_policy)(timeout, "limit", policy), SEAWALL_OK);
    policy->retain(policy->self);
    seawall_timeout_destroy(timeout);
}

static seawall_pipeline *pipeline_of(seawall_policy *policy, int32_t count)
{
    const seawall_policy *policies[3] = {NULL};
    seawall_pipeline *pipeline;
    int32_t i;

    for (i = 0; i < count; i++)
        policies[i] = &policy[i];
    pipeline = rehearsal_pipeline(&r, policies, count);
    for (i = 0; i < count; i++)
        policy[i].release(policy[i].self);
    return pipeline;
}

/* --- phases --- */

typedef struct seen {
    seawall_duration remaining[PHASES];
    seawall_time deadline[PHASES];
    int32_t poll[PHASES];
    int64_t curl[PHASES];
    int64_t seconds[PHASES];
    int32_t microseconds[PHASES];
    char header[SEAWALL_DEADLINE_HEADER_SIZE];
    seawall_duration elapses; /* before it looks */
    int clock_reads;
    seawall_fault fault;      /* of attempts in the main chain */
} seen;

static seawall_fault look(seawall_attempt *attempt, void *arg)
{
    seen *s = arg;
    seawall_phase phase;

    r.now += s->elapses;
    for (phase = 0; phase < PHASES; phase++) {
        s->remaining[phase] = seawall_attempt_phase_remaining(attempt, phase);
        s->deadline[phase] = seawall_attempt_phase_deadline(attempt, phase);
        s->poll[phase] = seawall_attempt_poll_milliseconds(attempt, phase);
        s->curl[phase] = seawall_attempt_curl_milliseconds(attempt, phase);
        seawall_attempt_socket_timeout(attempt, phase, &s->seconds[phase], &s->microseconds[phase]);
    }
    ck_assert_int_eq(seawall_attempt_to_header(attempt, s->header, sizeof(s->header), NULL), SEAWALL_OK);
    s->clock_reads = r.clock_reads;
    return seawall_attempt_alternative(attempt) == 0 ? s->fault : SEAWALL_FAULT_NONE;
}

static const struct {
    limits outer, inner;
    seawall_duration elapses;
    seawall_duration left[PHASES];
    int32_t poll[PHASES];
    const char *header;
} shortest[] = {
    /* The shortest of the limits, whoever set it. */
    {{{MS(5), MS(30), MS(10), MS(20)}}, {{MS(6), NEVER, MS(9), MS(20)}}, 0, {MS(5), MS(30), MS(9), MS(20)}, {5, 30, 9, 20}, "30"},
    /* None is longer than what is left of the deadline. */
    {{{MS(5), MS(30), MS(10), MS(20)}}, {{NEVER, MS(40), NEVER, NEVER}}, MS(25), {MS(5), MS(5), MS(5), MS(5)}, {5, 5, 5, 5}, "5"},
    {{{MS(5), MS(30), MS(10), MS(20)}}, {{NEVER, MS(12), NEVER, NEVER}}, MS(4), {MS(5), MS(8), MS(8), MS(8)}, {5, 8, 8, 8}, "8"},
    {{{MS(5), MS(30), MS(10), MS(20)}}, {{NEVER, NEVER, NEVER, NEVER}}, MS(30) - 1, {1, 1, 1, 1}, {1, 1, 1, 1}, "0"},
    /* Over is over, in every form. */
    {{{MS(5), MS(30), MS(10), MS(20)}}, {{NEVER, NEVER, NEVER, NEVER}}, MS(30), {0, 0, 0, 0}, {0, 0, 0, 0}, "0"},
    {{{MS(5), MS(30), MS(10), MS(20)}}, {{NEVER, NEVER, NEVER, NEVER}}, MS(99), {0, 0, 0, 0}, {0, 0, 0, 0}, "0"},
    /* Without a deadline. */
    {{{MS(5), NEVER, NEVER, MS(20) + 1}},
     {{NEVER, NEVER, NEVER, NEVER}},
     MS(7),
     {MS(5), NEVER, NEVER, MS(20) + 1},
     {5, -1, -1, 21},
     ""},
    {{{NEVER, NEVER, NEVER, NEVER}}, {{NEVER, NEVER, NEVER, NEVER}}, MS(7), {NEVER, NEVER, NEVER, NEVER}, {-1, -1, -1, -1}, ""},
};

START_TEST(a_phase_has_the_shortest_limit)
{
    seawall_policy policy[3] = {SEAWALL_POLICY_INIT, SEAWALL_POLICY_INIT, SEAWALL_POLICY_INIT};
    seen s = {.elapses = shortest[_i].elapses};
    seawall_pipeline *pipeline;
    seawall_status status;
    int phase;

    r.now = MS(1000);
    limit(&shortest[_i].outer, false, &policy[0]);
    limit(&shortest[_i].inner, true, &policy[1]);
    pipeline = pipeline_of(policy, 2);
    status = seawall_call(pipeline, look, &s, NULL);
    ck_assert_int_eq(status, s.elapses > MS(30) ? SEAWALL_TIMED_OUT : SEAWALL_OK);
    for (phase = 0; phase < PHASES; phase++) {
        seawall_duration left = shortest[_i].left[phase];
        int32_t poll = shortest[_i].poll[phase];

        ck_assert_int_eq(s.remaining[phase], left);
        if (left > 0)
            ck_assert_int_eq(s.deadline[phase], left == NEVER ? NEVER : MS(1000) + s.elapses + left);
        else
            ck_assert_int_le(s.deadline[phase], MS(1000) + s.elapses);
        ck_assert_int_eq(s.poll[phase], poll);
        ck_assert_int_eq(s.curl[phase], poll < 0 ? 0 : poll == 0 ? 1 : poll);
        ck_assert_int_eq(s.seconds[phase], 0);
        ck_assert_int_eq(s.microseconds[phase], left == NEVER ? 0 : left == 0 ? 1 : (int32_t)((left + 999) / 1000));
    }
    ck_assert_str_eq(s.header, shortest[_i].header);
    seawall_pipeline_destroy(pipeline);
}
END_TEST

static seawall_pipeline *behind_fallback(const limits *around, const limits *main_chain, const limits *alternative)
{
    seawall_policy policy[3] = {SEAWALL_POLICY_INIT, SEAWALL_POLICY_INIT, SEAWALL_POLICY_INIT};
    seawall_policy other = SEAWALL_POLICY_INIT;
    seawall_pipeline *second, *pipeline;
    seawall_fallback *fallback;

    limit(alternative, false, &other);
    second = pipeline_of(&other, 1);
    ck_assert_int_eq(seawall_fallback_create(NULL, &r.platform, &fallback, NULL), SEAWALL_OK);
    limit(around, false, &policy[0]);
    ck_assert_int_eq(seawall_fallback_pipeline_policy(fallback, "fallback", second, &policy[1]), SEAWALL_OK);
    policy[1].retain(policy[1].self);
    seawall_fallback_destroy(fallback);
    limit(main_chain, false, &policy[2]);
    pipeline = pipeline_of(policy, 3);
    seawall_pipeline_destroy(second);
    return pipeline;
}

/* The alternative is under the limits around the fallback, and not under those inside it. */
START_TEST(an_alternative_has_limits_of_its_own)
{
    static const limits around = {{MS(50), NEVER, NEVER, MS(40)}}, inside = {{MS(10), NEVER, MS(10), MS(60)}},
                        alternative = {{MS(60), NEVER, MS(20), MS(20)}};
    seawall_pipeline *pipeline = behind_fallback(&around, &inside, &alternative);
    seen s = {.fault = SEAWALL_FAULT_NONE};

    ck_assert_int_eq(seawall_call(pipeline, look, &s, NULL), SEAWALL_OK);
    ck_assert_int_eq(s.remaining[SEAWALL_PHASE_CONNECT], MS(10));
    ck_assert_int_eq(s.remaining[SEAWALL_PHASE_READ], MS(10));
    ck_assert_int_eq(s.remaining[SEAWALL_PHASE_WRITE], MS(40));
    s.fault = GONE;
    ck_assert_int_eq(seawall_call(pipeline, look, &s, NULL), SEAWALL_OK);
    ck_assert_int_eq(s.remaining[SEAWALL_PHASE_CONNECT], MS(50));
    ck_assert_int_eq(s.remaining[SEAWALL_PHASE_READ], MS(20));
    ck_assert_int_eq(s.remaining[SEAWALL_PHASE_WRITE], MS(20));

    /* A host is told the same. */
    ck_assert_int_eq(seawall_pipeline_phase_limit(pipeline, 0, SEAWALL_PHASE_CONNECT), MS(10));
    ck_assert_int_eq(seawall_pipeline_phase_limit(pipeline, 0, SEAWALL_PHASE_WRITE), MS(40));
    ck_assert_int_eq(seawall_pipeline_phase_limit(pipeline, 0, SEAWALL_PHASE_REQUEST), NEVER);
    ck_assert_int_eq(seawall_pipeline_phase_limit(pipeline, 2, SEAWALL_PHASE_CONNECT), MS(50));
    ck_assert_int_eq(seawall_pipeline_phase_limit(pipeline, 2, SEAWALL_PHASE_READ), MS(20));
    ck_assert_int_eq(seawall_pipeline_phase_limit(pipeline, 1, SEAWALL_PHASE_READ), NEVER);
    ck_assert_int_eq(seawall_pipeline_phase_limit(pipeline, -1, SEAWALL_PHASE_READ), NEVER);
    ck_assert_int_eq(seawall_pipeline_phase_limit(NULL, 0, SEAWALL_PHASE_READ), NEVER);
    seawall_pipeline_destroy(pipeline);
}
END_TEST

START_TEST(a_direct_call_has_no_limits)
{
    seen s = {.fault = SEAWALL_FAULT_NONE};
    int phase;

    ck_assert_int_eq(look(NULL, &s), SEAWALL_FAULT_NONE);
    for (phase = 0; phase < PHASES; phase++) {
        ck_assert_int_eq(s.remaining[phase], NEVER);
        ck_assert_int_eq(s.deadline[phase], NEVER);
    }
    ck_assert_str_eq(s.header, "");
}
END_TEST

START_TEST(a_policy_cannot_limit_to_less_than_nothing)
{
    static const struct {
        seawall_duration connect, read, write;
    } wrong[] = {{-1, 0, 0}, {0, INT64_MIN, 0}, {0, 0, -MS(1)}};
    seawall_policy policy = SEAWALL_POLICY_INIT;
    const seawall_policy *policies[] = {&policy};
    seawall_pipeline *pipeline = NULL;
    seawall_error error = {0};
    limits none = {{NEVER, NEVER, NEVER, NEVER}};

    limit(&none, false, &policy);
    policy.connection_timeout = wrong[_i].connect;
    policy.read_timeout = wrong[_i].read;
    policy.write_timeout = wrong[_i].write;
    ck_assert_int_eq(seawall_pipeline_create(NULL, policies, 1, &r.platform, &pipeline, &error), SEAWALL_INVALID);
    ck_assert_str_eq(error.message, "pipeline: policy 0 (limit) limits a phase to less than 0");
    ck_assert_ptr_null(pipeline);
    policy.release(policy.self);
}
END_TEST

/* --- calls inside calls --- */

/* A call, and the call that its operation makes. */
typedef struct nested {
    const seawall_pipeline *inside;
    seawall_time deadline; /* given to the inner call */
    seawall_duration elapses, lasts; /* before it, and in it */
    seawall_time saw;
    seawall_status inner;
    seawall_report report;
    bool forgets; /* to leave a scope */
} nested;

static seawall_fault inner_operation(seawall_attempt *attempt, void *arg)
{
    nested *n = arg;

    n->saw = seawall_attempt_deadline(attempt);
    r.now += n->lasts;
    return SEAWALL_FAULT_NONE;
}

static seawall_fault outer_operation(seawall_attempt *attempt, void *arg)
{
    static seawall_deadline_scope forgotten;
    nested *n = arg;

    (void)attempt;
    r.now += n->elapses;
    if (n->forgets)
        ck_assert_int_eq(seawall_deadline_enter(&r.platform, MS(1), &forgotten), SEAWALL_OK);
    n->inner = seawall_call_until(n->inside, n->deadline, inner_operation, n, &n->report);
    return n->inner == SEAWALL_OK ? SEAWALL_FAULT_NONE : SEAWALL_FAULT_OTHER;
}

static const struct {
    seawall_duration outer, inner;
    seawall_time scope, given;
    seawall_duration elapses, lasts;
    seawall_time saw; /* -1: its operation was not called */
    seawall_status inner_status;
    int32_t by;
    seawall_status status;
} nestings[] = {
    {NEVER, NEVER, NEVER, NEVER, 0, MS(500), NEVER, SEAWALL_OK, -1, SEAWALL_OK},
    {MS(30), NEVER, NEVER, NEVER, MS(10), MS(20), MS(30), SEAWALL_OK, -1, SEAWALL_OK},
    {MS(30), NEVER, NEVER, NEVER, MS(10), MS(20) + 1, MS(30), SEAWALL_TIMED_OUT, -1, SEAWALL_TIMED_OUT},
    /* The earliest counts, whoever set it. */
    {MS(30), MS(15), NEVER, NEVER, MS(10), MS(1), MS(25), SEAWALL_OK, -1, SEAWALL_OK},
    {MS(30), MS(15), NEVER, NEVER, MS(10), MS(16), MS(25), SEAWALL_TIMED_OUT, 0, SEAWALL_FAILED},
    {MS(30), MS(15), NEVER, NEVER, MS(20), MS(1), MS(30), SEAWALL_OK, -1, SEAWALL_OK},
    {MS(30), MS(15), NEVER, MS(22), MS(20), MS(1), MS(22), SEAWALL_OK, -1, SEAWALL_OK},
    {MS(30), NEVER, NEVER, MS(99), MS(20), MS(1), MS(30), SEAWALL_OK, -1, SEAWALL_OK},
    {MS(30), NEVER, MS(25), MS(99), MS(20), MS(1), MS(25), SEAWALL_OK, -1, SEAWALL_OK},
    {NEVER, NEVER, MS(25), MS(99), MS(20), MS(1), MS(25), SEAWALL_OK, -1, SEAWALL_OK},
    {NEVER, NEVER, MS(25), NEVER, MS(20), MS(6), MS(25), SEAWALL_TIMED_OUT, -1, SEAWALL_TIMED_OUT},
    {MS(30), NEVER, MS(99), NEVER, 0, 0, MS(30), SEAWALL_OK, -1, SEAWALL_OK},
    /* With nothing left nothing begins. */
    {MS(30), NEVER, NEVER, NEVER, MS(30), 0, -1, SEAWALL_TIMED_OUT, -1, SEAWALL_FAILED},
    {MS(30), NEVER, NEVER, NEVER, MS(31), 0, -1, SEAWALL_TIMED_OUT, -1, SEAWALL_TIMED_OUT},
};

static seawall_pipeline *limited(seawall_duration whole)
{
    seawall_policy policy = SEAWALL_POLICY_INIT;
    limits l = {{NEVER, whole, NEVER, NEVER}};

    limit(&l, false, &policy);
    return pipeline_of(&policy, 1);
}

START_TEST(a_call_inside_inherits)
{
    seawall_pipeline *outer = limited(nestings[_i].outer), *inner = limited(nestings[_i].inner);
    nested n = {.inside = inner, .deadline = nestings[_i].given, .elapses = nestings[_i].elapses, .lasts = nestings[_i].lasts,
                .saw = -1, .report = SEAWALL_REPORT_INIT};
    seawall_deadline_scope scope;

    n.forgets = nestings[_i].saw == -1;
    ck_assert_int_eq(seawall_deadline_enter(&r.platform, nestings[_i].scope, &scope), SEAWALL_OK);
    ck_assert_int_eq(seawall_call(outer, outer_operation, &n, NULL), nestings[_i].status);
    ck_assert_int_eq(n.saw, nestings[_i].saw);
    ck_assert_int_eq(n.inner, nestings[_i].inner_status);
    ck_assert_int_eq(n.report.policy, nestings[_i].by);
    /* Nothing is left behind, not even by an operation that forgot to leave its scope. */
    ck_assert_int_eq(seawall_deadline_current(&r.platform), nestings[_i].scope);
    ck_assert_int_eq(seawall_deadline_leave(&scope), SEAWALL_OK);
    seawall_pipeline_destroy(inner);
    seawall_pipeline_destroy(outer);
}
END_TEST

static seawall_fault retried(seawall_attempt *attempt, void *arg)
{
    int32_t *attempts = arg;

    (void)attempt;
    ++*attempts;
    r.now += MS(10);
    return GONE;
}

static seawall_fault call_with_retry(seawall_attempt *attempt, void *arg)
{
    static const rehearsal_attempt script[] = {{GONE, MS(10), 0, false}};

    (void)attempt;
    (void)rehearsal_call(&r, arg, NEVER, script, 1);
    return SEAWALL_FAULT_NONE;
}

/* A retry inside does not sleep past a deadline that only the call around it knows. */
START_TEST(a_retry_inside_knows_when_to_stop)
{
    seawall_policy policy = SEAWALL_POLICY_INIT;
    seawall_retry_config config = SEAWALL_RETRY_CONFIG_INIT;
    seawall_pipeline *outer = limited(MS(200)), *inner;
    seawall_retry *retry;
    int32_t attempts = 0;

    config.max_attempts = 10;
    config.jitter = SEAWALL_JITTER_NONE;
    ck_assert_int_eq(seawall_retry_create(&config, &r.platform, &retry, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_retry_policy(retry, "retry", &policy), SEAWALL_OK);
    policy.retain(policy.self);
    seawall_retry_destroy(retry);
    inner = pipeline_of(&policy, 1);
    ck_assert_int_eq(seawall_call(outer, call_with_retry, inner, NULL), SEAWALL_OK);
    ck_assert_str_eq(r.log, "1@0 scheduled(100,service_unavailable) 2@110 gave_up(service_unavailable,deadline) = failed "
                            "service_unavailable for deadline @120 x2 first service_unavailable last service_unavailable");
    ck_assert_int_eq(seawall_call(inner, retried, &attempts, NULL), SEAWALL_FAILED);
    ck_assert_int_eq(attempts, 10);
    seawall_pipeline_destroy(inner);
    seawall_pipeline_destroy(outer);
}
END_TEST

START_TEST(without_deadlines_no_clock_is_read)
{
    seawall_pipeline *outer = limited(NEVER), *inner = limited(NEVER);
    nested n = {.inside = inner, .deadline = NEVER, .report = SEAWALL_REPORT_INIT};
    seen s = {.fault = SEAWALL_FAULT_NONE};

    ck_assert_int_eq(seawall_call(inner, look, &s, NULL), SEAWALL_OK);
    ck_assert_int_eq(s.clock_reads, 0);
    ck_assert_int_eq(seawall_call(outer, inner_operation, &n, NULL), SEAWALL_OK);
    ck_assert_int_eq(r.clock_reads, 0);
    seawall_pipeline_destroy(inner);
    seawall_pipeline_destroy(outer);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("deadlines");

    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, a_phase_has_the_shortest_limit, 0, (int)(sizeof(shortest) / sizeof(shortest[0])));
    tcase_add_test(tests, an_alternative_has_limits_of_its_own);
    tcase_add_test(tests, a_direct_call_has_no_limits);
    tcase_add_loop_test(tests, a_policy_cannot_limit_to_less_than_nothing, 0, 3);
    tcase_add_loop_test(tests, a_call_inside_inherits, 0, (int)(sizeof(nestings) / sizeof(nestings[0])));
    tcase_add_test(tests, a_retry_inside_knows_when_to_stop);
    tcase_add_test(tests, without_deadlines_no_clock_is_read);
    return sw_test_run("deadlines", tests);
}
