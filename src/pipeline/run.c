/* How a run goes inwards through enter and comes back outwards through leave. */
#include "pipeline/machine.h"

void sw_note_fault(seawall_execution *x, seawall_fault fault, int64_t code)
{
    if (x->history.first_fault == SEAWALL_FAULT_NONE) {
        x->history.first_fault = fault;
        x->history.first_code = code;
    }
    x->history.last_fault = fault;
    x->history.last_code = code;
}

static sw_node *node_find_further(seawall_execution *x, const sw_level *level)
{
    uint32_t i;

    for (i = 1; i < level->count; i++) {
        sw_node *node = sw_node_at(x, level, i);

        if (node->state == SW_FREE)
            return node;
    }
    return NULL;
}

/* Nearly always it is the first. */
static inline sw_node *node_find(seawall_execution *x, const sw_level *level)
{
    sw_node *first = sw_node_at(x, level, 0);

    return first->state == SW_FREE ? first : node_find_further(x, level);
}

bool sw_room(seawall_execution *x, uint16_t level)
{
    return node_find(x, &x->pipeline->level[level]) != NULL;
}

/* One more run needs a way all the way in. */
static bool room_inwards(seawall_execution *x, uint16_t index)
{
    while (sw_room(x, index)) {
        if (x->pipeline->level[index].enter == NULL)
            return true;
        index = x->pipeline->level[index].inner;
    }
    return false;
}

bool sw_can_fork(seawall_execution *x, const sw_node *node)
{
    const sw_level *level = sw_level_of(x, node);

    return node->state == SW_RUNNING && !node->elsewhere && node->inner < level->width && room_inwards(x, level->inner);
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
    outcome->fault = status == SEAWALL_TIMED_OUT ? SEAWALL_FAULT_TIMEOUT : SEAWALL_FAULT_NONE;
    outcome->retry_after = known && x->turn.retry_after > 0 ? x->turn.retry_after : 0;
    x->turn.status = SEAWALL_INVALID;
    x->turn.retry_after = 0;
    x->turn.cut_at = SW_TIME_UNREAD;
    sw_node_free(x, node);
    sw_tell(x, SEAWALL_EVENT_REFUSED, position, outcome->retry_after, SEAWALL_FAULT_NONE);
}

/* enter did not answer that the inside is to run. Answers whether there is a refusal to tell; else the frame waits. */
static bool held_up(seawall_execution *x, sw_node *node, seawall_answer answer)
{
    seawall_time at = x->turn.at;

    if (answer != SEAWALL_WAIT) {
        refused(x, node, answer == SEAWALL_REFUSE);
        return true;
    }
    node->state = SW_WAITING;
    x->waiting++;
    sw_set_due(x, node, sw_after_now(x, at != SW_TIME_NOT_GIVEN ? at : SEAWALL_FOREVER));
    return false;
}

static inline seawall_answer ask(seawall_execution *x, const sw_level *level, sw_node *node)
{
    node->inner_deadline = node->deadline;
    return level->enter(sw_frame_of(node), sw_turn_of(x, node), level->self);
}

/* enter answered that the inside is to run. */
static inline void let_in(seawall_execution *x, const sw_level *level, sw_node *node)
{
    seawall_time at = x->turn.at;

    node->inner = 1;
    node->state = SW_RUNNING;
    if (at != SW_TIME_NOT_GIVEN && level->tick != NULL)
        sw_set_due(x, node, sw_after_now(x, at));
}

static void attempt_ready(seawall_execution *x, sw_node *node)
{
    node->state = SW_PENDING;
    node->offer = 0;
    x->pending++;
    x->start = x->pending == 1 ? node : NULL;
}

