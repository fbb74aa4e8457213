/*
 * A bounded queue of jobs by level, in places that are made once. Pure: whoever uses it brings the lock and the time.
 *
 * A place is named by how many bytes lie before its end: one addition leads there, and zeroed links lead nowhere. A handle is
 * that and a generation, which changes whenever the place is given back: a stale handle finds nothing.
 *
 * A free place is one of a job that has no limits and that no clock was read for, so that such a job has less to fill in.
 */
#ifndef SW_SYNC_JOB_QUEUE_H
#define SW_SYNC_JOB_QUEUE_H

#include <seawall/time.h>

#include "base/alloc.h"
#include "base/atomic.h"

#define SW_JOB_NOBODY 0
#define SW_JOB_LEVELS 4

/* Nobody has read the clock when it happened. */
#define SW_JOB_UNSEEN INT64_MIN

typedef enum sw_job_state {
    SW_JOB_FREE = 0,
    SW_JOB_QUEUED,
    SW_JOB_RUNNING,
    SW_JOB_TELLING, /* dropped, and `done` is still to be told: for who has its handle it has not ended */
    SW_JOB_ENDED    /* its handle has not been used up */
} sw_job_state;

struct seawall_work;
struct seawall_job_result;

/* As a pool's public page has them. */
typedef int64_t (*sw_job_fn)(struct seawall_work *work, void *arg);
typedef void (*sw_job_done_fn)(const struct seawall_job_result *result, void *arg);

/* Asks a running job to stop in its own way; under no lock. */
typedef void (*sw_job_stop_fn)(void *arg);

typedef struct sw_job {
    /* What submitting and running it touch. */
    _Alignas(SW_CACHE_LINE) uint32_t next;
    uint32_t previous;     /* in its level, unless it is the first there; the free ones have only `next` */
    uint32_t generation;
    uint8_t state;
    uint8_t level;
    uint8_t end;           /* how it ended */
    bool held;             /* somebody has its handle */
    sw_job_fn function;
    void *arg;
    sw_job_done_fn done;
    seawall_time expires;  /* dropped if it has not begun by then; unlike the others, sw_job_append's to write */
    seawall_time deadline; /* its own */
    seawall_time since;    /* when it was submitted, and once it runs when it began; or SW_JOB_UNSEEN */
    /* What is rare: to write there takes 30 ns, as the CPU that submits has read ahead into this line, too. To read does not. */
    _Alignas(SW_CACHE_LINE) int64_t value;
    seawall_duration waited;
    sw_job_stop_fn stop;   /* NULL: it is asked by `stopping` alone */
    sw_atomic_u32 bell;    /* rung at its end; never goes back, however often the place is used again */
    sw_atomic_u32 sleepers;
    sw_atomic_u32 stopping; /* it should stop */
    int32_t waiters;       /* threads that wait for its end */
    int32_t blocked;       /* of these, workers of its own pool */
    int32_t pins;          /* threads that call `stop` */
    bool abandoned;        /* it runs, and nobody waits for it any more */
} sw_job;

_Static_assert(sizeof(sw_job) == 2 * SW_CACHE_LINE, "two lines, the second for what is rare");

typedef struct sw_job_list {
    uint32_t first;
    uint32_t last; /* if there is a first one */
} sw_job_list;

typedef struct sw_job_queue {
    size_t free;     /* the first free one; as wide as an address, so that it is one at once */
    uint32_t filled; /* bit n: level n has jobs */
    int32_t length;  /* over all levels */
    int32_t timed;   /* of these, with an `expires` */
    uint32_t count;  /* of places */
    sw_job_list level[SW_JOB_LEVELS];
    int32_t queued[SW_JOB_LEVELS];
    sw_job *places;
} sw_job_queue;

/* Over `count` zeroed places. A queue that was in use may be begun again: no handle of before finds anything. */
void sw_job_queue_init(sw_job_queue *queue, sw_job *places, uint32_t count);

static inline sw_job *sw_job_at(const sw_job_queue *queue, size_t name)
{
    return (sw_job *)(void *)((unsigned char *)queue->places + (name - sizeof(sw_job)));
}

static inline uint32_t sw_job_name(const sw_job_queue *queue, const sw_job *job)
{
    return (uint32_t)((job - queue->places + 1) * (ptrdiff_t)sizeof(sw_job));
}

static inline uint64_t sw_job_handle(const sw_job_queue *queue, const sw_job *job)
{
    return (uint64_t)job->generation << 32 | sw_job_name(queue, job);
}

/* The job of this handle if somebody may still use it, else NULL. */
sw_job *sw_job_find(const sw_job_queue *queue, uint64_t handle);

/* A place, still listed as free. There must be one. */
static inline sw_job *sw_job_free_one(const sw_job_queue *queue)
{
    return sw_job_at(queue, queue->free);
}

/* The place that sw_job_free_one answered, filled in, joins its level as the last one. */
static inline void sw_job_append(sw_job_queue *queue, sw_job *job, uint32_t level, bool held, seawall_time expires)
{
    sw_job_list *list = &queue->level[level];
    size_t name = queue->free;

    queue->free = job->next;
    job->next = SW_JOB_NOBODY;
    job->state = SW_JOB_QUEUED;
    job->level = (uint8_t)level;
    job->end = 0;
    job->held = held;
    if (list->first != SW_JOB_NOBODY) {
        job->previous = list->last;
        sw_job_at(queue, list->last)->next = (uint32_t)name;
    } else {
        list->first = (uint32_t)name;
        queue->filled |= 1u << level;
    }
    list->last = (uint32_t)name;
    queue->queued[level]++;
    queue->length++;
    if (expires != SEAWALL_FOREVER) {
        job->expires = expires;
        queue->timed++;
    }
}

/* The first job of a level, which has one, leaves it. The one behind it, which another CPU may have, is only sent for. */
void sw_job_take_first(sw_job_queue *queue, uint32_t level);

/* A queued job leaves its level, wherever it stands. */
void sw_job_take_out(sw_job_queue *queue, sw_job *job);

/* A place in no level is free again. */
void sw_job_give_back(sw_job_queue *queue, sw_job *job);

#endif
