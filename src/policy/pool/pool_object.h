/*
 * The pool as an object: what it decides (pool_core.h) under one short lock, and the threads around it.
 *
 * A worker that finds nothing to do joins the idle ones under the same lock under which it found nothing, and reads its bell
 * there: whoever brings a job sees it idle, and what rings from then on is not slept through. The bell alone costs no system
 * call. Before it sleeps the worker says so (`sleepers`), and then the park looks at the bell once more; whoever rings looks
 * at `sleepers` after the bell. One of the two sees the other.
 */
#ifndef SW_POLICY_POOL_OBJECT_H
#define SW_POLICY_POOL_OBJECT_H

#include "policy/pool/pool_core.h"
#include "port/mutex_inline.h"
#include "stat/latency.h"
#include "sync/worker.h"
#include "time/platform.h"

/* Whether looking at a bell before sleeping is worth it (pool_sleep.c). */
typedef struct sw_pool_patience {
    uint32_t turns, misses;
} sw_pool_patience;

typedef struct sw_pool_worker {
    _Alignas(SW_CACHE_LINE) sw_atomic_u32 bell; /* it is to look around */
    sw_atomic_u32 sleepers;
    struct seawall_pool *pool;
    /* Under the pool's lock. */
    struct sw_pool_worker *above, *below; /* among the idle ones */
    uint64_t wanted_for; /* the job that its thread is being made for, and that may be taken back; or 0 */
    sw_job *awaited;     /* of its own pool, for whose end it sleeps; or NULL */
    bool idle;
    bool claimed;        /* a thread was started for it, or is about to be */
    bool leaving;        /* it takes nothing any more, unless it is called back */
    bool gone;           /* and it has left: its thread is as good as ended */
    /* Its thread's alone. */
    bool woken;          /* it slept, and was woken, */
    uint32_t jobs;       /* and so many jobs it has run since it rested */
    sw_pool_patience looking;
    sw_job *job;         /* what it runs */
    seawall_time patience; /* until when it stays though it is one too many; SW_JOB_UNSEEN: not settled yet */
    sw_worker thread;
} sw_pool_worker;

struct seawall_pool {
    const seawall_platform *platform;
    size_t bytes;        /* of all */
    sw_pool_worker *workers;
    int32_t worker_count;
    uint32_t place_count;
    sw_job *places;
    sw_latency *waited, *ran; /* NULL: not kept */
    sw_worker_settings thread;
    seawall_pool_hook_fn on_start, on_stop;
    void *hook_user;
    char name[SW_WORKER_NAME_SIZE];
    seawall_pool_config config;                             /* as it was given last, under `control` */
    seawall_priority_level_config levels[SW_JOB_LEVELS];
    sw_mutex control;         /* one reconfiguration at a time */
    sw_atomic_u32 references; /* the caller's, and one for each policy that a pipeline keeps */
    sw_atomic_u32 changed;    /* rung when a job has ended, a worker has retired, or the last visitor has left */
    sw_atomic_u32 changed_sleepers;
    sw_atomic_u32 lookers;    /* idle workers that are awake */
    int32_t cpus;
    sw_atomic_u64 started;    /* workers */
    sw_atomic_u64 wakes;      /* of workers, with a system call */
    sw_atomic_u32 clocked;    /* bit n: jobs of level n have a limit, or all are timed */
    _Alignas(SW_CACHE_LINE) sw_mutex lock;
    struct {
        sw_pool_core core;
        sw_pool_worker *top;  /* the one that has been idle for the shortest time */
        sw_pool_worker *called; /* the last that was woken, or NULL */
        sw_pool_patience looking; /* of who waits for a job */
        uint32_t process;     /* whose jobs these are */
        int32_t visitors;     /* threads that wait for a job's end, and have more to do then */
        int32_t watchers;     /* threads that wait for `changed`, the same */
        bool kept;            /* an idle worker sleeps without end, as those who are blocked needed it */
        int64_t retired;
    } locked;                 /* under the lock */
};

/* Whether the sizes of a config lie within what the pool was created for; the error names the one that does not. */
seawall_status sw_pool_fits(const seawall_pool *pool, const seawall_pool_config *config, seawall_error *error);

/* What each job moves begins with the lock; what is only read shares no line with it. */
_Static_assert(offsetof(struct seawall_pool, locked.core.fair) - offsetof(struct seawall_pool, lock) <= 2 * SW_CACHE_LINE,
               "what each job moves takes two lines");
