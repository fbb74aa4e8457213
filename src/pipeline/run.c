/* How a run goes inwards through enter and comes back outwards through leave. */
#include "pipeline/machine.h"

void sw_set_due(seawall_execution *x, sw_node *node, seawall_time due)
{
    x->timers += (due != SEAWALL_FOREVER) - (node->due != SEAWALL_FOREVER);
    node->due = due;
}

void sw_prepare_turn(seawall_execution *x, const sw_node *node)
{
    seawall_turn *turn = &x->turn;

    turn->deadline = node->deadline;
    turn->at = SEAWALL_FOREVER;
    turn->inner = node->inner;
    turn->cause = 0;
    turn->position = node->level;
    turn->diverted = node->elsewhere;
    turn->at_given = false;
}

void sw_note_fault(seawall_execution *x, seawall_fault fault, int64_t code)
{
    if (x->finished)
        return;
    if (x->history.first_fault == SEAWALL_FAULT_NONE) {
        x->history.first_fault = fault;
        x->history.first_code = code;
    }
    x->history.last_fault = fault;
    x->history.last_code = code;
}

static sw_node *node_find(seawall_execution *x, uint16_t index)
{
    const sw_level *level = &x->pipeline->level[index];
    uint32_t i;

    for (i = 0; i < level->count; i++) {
        sw_node *node = sw_node_at(x, level, i);

        if (node->state == SW_FREE)
            return node;
    }
    return NULL;
}

void sw_node_free(seawall_execution *x, sw_node *node)
{
    if (node->due != SEAWALL_FOREVER)
        sw_set_due(x, node, SEAWALL_FOREVER);
    node->state = SW_FREE;
}

bool sw_room(seawall_execution *x, uint16_t level)
{
    return node_find(x, level) != NULL;
}

void sw_finish(seawall_execution *x)
{
    x->finished = true;
    if (x->history.began != SW_TIME_UNREAD)
        x->history.finished = sw_time(x);
    x->history.late = x->live;
}

/* A time that a policy asked for, moved past now where the contract says so. */
seawall_time sw_after_now(seawall_execution *x, seawall_time at)
{
    seawall_time now;

    if (at == SEAWALL_FOREVER)
        return at;
    now = sw_time(x);
    return at > now ? at : seawall_time_add(now, 1);
}

static void starve(seawall_execution *x, sw_node *parent)
{
    parent->inner = 0;
    parent->state = SW_STARVED;
    x->starving++;
    x->history.starved++;
    sw_tell(x, SEAWALL_EVENT_STARVED, parent->level, 0, SEAWALL_FAULT_NONE);
}

/* The policy said no: there is no frame, and its parent is to be told. */
static void refused(seawall_execution *x, sw_node *node, bool known)
{
    seawall_status status = known ? x->turn.status : SEAWALL_INVALID;
    seawall_outcome *outcome = &x->outcome;
    int32_t position = node->level;

    if (status == SEAWALL_OK || status == SEAWALL_FAILED)
        status = SEAWALL_INVALID;
    *outcome = (seawall_outcome){.status = status, .policy = position};
    outcome->retry_after = known && x->turn.retry_after > 0 ? x->turn.retry_after : 0;
    sw_node_free(x, node);
    sw_tell(x, SEAWALL_EVENT_REFUSED, position, outcome->retry_after, SEAWALL_FAULT_NONE);
}

/* Asks the frame's policy. Answers whether the inside is to run; else the frame waits, or there is a *refusal to tell. */
static bool ask(seawall_execution *x, const sw_level *level, sw_node *node, bool *refusal)
{
    seawall_turn *turn = &x->turn;
    seawall_answer answer;

    sw_prepare_turn(x, node);
    turn->shortened = node->deadline;
    turn->status = SEAWALL_INVALID;
    answer = level->enter(sw_frame_of(node), turn, level->self);
    if (answer == SEAWALL_PROCEED) {
        node->inner_deadline = turn->shortened;
        node->inner = 1;
        node->state = SW_RUNNING;
        if (turn->at_given && level->tick != NULL)
            sw_set_due(x, node, sw_after_now(x, turn->at));
        return true;
    }
    *refusal = answer != SEAWALL_WAIT;
    if (*refusal) {
        refused(x, node, answer == SEAWALL_REFUSE);
    } else {
        node->state = SW_WAITING;
        x->waiting++;
        sw_set_due(x, node, sw_after_now(x, turn->at));
    }
    return false;
}

static void attempt_ready(seawall_execution *x, sw_node *node)
{
    node->state = SW_PENDING;
    x->pending++;
    x->start = x->pending == 1 ? node : NULL;
}

static void frame_clear(sw_node *node, const sw_level *level)
{
    uint64_t *words = sw_frame_of(node);
    uint16_t i;

    for (i = 0; i < level->frame_words; i++)
        words[i] = 0;
}

