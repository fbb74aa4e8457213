/* The verbs of a chaos policy. A frame is what was drawn for the run inside it; all zero: nothing. */
#include "base/field.h"
#include "policy/chaos/chaos_object.h"

typedef struct chaos_frame {
    sw_chaos_plan plan;
    seawall_time until; /* held up */
    bool drawn;
} chaos_frame;

static seawall_answer hold_up(seawall_chaos *chaos, chaos_frame *frame, seawall_turn *turn)
{
    frame->until = seawall_time_add(seawall_turn_now(turn), frame->plan.delay);
    sw_chaos_count(chaos, SW_CHAOS_DELAYS);
    seawall_turn_emit(turn, SEAWALL_EVENT_INJECTED, frame->plan.delay, SEAWALL_FAULT_NONE, SEAWALL_REASON_NONE);
    return seawall_turn_wait(turn, frame->until);
}

static __attribute__((noinline)) seawall_answer enter_switched_on(seawall_chaos *chaos, chaos_frame *frame, seawall_turn *turn)
{
    sw_chaos_rules rules;

    SW_TWIN_READ(&chaos->rules, &rules);
    frame->plan = sw_chaos_draw(&rules, &chaos->random);
    frame->drawn = true;
    sw_chaos_count(chaos, SW_CHAOS_RUNS);
    if (frame->plan.end == SW_CHAOS_REFUSED) {
        sw_chaos_count(chaos, SW_CHAOS_REFUSALS);
        return seawall_turn_refuse(turn, frame->plan.refusal, rules.retry_after);
    }
    return frame->plan.delay > 0 ? hold_up(chaos, frame, turn) : SEAWALL_PROCEED;
}

static seawall_answer enter(void *storage, seawall_turn *turn, void *self)
{
    seawall_chaos *chaos = self;
    chaos_frame *frame = storage;

    if (!frame->drawn)
        return seawall_chaos_is_enabled(chaos) ? enter_switched_on(chaos, frame, turn) : SEAWALL_PROCEED;
    return seawall_turn_now(turn) < frame->until ? seawall_turn_wait(turn, frame->until) : SEAWALL_PROCEED;
}

static seawall_answer leave(void *storage, seawall_turn *turn, seawall_outcome *outcome, void *self)
{
    seawall_chaos *chaos = self;
    const chaos_frame *frame = storage;

    if (!sw_chaos_replace(&frame->plan, outcome))
        return SEAWALL_PASS;
    sw_chaos_count(chaos, frame->plan.end == SW_CHAOS_FAULT ? SW_CHAOS_FAULTS : SW_CHAOS_SUCCESSES);
    seawall_turn_emit(turn, SEAWALL_EVENT_INJECTED, 0, outcome->fault, SEAWALL_REASON_NONE);
    return SEAWALL_REPLACE;
}

/* Nothing is held, and nobody waits for another end. */
static void drop(void *frame, seawall_turn *turn, const seawall_outcome *outcome, void *self)
{
    (void)frame;
    (void)turn;
    (void)outcome;
    (void)self;
}

static void retain(void *self)
{
    seawall_chaos *chaos = self;

    (void)sw_add_u32(&chaos->references, 1);
}

static void release(void *self)
{
    seawall_chaos_destroy(self);
}

seawall_status seawall_chaos_policy(seawall_chaos *chaos, const char *name, seawall_policy *policy)
{
    seawall_policy full = SEAWALL_POLICY_INIT;

    if (chaos == NULL || policy == NULL)
        return SEAWALL_INVALID;
    full.name = name;
    full.platform = chaos->platform;
    full.frame_size = sizeof(chaos_frame);
    full.enter = enter;
    full.leave = leave;
    full.drop = drop;
    full.retain = retain;
    full.release = release;
    full.self = chaos;
    return SW_GIVE(full, write_timeout, policy);
}
