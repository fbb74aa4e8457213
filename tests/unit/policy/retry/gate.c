/* The gate of the retry's tests. */
#include "gate.h"

#define MS(n) SEAWALL_MILLISECONDS(n)

static seawall_answer gate_enter(void *frame, seawall_turn *turn, void *self)
{
    gate *g = self;

    (void)frame;
    g->runs++;
    if (g->from == 0 || g->runs < g->from)
        return SEAWALL_PROCEED;
    if (g->status == SEAWALL_CANCELLED) {
        seawall_turn_tick_at(turn, seawall_time_add(seawall_turn_now(turn), MS(1)));
        return SEAWALL_PROCEED;
    }
    if (g->status == SEAWALL_OK)
        return seawall_turn_wait(turn, SEAWALL_FOREVER);
    return seawall_turn_refuse(turn, g->status, MS(700));
}

static seawall_answer gate_leave(void *frame, seawall_turn *turn, seawall_outcome *outcome, void *self)
{
    (void)frame;
    (void)turn;
    (void)outcome;
    (void)self;
    return SEAWALL_PASS;
}

static seawall_answer gate_tick(void *frame, seawall_turn *turn, seawall_outcome *outcome, void *self)
{
    (void)frame;
    (void)turn;
    (void)self;
    outcome->status = SEAWALL_CANCELLED;
    outcome->fault = SEAWALL_FAULT_IGNORED;
    return SEAWALL_CUT_JOIN;
}

static void gate_drop(void *frame, seawall_turn *turn, const seawall_outcome *outcome, void *self)
{
    (void)frame;
    (void)turn;
    (void)outcome;
    (void)self;
}

seawall_policy gate_policy(gate *g)
{
    seawall_policy policy = SEAWALL_POLICY_INIT;

    policy.name = "gate";
    policy.enter = gate_enter;
    policy.leave = gate_leave;
    policy.tick = gate_tick;
    policy.drop = gate_drop;
    policy.self = g;
    return policy;
}