/* Inwards from `level`, until an attempt is ready, somebody waits, or (answered true) *parent is to be told of a refusal. */
static bool inwards(seawall_execution *x, sw_node **parent, uint16_t index, int16_t route)
{
    seawall_time deadline = *parent != NULL ? (*parent)->inner_deadline : x->deadline;
    const sw_level *level = &x->pipeline->level[index];

    for (;;) {
        sw_node *node = node_find(x, level);
        seawall_answer answer;

        if (node == NULL) {
            starve(x, *parent);
            return false;
        }
        sw_node_begin(node, *parent, deadline, level->index, route);
        if (level->enter == NULL) {
            attempt_ready(x, node);
            return false;
        }
        sw_frame_clear(node, level);
        answer = ask(x, level, node);
        if (answer != SEAWALL_PROCEED)
            return held_up(x, node, answer);
        let_in(x, level, node);
        *parent = node;
        deadline = node->inner_deadline;
        route = sw_first_route(level, node);
        level = &x->pipeline->level[level->inner];
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
    sw_run(x, node, node->elsewhere ? level->alternative : level->inner, sw_first_route(level, node));
}

void sw_entered(seawall_execution *x, sw_node *node, seawall_answer answer)
{
    const sw_level *level = sw_level_of(x, node);
    sw_node *parent = node->parent;

    if (answer == SEAWALL_PROCEED) {
        let_in(x, level, node);
        sw_run(x, node, level->inner, sw_first_route(level, node));
    } else if (held_up(x, node, answer)) {
        sw_came_back(x, parent);
    }
}

void sw_ask_again(seawall_execution *x, sw_node *node)
{
    x->waiting--;
    sw_set_due(x, node, SEAWALL_FOREVER);
    sw_entered(x, node, ask(x, sw_level_of(x, node), node));
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

/* Does what leave answered, unless that is to pass; answers what it comes down to. `idle`: the run started no attempt. */
static seawall_answer comply(seawall_execution *x, sw_node *node, seawall_answer answer, bool idle)
{
    const sw_level *level = sw_level_of(x, node);
    seawall_time at = x->turn.at;
    seawall_answer done = verdict(level, node, answer);

    if (done == SEAWALL_AGAIN) {
        sleep_until(x, node, at, idle); /* no time given: at once */
    } else if (done == SEAWALL_DIVERT) {
        node->diverted = true;
        node->elsewhere = true;
    } else if (done == SEAWALL_HOLD && answer == SEAWALL_HOLD && at != SW_TIME_NOT_GIVEN && level->tick != NULL) {
        sw_set_due(x, node, sw_after_now(x, at));
    }
    return done;
}

/* Its outcome was handed on. */
static inline void frame_ends(seawall_execution *x, sw_node *node)
{
    if (node->inner > 0)
        sw_cut_off(x, node, SEAWALL_CAUSE_CANCELLATION, -1, false);
    sw_node_free(x, node);
}

/* Tells frames, outwards, that x->outcome came. Answers the frame whose alternative is to run now, or NULL. */
static sw_node *outwards(seawall_execution *x, sw_node *node)
{
    seawall_outcome *outcome = &x->outcome;

    while (node != NULL) {
        const sw_level *level = sw_level_of(x, node);
        sw_node *parent = node->parent;
        int32_t below = outcome->attempts;
        seawall_answer answer;

        x->turn.started = below;
        node->inner--;
        outcome->attempts = node->attempts;
        answer = level->leave(sw_frame_of(node), sw_turn_of(x, node), outcome, level->self);
        if (answer == SEAWALL_REPLACE) {
            sw_replaced(outcome, node->attempts);
        } else if (answer != SEAWALL_PASS) {
            answer = comply(x, node, answer, below == 0);
            if (answer != SEAWALL_PASS)
                return answer == SEAWALL_DIVERT ? node : NULL;
        }
        frame_ends(x, node);
        node = parent;
    }
    sw_finish(x);
    return NULL;
}

void sw_left(seawall_execution *x, sw_node *node, seawall_answer answer)
{
    sw_node *parent = node->parent;

    node->inner--;
    if (comply(x, node, answer, false) != SEAWALL_PASS)
        return;
    frame_ends(x, node);
    sw_came_back(x, parent);
}

void sw_came_back(seawall_execution *x, sw_node *node)
{
    for (;;) {
        node = outwards(x, node);
        if (node == NULL)
            return;
        node->inner = 1;
        if (!inwards(x, &node, sw_level_of(x, node)->alternative, sw_first_route(sw_level_of(x, node), node)))
            return;
    }
}
