/**
 * @file pool.h
 * @brief Thread pool: a bounded crowd of threads that one dependency may keep busy, and a bounded queue before it.
 *
 * Work that blocks is handed to a pool as a job. What hangs there holds threads of this pool and of no other, whoever waits for
 * it may go away on time, and when every place is taken the next job is refused at once.
 *
 * Jobs are queued by priority level. Levels that have jobs share the workers by their weights, so none starves; inside a level
 * jobs begin in the order in which they came. A job that has waited for longer than its level allows, or until its own deadline,
 * is dropped without being run when somebody looks: a worker that comes to it, whoever waits for it, or, if it is the first of
 * its level, a job that finds no place (but for one that is submitted while its thread is told of a dropped job of the same
 * pool).
 *
 * Every job that was accepted ends exactly once: it is run, or dropped for a reason. Its end is told to its completion function,
 * and to who has its handle.
 *
 * In the child of a fork a pool is as if it had just been created, without any worker, but for its histograms: jobs of the
 * parent are run in the parent, their handles are stale in the child. Workers are started as jobs come. A child that was forked
 * by a job must not return from that job: the thread would end there.
 */
#ifndef SEAWALL_POOL_H
#define SEAWALL_POOL_H

#include <seawall/policy.h>

SEAWALL_BEGIN_DECLS

/** A pool. Every function on it may be called from any thread unless it says otherwise. */
typedef struct seawall_pool seawall_pool;

/** @name Priority levels
 * @{ */
/** A priority level. */
typedef int32_t seawall_priority;
/** The values of seawall_priority. */
enum {
    SEAWALL_PRIORITY_CRITICAL = 0, /**< "critical" */
    SEAWALL_PRIORITY_HIGH = 1,     /**< "high" */
    SEAWALL_PRIORITY_NORMAL = 2,   /**< "normal": of a job that names none. */
    SEAWALL_PRIORITY_LOW = 3       /**< "low" */
};
/** How many levels there are. */
#define SEAWALL_PRIORITY_COUNT 4

/**
 * Settings of a priority level; the kind "priority_level" of configurations. Pools copy them. In a registry a reload changes them
 * in the pools that have the registry's: those that were made by it without `levels` of their own.
 */
typedef struct seawall_priority_level_config {
    uint32_t size;                   /**< sizeof(seawall_priority_level_config) */
    /** Its share of the workers, beside the weights of the others. 1 to 10000, default 50; seawall_priority_levels: by level. */
    int32_t weight;
    /** How long a job may wait for a worker. 1 us to forever (no limit), default 30 s; seawall_priority_levels: by level. */
    seawall_duration max_queue_time;
} seawall_priority_level_config;

/** The level "normal", and every default. */
#define SEAWALL_PRIORITY_LEVEL_CONFIG_INIT { sizeof(seawall_priority_level_config), 50, SEAWALL_SECONDS(30) }

/**
 * The same as #SEAWALL_PRIORITY_LEVEL_CONFIG_INIT, for a caller whose struct has `size` bytes. #SEAWALL_INVALID for NULL or an
 * impossible size. Any thread.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_priority_level_config_init(seawall_priority_level_config *config,
                                                                                 size_t size);

/**
 * The four levels as they are built in: critical has the weight 100 and waits for 1 s at most, high 75 and 5 s, normal 50 and
 * 30 s, low 25 and 300 s. `levels` has room for #SEAWALL_PRIORITY_COUNT. #SEAWALL_INVALID for NULL. Any thread.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_priority_levels(seawall_priority_level_config *levels);

/** The level's name, "normal"; "unknown" for anything else. A static string. Any thread; never blocks. */
SEAWALL_API const char *seawall_priority_name(seawall_priority priority);
/** @} */

/** When a pool starts a worker. */
typedef int32_t seawall_pool_growth;
/** The values of seawall_pool_growth. */
enum {
    SEAWALL_POOL_EAGER = 0,      /**< A job that finds no idle worker starts one, up to max_size; then it is queued. */
    SEAWALL_POOL_QUEUE_FIRST = 1 /**< Beyond core_size only when the queue is full. */
};

/** Called on each worker's thread: first of all and last of all. No poll: it is for what belongs to that thread. */
typedef void (*seawall_pool_hook_fn)(void *user);

