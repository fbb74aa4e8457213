/* The retry's verbs. */
#include "base/field.h"
#include "policy/retry/retry_object.h"
#include "sync/budget.h"

typedef struct retry_frame {
    seawall_retry_run run;
    int32_t started; /* attempts started by the runs so far */
} retry_frame;

/* What some settings do before the first attempt. */
static __attribute__((noinline)) seawall_answer prepare(const seawall_retry *retry, retry_frame *frame, seawall_turn *turn)
{
    sw_retry_rules rules;

    if (sw_budget_begin(retry->budget))
        sw_budget_look(retry->budget, seawall_turn_now(turn));
    sw_retry_rules_read(retry, &rules);
    if (rules.max_elapsed != SEAWALL_FOREVER || rules.minimum_remaining > 0) {
        seawall_time now = seawall_turn_now(turn);

        frame->run.began = now != 0 ? now : -1; /* 0 would mean that nobody knows */
        if (sw_retry_too_late(&rules, now, seawall_turn_deadline(turn)))
            return seawall_turn_refuse(turn, SEAWALL_TIMED_OUT, 0);
    }
    return SEAWALL_PROCEED;
}

static seawall_answer enter(void *storage, seawall_turn *turn, void *self)
{
    seawall_retry *retry = self;

    return sw_load_relaxed_u32(&retry->prepares) != 0 ? prepare(retry, storage, turn) : SEAWALL_PROCEED;
}

/* What was charged for a repetition that started no attempt is given back; the throttle hears of successes. */
static void settle_with_budget(const seawall_retry *retry, retry_frame *frame, const seawall_outcome *outcome)
{
    if (outcome->attempts == frame->started)
        seawall_retry_abandon(retry, &frame->run);
    else if (outcome->status == SEAWALL_OK)
        seawall_retry_budget_end(retry->budget, SEAWALL_FAULT_NONE);
}

/* Whether a run that is no success is worth repeating; if so, `*wish` is the least to wait. */
static seawall_reason judge(const sw_retry_rules *rules, retry_frame *frame, const seawall_outcome *outcome,
                            seawall_duration *wish)
{
    bool attempted = outcome->attempts > frame->started;
    seawall_result result = {.fault = outcome->fault, .code = outcome->code, .retry_after = outcome->retry_after};

    frame->started = outcome->attempts;
    if (outcome->status == SEAWALL_CANCELLED)
        return SEAWALL_REASON_CANCELLED;
    if (attempted && (outcome->status == SEAWALL_FAILED || outcome->status == SEAWALL_TIMED_OUT)) {
        *wish = sw_retry_wish(rules, outcome->retry_after);
        return sw_retry_judge(rules, &frame->run, &result);
    }
    /* What was refused would only be hammered at, unless the user knows better. A timeout in a queue of ours is no refusal. */
    if (seawall_status_category(outcome->status) != SEAWALL_CATEGORY_REFUSED)
        return SEAWALL_REASON_REFUSED;
    *wish = outcome->retry_after;
    return sw_retry_judge_refusal(rules, &frame->run);
}

static seawall_reason decide(const seawall_retry *retry, retry_frame *frame, seawall_turn *turn, const seawall_outcome *outcome)
{
    seawall_duration wish = 0;
    sw_retry_rules rules;
    seawall_reason reason;

    sw_retry_rules_read(retry, &rules);
    reason = judge(&rules, frame, outcome, &wish);
    if (reason != SEAWALL_REASON_NONE)
        return reason;
    return sw_retry_schedule(&rules, &frame->run, wish, seawall_turn_deadline(turn), seawall_turn_now(turn),
                             &retry->random);
}

/* Ending is news where one more attempt was to be expected: the fault is one that is repeated, or some already were. */
static bool is_news(seawall_reason reason, bool repeated)
{
    if (reason == SEAWALL_REASON_CANCELLED)
        return false;
    return repeated || reason == SEAWALL_REASON_ATTEMPTS || reason == SEAWALL_REASON_DEADLINE || reason == SEAWALL_REASON_BUDGET;
}

static __attribute__((noinline)) seawall_answer settle(const seawall_retry *retry, retry_frame *frame, seawall_turn *turn,
                                                       seawall_outcome *outcome)
{
    bool repeated = frame->run.attempts > 0;
    seawall_reason reason;

    if (retry->budget != NULL)
        settle_with_budget(retry, frame, outcome);
    if (outcome->status == SEAWALL_OK)
        return SEAWALL_PASS;
    reason = decide(retry, frame, turn, outcome);
    if (reason == SEAWALL_REASON_NONE) {
        seawall_duration wait = seawall_time_until(frame->run.again_at, seawall_turn_now(turn));

        seawall_turn_emit(turn, SEAWALL_EVENT_RETRY_SCHEDULED, wait, frame->run.last, reason);
        return seawall_turn_again(turn, frame->run.again_at);
    }
    if (is_news(reason, repeated))
        seawall_turn_emit(turn, SEAWALL_EVENT_RETRY_GAVE_UP, 0, frame->run.last, reason);
    outcome->reason = reason;
    return SEAWALL_REPLACE;
}

/* The rest is kept apart, so that a success gets by with the registers it is called with. */
static seawall_answer leave(void *storage, seawall_turn *turn, seawall_outcome *outcome, void *self)
{
    seawall_retry *retry = self;

    if (outcome->status == SEAWALL_OK && sw_load_relaxed_u32(&retry->prepares) == 0)
        return SEAWALL_PASS;
    return settle(retry, storage, turn, outcome);
}

/* Being asked to leave instead would schedule, and tell of, an attempt that will not be. */
static void drop(void *storage, seawall_turn *turn, const seawall_outcome *outcome, void *self)
{
    (void)turn;
    settle_with_budget(self, storage, outcome);
}

static void retain(void *self)
{
    seawall_retry *retry = self;

    (void)sw_add_u32(&retry->references, 1);
}

static void release(void *self)
{
    seawall_retry_destroy(self);
}

seawall_status seawall_retry_policy(seawall_retry *retry, const char *name, seawall_policy *policy)
{
    seawall_policy full = SEAWALL_POLICY_INIT;

    if (retry == NULL || policy == NULL)
        return SEAWALL_INVALID;
    full.name = name;
    full.platform = retry->platform;
    full.frame_size = sizeof(retry_frame);
    full.enter = enter;
    full.leave = leave;
    full.drop = drop;
    full.retain = retain;
    full.release = release;
    full.self = retry;
    return SW_GIVE(full, write_timeout, policy);
}
