/*
 * What a pool decides, and what it knows of its jobs and workers. Pure: the shell (pool_object.h) brings lock, threads and time.
 *
 * A worker that looks for work is `idle` (asleep, or about to be), `coming` (woken, and not there yet) or `starting` (its thread
 * is being made, or is in on_start, which may take long). These are free: so many jobs of the queue are as good as taken, and do
 * not count against queue_size.
 *
 * Who wakes: as long as jobs wait and workers are idle, one at least is coming. It takes a job, and if then the same holds and
 * nobody else is coming, it wakes the next one. So nobody sleeps for long while there is work, and who submits a thousand jobs
 * at once pays for one wake.
 */
#ifndef SW_POLICY_POOL_CORE_H
#define SW_POLICY_POOL_CORE_H

#include <seawall/pool.h>

#include "sync/job_queue.h"

/*
 * Weighted fair queueing over the jobs begun: each level has a pass, which grows by its stride, the inverse of its weight,
 * with every job; the smallest pass is served next. A level that was empty begins where the others are, so that nobody saves up.
 * Passes wrap around and are compared by their difference.
 */
#define SW_POOL_STRIDE (1u << 24)

typedef struct sw_pool_fair {
    uint64_t pass[SW_JOB_LEVELS];
    uint64_t now; /* the pass that was served last */
} sw_pool_fair;

typedef struct sw_pool_rules {
    int32_t max, queue, max_results;
    int32_t growth;
    uint32_t stride[SW_JOB_LEVELS];
    seawall_duration max_queue_time[SW_JOB_LEVELS];
    int32_t core;
    seawall_duration keep_alive, stuck_after;
} sw_pool_rules;

typedef enum sw_pool_life { SW_POOL_OPEN = 0, SW_POOL_DRAINING, SW_POOL_STOPPED } sw_pool_life;

#define SW_JOB_ENDS (SEAWALL_JOB_NO_THREAD + 1)

typedef struct sw_pool_counts {
    int64_t ended[SW_JOB_ENDS]; /* by seawall_job_end */
    int64_t refused_full, refused_results, refused_stopped, refused_no_thread;
} sw_pool_counts;

/*
 * As a pool has it, behind its lock, in this order (pool_object.h): what each job moves in and out stands on two lines,
 * what only workers move on the next, what is rare on the fourth, and the rules, which all read, behind it, before what is
 * rarer still.
 */
typedef struct sw_pool_core {
    int32_t idle;
    int32_t coming;
    int32_t starting;
    int32_t busy;
    int32_t workers; /* all, these and those on their way */
    sw_pool_life life;
    int32_t held;      /* ended jobs whose handle is not used up */
    int32_t blocked;   /* busy, and waiting for the end of a job of this pool */
    int32_t plain_from; /* with so many workers plain jobs may just queue; with none at all if INT32_MAX */
    sw_job_queue queue;
    sw_pool_fair fair;
    int32_t telling;   /* dropped jobs whose `done` has not returned */
    int32_t abandoned;
    sw_pool_counts counts;
    sw_pool_rules rules;
    int32_t asking;    /* of the blocked ones, who is still awake: he will be one if he gets one more worker */
} sw_pool_core;

typedef enum sw_pool_verdict {
    SW_POOL_QUEUE,    /* it may join the queue */
    SW_POOL_START,    /* the same, for a worker that is to be started */
    SW_POOL_FULL,     /* no place; and so on */
    SW_POOL_RESULTS,
    SW_POOL_CLOSED
} sw_pool_verdict;

void sw_pool_core_init(sw_pool_core *core, const sw_pool_rules *rules, sw_job *places, uint32_t count);

/* Others from here on. */
void sw_pool_follow(sw_pool_core *core, const sw_pool_rules *rules);

/* It takes no more jobs, unless it is at least as closed already. */
void sw_pool_close(sw_pool_core *core, sw_pool_life life);

/* Whether one more job may come. `held`: with a handle. */
sw_pool_verdict sw_pool_judge(const sw_pool_core *core, bool held);

/* Counts the refusal. */
void sw_pool_refuse(sw_pool_core *core, sw_pool_verdict verdict);

/* Nobody is asleep, or somebody is coming, who will wake the next one: a job that joins the queue wakes nobody. */
static inline bool sw_pool_is_attended(const sw_pool_core *core)
{
    return core->idle == 0 || core->coming > 0;
}

/* The same question where there are as many workers as may be: whether it may come, and nobody needs to be told. */
static inline bool sw_pool_just_queues(const sw_pool_core *core, bool held)
{
    const sw_pool_rules *rules = &core->rules;

    return sw_pool_is_attended(core) && core->workers >= rules->max && core->life == SW_POOL_OPEN &&
           core->queue.length < rules->queue && core->queue.free != SW_JOB_NOBODY && (!held || core->held < rules->max_results);
}

/* What is submitted without options: at this level, with no limits, and nobody told. */
#define SW_POOL_PLAIN SEAWALL_PRIORITY_NORMAL