/** Settings of a pool; the kind "thread_pool" of configurations. seawall_pool_reconfigure says which may change live. */
typedef struct seawall_pool_config {
    uint32_t size;              /**< sizeof(seawall_pool_config) */
    /** Workers that stay though they are idle. 0 to 1000, or #SEAWALL_AUTO (default): CPUs, at most max_size. */
    int32_t core_size;
    /** Workers at most. 1 to 1000, or #SEAWALL_AUTO (default): CPUs, at least core_size, at most a max_size_limit. */
    int32_t max_size;
    int32_t queue_size;         /**< Jobs that may wait for a worker. 0 to 1000000, default 100. */
    seawall_pool_growth growth; /**< When workers are started. Default #SEAWALL_POOL_EAGER. */
    /** Ended jobs whose handle nobody has used up; one more job with a handle is refused. 0 to 1000000, default 1000;
        with 0 there are no handles, and no seawall_pool_run_until. */
    int32_t max_results;
    int32_t max_size_limit;   /**< What max_size may become live. 0 (default): as it is; else up to 1000. */
    int32_t queue_size_limit; /**< What queue_size may become live. 0 (default): as it is; else up to 1000000. */
    int32_t stack_size;       /**< Bytes of each worker's stack. 64 KiB to 1 GiB, default 256 KiB. */
    int32_t histograms; /**< 1: keep how long jobs wait and run, for seawall_pool_quantile; two clock reads per job. Default 0. */
    seawall_duration keep_alive;  /**< How long a worker beyond core_size stays idle. 0 to forever, default 60 s. */
    seawall_duration stuck_after; /**< A job that runs for longer counts as stuck. 1 us to forever (never), default 60 s. */
    uint64_t signals; /**< Signals that workers take: bit n - 1 for signal n. 0 (default): none, all are blocked. */
    const char *name; /**< Name of the threads, its first 15 bytes; copied. NULL (default): "seawall-pool". */
    seawall_pool_hook_fn on_start; /**< Called on a worker before its first job; NULL (default): nothing. */
    seawall_pool_hook_fn on_stop;  /**< Called on a worker after its last job; NULL (default): nothing. Its place is taken until
                                        this returns; a worker that is needed meanwhile goes on then, with on_start again. */
    void *hook_user;               /**< Handed to both; must live as long as the pool. */
    /** The #SEAWALL_PRIORITY_COUNT levels, copied; NULL (default): seawall_priority_levels, or those of its registry. */
    const seawall_priority_level_config *levels;
} seawall_pool_config;

/** Every default. */
#define SEAWALL_POOL_CONFIG_INIT                                                                                                 \
    {                                                                                                                            \
        sizeof(seawall_pool_config), SEAWALL_AUTO, SEAWALL_AUTO, 100, SEAWALL_POOL_EAGER, 1000, 0, 0, 262144, 0,                 \
            SEAWALL_SECONDS(60), SEAWALL_SECONDS(60), 0, NULL, NULL, NULL, NULL, NULL                                            \
    }

/**
 * The same as #SEAWALL_POOL_CONFIG_INIT, for a caller whose struct has `size` bytes. #SEAWALL_INVALID for NULL or an impossible
 * size. Any thread.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_pool_config_init(seawall_pool_config *config, size_t size);

/**
 * Creates a pool and starts its core_size workers. One allocation: 128 bytes for each place (a worker, a place of the queue, a
 * result), 320 for each worker, and 32 KiB for histograms; nothing is allocated after that. Other parameters as
 * seawall_breaker_create's.
 * @return #SEAWALL_OK; #SEAWALL_INVALID; #SEAWALL_NO_MEMORY; #SEAWALL_NO_RESOURCES: the system gave too few threads, and those
 *         that it gave have ended.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_pool_create(const seawall_pool_config *config,
                                                                  const seawall_platform *platform, seawall_pool **pool,
                                                                  seawall_error *error);

/**
 * Gives up the caller's reference; NULL is allowed. Pipelines keep their own. With the last one the pool is stopped as by
 * seawall_pool_stop, and this waits for the jobs that run, for the workers' end, and for other threads that wait for its jobs:
 * drain it first if they may hang. The last reference must not be given up by one of its own workers: the pool is stopped then,
 * and its memory stays.
 */
SEAWALL_API void seawall_pool_destroy(seawall_pool *pool);

/** @name Jobs
 * @{ */
/** A job while it runs, for its function to look at. Valid until the function returns. */
typedef struct seawall_work seawall_work;

/**
 * A job's function. On a worker's thread, under no lock. It may block, submit jobs, and wait for jobs. It must return: no
 * longjmp, no pthread_exit.
 * @return any value; it is handed on with the result.
 */