_Static_assert(offsetof(struct seawall_pool, locked.core.rules) % SW_CACHE_LINE == 0, "the rules have lines of their own");

/* For its function: which job it is. */
struct seawall_work {
    const seawall_pool *pool;
    sw_job *job;
    seawall_time deadline;
};

/* What is to be said of a job's end once the lock is given back. */
typedef struct sw_pool_notice {
    sw_job *bell; /* whose waiters are to be woken; NULL: there are none */
    uint64_t name; /* for sw_pool_told */
    seawall_job_done_fn done;
    void *arg;
    seawall_job_result result;
} sw_pool_notice;

/* So many at a time. */
#define SW_POOL_NOTICES 8

typedef struct sw_pool_notices {
    int32_t count;
    sw_pool_notice list[SW_POOL_NOTICES];
} sw_pool_notices;

/* The histograms' window moves on every 17 s. */
static inline uint64_t sw_pool_latency_step(seawall_time now)
{
    return (uint64_t)now >> 34;
}

/* As seawall_pool_reconfigure, with a whole config: levels and what the threads were started with stay as they are. */
seawall_status sw_pool_retune(seawall_pool *pool, const seawall_pool_config *config, seawall_error *error);

/* pool.c: the child of a fork begins anew. */
void sw_pool_adopt(seawall_pool *pool);
/* pool.c: its four levels, as they were given last. */
void sw_pool_levels(seawall_pool *pool, seawall_priority_level_config *levels);
/* pool.c: sw_pool_levels_follow, in use. Tells nobody of anything. */
void sw_pool_relevel(seawall_pool *pool, const seawall_priority_level_config *from, const seawall_priority_level_config *to);

/* pool_sleep.c: somebody has the lock, or this is the child of a fork. */
void sw_pool_enter_late(seawall_pool *pool);

/* Where a thread of this process had the lock last it has looked whose jobs these are. */
static inline void sw_pool_enter(seawall_pool *pool)
{
    if (!sw_mutex_try(&pool->lock))
        sw_pool_enter_late(pool);
}

static inline void sw_pool_leave(seawall_pool *pool)
{
    if (sw_mutex_give_back(&pool->lock))
        sw_mutex_wake(&pool->lock);
}

/* pool_sleep.c */

/* Rings, and wakes who sleeps. Answers whether anybody did. */
bool sw_pool_ring(const seawall_pool *pool, sw_atomic_u32 *bell, sw_atomic_u32 *sleepers);

/* Whether to look before sleeping. `woken`: who waits has just been, or has woken who is to ring. And what came of it. */
bool sw_pool_is_to_look(sw_pool_patience *patience, bool woken);
void sw_pool_looked(sw_pool_patience *patience, bool seen);

/* For some 20 us at most: whether the bell was rung since it was `ticket`. */
bool sw_pool_look(sw_atomic_u32 *bell, uint32_t ticket);

/* Returns when the bell was rung since it was `ticket`, or `until` has come, or for no reason. */
void sw_pool_sleep(const seawall_pool *pool, sw_atomic_u32 *bell, sw_atomic_u32 *sleepers, uint32_t ticket, seawall_time until);

/* Under the lock: what became of an ended job. */
seawall_job_result sw_pool_result(const sw_job *job);

/* Under the lock: a job was dropped; `end`, `done` and `arg` are as they were though its place may be free again. */
void sw_pool_note(seawall_pool *pool, sw_job *job, sw_pool_notice *notice);

/* Not under the lock: tells `done`, and then whoever waits. */
void sw_pool_tell(seawall_pool *pool, const sw_pool_notice *notice);
void sw_pool_tell_all(seawall_pool *pool, const sw_pool_notices *notices);

/* Whether the calling thread is in a `done` of a dropped job of this pool, however far out. */
bool sw_pool_is_telling(const seawall_pool *pool);

/* Under the lock: whoever waits for the pool's end is to look, if there is anything to see. Rings under the lock; it is rare. */
void sw_pool_changed(seawall_pool *pool);

/* pool_worker.c */

/* The pool that the calling thread is a worker of, or NULL. */
seawall_pool *sw_pool_of_thread(void);

/* The worker of this pool that the calling thread is, or NULL. */
sw_pool_worker *sw_pool_self(const seawall_pool *pool);

