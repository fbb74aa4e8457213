/* Jobs: handing them over, waiting for their end, calling them off. */
#include "policy/pool/pool_object.h"

#include "base/field.h"

static const seawall_job_options default_options = SEAWALL_JOB_OPTIONS_INIT;

static const sw_config_kind options_kind = {
    .name = "job_options",
    .size = sizeof(seawall_job_options),
    .oldest = sizeof(seawall_job_options),
    .defaults = &default_options,
};

seawall_status seawall_job_options_init(seawall_job_options *options, size_t size)
{
    return sw_config_init(&options_kind, options, size);
}

seawall_status sw_job_options_take(const seawall_job_options *options, seawall_job_options *full)
{
    seawall_status status = sw_config_take(&options_kind, options, full, NULL);

    if (status != SEAWALL_OK)
        return status;
    return full->priority >= 0 && full->priority < SEAWALL_PRIORITY_COUNT ? SEAWALL_OK : SEAWALL_INVALID;
}

/* Whether they can be used as they are. */
static inline bool are_whole(const seawall_job_options *options)
{
    return options->size == sizeof(*options) && (uint32_t)options->priority < SEAWALL_PRIORITY_COUNT;
}

/* Under the lock: jobs that are past their time make place. */
static void sweep(seawall_pool *pool, sw_pool_notices *notices)
{
    sw_pool_core *core = &pool->locked.core;
    seawall_time now;
    sw_job *job;

    if (core->queue.timed == 0)
        return;
    now = sw_now(pool->platform);
    while (notices->count < SW_POOL_NOTICES && (job = sw_pool_expired(core, now)) != NULL)
        sw_pool_note(pool, job, &notices->list[notices->count++]);
}

/* What is rare stands in functions of its own, so that the usual way gets by with few registers. */
#define RARE __attribute__((noinline))
#define ALWAYS inline __attribute__((always_inline))

static RARE seawall_status refuse(seawall_pool *pool, sw_pool_verdict verdict, const sw_pool_notices *notices)
{
    sw_pool_refuse(&pool->locked.core, verdict);
    sw_pool_leave(pool);
    sw_pool_tell_all(pool, notices);
    return SEAWALL_FULL;
}

/*
 * What the verdict is now that places were looked for. Under the lock. Who is told of one that was dropped does not look: those
 * that he would tell might submit as well, and so on, each on the stack of the one before.
 */
static RARE sw_pool_verdict look_for_room(seawall_pool *pool, bool held, sw_pool_notices *notices)
{
    if (sw_pool_is_telling(pool))
        return SW_POOL_FULL;
    sweep(pool, notices);
    return sw_pool_judge(&pool->locked.core, held);
}

/* Under the lock: the free place becomes this job, and joins the queue. Answers the place's name. */
static inline uint32_t put(sw_pool_core *core, const seawall_job_options *options, const sw_pool_order *order, seawall_time now)
{
    uint32_t place = (uint32_t)core->queue.free;
    sw_job *job = sw_job_at(&core->queue, place);

    job->function = order->function;
    job->arg = order->arg;
    job->done = options->done;
    if (options->deadline != SEAWALL_FOREVER)
        job->deadline = options->deadline;
    sw_pool_accept(core, job, (uint32_t)options->priority, order->held, now);
    return place;
}

static inline uint64_t handle_of(const sw_pool_core *core, uint32_t place)
{
    return (uint64_t)sw_job_at(&core->queue, place)->generation << 32 | place;
}

/* Under the lock, which it gives back: somebody is to be woken or started for the job, or it may have no place. */
static RARE seawall_status put_and_tell(seawall_pool *pool, const seawall_job_options *options, const sw_pool_order *order,
                                        seawall_time now, sw_pool_receipt *receipt)
{
    sw_pool_core *core = &pool->locked.core;
    uint32_t process = pool->locked.process;
    sw_pool_worker *starting = NULL, *woken = NULL;
    sw_pool_notices notices;
    sw_pool_verdict verdict;
    sw_pool_receipt mine;
    uint32_t place;

    notices.count = 0;
    if (now == SW_JOB_UNSEEN && core->rules.max_queue_time[options->priority] != SEAWALL_FOREVER)
        now = sw_now(pool->platform); /* the rules have just changed */
    verdict = sw_pool_judge(core, order->held);
    if (verdict == SW_POOL_FULL)
        verdict = look_for_room(pool, order->held, &notices);
    if (verdict > SW_POOL_START)
        return refuse(pool, verdict, &notices);
    if (verdict == SW_POOL_START)
        starting = sw_pool_claim(pool);
    place = put(core, options, order, now);
    mine = (sw_pool_receipt){handle_of(core, place), sw_job_at(&core->queue, place)->expires};
    if (starting != NULL)
        starting->wanted_for = mine.name;
    woken = sw_pool_wake_one(pool);
    sw_pool_leave(pool);
    sw_pool_ring_worker(pool, woken);
    if (notices.count > 0)
        sw_pool_tell_all(pool, &notices);
    if (process != sw_port_fork_generation())
        return SEAWALL_NO_RESOURCES; /* who was told has forked: in the child the job is not there */
    if (starting != NULL && sw_pool_start(pool, starting, mine.name) != SEAWALL_OK)
        return SEAWALL_NO_RESOURCES;
    *receipt = mine;
    return SEAWALL_OK;
}

/* The clock is read where a level or the histograms want it. */
static inline bool is_clocked(seawall_pool *pool, seawall_priority priority)
{
    return (sw_load_relaxed_u32(&pool->clocked) >> priority & 1) != 0;
}

