/* The fallback in a pipeline: a constant, a function, another pipeline; what the report and the listener are told. */
#include <check.h>

#include "../rehearsal.h"
#include "suite.h"

#define NEVER SEAWALL_FOREVER
#define GONE SEAWALL_FAULT_SERVICE_UNAVAILABLE
#define DENIED SEAWALL_FAULT_AUTHORIZATION_DENIED

typedef struct helper {
    rehearsal *r;
    seawall_fault answers;
    int64_t code; /* 0: left as it is */
} helper;

/* The call's argument is the rehearsal: so is what it is told. */
static seawall_fault help(const seawall_outcome *outcome, int64_t *code, void *arg, void *user)
{
    helper *h = user;

    ck_assert_ptr_eq(arg, h->r);
    ck_assert_int_eq(*code, outcome->code);
    rehearsal_note(h->r, "help(%s,%s,%d)", seawall_status_name(outcome->status), seawall_fault_name(outcome->fault),
                   (int)outcome->code);
    if (h->code != 0)
        *code = h->code;
    return h->answers;
}

/* Pipeline: fallback, timeout of 50 ms, breaker that one failure opens, retry of 2 attempts, operation. */
typedef struct setting {
    rehearsal r;
    helper helper;
    seawall_fallback *fallback;
    seawall_timeout *timeout;
    seawall_breaker *breaker;
    seawall_retry *retry;
    seawall_retry *patient; /* of the alternative */
    seawall_pipeline *pipeline, *alternative;
} setting;

/* What stands in. */
enum who {
    CONSTANT,
    FUNCTION,
    PIPELINE, /* of no policy */
    PATIENT   /* a pipeline with a retry */
};