static sw_node *node_begin(seawall_execution *x, sw_node *parent, uint16_t index, int16_t route)
{
    sw_node *node = node_find(x, index);

    if (node == NULL)
        return NULL;
    node->parent = parent;
    node->due = SEAWALL_FOREVER;
    node->deadline = parent != NULL ? parent->inner_deadline : x->deadline;
    node->attempts = 0;
    node->inner = 0;
    node->route = route;
    node->cause = 0;
    node->forks = 0;
    node->diverted = false;
    node->elsewhere = false;
    node->cancel_due = false;
    return node;
}

/* Inwards from `level`, until an attempt is ready, somebody waits, or (answered true) *parent is to be told of a refusal. */
static bool inwards(seawall_execution *x, sw_node **parent, uint16_t index, int16_t route)
{
    for (;;) {
        const sw_level *level = &x->pipeline->level[index];
        sw_node *node = node_begin(x, *parent, index, route);
        bool refusal = false;

        if (node == NULL) {
            starve(x, *parent);
            return false;
        }
        if (level->enter == NULL) {
            attempt_ready(x, node);
            return false;
        }
        frame_clear(node, level);
        if (!ask(x, level, node, &refusal))
            return refusal;
        *parent = node;
        index = level->inner;
    }
}

void sw_run(seawall_execution *x, sw_node *parent, uint16_t level, int16_t route)
{
    if (inwards(x, &parent, level, route))
        sw_came_back(x, parent);
}

void sw_run_inner(seawall_execution *x, sw_node *node)
{
    const sw_level *level = sw_level_of(x, node);

    node->state = SW_RUNNING;
    node->inner = 1;
    sw_run(x, node, node->elsewhere ? level->alternative : level->inner, node->route);
}

void sw_ask_again(seawall_execution *x, sw_node *node)
{
    const sw_level *level = sw_level_of(x, node);
    sw_node *parent = node->parent;
    bool refusal = false;

    x->waiting--;
    sw_set_due(x, node, SEAWALL_FOREVER);
    if (ask(x, level, node, &refusal))
        sw_run(x, node, level->inner, node->route);
    else if (refusal)
        sw_came_back(x, parent);
}

/* What leave's answer comes down to, given what is still going on. */
static seawall_answer verdict(const sw_level *level, const sw_node *node, seawall_answer answer)
{
    bool others = node->inner > 0;

    switch (answer) {
    case SEAWALL_AGAIN:
        return others ? SEAWALL_HOLD : SEAWALL_AGAIN;
    case SEAWALL_DIVERT:
        if (level->alternative == SW_LEVEL_NONE || node->diverted)
            return SEAWALL_PASS;
        return others ? SEAWALL_HOLD : SEAWALL_DIVERT;
    case SEAWALL_HOLD:
        return others ? SEAWALL_HOLD : SEAWALL_PASS;
    default:
        return SEAWALL_PASS;
    }
}

static void sleep_until(seawall_execution *x, sw_node *node, seawall_time at, bool idle)
{
    seawall_time now = sw_time(x);

    if (at <= now)
        at = idle ? seawall_time_add(now, 1) : now;
    node->state = SW_ASLEEP;
    node->elsewhere = false;
    sw_set_due(x, node, at);
}

/* Tells frames, outwards, that x->outcome came. Answers the frame whose alternative is to run now, or NULL. */
static sw_node *outwards(seawall_execution *x, sw_node *node)
{
    seawall_turn *turn = &x->turn;
    seawall_outcome *outcome = &x->outcome;

    while (node != NULL) {
        const sw_level *level = sw_level_of(x, node);
        sw_node *parent = node->parent;
        bool idle = outcome->attempts == 0;
        seawall_answer answer;

        node->inner--;
        outcome->attempts = node->attempts;
        sw_prepare_turn(x, node);
        answer = level->leave(sw_frame_of(node), turn, outcome, level->self);
        if (answer == SEAWALL_REPLACE) {
            outcome->attempts = node->attempts;
            if (outcome->status == SEAWALL_OK)
                outcome->fault = SEAWALL_FAULT_NONE;
        }
        switch (verdict(level, node, answer)) {
        case SEAWALL_AGAIN:
            sleep_until(x, node, turn->at, idle);
            return NULL;
        case SEAWALL_DIVERT:
            node->diverted = true;
            node->elsewhere = true;
            return node;
        case SEAWALL_HOLD:
            if (turn->at_given && level->tick != NULL)
                sw_set_due(x, node, sw_after_now(x, turn->at));
            return NULL;
        default:
            break;
        }
        if (node->inner > 0)
            sw_cut_off(x, node, SEAWALL_CAUSE_CANCELLATION, -1, false);
        sw_node_free(x, node);
        node = parent;
    }
    sw_finish(x);
    return NULL;
}

void sw_came_back(seawall_execution *x, sw_node *node)
{
    for (;;) {
        node = outwards(x, node);
        if (node == NULL)
            return;
        node->inner = 1;
        if (!inwards(x, &node, sw_level_of(x, node)->alternative, node->route))
            return;
    }
}
