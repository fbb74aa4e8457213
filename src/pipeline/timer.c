/* What happens as time goes on: waits that end, sleeps that are over, ticks, and the caller's deadline. */
#include "pipeline/machine.h"

/* The node that is due first; the outermost, and then the lowest, of several. */
static sw_node *earliest(seawall_execution *x)
{
    const seawall_pipeline *pipeline = x->pipeline;
    sw_node *first = NULL;
    int32_t i;

    x->soonest = SEAWALL_FOREVER;
    if (x->timers == 0)
        return NULL;
    for (i = 0; i < pipeline->policies; i++) {
        const sw_level *level = &pipeline->level[i];
        uint32_t n;

        for (n = 0; n < level->count; n++) {
            sw_node *node = sw_node_at(x, level, n);

            if (node->state != SW_FREE && node->due != SEAWALL_FOREVER && (first == NULL || node->due < first->due))
                first = node;
        }
    }
    if (first != NULL)
        x->soonest = first->due;
    return first;
}

/* Whether somebody starves who need not any more: timers may have made room after everybody was asked. */
static bool room_for_starving(seawall_execution *x)
{
    const seawall_pipeline *pipeline = x->pipeline;
    int32_t i;

    for (i = 0; i < pipeline->policies; i++) {
        const sw_level *level = &pipeline->level[i];
        uint32_t n;

        for (n = 0; n < level->count; n++) {
            const sw_node *node = sw_node_at(x, level, n);

            if (node->state == SW_STARVED && sw_room(x, node->elsewhere ? level->alternative : level->inner))
                return true;
        }
    }
    return false;
}

seawall_time sw_next_due(seawall_execution *x)
{
    const sw_node *node;

    if (x->finished)
        return SEAWALL_FOREVER;
    if (x->starving > 0 && room_for_starving(x))
        return x->turn.latest;
    node = earliest(x);
    return node != NULL && node->due < x->deadline ? node->due : x->deadline;
}

static void cut(seawall_execution *x, sw_node *node, seawall_time due, seawall_outcome *outcome, bool detach)
{
    sw_node *parent = node->parent;
    seawall_cause cause = outcome->status == SEAWALL_TIMED_OUT ? SEAWALL_CAUSE_DEADLINE : SEAWALL_CAUSE_CANCELLATION;

    if (outcome->status == SEAWALL_OK)
        outcome->fault = SEAWALL_FAULT_NONE;
    outcome->attempts = node->attempts;
    x->starving -= node->state == SW_STARVED;
    if (cause == SEAWALL_CAUSE_DEADLINE)
        sw_tell_at(x, SEAWALL_EVENT_TIMED_OUT, node->level, due, outcome->fault);
    if (detach) {
        node->state = SW_RUNNING;
        sw_cut_off(x, node, cause, node->level, false);
        x->outcome = *outcome;
        x->turn.cut_at = due;
        sw_node_free(x, node);
        sw_came_back(x, parent);
        return;
    }
    node->state = SW_JOINING;
    node->mark = due;
    *sw_cut_outcome_of(sw_level_of(x, node), node) = *outcome;
    sw_cut_off(x, node, cause, node->level, true);
    if (node->inner == 0)
        sw_joined(x, node);
}

static void fork_run(seawall_execution *x, sw_node *node)
{
    const sw_level *level = sw_level_of(x, node);

    /* Without room the policy goes on with what it has. */
    if (!sw_can_fork(x, node))
        return;
    node->inner++;
    node->forks = (uint8_t)(node->forks < UINT8_MAX ? node->forks + 1 : node->forks);
    sw_run(x, node, level->inner, (int16_t)(sw_first_route(level, node) + node->forks));
}

static void tick(seawall_execution *x, sw_node *node, seawall_time due)
{
    const sw_level *level = sw_level_of(x, node);
    seawall_outcome outcome = {.status = SEAWALL_TIMED_OUT, .fault = SEAWALL_FAULT_TIMEOUT};
    seawall_answer answer;

    outcome.policy = node->level;
    outcome.attempts = node->attempts;
    answer = level->tick(sw_frame_of(node), sw_turn_of(x, node), &outcome, level->self);
    if (answer == SEAWALL_CUT_JOIN || answer == SEAWALL_CUT_DETACH) {
        cut(x, node, due, &outcome, answer == SEAWALL_CUT_DETACH && (level->flags & SEAWALL_POLICY_DETACHES) != 0);
        return;
    }
    if (x->turn.at != SW_TIME_NOT_GIVEN)
        sw_set_due(x, node, sw_after_now(x, x->turn.at));
    if (answer == SEAWALL_FORK)
        fork_run(x, node);
}

static void fire(seawall_execution *x, sw_node *node)
{
    seawall_time due = node->due;

    if (node->state == SW_WAITING) {
        sw_ask_again(x, node);
        return;
    }
    sw_set_due(x, node, SEAWALL_FOREVER);
    if (node->state == SW_ASLEEP)
        sw_run_inner(x, node);
    else
        tick(x, node, due);
}

/* The caller has no more time: like a cancellation the result is known at once, and what still runs is late. */
static void deadline_passed(seawall_execution *x)
{
    sw_tell_at(x, SEAWALL_EVENT_TIMED_OUT, -1, x->deadline, SEAWALL_FAULT_TIMEOUT);
    sw_cut_off(x, NULL, SEAWALL_CAUSE_DEADLINE, -1, false);
    x->outcome = (seawall_outcome){.status = SEAWALL_TIMED_OUT, .fault = SEAWALL_FAULT_TIMEOUT, .policy = -1};
    x->outcome.attempts = x->attempts;
    sw_finish(x);
}

void sw_timers(seawall_execution *x, seawall_time limit)
{
    while (!x->finished && (x->soonest <= limit || x->deadline <= limit)) {
        sw_node *node = earliest(x);

        if (x->deadline != SEAWALL_FOREVER && x->deadline <= limit && (node == NULL || x->deadline <= node->due)) {
            deadline_passed(x);
            return;
        }
        if (node == NULL || node->due > limit)
            return;
        fire(x, node);
    }
}