typedef int64_t (*seawall_job_fn)(seawall_work *work, void *arg);

/**
 * Whether the job should stop: seawall_pool_cancel was called, nobody waits for it any more, the pool was stopped, or the job's
 * deadline has passed. Reads the clock if it has one. False for NULL. From its function only.
 */
SEAWALL_API bool seawall_work_cancelled(const seawall_work *work);

/** How a job ended. */
typedef int32_t seawall_job_end;
/** The values of seawall_job_end. */
enum {
    SEAWALL_JOB_DONE = 0,       /**< It was run. */
    SEAWALL_JOB_QUEUE_TIME = 1, /**< Dropped: it waited for longer than its level allows. */
    SEAWALL_JOB_DEADLINE = 2,   /**< Dropped: its own deadline came before a worker did. */
    SEAWALL_JOB_CANCELLED = 3,  /**< Dropped: seawall_pool_cancel, or its handle was given up. */
    SEAWALL_JOB_STOPPED = 4,    /**< Dropped: the pool was stopped. */
    SEAWALL_JOB_NO_THREAD = 5   /**< Dropped: no worker was left to run it, and the system gave no thread for one. */
};

/** The name in lower case ("queue_time"), "unknown" for anything else. A static string. Any thread; never blocks. */
SEAWALL_API const char *seawall_job_end_name(seawall_job_end end);

/** What became of a job. */
typedef struct seawall_job_result {
    uint32_t size;         /**< Set to sizeof(seawall_job_result) before the call. */
    seawall_job_end end;   /**< How it ended. */
    int64_t value;         /**< What the function returned; 0 if it was dropped. */
    /**
     * #SEAWALL_OK; dropped: #SEAWALL_FULL for the queue time, #SEAWALL_TIMED_OUT for the deadline, #SEAWALL_NO_RESOURCES for want
     * of a thread, else #SEAWALL_CANCELLED.
     */
    seawall_status status;
    int32_t reserved;      /**< 0 */
} seawall_job_result;

/** An empty result with its size. */
#define SEAWALL_JOB_RESULT_INIT { sizeof(seawall_job_result), 0, 0, 0, 0 }

/**
 * Told of a job's end, once: on the worker that ran it, before it takes the next one; or, for one that was dropped, on the
 * thread that found out (a worker, or whoever waited, cancelled, stopped, or submitted another job). Under no lock; may call
 * anything but seawall_pool_destroy. The handle, if there is one, is still running then. Poll: seawall_pool_poll,
 * seawall_pool_wait_until.
 * @param result valid during the call.
 */
typedef void (*seawall_job_done_fn)(const seawall_job_result *result, void *arg);

/** What a job is submitted with. */
typedef struct seawall_job_options {
    uint32_t size;             /**< sizeof(seawall_job_options) */
    seawall_priority priority; /**< Default #SEAWALL_PRIORITY_NORMAL. */
    seawall_time deadline;     /**< After it the job is not begun; #SEAWALL_FOREVER (default): none. */
    seawall_job_done_fn done;  /**< Told of its end; NULL (default): nobody. */
} seawall_job_options;

/** Every default. */
#define SEAWALL_JOB_OPTIONS_INIT { sizeof(seawall_job_options), SEAWALL_PRIORITY_NORMAL, SEAWALL_FOREVER, NULL }

/**
 * The same as #SEAWALL_JOB_OPTIONS_INIT, for a caller whose struct has `size` bytes. #SEAWALL_INVALID for NULL or an impossible
 * size. Any thread.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_job_options_init(seawall_job_options *options, size_t size);

/** A handle of a job: an opaque number, never 0. */
typedef uint64_t seawall_job;

