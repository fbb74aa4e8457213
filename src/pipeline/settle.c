/* How what is cut off comes to rest: late frames end innermost first, each when nothing runs below it any more. */
#include "pipeline/machine.h"

static void take_out_of_queues(seawall_execution *x, sw_node *node)
{
    if (node->due != SEAWALL_FOREVER)
        sw_set_due(x, node, SEAWALL_FOREVER);
    x->waiting -= node->state == SW_WAITING;
    x->starving -= node->state == SW_STARVED;
}

/* Marks what is below `top` as late. Parents have lower levels than children, so one pass sees each parent first. */
static void mark(seawall_execution *x, sw_node *top, seawall_cause cause, int32_t by, bool join)
{
    const seawall_pipeline *pipeline = x->pipeline;
    int32_t i;

    for (i = 0; i < pipeline->levels; i++) {
        const sw_level *level = &pipeline->level[i];
        uint32_t n;

        for (n = 0; n < level->count; n++) {
            sw_node *node = sw_node_at(x, level, n);
            sw_node *parent = node->parent;

            if (node->state == SW_FREE || node->cause != 0 || node == top)
                continue;
            if (top != NULL && parent != top && (parent == NULL || parent->cause == 0))
                continue;
            node->cause = (uint8_t)cause;
            node->cut_by = by;
            take_out_of_queues(x, node);
            if (node->state == SW_STARTED) {
                node->cancel_due = true;
                x->cancels++;
                if (cause == SEAWALL_CAUSE_DEADLINE)
                    sw_note_fault(x, SEAWALL_FAULT_TIMEOUT, 0);
            }
            if (parent == top && !join)
                node->parent = NULL;
        }
    }
}

/* Ends a frame with nobody left to decide for. */
static void drop(seawall_execution *x, sw_node *node)
{
    const sw_level *level = sw_level_of(x, node);
    bool cut_by_deadline = node->cause == SEAWALL_CAUSE_DEADLINE;
    seawall_outcome outcome = {0};

    outcome.status = cut_by_deadline ? SEAWALL_TIMED_OUT : SEAWALL_CANCELLED;
    outcome.fault = cut_by_deadline ? SEAWALL_FAULT_TIMEOUT : SEAWALL_FAULT_IGNORED;
    outcome.policy = node->cut_by;
    outcome.attempts = node->attempts;
    if (node->state != SW_RUNNING)
        sw_tell(x, SEAWALL_EVENT_DROPPED, node->level, 0, SEAWALL_FAULT_NONE);
    if (level->drop != NULL) {
        x->turn.cause = node->cause;
        level->drop(sw_frame_of(node), sw_turn_of(x, node), &outcome, level->self);
        x->turn.cause = 0;
    } else {
        x->turn.started = node->attempts;
        (void)level->leave(sw_frame_of(node), sw_turn_of(x, node), &outcome, level->self);
    }
}

/* A late node below which nothing runs is gone. */
static void settle(seawall_execution *x, sw_node *node)
{
    if (node->state == SW_PENDING) {
        x->pending--;
        x->start = NULL;
    } else if (node->state != SW_JOINING && sw_level_of(x, node)->enter != NULL) {
        drop(x, node);
    }
    sw_node_free(x, node);
    if (node->parent != NULL)
        node->parent->inner--;
}

void sw_cut_off(seawall_execution *x, sw_node *top, seawall_cause cause, int32_t by, bool join)
{
    const seawall_pipeline *pipeline = x->pipeline;
    int32_t i;

    mark(x, top, cause, by, join);
    for (i = pipeline->levels - 1; i >= 0; i--) {
        const sw_level *level = &pipeline->level[i];
        uint32_t n;

        for (n = 0; n < level->count; n++) {
            sw_node *node = sw_node_at(x, level, n);

            if (node->state != SW_FREE && node->state != SW_STARTED && node->cause != 0 && node->inner == 0)
                settle(x, node);
        }
    }
}

void sw_joined(seawall_execution *x, sw_node *node)
{
    sw_node *parent = node->parent;

    x->outcome = *sw_cut_outcome_of(sw_level_of(x, node), node);
    x->outcome.attempts = node->attempts;
    x->turn.cut_at = node->mark;
    sw_node_free(x, node);
    sw_came_back(x, parent);
}

void sw_late_end(seawall_execution *x, sw_node *attempt)
{
    sw_node *node = attempt->parent;

    settle(x, attempt);
    while (node != NULL && node->inner == 0) {
        sw_node *parent = node->parent;

        if (node->cause == 0) {
            sw_joined(x, node);
            return;
        }
        settle(x, node);
        node = parent;
    }
}
