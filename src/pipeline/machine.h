/*
 * The execution machine. An execution is a tree of nodes: a frame for every policy that an inner run has entered, and
 * at its tips the attempts. Nodes lie in one pool per level, at offsets that the pipeline computed.
 *
 *   turn.c       what a verb may ask and answer
 *   run.c        how a run goes inwards through enter and comes back outwards through leave
 *   plain.c      the same for a run in which nothing happens, under the blocking driver
 *   settle.c     how what is cut off comes to rest
 *   timer.c      what happens as time goes on
 *   watch.c      what comes of a cancelled token
 *   execution.c  what a host may call
 *   call.c       the blocking driver
 *   pooled.h     calls whose attempts run on pools
 *   attempt.c    what its operation may ask of an attempt
 *   phase.c      how long its phases may take
 */
#ifndef SW_PIPELINE_MACHINE_H
#define SW_PIPELINE_MACHINE_H

#include <string.h>

#include <seawall/execution.h>

#include "base/field.h"
#include "pipeline/chain.h"
#include "time/cancel_token.h"

/* The time is not known yet: whoever needs it reads the clock. Under the blocking driver only. */
#define SW_TIME_UNREAD INT64_MIN

/* No time was answered. */
#define SW_TIME_NOT_GIVEN INT64_MIN

/* Set up anew for every verb, so it says little itself: what a verb may know of its frame stands in the node. */
struct seawall_turn {
    seawall_time now;             /* or SW_TIME_UNREAD */
    seawall_time latest;          /* the last time that was known: a smaller one counts as this */
    struct sw_node *node;         /* whose turn it is */
    seawall_time at;              /* answered: when to wait until, to tick or to go again; or SW_TIME_NOT_GIVEN */
    seawall_duration retry_after; /* answered by a refusal */
    seawall_status status;        /* answered by a refusal; SEAWALL_INVALID until then */
    seawall_cause cause;          /* told to drop; else 0 */
    int32_t route;                /* told to leave: of the run that ended */
    int32_t started;              /* told to leave: the attempts of that run */
    seawall_time cut_at;          /* when the last run was cut whose outcome came outwards; or SW_TIME_UNREAD */
};

enum sw_node_state {
    SW_FREE = 0,
    SW_WAITING, /* a frame whose enter answered wait; asked again at `due` or when woken */
    SW_RUNNING, /* a frame with inner runs; ticked at `due` */
    SW_ASLEEP,  /* a frame between two inner runs; the next begins at `due` */
    SW_STARVED, /* a frame whose inner run finds no free node; ticked at `due` */
    SW_JOINING, /* a frame that has ended by a cut and waits for what is below */
    SW_PENDING, /* an attempt that the host has not been told of */
    SW_STARTED  /* an attempt that the host was told to start */
};

typedef struct sw_node {
    /* Aligned for any type, because a frame follows. */
    _Alignas(16) struct sw_node *parent; /* NULL: outermost, or cut off at its upper end */
    seawall_time due;            /* SEAWALL_FOREVER: no timer */
    seawall_time deadline;       /* in force for this node */
    seawall_time inner_deadline; /* for what is inside: enter may shorten it */
    int32_t cut_by;              /* late: the position of the policy that cut, -1 for anybody else */
    uint16_t level;
    int16_t route;               /* which of all runs side by side it belongs to */
    /* 0 when the node begins, and side by side so that few stores make them so. */
    int32_t attempts;            /* a frame: started below so far; an attempt: its number */
    int32_t inner;               /* inner runs that go on */
    uint8_t cause;               /* not 0: late, and why */
    uint8_t forks;               /* a frame: extra runs started, for the routes */
    bool diverted;               /* a frame: its alternative has had its turn */
    bool elsewhere;              /* a frame: the inner run is, or was, the alternative's */
    bool cancel_due;             /* a started attempt: the host is to be told to cancel it */
    uint8_t state;
    uint16_t offer;              /* a pending attempt: who offered it to a pool; 0: nobody */
    seawall_time mark;           /* a frame with attempts: when the first began, or SW_TIME_UNREAD; joining: when it was cut */
} sw_node;

struct seawall_execution {
    const seawall_pipeline *pipeline;
    struct seawall_turn turn;
    seawall_time deadline;
    sw_node *start;          /* an attempt to be started, if only one is pending */
    seawall_outcome outcome; /* of the run that is coming outwards; in the end, the result */
    int32_t pending;         /* nodes in SW_PENDING; and so on */
    int32_t live;            /* attempts started and neither reported nor disowned */
    int32_t timers;          /* nodes with a `due` */
    seawall_time soonest;    /* no `due` is before this */
    int32_t waiting;
    int32_t starving;
    int32_t cancels;         /* nodes with cancel_due */
    int32_t attempts;        /* started so far: also the name of the last one */
    bool begun; /* these four are side by side so that one store clears them */
    bool finished;
    bool inside;             /* a function of this execution is being carried out: no other may begin */
    bool watching;           /* `watch` was added to the token's hooks */
    bool told;               /* FINISHED was */
    struct {                 /* for the report alone */
        seawall_time began;
        seawall_time finished;
        int64_t first_code, last_code;
        seawall_fault first_fault, last_fault;
        int32_t starved, late;
    } history;
    seawall_waker waker;
    void *user;
    seawall_cancel *cancel;  /* or NULL */
    sw_cancel_hook watch;
    sw_node plain;           /* stands for each frame in turn while the run goes the plain way */
};