/**
 * Hands a job over. Never waits for a worker; allocates nothing. One short lock; a clock read if the level has a limit, or
 * the pool has histograms; a system call only if a worker sleeps that nobody has woken yet, or a worker is started.
 * @param options NULL for every default.
 * @param arg handed to `function` and to options->done; must live until the job has ended.
 * @param job its handle, which holds the job's place until it is used up: by seawall_pool_poll or seawall_pool_wait_until when
 *        they give the result, by seawall_pool_cancel, or by seawall_pool_forget. NULL: nobody wants its result. Written on
 *        #SEAWALL_OK only, perhaps after the job has begun.
 * @return #SEAWALL_OK: it will end, one way or the other; #SEAWALL_FULL: no place, or the pool is being drained or was stopped;
 *         #SEAWALL_NO_RESOURCES: there is no worker and the system gives none; #SEAWALL_INVALID.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_pool_submit(seawall_pool *pool, const seawall_job_options *options,
                                                                  seawall_job_fn function, void *arg, seawall_job *job);

/**
 * How a job ended, if it has: then the handle is used up. Never blocks; one short lock.
 * @param result its size must be set; may be NULL. Written on #SEAWALL_OK only.
 * @return #SEAWALL_OK; #SEAWALL_BUSY: it waits or runs; #SEAWALL_STALE: the handle was used up before; #SEAWALL_INVALID.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_pool_poll(seawall_pool *pool, seawall_job job, seawall_job_result *result);

/**
 * Waits until a job has ended, until `deadline` at the latest, and answers as poll; several threads may wait, and one of them has
 * the result. A job whose time in the queue is over is dropped at that moment. Looks a few times before it sleeps.
 * @return as poll; #SEAWALL_TIMED_OUT: the deadline came first, and the handle is as it was; #SEAWALL_BUSY: the caller is a job
 *         of this pool, and with it every worker would wait for jobs of this pool, and none would run them; also
 *         while it waits, if the system gives no thread for a worker that it counted on.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_pool_wait_until(seawall_pool *pool, seawall_job job, seawall_time deadline,
                                                                      seawall_job_result *result);

/**
 * Submits a job with a handle and waits for its end. At `deadline` it is taken out of the queue, or left to itself if it runs:
 * then it counts as abandoned until it has ended, and `arg` must live until then.
 * @param deadline also the job's own, if that is later.
 * @return #SEAWALL_OK if it was run; the result's status if it was dropped; #SEAWALL_TIMED_OUT: the deadline came first; what
 *         submit answers if it refuses; #SEAWALL_BUSY as wait: it was dropped.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_pool_run_until(seawall_pool *pool, const seawall_job_options *options,
                                                                     seawall_job_fn function, void *arg, seawall_time deadline,
                                                                     seawall_job_result *result);

/**
 * Calls a job off. One that waits is dropped, its place is free at once, and the handle is used up. One that runs is asked to
 * stop, and its handle stays.
 * @return #SEAWALL_OK: it never runs; #SEAWALL_BUSY: it runs; #SEAWALL_STALE: it has ended; #SEAWALL_INVALID for NULL.
 */
SEAWALL_API seawall_status seawall_pool_cancel(seawall_pool *pool, seawall_job job);

/**
 * Gives a handle up, whatever the job does: one that waits is dropped; one that runs is asked to stop and counts as abandoned
 * until it has ended. #SEAWALL_OK; #SEAWALL_STALE: it was used up before; #SEAWALL_INVALID for NULL.
 */
SEAWALL_API seawall_status seawall_pool_forget(seawall_pool *pool, seawall_job job);
/** @} */

/**
 * Changes settings while the pool is in use: core_size, max_size, queue_size, growth, keep_alive, stuck_after and the levels.
 * More core workers are started as jobs come. Fewer: those that are too many end after their jobs, but for the last one while all
 * others wait for jobs of this pool. A shorter queue: who waits already goes on waiting. What a job was promised when it came
 * stays. All or nothing. Everything else has to be as it was when the pool was created. Levels that it gives to a pool of a
 * registry stay until a reload changes that very field of that very level.
 * @return #SEAWALL_OK; #SEAWALL_INVALID: the error names field, value and bound, also for a field that may not change.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_pool_reconfigure(seawall_pool *pool, const seawall_pool_config *config,
                                                                       seawall_error *error);

/**
 * Refuses new jobs from now on, waits until those that there are have ended, and stops the pool if that takes until `deadline`.
 * @return #SEAWALL_OK: every job has ended; #SEAWALL_TIMED_OUT: jobs still run that were asked to stop; #SEAWALL_BUSY: called
 *         from one of its own jobs, or while told of one's end; #SEAWALL_INVALID for NULL.
 */
SEAWALL_API seawall_status seawall_pool_drain_until(seawall_pool *pool, seawall_time deadline);

/**
 * Refuses new jobs from now on, drops those that wait, and asks those that run to stop. Waits for nobody. It cannot be undone.
 * #SEAWALL_OK, also if it was stopped before; #SEAWALL_INVALID for NULL.
 */
SEAWALL_API seawall_status seawall_pool_stop(seawall_pool *pool);

