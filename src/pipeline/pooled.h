/*
 * Calls whose attempts run on pools. The execution lives in a place of the pipeline's, never on the caller's stack: whoever has
 * something to tell it (the caller, a worker that begins or ends an attempt, the attendant of calls that nobody waits in) takes
 * the call's lock and moves it on. The caller copies the result when it is finished; whoever brings the last of it to rest,
 * often a late worker, gives the place back.
 *
 * An attempt that is ready is offered to its pool and stays pending in the machine until a worker begins it: what waits in the
 * pool's queue has not been started, and is taken out of the queue when its run is cut.
 *
 * Nobody holds a call's lock while it asks a pool or cancels a token, as both call functions of others. What is to be done there
 * is noted as errands, and done after unlocking.
 *
 * Verbs and listeners, and what they call, run under the lock, and may come back: a listener stops the pool that the call
 * waits for, or asks for another future. So a thread that holds the lock of a call waits for that of no call that has begun: what
 * a pool tells it then, it sees to later, and a future that is busy it leaves.
 */
#ifndef SW_PIPELINE_POOLED_H
#define SW_PIPELINE_POOLED_H

#include <seawall/call.h>
#include <seawall/future.h>

#include "pipeline/attempt.h"
#include "policy/pool/pool_object.h"
#include "port/mutex_inline.h"
#include "sync/parking.h"
#include "sync/worker.h"

#define SW_POOLED_CALLS_MAX 100000

/* Where an attempt stands that was offered to a pool. */
typedef enum sw_pooled_state {
    SW_POOLED_IDLE = 0, /* none was */
    SW_POOLED_OFFERED,  /* it waits in the pool's queue, or is about to */
    SW_POOLED_STALE,    /* the same, but nobody wants it any more: a worker or the pool's notice is on its way */
    SW_POOLED_RUNNING
} sw_pooled_state;

struct sw_pooled_call;

/* An attempt on its way through a pool. */
typedef struct sw_pooled_attempt {
    struct sw_pooled_call *call;
    sw_node *node;
    seawall_pool *pool;
    uint64_t name;          /* of its job, once it is known; 0 */
    seawall_time expires;   /* when it is dropped from the queue */
    uint32_t round;         /* tells one offer from the next */
    sw_pooled_state state;
    seawall_work *work;     /* running: the job that it is */
    bool abandoned;         /* running: the pool was told that nobody waits for it */
    seawall_status dropped; /* by the pool, as which refusal, and not seen to yet: whose thread it is linked at */
    struct sw_pooled_attempt *next_dropped;
    int32_t pins;           /* threads that cancel its token */
    sw_atomic_u32 unpinned; /* rung when that was the last one */
    struct seawall_attempt attempt;
    sw_attempt_room room;
} sw_pooled_attempt;

typedef struct sw_pooled_call {
    _Alignas(SW_CACHE_LINE) sw_mutex lock;
    sw_atomic_u64 driver;    /* the thread that has the lock: it may not call back in; 0 */
    struct sw_pooled_calls *calls;
    seawall_execution *x;
    uint32_t generation;
    int32_t next;            /* in the list of free ones, or of those that the attendant sees to */
    /* Under the lock. */
    bool in_use;
    bool held;               /* the caller, or who has the future, has not let go */
    sw_atomic_u32 attended;  /* 1: a future, which the attendant drives when its time has come */
    sw_atomic_u32 bell;      /* a future's: rung when it is finished */
    int32_t driving;         /* threads in sw_pooled_drive */
    bool told;               /* whoever waits was told that it is finished */
    int32_t visitors;        /* threads that wait for it by its future */
    seawall_time alarm;      /* until when who waits sleeps: an earlier time is to be told */
    seawall_pool *blocked;   /* the pool whose worker waits in it, if that is one of its own */
    seawall_pool *shut;      /* such a pool whose worker may not wait: it has no place for the call */
    seawall_operation_fn operation;
    void *arg;
    seawall_priority priority;
    void (*drained)(void *arg);
    uint32_t *drained_mark;
    seawall_waker told_by;   /* a future's: called when it is finished */
    sw_parking_place *place; /* where its driver sleeps: the caller, or the attendant */
    sw_pooled_attempt *attempt; /* `attempts` of them */
} sw_pooled_call;

/* The places of a pipeline. */
struct sw_pooled_calls {
    const seawall_pipeline *pipeline;
    size_t bytes;
    int32_t count, attempts;
    size_t stride;
    sw_mutex lock;
    int32_t free;            /* under the lock, as what follows */
    int32_t used;
    bool awaited;            /* somebody waits until none is used */
    sw_atomic_u32 emptied;   /* rung then */
    uint32_t process;        /* whose calls these are */
    sw_worker attendant;     /* started by the first future */
    sw_atomic_u32 attending; /* 1 while it is to go on */
    unsigned char *first;
};

