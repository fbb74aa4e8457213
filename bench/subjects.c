#include "subjects.h"

#include <stdio.h>
#include <string.h>

#define FRAME_WORDS (SEAWALL_FRAME_SIZE_MAX / sizeof(uint64_t))

static seawall_fault succeed(seawall_attempt *attempt, void *arg)
{
    (void)attempt;
    (void)arg;
    return SEAWALL_FAULT_NONE;
}

/* Called through a pointer that no compiler sees through, as the library calls it. */
static seawall_operation_fn volatile operation = succeed;

static void expect(subjects *s, bool right)
{
    if (!right)
        s->wrong++;
}

void subject_breaker_success(void *state, uint64_t count)
{
    subjects *s = state;

    while (count-- > 0) {
        seawall_permit permit;

        expect(s, seawall_breaker_try_acquire(s->closed, &permit, NULL) == SEAWALL_OK);
        expect(s, seawall_breaker_report(s->closed, &permit, SEAWALL_FAULT_NONE) == SEAWALL_OK);
    }
}

void subject_breaker_success_at(void *state, uint64_t count)
{
    subjects *s = state;

    while (count-- > 0) {
        seawall_permit permit;

        expect(s, seawall_breaker_try_acquire_at(s->closed, s->now, &permit, NULL) == SEAWALL_OK);
        expect(s, seawall_breaker_report_at(s->closed, &permit, SEAWALL_FAULT_NONE, s->now) == SEAWALL_OK);
    }
}

static void breaker_failing(subjects *s, uint64_t count, uint64_t every)
{
    uint64_t left = every;

    while (count-- > 0) {
        seawall_fault fault = SEAWALL_FAULT_NONE;
        seawall_permit permit;

        if (--left == 0) {
            left = every;
            fault = SEAWALL_FAULT_SERVICE_UNAVAILABLE;
        }
        expect(s, seawall_breaker_try_acquire(s->closed, &permit, NULL) == SEAWALL_OK);
        expect(s, seawall_breaker_report(s->closed, &permit, fault) == SEAWALL_OK);
    }
}

void subject_breaker_1_percent(void *state, uint64_t count)
{
    breaker_failing(state, count, 100);
}

void subject_breaker_10_percent(void *state, uint64_t count)
{
    breaker_failing(state, count, 10);
}

void subject_breaker_refusal(void *state, uint64_t count)
{
    subjects *s = state;

    while (count-- > 0) {
        seawall_duration retry_after;
        seawall_permit permit;

        expect(s, seawall_breaker_try_acquire(s->open, &permit, &retry_after) == SEAWALL_OPEN);
    }
}

void subject_breaker_refusal_at(void *state, uint64_t count)
{
    subjects *s = state;

    while (count-- > 0) {
        seawall_duration retry_after;
        seawall_permit permit;

        expect(s, seawall_breaker_try_acquire_at(s->open, s->now, &permit, &retry_after) == SEAWALL_OPEN);
    }
}

void subject_breaker_snapshot(void *state, uint64_t count)
{
    seawall_breaker_snapshot snapshot = SEAWALL_BREAKER_SNAPSHOT_INIT;
    subjects *s = state;

    while (count-- > 0)
        expect(s, seawall_breaker_get_snapshot(s->closed, &snapshot) == SEAWALL_OK);
}

void subject_breaker_snapshot_at(void *state, uint64_t count)
{
    seawall_breaker_snapshot snapshot = SEAWALL_BREAKER_SNAPSHOT_INIT;
    subjects *s = state;

    while (count-- > 0)
        expect(s, seawall_breaker_get_snapshot_at(s->closed, s->now, &snapshot) == SEAWALL_OK);
}

void subject_retry_success_at(void *state, uint64_t count)
{
    static const seawall_result success = {.fault = SEAWALL_FAULT_NONE};
    subjects *s = state;

    while (count-- > 0) {
        seawall_retry_run run = SEAWALL_RETRY_RUN_INIT;
        bool again;

        expect(s, seawall_retry_next_at(s->retry, &run, &success, SEAWALL_FOREVER, s->now, &again) == SEAWALL_OK);
    }
}

void subject_call_none(void *state, uint64_t count)
{
    subjects *s = state;

    while (count-- > 0)
        expect(s, seawall_call(s->none, operation, NULL, NULL) == SEAWALL_OK);
}

void subject_call_three(void *state, uint64_t count)
{
    subjects *s = state;

    while (count-- > 0)
        expect(s, seawall_call(s->three, operation, NULL, NULL) == SEAWALL_OK);
}

void subject_call_three_report(void *state, uint64_t count)
{
    seawall_report report = SEAWALL_REPORT_INIT;
    subjects *s = state;

    while (count-- > 0)
        expect(s, seawall_call(s->three, operation, NULL, &report) == SEAWALL_OK);
}

void subject_call_four(void *state, uint64_t count)
{
    subjects *s = state;

    while (count-- > 0)
        expect(s, seawall_call(s->four, operation, NULL, NULL) == SEAWALL_OK);
}