/** What a pool looks like, at one moment. Counters only grow. */
typedef struct seawall_pool_snapshot {
    uint32_t size;           /**< Set to sizeof(seawall_pool_snapshot) before the call. */
    int32_t stopped;         /**< 1: it takes no jobs any more. */
    int32_t workers;         /**< Workers, those included that are about to begin. */
    int32_t core_size;       /**< The setting now, */
    int32_t max_size;        /**< and this, */
    int32_t queue_size;      /**< and this. */
    int32_t busy;            /**< Workers with a job. */
    int32_t abandoned;       /**< Of these, whose job nobody waits for any more. */
    int32_t stuck;           /**< Of these, whose job runs for longer than stuck_after; as `oldest` where no clock is read. */
    int32_t results;         /**< Ended jobs whose handle nobody has used up. */
    int32_t queued[4];       /**< Jobs that wait, by level. */
    seawall_duration oldest; /**< How long the oldest of them waits. Where no clock is read: since it was first seen here. */
    int64_t submitted;       /**< Jobs accepted, all told: the sum of the next six and of those that wait and run. */
    int64_t done;            /**< Of these, run. */
    int64_t dropped_queue_time; /**< Of these, dropped: for the time in the queue, */
    int64_t dropped_deadline;   /**< for their deadlines, */
    int64_t dropped_cancelled;  /**< because they were called off or their handles given up, */
    int64_t dropped_stopped;    /**< because the pool was stopped, */
    int64_t dropped_no_thread;  /**< for want of a worker that would run them. */
    int64_t refused_full;      /**< Jobs refused: no place, here or among a pipeline's calls; */
    int64_t refused_results;   /**< too many results that nobody fetched; */
    int64_t refused_stopped;   /**< drained or stopped; */
    int64_t refused_no_thread; /**< the system gave no thread. */
    int64_t started;           /**< Workers started, all told; */
    int64_t retired;           /**< of these, ended because they were idle or too many. */
    int64_t wakes;             /**< Sleeping workers woken: a system call each. */
} seawall_pool_snapshot;

/** An empty snapshot with its size. */
#define SEAWALL_POOL_SNAPSHOT_INIT                                                                                               \
    { sizeof(seawall_pool_snapshot), 0, 0, 0, 0, 0, 0, 0, 0, 0, { 0, 0, 0, 0 }, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }

/**
 * Takes a snapshot: a short lock, a look at every worker, and a clock read. #SEAWALL_OK; #SEAWALL_INVALID for NULL or an
 * impossible size.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_pool_get_snapshot(seawall_pool *pool, seawall_pool_snapshot *snapshot);

/** What seawall_pool_quantile tells of. */
typedef int32_t seawall_pool_measure;
/** The values of seawall_pool_measure. */
enum {
    SEAWALL_POOL_WAITED = 0, /**< From submit until a worker began. */
    SEAWALL_POOL_RAN = 1     /**< From there until it ended. */
};

/** The name in lower case ("waited"), "unknown" for anything else. A static string. Any thread; never blocks. */
SEAWALL_API const char *seawall_pool_measure_name(seawall_pool_measure measure);

/**
 * The time that the share `quantile` (0 to 1) of the jobs of the last 100 seconds did not exceed; at most an eighth too much.
 * @param samples how many jobs that tells of; may be NULL.
 * @return #SEAWALL_OK; #SEAWALL_UNSUPPORTED: the pool keeps no histograms; #SEAWALL_INVALID. Any thread; never blocks.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_pool_quantile(seawall_pool *pool, seawall_pool_measure measure,
                                                                    double quantile, seawall_duration *duration,
                                                                    uint64_t *samples);

/**
 * Fills in the pool's policy for a pipeline: every attempt inside it runs on this pool. It has no other effect, so it may stand
 * anywhere; innermost is usual. A pipeline with one is run by seawall_call and as a future (future.h), not by hosts that drive
 * executions themselves, which are answered #SEAWALL_UNSUPPORTED. An attempt that gets no place, or whose time in the queue is
 * over, is #SEAWALL_FULL, and #SEAWALL_NO_RESOURCES where there is no worker and the system gives none. It was not started: no
 * breaker counts it and no retry repeats it.
 * @param name see seawall_policy.
 * @return #SEAWALL_OK; #SEAWALL_INVALID for NULL or a policy whose size is not set.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_pool_policy(seawall_pool *pool, const char *name, seawall_policy *policy);

SEAWALL_END_DECLS

#endif
