/*
 * Policies of your own, written against the same two verbs as the library's: at most so many calls at a time, and one that holds
 * each call up. A verb may be called by many threads at once, so what they share is atomic.
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

/* [wait] */
static seawall_answer pace_enter(void *frame, seawall_turn *turn, void *self)
{
    seawall_time *until = frame, now = seawall_turn_now(turn);

    (void)self;
    if (*until == 0) /* a frame begins with zeros: this is the first time that it is asked */
        *until = seawall_time_add(now, SEAWALL_MILLISECONDS(20));
    return now < *until ? seawall_turn_wait(turn, *until) : SEAWALL_PROCEED;
}
/* [wait end] */

static seawall_answer pace_leave(void *frame, seawall_turn *turn, seawall_outcome *outcome, void *self)
{
    (void)frame, (void)turn, (void)outcome, (void)self;
    return SEAWALL_PASS;
}

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

/* By a clock that moves when somebody waits, so that this takes no time. How long the call was held up; -1: it was not made. */
static seawall_duration held_up(void)
{
    seawall_policy policy = SEAWALL_POLICY_INIT;
    const seawall_policy *policies[] = {&policy};
    seawall_report report = SEAWALL_REPORT_INIT;
    seawall_status status = SEAWALL_INVALID;
    seawall_manual_clock *clock;
    seawall_pipeline *pipeline;
    seawall_platform platform;

    policy.name = "pace";
    policy.enter = pace_enter;
    policy.leave = pace_leave;
    policy.frame_size = sizeof(seawall_time);
    if (seawall_manual_clock_create(0, true, &clock, NULL) != SEAWALL_OK)
        return -1;
    if (seawall_platform_init(&platform, sizeof(platform)) == SEAWALL_OK) {
        seawall_manual_clock_install(clock, &platform);
        if (seawall_pipeline_create(NULL, policies, 1, &platform, &pipeline, NULL) == SEAWALL_OK) {
            status = seawall_call(pipeline, answer, NULL, &report);
            seawall_pipeline_destroy(pipeline);
        }
    }
    seawall_manual_clock_destroy(clock);
    return status == SEAWALL_OK ? report.elapsed : -1;
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

    seawall_duration held = held_up();

    printf("held up for %lld ms\n", (long long)(held / SEAWALL_MILLISECONDS(1)));
    return status == SEAWALL_OK && atomic_load(&one.running) == 0 && held >= SEAWALL_MILLISECONDS(20) ? 0 : 1;
}