void subject_call_refused(void *state, uint64_t count)
{
    subjects *s = state;

    while (count-- > 0)
        expect(s, seawall_call(s->refusing, operation, NULL, NULL) == SEAWALL_OPEN);
}

/* Clears only what the policy declares, as a pipeline does. */
static void clear(uint64_t *frame, uint32_t bytes)
{
    uint32_t i;

    for (i = 0; i < bytes / sizeof(uint64_t); i++)
        frame[i] = 0;
}

/* The adapters need a turn, and only a pipeline has one: the loop runs inside the enter of a policy that lends its own. */
static seawall_answer lend_turn(void *frame, seawall_turn *turn, void *self)
{
    subjects *s = self;
    const seawall_policy *policy = s->policy;
    _Alignas(16) uint64_t frames[3][FRAME_WORDS];
    uint64_t left;
    int i;

    (void)frame;
    for (left = s->borrowed_count; left > 0; left--) {
        seawall_outcome outcome = {.policy = -1, .attempts = 1};

        for (i = 0; i < 3; i++) {
            clear(frames[i], policy[i].frame_size);
            expect(s, policy[i].enter(frames[i], turn, policy[i].self) == SEAWALL_PROCEED);
        }
        outcome.fault = operation(NULL, NULL);
        outcome.status = outcome.fault == SEAWALL_FAULT_NONE ? SEAWALL_OK : SEAWALL_FAILED;
        for (i = 2; i >= 0; i--) {
            seawall_answer answer = policy[i].leave(frames[i], turn, &outcome, policy[i].self);

            expect(s, answer == SEAWALL_PASS || answer == SEAWALL_REPLACE);
        }
    }
    return SEAWALL_PROCEED;
}

void subject_adapters(void *state, uint64_t count)
{
    subjects *s = state;

    s->borrowed_count = count;
    expect(s, seawall_call(s->borrowing, operation, NULL, NULL) == SEAWALL_OK);
}

void subject_execution_run(void *state, uint64_t count)
{
    static const seawall_result success = {.fault = SEAWALL_FAULT_NONE};
    subjects *s = state;

    while (count-- > 0) {
        seawall_step step;

        expect(s, seawall_execution_begin_at(s->idle, s->now, SEAWALL_FOREVER) == SEAWALL_OK);
        expect(s, seawall_execution_next_at(s->idle, s->now, &step) == SEAWALL_OK);
        expect(s, seawall_execution_report_at(s->idle, step.id, &success, s->now) == SEAWALL_OK);
        expect(s, seawall_execution_next_at(s->idle, s->now, &step) == SEAWALL_OK && step.kind == SEAWALL_STEP_FINISHED);
        expect(s, seawall_execution_next_at(s->idle, s->now, &step) == SEAWALL_OK && step.kind == SEAWALL_STEP_DRAINED);
    }
}

void subject_execution_wait(void *state, uint64_t count)
{
    subjects *s = state;

    while (count-- > 0) {
        seawall_step step;

        expect(s, seawall_execution_next_at(s->under_way, s->now, &step) == SEAWALL_OK && step.kind == SEAWALL_STEP_WAIT);
    }
}

static seawall_answer pass_enter(void *frame, seawall_turn *turn, void *self)
{
    (void)frame;
    (void)turn;
    (void)self;
    return SEAWALL_PROCEED;
}

static seawall_answer pass_leave(void *frame, seawall_turn *turn, seawall_outcome *outcome, void *self)
{
    (void)frame;
    (void)turn;
    (void)outcome;
    (void)self;
    return SEAWALL_PASS;
}

static seawall_policy own_policy(const char *name, seawall_enter_fn enter, void *self)
{
    seawall_policy policy = SEAWALL_POLICY_INIT;

    policy.name = name;
    policy.enter = enter;
    policy.leave = pass_leave;
    policy.self = self;
    return policy;
}

static seawall_status create_breakers(subjects *s, const seawall_platform *platform, seawall_error *error)
{
    seawall_breaker_config config = SEAWALL_BREAKER_CONFIG_INIT;
    seawall_permit permit;
    seawall_status status;

    config.failure_threshold = 65535;
    status = seawall_breaker_create(&config, platform, &s->closed, error);
    if (status != SEAWALL_OK)
        return status;
    config.failure_threshold = 1;
    config.recovery_timeout = SEAWALL_SECONDS(3600);
    status = seawall_breaker_create(&config, platform, &s->open, error);
    s->now = seawall_platform_now(platform); /* a breaker's time begins when it is made */
    if (status == SEAWALL_OK)
        status = seawall_breaker_try_acquire_at(s->open, s->now, &permit, NULL);
    if (status == SEAWALL_OK)
        status = seawall_breaker_report_at(s->open, &permit, SEAWALL_FAULT_SERVICE_UNAVAILABLE, s->now);
    return status;
}