/* A retry of two attempts, 100 ms apart, for an alternative. */
static seawall_retry *patient(rehearsal *r, seawall_policy *policy)
{
    seawall_retry_config again = SEAWALL_RETRY_CONFIG_INIT;
    seawall_retry *retry;

    again.max_attempts = 2;
    again.base_delay = again.max_delay = MS(100);
    again.jitter = SEAWALL_JITTER_NONE;
    ck_assert_int_eq(seawall_retry_create(&again, &r->platform, &retry, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_retry_policy(retry, "patient", policy), SEAWALL_OK);
    return retry;
}

static void set_up(setting *s, enum who who)
{
    seawall_policy policies[4] = {SEAWALL_POLICY_INIT, SEAWALL_POLICY_INIT, SEAWALL_POLICY_INIT, SEAWALL_POLICY_INIT};
    const seawall_policy *order[] = {&policies[0], &policies[1], &policies[2], &policies[3]};
    seawall_fallback_config config = SEAWALL_FALLBACK_CONFIG_INIT;
    seawall_timeout_config limit = SEAWALL_TIMEOUT_CONFIG_INIT;
    seawall_breaker_config trips = SEAWALL_BREAKER_CONFIG_INIT;
    seawall_retry_config again = SEAWALL_RETRY_CONFIG_INIT;
    seawall_policy waits = SEAWALL_POLICY_INIT;

    rehearsal_init(&s->r);
    s->helper = (helper){.r = &s->r};
    config.errors &= ~SEAWALL_FAULT_BIT(DENIED);
    if (who == FUNCTION) {
        config.function = help;
        config.function_user = &s->helper;
    }
    limit.request_timeout = MS(50);
    trips.failure_threshold = 1;
    again.max_attempts = 2;
    again.base_delay = again.max_delay = MS(10);
    again.jitter = SEAWALL_JITTER_NONE;
    ck_assert_int_eq(seawall_fallback_create(&config, &s->r.platform, &s->fallback, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_timeout_create(&limit, &s->r.platform, &s->timeout, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_breaker_create(&trips, &s->r.platform, &s->breaker, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_retry_create(&again, &s->r.platform, &s->retry, NULL), SEAWALL_OK);
    s->patient = patient(&s->r, &waits);
    s->alternative = NULL;
    if (who >= PIPELINE) {
        s->alternative = rehearsal_pipeline(&s->r, (const seawall_policy *const[]){&waits}, who == PATIENT);
        ck_assert_int_eq(seawall_fallback_pipeline_policy(s->fallback, "fallback", s->alternative, &policies[0]), SEAWALL_OK);
    } else {
        ck_assert_int_eq(seawall_fallback_policy(s->fallback, "fallback", &policies[0]), SEAWALL_OK);
    }
    ck_assert_int_eq(seawall_timeout_policy(s->timeout, "timeout", &policies[1]), SEAWALL_OK);
    ck_assert_int_eq(seawall_breaker_policy(s->breaker, "breaker", &policies[2]), SEAWALL_OK);
    ck_assert_int_eq(seawall_retry_policy(s->retry, "retry", &policies[3]), SEAWALL_OK);
    s->pipeline = rehearsal_pipeline(&s->r, order, 4);
}

static void tear_down(setting *s)
{
    seawall_fallback_destroy(s->fallback);
    seawall_pipeline_destroy(s->alternative);
    seawall_pipeline_destroy(s->pipeline);
    seawall_timeout_destroy(s->timeout);
    seawall_breaker_destroy(s->breaker);
    seawall_retry_destroy(s->retry);
    seawall_retry_destroy(s->patient);
    ck_assert_int_eq(s->r.allocated, 0);
}

static const rehearsal_attempt fine[] = {{0, MS(1), 0, false}};
static const rehearsal_attempt gone[] = {{GONE, MS(1), 0, false}};
static const rehearsal_attempt denied[] = {{DENIED, MS(1), 0, false}};
static const rehearsal_attempt slow[] = {{0, MS(90), 0, false}};

#define FIRST_LAST(fault) " first " fault " last " fault

START_TEST(a_constant_stands_in)
{
    setting s;

    set_up(&s, CONSTANT);
    ck_assert_str_eq(rehearsal_call(&s.r, s.pipeline, NEVER, fine, 1), "1@0 = ok @1 x1");
    ck_assert_str_eq(rehearsal_call(&s.r, s.pipeline, NEVER, gone, 1),
                     "1@0 scheduled(10,service_unavailable) 2@11 gave_up(service_unavailable,attempts) fell_back(0) "
                     "= ok for fell_back @12 x2" FIRST_LAST("service_unavailable"));
    /* Refused by the breaker, which that call opened. */
    ck_assert_str_eq(rehearsal_call(&s.r, s.pipeline, NEVER, fine, 1), "refused(2) fell_back(0) = ok for fell_back @0 x0");
    tear_down(&s);
}
END_TEST

START_TEST(what_is_not_chosen_is_left_alone)
{
    setting s;

    set_up(&s, CONSTANT);
    ck_assert_str_eq(rehearsal_call(&s.r, s.pipeline, NEVER, denied, 1),
                     "1@0 = failed authorization_denied for not_retryable @1 x1" FIRST_LAST("authorization_denied"));
    tear_down(&s);
}
END_TEST

START_TEST(a_function_stands_in)
{
    setting s;

    set_up(&s, FUNCTION);
    ck_assert_str_eq(
        rehearsal_call(&s.r, s.pipeline, NEVER, slow, 1),
        "1@0 timed_out(1,50) fell_back(0) help(timed_out,timeout,0) = ok for fell_back @51 x1" FIRST_LAST("timeout"));
    ck_assert_str_eq(rehearsal_call(&s.r, s.pipeline, NEVER, fine, 1),
                     "refused(2) fell_back(0) help(open,none,0) = ok for fell_back @0 x0");
    tear_down(&s);
}
END_TEST

START_TEST(its_own_failure_is_told_as_such)
{
    setting s;

    set_up(&s, FUNCTION);
    s.helper.answers = SEAWALL_FAULT_LOCAL_RESOURCES;
    ck_assert_str_eq(rehearsal_call(&s.r, s.pipeline, NEVER, gone, 1),
                     "1@0 scheduled(10,service_unavailable) 2@11 gave_up(service_unavailable,attempts) fell_back(0) "
                     "help(failed,service_unavailable,2) fallback_failed(0) = failed local_resources for fallback_failed @12 x2"
                     FIRST_LAST("service_unavailable"));
    s.helper.answers = 4711;
    ck_assert_str_eq(rehearsal_call(&s.r, s.pipeline, NEVER, fine, 1),
                     "refused(2) fell_back(0) help(open,none,0) fallback_failed(0) = failed other for fallback_failed @0 x0");
    tear_down(&s);
}
END_TEST

static seawall_fault break_down(seawall_attempt *attempt, void *arg)
{
    (void)arg;
    seawall_attempt_set_code(attempt, 111);
    return SEAWALL_FAULT_INTERNAL;
}

static seawall_fault set_code(const seawall_outcome *outcome, int64_t *code, void *arg, void *user)
{
    const int64_t *wanted = user;

    (void)outcome;
    (void)arg;
    if (*wanted != 0)
        *code = *wanted;
    return SEAWALL_FAULT_NONE;
}

START_TEST(the_code_is_the_last_one_set)
{
    static const int64_t codes[] = {0, 222};
    int i;

    for (i = 0; i < 2; i++) {
        seawall_fallback_config config = SEAWALL_FALLBACK_CONFIG_INIT;
        seawall_policy policy = SEAWALL_POLICY_INIT;
        const seawall_policy *policies[] = {&policy};
        seawall_report report = SEAWALL_REPORT_INIT;
        int64_t code = codes[i];
        seawall_pipeline *pipeline;
        seawall_fallback *fallback;

        config.function = set_code;
        config.function_user = &code;
        ck_assert_int_eq(seawall_fallback_create(&config, NULL, &fallback, NULL), SEAWALL_OK);
        ck_assert_int_eq(seawall_fallback_policy(fallback, NULL, &policy), SEAWALL_OK);
        ck_assert_int_eq(seawall_pipeline_create(NULL, policies, 1, NULL, &pipeline, NULL), SEAWALL_OK);
        ck_assert_int_eq(seawall_call(pipeline, break_down, NULL, &report), SEAWALL_OK);
        ck_assert_int_eq(report.fault, SEAWALL_FAULT_NONE);
        ck_assert_int_eq(report.code, i == 0 ? 111 : 222);
        ck_assert_int_eq(report.reason, SEAWALL_REASON_FELL_BACK);
        ck_assert_int_eq(report.first_fault, SEAWALL_FAULT_INTERNAL);
        ck_assert_int_eq(report.first_code, 111);
        seawall_pipeline_destroy(pipeline);
        seawall_fallback_destroy(fallback);
    }
}
END_TEST

/* The alternative runs the same operation; its own number tells it apart. */
START_TEST(a_pipeline_stands_in)
{
    static const rehearsal_attempt script[] = {{GONE, MS(1), 0, false}, {GONE, MS(1), 0, false}, {0, MS(1), 0, false}};
    setting s;

    set_up(&s, PIPELINE);
    ck_assert_str_eq(rehearsal_call(&s.r, s.pipeline, NEVER, fine, 1), "1@0 = ok @1 x1");
    ck_assert_str_eq(rehearsal_call(&s.r, s.pipeline, NEVER, script, 3),
                     "1@0 scheduled(10,service_unavailable) 2@11 gave_up(service_unavailable,attempts) fell_back(0) 3@12/1 "
                     "= ok for fell_back @13 x3" FIRST_LAST("service_unavailable"));
    tear_down(&s);
}
END_TEST

/* Its retry waits, outside the first pipeline's timeout but within the caller's deadline; its end is the end. */
START_TEST(the_alternative_may_wait_and_fail)
{
    setting s;

    set_up(&s, PATIENT);
    ck_assert_str_eq(rehearsal_call(&s.r, s.pipeline, NEVER, gone, 1),
                     "1@0 scheduled(10,service_unavailable) 2@11 gave_up(service_unavailable,attempts) fell_back(0) 3@12/1 "
                     "scheduled(100,service_unavailable) 4@113/1 gave_up(service_unavailable,attempts) fallback_failed(0) "
                     "= failed service_unavailable for fallback_failed @114 x4" FIRST_LAST("service_unavailable"));
    ck_assert_str_eq(rehearsal_call(&s.r, s.pipeline, MS(101), gone, 1),
                     "refused(2) fell_back(0) 1@0/1 gave_up(service_unavailable,deadline) fallback_failed(0) "
                     "= failed service_unavailable for fallback_failed @1 x1" FIRST_LAST("service_unavailable"));
    tear_down(&s);
}
END_TEST

/* A fallback that needs the very breaker that is open is refused like anybody else. */
START_TEST(the_alternative_may_be_refused_too)
{
    seawall_breaker_config trips = SEAWALL_BREAKER_CONFIG_INIT;
    seawall_fallback_config config = SEAWALL_FALLBACK_CONFIG_INIT;
    seawall_policy outer = SEAWALL_POLICY_INIT, inner = SEAWALL_POLICY_INIT;
    const seawall_policy *both[] = {&outer, &inner}, *only[] = {&inner};
    seawall_pipeline *pipeline, *alternative;
    seawall_fallback *fallback;
    seawall_breaker *breaker;
    rehearsal r;

    rehearsal_init(&r);
    trips.failure_threshold = 1;
    ck_assert_int_eq(seawall_breaker_create(&trips, &r.platform, &breaker, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_fallback_create(&config, &r.platform, &fallback, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_breaker_policy(breaker, "breaker", &inner), SEAWALL_OK);
    alternative = rehearsal_pipeline(&r, only, 1);
    ck_assert_int_eq(seawall_fallback_pipeline_policy(fallback, "fallback", alternative, &outer), SEAWALL_OK);
    pipeline = rehearsal_pipeline(&r, both, 2);
    ck_assert_str_eq(
        rehearsal_call(&r, pipeline, NEVER, gone, 1),
        "1@0 fell_back(0) refused(2) fallback_failed(0) = open for fallback_failed @1 x1 by 2" FIRST_LAST("service_unavailable"));
    seawall_pipeline_destroy(pipeline);
    seawall_pipeline_destroy(alternative);
    seawall_fallback_destroy(fallback);
    seawall_breaker_destroy(breaker);
    ck_assert_int_eq(r.allocated, 0);
}
END_TEST

START_TEST(used_alone_it_says_what_it_would_do)
{
    seawall_outcome open = {.status = SEAWALL_OPEN}, cancelled = {.status = SEAWALL_CANCELLED};
    seawall_fallback *fallback;

    ck_assert_int_eq(seawall_fallback_create(NULL, NULL, &fallback, NULL), SEAWALL_OK);
    ck_assert(seawall_fallback_handles(fallback, &open));
    ck_assert(!seawall_fallback_handles(fallback, &cancelled));
    ck_assert(!seawall_fallback_handles(fallback, NULL));
    ck_assert(!seawall_fallback_handles(NULL, &open));
    seawall_fallback_destroy(fallback);
    seawall_fallback_destroy(NULL);
}
END_TEST

START_TEST(a_policy_needs_a_fallback_and_a_place)
{
    seawall_policy policy = SEAWALL_POLICY_INIT;
    setting s;

    set_up(&s, FUNCTION);
    ck_assert_int_eq(seawall_fallback_policy(NULL, "f", &policy), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_fallback_policy(s.fallback, "f", NULL), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_fallback_pipeline_policy(NULL, "f", s.pipeline, &policy), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_fallback_pipeline_policy(s.fallback, "f", NULL, &policy), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_fallback_pipeline_policy(s.fallback, "f", s.pipeline, NULL), SEAWALL_INVALID);
    /* It has a function: two cannot stand in. */
    ck_assert_int_eq(seawall_fallback_pipeline_policy(s.fallback, "f", s.pipeline, &policy), SEAWALL_INVALID);
    ck_assert_ptr_null(policy.self);
    ck_assert_int_eq(seawall_fallback_policy(s.fallback, "f", &policy), SEAWALL_OK);
    ck_assert_ptr_eq(policy.self, s.fallback);
    tear_down(&s);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("fallback policy");

    tcase_add_test(tests, a_constant_stands_in);
    tcase_add_test(tests, what_is_not_chosen_is_left_alone);
    tcase_add_test(tests, a_function_stands_in);
    tcase_add_test(tests, its_own_failure_is_told_as_such);
    tcase_add_test(tests, the_code_is_the_last_one_set);
    tcase_add_test(tests, a_pipeline_stands_in);
    tcase_add_test(tests, the_alternative_may_wait_and_fail);
    tcase_add_test(tests, the_alternative_may_be_refused_too);
    tcase_add_test(tests, used_alone_it_says_what_it_would_do);
    tcase_add_test(tests, a_policy_needs_a_fallback_and_a_place);
    return sw_test_run("fallback policy", tests);
}
