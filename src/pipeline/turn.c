/* What a verb may ask and answer. */
#include "pipeline/machine.h"
#include "sync/ring.h"

static seawall_execution *execution_of(seawall_turn *turn)
{
    return (seawall_execution *)(void *)((unsigned char *)turn - offsetof(seawall_execution, turn));
}

static const seawall_execution *within(const seawall_turn *turn)
{
    return (const seawall_execution *)(const void *)((const unsigned char *)turn - offsetof(seawall_execution, turn));
}

seawall_time sw_time_read(struct seawall_turn *turn, const seawall_platform *platform)
{
    seawall_time now = platform->now(platform->clock_user);

    turn->latest = now > turn->latest ? now : turn->latest;
    turn->now = turn->latest;
    return turn->now;
}

seawall_time seawall_turn_now(seawall_turn *turn)
{
    return sw_time(execution_of(turn));
}

seawall_time seawall_turn_deadline(const seawall_turn *turn)
{
    return turn->node->deadline;
}

int32_t seawall_turn_inner(const seawall_turn *turn)
{
    return turn->node->inner;
}

int32_t seawall_turn_run(const seawall_turn *turn)
{
    const sw_node *node = turn->node;

    return turn->route - sw_first_route(sw_level_of(within(turn), node), node);
}

/* Of the node of the plain way, which cuts nobody, only `mark` is filled in: its run starts one attempt. */
static bool is_plain(const seawall_turn *turn)
{
    return turn->node == &within(turn)->plain;
}

int32_t seawall_turn_run_attempts(const seawall_turn *turn)
{
    return is_plain(turn) ? 1 : turn->started;
}

bool seawall_turn_can_fork(seawall_turn *turn)
{
    return sw_can_fork(execution_of(turn), turn->node);
}

bool seawall_turn_diverted(const seawall_turn *turn)
{
    return turn->node->elsewhere;
}

seawall_cause seawall_turn_cause(const seawall_turn *turn)
{
    return turn->cause;
}

/* When the run was over. What a deadline has cut was cut then, however late we are to hear of its end. */
static seawall_time over_at(seawall_turn *turn)
{
    const sw_node *node = turn->node;

    if (node->cause == SEAWALL_CAUSE_DEADLINE)
        return node->deadline < turn->latest ? node->deadline : turn->latest;
    if (node->cause != 0)
        return SW_TIME_UNREAD;
    if (within(turn)->outcome.status != SEAWALL_TIMED_OUT)
        return seawall_turn_now(turn);
    return is_plain(turn) ? SW_TIME_UNREAD : turn->cut_at;
}

seawall_duration seawall_turn_ran(seawall_turn *turn)
{
    const sw_node *node = turn->node;
    seawall_time over;

    if ((node->attempts == 0 && !is_plain(turn)) || node->mark == SW_TIME_UNREAD)
        return -1;
    over = over_at(turn);
    return over >= node->mark ? seawall_time_until(over, node->mark) : -1;
}

void *seawall_turn_user(const seawall_turn *turn)
{
    return within(turn)->user;
}

void seawall_turn_waker(const seawall_turn *turn, seawall_waker *waker)
{
    *waker = within(turn)->waker;
}

/* No time is SW_TIME_NOT_GIVEN. */
static void give(seawall_turn *turn, seawall_time at)
{
    turn->at = at != SW_TIME_NOT_GIVEN ? at : SW_TIME_NOT_GIVEN + 1;
}

void seawall_turn_shorten(seawall_turn *turn, seawall_time deadline)
{
    if (deadline < turn->node->inner_deadline)
        turn->node->inner_deadline = deadline;
}

void seawall_turn_tick_at(seawall_turn *turn, seawall_time at)
{
    give(turn, at);
}

seawall_answer seawall_turn_wait(seawall_turn *turn, seawall_time until)
{
    give(turn, until);
    return SEAWALL_WAIT;
}

seawall_answer seawall_turn_refuse(seawall_turn *turn, seawall_status status, seawall_duration retry_after)
{
    turn->status = status;
    turn->retry_after = retry_after;
    return SEAWALL_REFUSE;
}

seawall_answer seawall_turn_again(seawall_turn *turn, seawall_time at)
{
    give(turn, at);
    return SEAWALL_AGAIN;
}

static void keep(sw_ring *ring, const seawall_event *event)
{
    uint64_t position;
    seawall_event *room = sw_ring_room(ring, &position);

    if (room == NULL)
        return;
    *room = *event;
    sw_ring_put(ring, position);
}

static void tell(seawall_execution *x, seawall_event *event)
{
    const seawall_pipeline *pipeline = x->pipeline;

    event->attempts = x->attempts;
    if (pipeline->events != NULL)
        keep(pipeline->events, event);
    if (pipeline->listener != NULL)
        pipeline->listener(event, pipeline->listener_user);
}

static bool is_listened_to(const seawall_execution *x)
{
    return x->pipeline->listener != NULL || x->pipeline->events != NULL;
}

static void tell_now(seawall_execution *x, seawall_event *event)
{
    if (!is_listened_to(x))
        return;
    event->now = sw_time(x);
    tell(x, event);
}

void seawall_turn_emit(seawall_turn *turn, seawall_event_kind kind, seawall_duration delay, seawall_fault fault,
                       seawall_reason reason)
{
    seawall_event event = {.kind = kind, .policy = turn->node->level, .delay = delay, .fault = fault, .reason = reason};

    tell_now(execution_of(turn), &event);
}

void sw_tell(seawall_execution *x, seawall_event_kind kind, int32_t policy, seawall_duration delay, seawall_fault fault)
{
    seawall_event event = {.kind = kind, .policy = policy, .delay = delay, .fault = fault};

    tell_now(x, &event);
}

void sw_tell_at(seawall_execution *x, seawall_event_kind kind, int32_t policy, seawall_time at, seawall_fault fault)
{
    seawall_event event = {.kind = kind, .policy = policy, .now = at, .fault = fault};

    if (is_listened_to(x))
        tell(x, &event);
}