static seawall_status create_policies(subjects *s, const seawall_platform *platform, seawall_policy *open,
                                      seawall_policy *timeout, seawall_error *error)
{
    seawall_status status = seawall_retry_create(NULL, platform, &s->retry, error);

    if (status == SEAWALL_OK)
        status = seawall_timeout_create(NULL, platform, &s->timeout, error);
    if (status == SEAWALL_OK)
        status = seawall_retry_policy(s->retry, "retry", &s->policy[0]);
    if (status == SEAWALL_OK)
        status = seawall_breaker_policy(s->closed, "breaker", &s->policy[1]);
    s->policy[2] = own_policy("pass", pass_enter, NULL);
    if (status == SEAWALL_OK)
        status = seawall_breaker_policy(s->open, "open", open);
    if (status == SEAWALL_OK)
        status = seawall_timeout_policy(s->timeout, "timeout", timeout);
    return status;
}

static seawall_status create_pipelines(subjects *s, const seawall_platform *platform, seawall_error *error)
{
    seawall_policy open = SEAWALL_POLICY_INIT;
    seawall_policy timeout = SEAWALL_POLICY_INIT;
    seawall_policy lender = own_policy("lender", lend_turn, s);
    const seawall_policy *four[4] = {&timeout, &s->policy[0], &s->policy[1], &s->policy[2]};
    const seawall_policy *refusing[2] = {&s->policy[0], &open};
    const seawall_policy *borrowing[1] = {&lender};
    seawall_status status;

    s->policy[0] = s->policy[1] = open;
    status = create_policies(s, platform, &open, &timeout, error);
    if (status == SEAWALL_OK)
        status = seawall_pipeline_create(NULL, NULL, 0, platform, &s->none, error);
    if (status == SEAWALL_OK)
        status = seawall_pipeline_create(NULL, four + 1, 3, platform, &s->three, error);
    if (status == SEAWALL_OK)
        status = seawall_pipeline_create(NULL, four, 4, platform, &s->four, error);
    if (status == SEAWALL_OK)
        status = seawall_pipeline_create(NULL, refusing, 2, platform, &s->refusing, error);
    if (status == SEAWALL_OK)
        status = seawall_pipeline_create(NULL, borrowing, 1, platform, &s->borrowing, error);
    return status;
}

static seawall_status create_executions(subjects *s)
{
    seawall_step step;
    seawall_status status = seawall_execution_init(s->storage[0], sizeof(s->storage[0]), s->three, NULL, &s->idle);

    if (status == SEAWALL_OK)
        status = seawall_execution_init(s->storage[1], sizeof(s->storage[1]), s->three, NULL, &s->under_way);
    if (status == SEAWALL_OK)
        status = seawall_execution_begin_at(s->under_way, s->now, SEAWALL_FOREVER);
    if (status == SEAWALL_OK)
        status = seawall_execution_next_at(s->under_way, s->now, &step);
    if (status == SEAWALL_OK)
        s->under_way_id = step.id;
    return status;
}

seawall_status subjects_create(subjects *s, const seawall_platform *platform)
{
    seawall_error error = {0};
    seawall_status status;

    memset(s, 0, sizeof(*s));
    s->now = seawall_platform_now(platform);
    status = create_breakers(s, platform, &error);
    if (status == SEAWALL_OK)
        status = create_pipelines(s, platform, &error);
    if (status == SEAWALL_OK)
        status = create_executions(s);
    if (status == SEAWALL_OK)
        status = subjects_create_bulkheads(s, platform, &error);
    if (status == SEAWALL_OK)
        status = subjects_create_chains(s, platform, &error);
    if (status == SEAWALL_OK)
        status = subjects_create_timers(s, platform, &error);
    if (status == SEAWALL_OK)
        status = subjects_create_limiters(s, platform, &error);
    if (status == SEAWALL_OK)
        status = subjects_create_cancel(s, platform, &error);
    if (status == SEAWALL_OK)
        status = subjects_create_rates(s, platform, &error);
    if (status == SEAWALL_OK)
        status = subjects_create_pools(s, platform, &error);
    if (status != SEAWALL_OK) {
        (void)fprintf(stderr, "subjects: %s: %s\n", seawall_status_name(status), error.message);
        subjects_destroy(s);
    }
    return status;
}

void subjects_destroy(subjects *s)
{
    if (s->under_way_id != 0) {
        (void)seawall_execution_disown_at(s->under_way, s->under_way_id, s->now);
        (void)seawall_execution_fini(s->under_way);
    }
    if (s->idle != NULL)
        (void)seawall_execution_fini(s->idle);
    subjects_destroy_pools(s);
    subjects_destroy_rates(s);
    subjects_destroy_cancel(s);
    subjects_destroy_limiters(s);
    subjects_destroy_timers(s);
    subjects_destroy_chains(s);
    subjects_destroy_bulkheads(s);
    seawall_pipeline_destroy(s->none);
    seawall_pipeline_destroy(s->three);
    seawall_pipeline_destroy(s->four);
    seawall_pipeline_destroy(s->refusing);
    seawall_pipeline_destroy(s->borrowing);
    seawall_timeout_destroy(s->timeout);
    seawall_retry_destroy(s->retry);
    seawall_breaker_destroy(s->open);
    seawall_breaker_destroy(s->closed);
}