static inline sw_node *sw_node_at(seawall_execution *x, const sw_level *level, uint32_t index)
{
    return (sw_node *)(void *)((unsigned char *)x + level->first + (size_t)index * level->stride);
}

static inline const sw_level *sw_level_of(const seawall_execution *x, const sw_node *node)
{
    return &x->pipeline->level[node->level];
}

static inline void *sw_frame_of(sw_node *node)
{
    return node + 1;
}

/* What a joining frame will hand on lies behind the frame of a policy that can cut. */
static inline seawall_outcome *sw_cut_outcome_of(const sw_level *level, sw_node *node)
{
    return (seawall_outcome *)(void *)((unsigned char *)sw_frame_of(node) + level->frame_size);
}

/* turn.c */
seawall_time sw_time_read(struct seawall_turn *turn, const seawall_platform *platform);
void sw_tell(seawall_execution *x, seawall_event_kind kind, int32_t policy, seawall_duration delay, seawall_fault fault);
/* The same for what was due at `at`, however late we are. */
void sw_tell_at(seawall_execution *x, seawall_event_kind kind, int32_t policy, seawall_time at, seawall_fault fault);

static inline seawall_time sw_time(seawall_execution *x)
{
    return x->turn.now != SW_TIME_UNREAD ? x->turn.now : sw_time_read(&x->turn, x->pipeline->platform);
}

static inline void sw_set_due(seawall_execution *x, sw_node *node, seawall_time due)
{
    x->timers += (due != SEAWALL_FOREVER) - (node->due != SEAWALL_FOREVER);
    x->soonest = due < x->soonest ? due : x->soonest;
    node->due = due;
}

static inline void sw_node_begin(sw_node *node, sw_node *parent, seawall_time deadline, uint16_t level, int16_t route)
{
    node->parent = parent;
    node->due = SEAWALL_FOREVER;
    node->deadline = deadline;
    node->level = level;
    node->route = route;
    node->attempts = 0;
    node->inner = 0;
    node->cause = 0;
    node->forks = 0;
    node->diverted = false;
    node->elsewhere = false;
    node->cancel_due = false;
}

static inline void sw_frame_clear(sw_node *node, const sw_level *level)
{
    unsigned char *frame = sw_frame_of(node);
    unsigned char *end = frame + level->frame_size;

    for (; frame != end; frame += SW_FRAME_UNIT)
        memset(frame, 0, SW_FRAME_UNIT);
}

/* The first route of what is inside a frame: each level that can run several side by side shares its own out among them. */
static inline int16_t sw_first_route(const sw_level *level, const sw_node *node)
{
    return (int16_t)(node->route * level->width);
}

static inline void sw_node_free(seawall_execution *x, sw_node *node)
{
    x->turn.route = node->route;
    x->timers -= node->due != SEAWALL_FOREVER;
    node->due = SEAWALL_FOREVER;
    node->state = SW_FREE;
}

/* Before every verb. */
static inline seawall_turn *sw_turn_of(seawall_execution *x, sw_node *node)
{
    x->turn.node = node;
    x->turn.at = SW_TIME_NOT_GIVEN;
    return &x->turn;
}

/* After a leave that answered replace. */
static inline void sw_replaced(seawall_outcome *outcome, int32_t attempts)
{
    outcome->attempts = attempts;
    if (outcome->status == SEAWALL_OK)
        outcome->fault = SEAWALL_FAULT_NONE;
}

void sw_note_fault(seawall_execution *x, seawall_fault fault, int64_t code);

/* Makes an attempt's end the outcome that is coming outwards. */
static inline void sw_outcome_set(seawall_execution *x, const seawall_result *result)
{
    seawall_outcome *outcome = &x->outcome;

    *outcome = (seawall_outcome){.fault = result->fault, .code = result->code, .policy = -1, .attempts = 1};
    if (result->retry_after > 0)
        outcome->retry_after = result->retry_after;
    if (result->fault == SEAWALL_FAULT_NONE)
        return;
    outcome->status = SEAWALL_FAILED;
    if (result->fault != SEAWALL_FAULT_IGNORED)
        sw_note_fault(x, result->fault, result->code);
}

