/*
 * The plain way, which nearly every call goes: each policy lets it in at once, the operation runs, and each policy hands the
 * outcome on. Only frames are touched; one node stands for all of them. At the first answer that is anything else, the
 * nodes are filled in as the machine would have them by then, and the machine goes on from there.
 */
#include "pipeline/attempt.h"

/* Fills in the nodes of the outermost `count` policies: the run is inside them. Answers the innermost, or NULL. */
static sw_node *fill_in(seawall_execution *x, int32_t count, int32_t attempts)
{
    sw_node *parent = NULL;
    int32_t i;

    sw_execution_free_nodes(x);
    x->turn.cut_at = SW_TIME_UNREAD;
    for (i = 0; i < count; i++) {
        sw_node *node = sw_node_at(x, &x->pipeline->level[i], 0);

        sw_node_begin(node, parent, SEAWALL_FOREVER, (uint16_t)i, 0);
        node->inner_deadline = SEAWALL_FOREVER;
        node->inner = 1;
        node->attempts = attempts;
        node->mark = x->plain.mark;
        node->state = SW_RUNNING;
        parent = node;
    }
    return parent;
}

/* A policy's enter did not simply let the run in. */
static void entered_otherwise(seawall_execution *x, uint16_t position, seawall_answer answer)
{
    sw_node *parent = fill_in(x, position, 0);
    sw_node *node = sw_node_at(x, &x->pipeline->level[position], 0);

    sw_node_begin(node, parent, SEAWALL_FOREVER, position, 0);
    node->inner_deadline = x->plain.inner_deadline;
    sw_entered(x, node, answer);
}

static bool inwards(seawall_execution *x)
{
    const sw_level *level = x->pipeline->level;
    const sw_level *end = level + x->pipeline->policies;
    seawall_turn *turn = sw_turn_of(x, &x->plain);

    for (; level != end; level++, x->plain.level++) {
        sw_node *node = sw_node_at(x, level, 0);
        seawall_answer answer;

        sw_frame_clear(node, level);
        answer = level->enter(sw_frame_of(node), turn, level->self);
        if (answer != SEAWALL_PROCEED || x->plain.inner_deadline != SEAWALL_FOREVER) {
            entered_otherwise(x, x->plain.level, answer);
            return false;
        }
    }
    return true;
}

static void outwards(seawall_execution *x)
{
    const sw_level *outermost = x->pipeline->level;
    const sw_level *level = outermost + x->pipeline->policies;
    seawall_outcome *outcome = &x->outcome;
    seawall_turn *turn = &x->turn;

    while (level-- != outermost) {
        seawall_answer answer;

        x->plain.level--;
        outcome->attempts = 1;
        turn->at = SW_TIME_NOT_GIVEN;
        answer = level->leave(sw_frame_of(sw_node_at(x, level, 0)), turn, outcome, level->self);
        if (answer == SEAWALL_REPLACE) {
            sw_replaced(outcome, 1);
        } else if (answer != SEAWALL_PASS) {
            sw_left(x, fill_in(x, x->plain.level + 1, 1), answer);
            return;
        }
    }
    sw_finish(x);
}

void sw_plain_run(seawall_execution *x, seawall_operation_fn operation, void *arg)
{
    sw_attempt_room room;
    seawall_attempt attempt = {.room = &room, .deadline = SEAWALL_FOREVER, .number = 1};
    seawall_result result;

    sw_execution_reset(x, SEAWALL_FOREVER);
    sw_node_begin(&x->plain, NULL, SEAWALL_FOREVER, 0, 0);
    x->plain.inner_deadline = SEAWALL_FOREVER;
    if (!inwards(x))
        return;
    x->attempts = 1;
    x->plain.mark = x->turn.now;
    result = sw_attempt_run(x, &attempt, operation, arg);
    if (attempt.asked)
        (void)sw_attempt_clear(&attempt);
    sw_outcome_set(x, &result);
    outwards(x);
}
