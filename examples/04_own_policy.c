/*
 * A policy of your own, written against the same two verbs as the library's: at most so many calls at a time.
 * A verb may be called by many threads at once, so what they share is atomic.
 */
#include <seawall/seawall.h>
#include <stdatomic.h>
#include <stdio.h>

/* [policy] */
typedef struct cap {
    atomic_int running;
    int limit;
} cap;

static seawall_answer cap_enter(void *frame, seawall_turn *turn, void *self)
{
    cap *c = self;

    (void)frame;
    if (atomic_fetch_add(&c->running, 1) < c->limit)
        return SEAWALL_PROCEED;
    atomic_fetch_sub(&c->running, 1);
    return seawall_turn_refuse(turn, SEAWALL_FULL, SEAWALL_MILLISECONDS(50));
}

static seawall_answer cap_leave(void *frame, seawall_turn *turn, seawall_outcome *outcome, void *self)
{
    cap *c = self;

    (void)frame, (void)turn, (void)outcome;
    atomic_fetch_sub(&c->running, 1);
    return SEAWALL_PASS;
}
/* [policy end] */

static seawall_fault answer(seawall_attempt *attempt, void *arg)
{
    (void)attempt, (void)arg;
    return SEAWALL_FAULT_NONE;
}

/* Calls itself through the same pipeline until the cap says no. */
static seawall_fault nested(seawall_attempt *attempt, void *arg)
{
    const seawall_pipeline *pipeline = arg;
    seawall_report report = SEAWALL_REPORT_INIT;
    seawall_status status = seawall_call(pipeline, answer, NULL, &report);

    (void)attempt;
    printf("inside: %s by policy %d, attempts %d, retry after %lld ms\n", seawall_status_name(status), (int)report.policy,
           (int)report.attempts, (long long)(report.retry_after / SEAWALL_MILLISECONDS(1)));
    return status == SEAWALL_FULL ? SEAWALL_FAULT_NONE : SEAWALL_FAULT_OTHER;
}

int main(void)
{
    cap one = {.limit = 1};
    seawall_pipeline *pipeline;
    seawall_error error;

    /* [use] */
    seawall_policy policy = SEAWALL_POLICY_INIT;

    policy.name = "cap";
    policy.enter = cap_enter;
    policy.leave = cap_leave;
    policy.self = &one;
    const seawall_policy *policies[] = {&policy};
    if (seawall_pipeline_create(NULL, policies, 1, NULL, &pipeline, &error) != SEAWALL_OK) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    /* [use end] */

    seawall_status status = seawall_call(pipeline, nested, pipeline, NULL);

    printf("outside: %s, %d running\n", seawall_status_name(status), atomic_load(&one.running));
    seawall_pipeline_destroy(pipeline);
    return status == SEAWALL_OK && atomic_load(&one.running) == 0 ? 0 : 1;
}