seawall_status sw_pool_hand_over(seawall_pool *pool, const seawall_job_options *options, const sw_pool_order *order,
                                 sw_pool_receipt *receipt)
{
    seawall_time now = is_clocked(pool, options->priority) ? sw_now(pool->platform) : SW_JOB_UNSEEN;

    sw_pool_enter(pool);
    return put_and_tell(pool, options, order, now, receipt);
}

/* Under the lock, which it gives back. */
static RARE seawall_status submit_slowly(seawall_pool *pool, const seawall_job_options *options, seawall_job_fn function,
                                         void *arg, seawall_job *job, seawall_time now)
{
    const sw_pool_order order = {function, arg, job != NULL};
    sw_pool_receipt receipt;
    seawall_status status = put_and_tell(pool, options, &order, now, &receipt);

    if (status == SEAWALL_OK && job != NULL)
        *job = receipt.name;
    return status;
}

static RARE seawall_status wake_next(const seawall_pool *pool)
{
    sw_mutex_wake(&pool->lock);
    return SEAWALL_OK;
}

/*
 * Where nobody is to be woken or started the job joins the queue, and that is all. That way is short, and whatever leads away
 * from it is the last that is called, so that it saves no registers.
 */
static ALWAYS seawall_status submit_at(seawall_pool *pool, const seawall_job_options *options, seawall_job_fn function,
                                       void *arg, seawall_job *job, seawall_time now)
{
    const sw_pool_order order = {function, arg, job != NULL};
    sw_pool_core *core = &pool->locked.core;
    uint32_t place;

    if (!sw_pool_just_queues(core, order.held) ||
        (now == SW_JOB_UNSEEN && core->rules.max_queue_time[options->priority] != SEAWALL_FOREVER))
        return submit_slowly(pool, options, function, arg, job, now);
    place = put(core, options, &order, now);
    if (job != NULL)
        *job = handle_of(core, place);
    return sw_mutex_give_back(&pool->lock) ? wake_next(pool) : SEAWALL_OK;
}

/* The long way in: the clock is read, or somebody has the lock, or the options are of another size. */
static RARE seawall_status submit(seawall_pool *pool, const seawall_job_options *options, seawall_job_fn function, void *arg,
                                  seawall_job *job)
{
    seawall_time now = SW_JOB_UNSEEN;
    seawall_job_options full;

    if (!are_whole(options)) {
        seawall_status status = sw_job_options_take(options, &full);

        if (status != SEAWALL_OK)
            return status;
        options = &full;
    }
    if (is_clocked(pool, options->priority))
        now = sw_now(pool->platform);
    sw_pool_enter(pool);
    return submit_at(pool, options, function, arg, job, now);
}

/* Under the lock, which it gives back: the job just queues, if its end may be kept for who has its handle. */
static ALWAYS seawall_status submit_plain(seawall_pool *pool, seawall_job_fn function, void *arg, seawall_job *handle, bool held)
{
    sw_pool_core *core = &pool->locked.core;
    sw_job *job;
    uint64_t name;

    if (held && core->held >= core->rules.max_results)
        return submit_slowly(pool, &default_options, function, arg, handle, SW_JOB_UNSEEN);
    job = sw_job_free_one(&core->queue);
    job->function = function;
    job->arg = arg;
    job->done = NULL;
    name = (uint64_t)job->generation << 32 | core->queue.free;
    sw_pool_join(core, job, SW_POOL_PLAIN, held, SEAWALL_FOREVER);
    if (held)
        *handle = name;
    return sw_mutex_give_back(&pool->lock) ? wake_next(pool) : SEAWALL_OK;
}

seawall_status seawall_pool_submit(seawall_pool *pool, const seawall_job_options *options, seawall_job_fn function, void *arg,
                                   seawall_job *job)
{
    if (pool == NULL || function == NULL)
        return SEAWALL_INVALID;
    if (options != NULL || is_clocked(pool, SW_POOL_PLAIN) || !sw_mutex_try(&pool->lock))
        return submit(pool, options != NULL ? options : &default_options, function, arg, job);
    if (!sw_pool_just_queues_plain(&pool->locked.core))
        return submit_slowly(pool, &default_options, function, arg, job, SW_JOB_UNSEEN);
    return job != NULL ? submit_plain(pool, function, arg, job, true) : submit_plain(pool, function, arg, NULL, false);
}

bool seawall_work_cancelled(const seawall_work *work)
{
    if (work == NULL)
        return false;
    if (sw_load_acquire_u32(&work->job->stopping) != 0)
        return true;
    return work->deadline != SEAWALL_FOREVER && work->deadline <= sw_now(work->pool->platform);
}

void sw_work_stoppable(seawall_work *work, sw_job_stop_fn stop)
{
    seawall_pool *pool = (seawall_pool *)(uintptr_t)work->pool;
    bool asked;

    sw_pool_enter(pool);
    asked = sw_load_relaxed_u32(&work->job->stopping) != 0;
    if (!asked)
        work->job->stop = stop;
    sw_pool_leave(pool);
    if (asked)
        stop(work->job->arg);
}

void sw_work_unstoppable(seawall_work *work)
{
    seawall_pool *pool = (seawall_pool *)(uintptr_t)work->pool;

    sw_pool_enter(pool);
    work->job->stop = NULL;
    sw_pool_await_unpinned(pool, work->job);
    sw_pool_leave(pool);
}