static inline sw_pooled_call *sw_pooled_at(const struct sw_pooled_calls *calls, int32_t index)
{
    return (sw_pooled_call *)(void *)(calls->first + (size_t)index * calls->stride);
}

static inline int32_t sw_pooled_index(const sw_pooled_call *call)
{
    return (int32_t)(((const unsigned char *)call - call->calls->first) / (ptrdiff_t)call->calls->stride);
}

/* pooled.c */
/* Room for `count` calls at once; SEAWALL_AUTO: twice as many as its first pool has workers and places in its queue. */
seawall_status sw_pooled_create(seawall_pipeline *pipeline, int32_t count, seawall_error *error);
/* Waits until no call is under way. */
void sw_pooled_destroy(seawall_pipeline *pipeline);

/* In the child of a fork no call is under way. Under the lock of the places. */
void sw_pooled_adopt(struct sw_pooled_calls *calls);

/* A place that is not in use, with its lock held; NULL if there is none. */
sw_pooled_call *sw_pooled_take(struct sw_pooled_calls *calls);

/* What a thread has to do with calls. */
typedef struct sw_pooled_thread {
    uint32_t process;           /* in the child of a fork the rest is the parent's */
    int32_t locks;              /* of calls, that it holds */
    sw_pooled_attempt *dropped; /* a pool told it so when it held one: to be seen to when it holds none */
} sw_pooled_thread;

/* Of this thread. */
sw_pooled_thread *sw_pooled_own_thread(void);

/* pooled_drive.c: what this thread has put off, as it holds no lock any more. */
void sw_pooled_see_to_dropped(sw_pooled_thread *own);

static inline void sw_pooled_unlock(sw_pooled_call *call)
{
    sw_pooled_thread *own = sw_pooled_own_thread();

    sw_store_relaxed_u64(&call->driver, 0);
    sw_mutex_unlock(&call->lock);
    if (own->locks > 0)
        own->locks--;
    if (own->locks == 0 && own->dropped != NULL)
        sw_pooled_see_to_dropped(own);
}

/* Under the lock, which this gives up: the place is free if nothing of the call is left. */
void sw_pooled_leave(sw_pooled_call *call);

/* The lock has just been taken. */
static inline void sw_pooled_entered(sw_pooled_call *call)
{
    sw_store_relaxed_u64(&call->driver, (uint64_t)sw_port_thread_self());
    sw_pooled_own_thread()->locks++;
}

static inline void sw_pooled_enter(sw_pooled_call *call)
{
    sw_mutex_lock(&call->lock);
    sw_pooled_entered(call);
}

/* For who may hold another call's: false if he does, and somebody has this one. */
static inline bool sw_pooled_enter_from_another(sw_pooled_call *call)
{
    if (sw_pooled_own_thread()->locks == 0)
        sw_mutex_lock(&call->lock);
    else if (!sw_mutex_try(&call->lock))
        return false;
    sw_pooled_entered(call);
    return true;
}

/* Whether this thread is inside the call: a listener, or a verb. */
static inline bool sw_pooled_inside(sw_pooled_call *call)
{
    return sw_load_relaxed_u64(&call->driver) == (uint64_t)sw_port_thread_self();
}

/* pooled_drive.c */
/* Under the lock, given back and taken again: everything that happens at this instant, and the errands that come of it. */
void sw_pooled_drive(sw_pooled_call *call);

/* Under the lock: when somebody must drive it again though nothing else happens. */
seawall_time sw_pooled_due(sw_pooled_call *call);

/* pooled_future.c: the attendant ends. */
void sw_pooled_dismiss(struct sw_pooled_calls *calls);

/* pooled_call.c: a call that its caller waits for. */
seawall_status sw_pooled_run(const seawall_pipeline *pipeline, const seawall_call_options *options,
                             seawall_operation_fn operation, void *arg, seawall_report *report);
/* The pool that this thread is a worker of, if attempts of the call run there; else NULL. */
seawall_pool *sw_pooled_own_pool(const sw_pooled_call *call);
/* Takes a place and begins, with the lock held, for who sleeps at `place`. #SEAWALL_FULL: there is none. */
seawall_status sw_pooled_begin(const seawall_pipeline *pipeline, const seawall_call_options *options, sw_parking_place *place,
                               seawall_operation_fn operation, void *arg, sw_pooled_call **call);

#endif
