/* The fallback's verbs, with and without another pipeline to stand in. */
#include "base/field.h"
#include "policy/fallback/fallback_object.h"

static seawall_answer enter(void *frame, seawall_turn *turn, void *self)
{
    (void)frame;
    (void)turn;
    (void)self;
    return SEAWALL_PROCEED;
}

static void tell(seawall_turn *turn, seawall_event_kind kind, const seawall_outcome *outcome)
{
    seawall_turn_emit(turn, kind, 0, outcome->fault, outcome->reason);
}

static seawall_answer stand_in(const seawall_fallback *fallback, seawall_turn *turn, seawall_outcome *outcome)
{
    seawall_fault fault = SEAWALL_FAULT_NONE;
    int64_t code = outcome->code;

    if (!seawall_fallback_handles(fallback, outcome))
        return SEAWALL_PASS;
    tell(turn, SEAWALL_EVENT_FELL_BACK, outcome);
    if (fallback->function != NULL)
        fault = fallback->function(outcome, &code, seawall_turn_user(turn), fallback->function_user);
    sw_fallback_stand_in(outcome, fault, code);
    if (outcome->status != SEAWALL_OK)
        tell(turn, SEAWALL_EVENT_FALLBACK_FAILED, outcome);
    return SEAWALL_REPLACE;
}

static seawall_answer leave(void *frame, seawall_turn *turn, seawall_outcome *outcome, void *self)
{
    (void)frame;
    return outcome->status == SEAWALL_OK ? SEAWALL_PASS : stand_in(self, turn, outcome);
}

/* The alternative's end is the end. */
static seawall_answer stood_in(seawall_turn *turn, seawall_outcome *outcome)
{
    outcome->reason = outcome->status == SEAWALL_OK ? SEAWALL_REASON_FELL_BACK : SEAWALL_REASON_FALLBACK_FAILED;
    if (outcome->status != SEAWALL_OK)
        tell(turn, SEAWALL_EVENT_FALLBACK_FAILED, outcome);
    return SEAWALL_REPLACE;
}

static seawall_answer leave_for_pipeline(void *frame, seawall_turn *turn, seawall_outcome *outcome, void *self)
{
    const seawall_fallback *fallback = self;

    (void)frame;
    if (seawall_turn_diverted(turn))
        return stood_in(turn, outcome);
    if (!seawall_fallback_handles(fallback, outcome))
        return SEAWALL_PASS;
    tell(turn, SEAWALL_EVENT_FELL_BACK, outcome);
    return SEAWALL_DIVERT;
}

/* Nothing is held, and nobody waits for what could stand in. */
static void drop(void *frame, seawall_turn *turn, const seawall_outcome *outcome, void *self)
{
    (void)frame;
    (void)turn;
    (void)outcome;
    (void)self;
}

static void retain(void *self)
{
    seawall_fallback *fallback = self;

    (void)sw_add_u32(&fallback->references, 1);
}

static void release(void *self)
{
    seawall_fallback_destroy(self);
}

static seawall_status fill(seawall_fallback *fallback, const char *name, const seawall_pipeline *alternative,
                           seawall_leave_fn leave_verb, seawall_policy *policy)
{
    seawall_policy full = SEAWALL_POLICY_INIT;

    full.name = name;
    full.platform = fallback->platform;
    full.enter = enter;
    full.leave = leave_verb;
    full.drop = drop;
    full.retain = retain;
    full.release = release;
    full.alternative = alternative;
    full.self = fallback;
    return SW_GIVE(full, write_timeout, policy);
}

seawall_status seawall_fallback_policy(seawall_fallback *fallback, const char *name, seawall_policy *policy)
{
    if (fallback == NULL || policy == NULL)
        return SEAWALL_INVALID;
    return fill(fallback, name, NULL, leave, policy);
}

seawall_status seawall_fallback_pipeline_policy(seawall_fallback *fallback, const char *name,
                                                const seawall_pipeline *alternative, seawall_policy *policy)
{
    if (fallback == NULL || alternative == NULL || policy == NULL || fallback->function != NULL)
        return SEAWALL_INVALID;
    return fill(fallback, name, alternative, leave_for_pipeline, policy);
}