/* Whether the calling thread is a worker of this pool. */
bool sw_pool_is_own(const seawall_pool *pool);

/* Under the lock: takes the sleeping worker that is to be woken, or NULL. Ring its bell when the lock is given back. */
sw_pool_worker *sw_pool_wake_one(seawall_pool *pool);
void sw_pool_ring_worker(seawall_pool *pool, sw_pool_worker *worker);

/*
 * Under the lock, where there are fewer than may be: one more, which counts as starting. Answers whom to start; NULL if it needs
 * no thread, as it is one that was on its way out and comes back: on_stop may take long, and so long its place is taken.
 */
sw_pool_worker *sw_pool_claim(seawall_pool *pool);

/*
 * Not under the lock: starts it, for the job of this handle, or for none in particular (0). #SEAWALL_NO_RESOURCES: the system
 * gives no thread. Then the job was taken back, unless it has somebody else; and where nobody is left for the jobs that wait,
 * a worker that waits for one by its handle hears that it must not, or they are dropped.
 */
seawall_status sw_pool_start(seawall_pool *pool, sw_pool_worker *worker, uint64_t handle);

/* Not under the lock: starts workers for jobs that wait, as far as the rules say so. */
void sw_pool_grow(seawall_pool *pool);

/* Under the lock, which it gives back meanwhile: nobody asks this running job to stop any more. */
void sw_pool_await_unpinned(seawall_pool *pool, sw_job *job);

/* pool_handle.c. Under the lock, given back meanwhile: whether a worker of its own (`own`) may wait for one of its jobs. */
bool sw_pool_may_wait_in(seawall_pool *pool, bool own);

/*
 * pool_stop.c. Under the lock: asks a running job to stop, once. Answers the function that is to be called for that, with the
 * lock given back, and the job is pinned until sw_pool_asked; NULL if there is none.
 */
sw_job_stop_fn sw_pool_ask(sw_job *job);
/* Not under the lock: calls it. */
void sw_pool_asked(seawall_pool *pool, sw_job *job, sw_job_stop_fn stop);

/* Under the lock: idle workers look around, and end if they are too many. */
void sw_pool_rouse(seawall_pool *pool);

/* pool_worker.c. Under the lock: fewer are blocked. An idle worker that stayed for their sake looks whether it still has to. */
void sw_pool_blocks_less(seawall_pool *pool);

/* Stops it and waits until no thread is left in it. */
void sw_pool_end(seawall_pool *pool);

/* pool_job.c */
seawall_status sw_job_options_take(const seawall_job_options *options, seawall_job_options *full);

/* What is submitted. */
typedef struct sw_pool_order {
    seawall_job_fn function;
    void *arg;
    bool held; /* somebody wants its handle */
} sw_pool_order;

/* What has become of it: its name, and when it is dropped if it has not begun. */
typedef struct sw_pool_receipt {
    uint64_t name;
    seawall_time expires;
} sw_pool_receipt;

/* Submits. The receipt is written on OK only. */
seawall_status sw_pool_hand_over(seawall_pool *pool, const seawall_job_options *options, const sw_pool_order *order,
                                 sw_pool_receipt *receipt);

/*
 * From the job's function. `stop` asks it to stop, once it is asked to, on whichever thread; at once, on this one, if it was
 * asked before.
 */
void sw_work_stoppable(seawall_work *work, sw_job_stop_fn stop);
/* From the job's function: from here on `stop` is neither called nor running. */
void sw_work_unstoppable(seawall_work *work);

/* pool_attempt.c: for pipelines, whose attempts are jobs without a handle */

/* How many jobs it may have at once. */
int32_t sw_pool_capacity(const seawall_pool *pool);

/* An attempt that would have come to this pool was refused by its pipeline: it counts as refused for want of a place. */
void sw_pool_turn_away(seawall_pool *pool);

/* Takes a job out of the queue and tells nobody, as the caller knows. False: it is not there (any more). */
bool sw_pool_call_off(seawall_pool *pool, uint64_t name, seawall_job_end end);

/* While the job's function runs: nobody waits for it any more, and it counts as abandoned until it has ended. */
void sw_work_abandon(seawall_work *work);

/* A worker of the pool itself is about to wait for jobs of it. False: it must not, as none would be left to run them. */
bool sw_pool_block(seawall_pool *pool);
void sw_pool_unblock(seawall_pool *pool);

#endif