/* run.c */
/* Begins an inner run of `parent` (NULL: the execution itself) at `level`, and follows what comes of it. */
void sw_run(seawall_execution *x, sw_node *parent, uint16_t level, int16_t route);
/* The run that x->outcome tells of has ended; `node` (NULL: the execution itself) is told, and what follows is done. */
void sw_came_back(seawall_execution *x, sw_node *node);
/* The frame's enter, or leave after a run that started an attempt, has answered: what follows is done. */
void sw_entered(seawall_execution *x, sw_node *node, seawall_answer answer);
void sw_left(seawall_execution *x, sw_node *node, seawall_answer answer);
/* Asks a waiting frame again. */
void sw_ask_again(seawall_execution *x, sw_node *node);
/* The next inner run of a frame that slept or starved. */
void sw_run_inner(seawall_execution *x, sw_node *node);
/* Whether the level has a free node. */
bool sw_room(seawall_execution *x, uint16_t level);
/* Whether the frame could run one more beside those that it runs, all the way in. */
bool sw_can_fork(seawall_execution *x, const sw_node *node);
/* The result is x->outcome. */
void sw_finish(seawall_execution *x);
/* A time that a policy asked for, moved past now where it is not after it. */
seawall_time sw_after_now(seawall_execution *x, seawall_time at);

/* settle.c */
/* Everything below `top` (NULL: everything) becomes late and comes to rest as far as it can. */
void sw_cut_off(seawall_execution *x, sw_node *top, seawall_cause cause, int32_t by, bool join);
/* A late attempt has ended. */
void sw_late_end(seawall_execution *x, sw_node *attempt);
/* A joining frame, of which nothing runs any more, hands its outcome on. */
void sw_joined(seawall_execution *x, sw_node *node);

/* timer.c */
/* Does everything that is due up to `limit`, in order. */
void sw_timers(seawall_execution *x, seawall_time limit);
/* The next instant at which something is due. */
seawall_time sw_next_due(seawall_execution *x);

/* watch.c */
/* The run is called off at `at`, not after now: what was due before comes first. */
void sw_call_off(seawall_execution *x, seawall_time at);
/* The token is made this process's; what a signal handler left is delivered, where no lock is held. */
void sw_mind_token(seawall_execution *x);
/* The token is cancelled: calls the run off, unless it has finished. */
void sw_heed_cancelled(seawall_execution *x);
static inline void sw_heed(seawall_execution *x)
{
    if (x->cancel != NULL && sw_cancel_state(x->cancel) != 0)
        sw_heed_cancelled(x);
}
/* From here on cancelling the token calls the waker. False: it is cancelled already. */
bool sw_watch_token(seawall_execution *x);
static inline bool sw_watch(seawall_execution *x)
{
    return x->cancel == NULL || x->watching || sw_watch_token(x);
}
/* The waker is not called for the token any more. */
void sw_unwatch(seawall_execution *x);

/* execution.c, for drivers in this room. The caller has checked and set what the public forms check and set. */
static inline void sw_execution_prepare(seawall_execution *x, const seawall_pipeline *pipeline)
{
    x->pipeline = pipeline;
    x->begun = false;
    x->finished = false;
    x->inside = false;
    x->live = 0;
    x->cancel = NULL;
    x->watching = false;
}
void sw_execution_free_nodes(seawall_execution *x);
/* Everything but the nodes is as it is when a run begins. */
void sw_execution_reset(seawall_execution *x, seawall_time deadline);
void sw_execution_begin(seawall_execution *x, seawall_time deadline);
/* Does what is due and asks again who waits. */
void sw_execution_catch_up(seawall_execution *x);
static inline void sw_execution_advance(seawall_execution *x)
{
    if (x->timers + x->waiting + x->starving > 0 || x->deadline != SEAWALL_FOREVER)
        sw_execution_catch_up(x);
}
/*
 * Goes on until there is an attempt to be started, counted as started from here on, or nothing more happens at this
 * instant (NULL).
 */
sw_node *sw_execution_next(seawall_execution *x);

/*
 * For a driver whose attempts wait in a queue before somebody begins them. They stay pending meanwhile, and count as started
 * from sw_execution_start on.
 */
/* Goes on until nothing more happens at this instant; attempts may be pending then. */
void sw_execution_settle(seawall_execution *x);
/* A pending attempt that nobody has offered to a pool; NULL if there is none. */
sw_node *sw_execution_unoffered(seawall_execution *x);
/* Begins a pending attempt. False: its deadline has come, or numbers are used up, and its run has ended. */
bool sw_execution_start(seawall_execution *x, sw_node *attempt);
/* A pending attempt gets no place in its pool: its run ends with this status. */
void sw_execution_refuse(seawall_execution *x, sw_node *attempt, seawall_status status);

/* `result` NULL: disowned. */
void sw_execution_ended(seawall_execution *x, sw_node *attempt, const seawall_result *result);
seawall_status sw_execution_tell(const seawall_execution *x, seawall_report *report);
/* Whether it can: to be asked before anything is done. NULL: nobody wants to be told. */
static inline bool sw_report_fits(const seawall_report *report)
{
    return report == NULL || (report->size >= sizeof(*report) && report->size <= SW_STRUCT_SIZE_MAX);
}

#endif