/* The same of such a job, in fewer words, but for its handle. */
static inline bool sw_pool_just_queues_plain(const sw_pool_core *core)
{
    return core->workers >= core->plain_from && sw_pool_is_attended(core) && core->queue.length < core->rules.queue &&
           core->queue.free != SW_JOB_NOBODY;
}

/* Whether pass a is before pass b. */
static inline bool sw_pool_before(uint64_t a, uint64_t b)
{
    return (int64_t)(a - b) < 0;
}

/* When a job that comes now is dropped unless it has begun. Where no clock was read its level has no limit. */
static inline seawall_time sw_pool_expiry(const sw_pool_core *core, uint32_t level, seawall_time now, seawall_time deadline)
{
    seawall_duration limit = now == SW_JOB_UNSEEN ? SEAWALL_FOREVER : core->rules.max_queue_time[level];
    seawall_time end;

    if (limit == SEAWALL_FOREVER || __builtin_add_overflow(now, limit, &end))
        return deadline;
    return end < deadline ? end : deadline;
}

/* A place that is filled in joins this level, and is dropped at `expires` if it has not begun. */
static inline void sw_pool_join(sw_pool_core *core, sw_job *job, uint32_t level, bool held, seawall_time expires)
{
    if (core->queue.level[level].first == SW_JOB_NOBODY && sw_pool_before(core->fair.pass[level], core->fair.now))
        core->fair.pass[level] = core->fair.now;
    sw_job_append(&core->queue, job, level, held, expires);
}

/* The place that sw_job_free_one answered has the job's function, what belongs to that, and its deadline: it joins this level. */
static inline void sw_pool_accept(sw_pool_core *core, sw_job *job, uint32_t level, bool held, seawall_time now)
{
    if (now != SW_JOB_UNSEEN)
        job->since = now;
    sw_pool_join(core, job, level, held, sw_pool_expiry(core, level, now, job->deadline));
}

/* Whether a sleeping worker is to be woken; it is coming then. */
static inline bool sw_pool_wakes(const sw_pool_core *core)
{
    return !sw_pool_is_attended(core) && core->queue.length > 0;
}

/*
 * What is next for a worker that has come: a job to be run, which is running then; or one that is past its time, or too late
 * for a pool that was stopped, and was dropped, which is to be told of; or NULL.
 */
sw_job *sw_pool_take(sw_pool_core *core, seawall_time now);

/* The job of this name, with a handle or without, if it still waits; else NULL, also for 0. */
sw_job *sw_pool_waiting(const sw_pool_core *core, uint64_t name);

/* A queued job that is past its time and was dropped, the first of any level; NULL if there is none. */
sw_job *sw_pool_expired(sw_pool_core *core, seawall_time now);

/* A queued job, whichever, dropped for this reason; NULL if there is none. */
sw_job *sw_pool_clear_out(sw_pool_core *core, seawall_job_end end);

/* The last that was accepted was not after all: the thread for it could not be started. */
void sw_pool_withdraw(sw_pool_core *core, sw_job *job);
/* Whether it may wait for a worker that there is. */
bool sw_pool_may_wait(const sw_pool_core *core);

/* For what a job that is past its time is dropped. */
seawall_job_end sw_pool_reason(const sw_job *job);

/* A queued job is dropped; sw_pool_to_tell is next. Its place is given back unless somebody has its handle. */
void sw_pool_drop(sw_pool_core *core, sw_job *job, seawall_job_end end);

/*
 * A job was just dropped, and its `done` is going to be told so, if there is one: whoever has its handle finds it ended only
 * after sw_pool_told, which takes the name that this answers.
 */
uint64_t sw_pool_to_tell(sw_pool_core *core, sw_job *job);
void sw_pool_told(sw_pool_core *core, uint64_t name);

/* A running job has ended, and its worker is free. */
void sw_pool_finish(sw_pool_core *core, sw_job *job, int64_t value);

/* Its handle is used up: ended jobs leave their place, one that runs will. */
void sw_pool_let_go(sw_pool_core *core, sw_job *job);

/*
 * Whether a worker that has nothing to do, for as long as the rules allow if `patient`, is one too many. The last one that is not
 * blocked never is: one of the others ends instead, once it has what it waits for.
 */
bool sw_pool_too_many(const sw_pool_core *core, bool patient);

/* Whether those who are blocked need every worker that is not. */
bool sw_pool_needs_all(const sw_pool_core *core);

/* Whether more jobs wait than free workers will take, or all workers wait for jobs, and one more may be started. */
bool sw_pool_wants_more(const sw_pool_core *core);

/* Whether one more worker may wait for a job of its own pool: somebody must be left to run it. */
bool sw_pool_may_block(const sw_pool_core *core);

/* Whether nobody is left to run what waits: those that there are all sleep until it has ended. */
bool sw_pool_is_stranded(const sw_pool_core *core);

/* All jobs that were ever accepted: they wait, run, or have ended. */
int64_t sw_pool_submitted(const sw_pool_core *core);

/* Every job is accounted for: for tests. */
bool sw_pool_core_holds(const sw_pool_core *core);

#endif
