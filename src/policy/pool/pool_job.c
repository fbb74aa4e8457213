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

/* The clock is read where a level or the histograms want it. */
static inline seawall_time time_for(seawall_pool *pool, seawall_priority priority)
{
    bool wanted = (sw_load_relaxed_u32(&pool->clocked) >> priority & 1) != 0;

    return wanted ? sw_now(pool->platform) : SW_JOB_UNSEEN;
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

static RARE seawall_status refuse(seawall_pool *pool, sw_pool_verdict verdict, const sw_pool_notices *notices)
{
    sw_pool_refuse(&pool->locked.core, verdict);
    sw_pool_leave(pool);
    sw_pool_tell_all(pool, notices);
    return SEAWALL_FULL;
}

/* What a verdict was before places were looked for. Under the lock. */
static RARE sw_pool_verdict look_for_room(seawall_pool *pool, bool held, sw_pool_notices *notices)
{
    sweep(pool, notices);
    return sw_pool_judge(&pool->locked.core, held);
}

seawall_status sw_pool_hand_over(seawall_pool *pool, const seawall_job_options *options, const sw_pool_order *order,
                                 uint64_t *name, seawall_time *expires)
{
    sw_pool_core *core = &pool->locked.core;
    seawall_time now = time_for(pool, options->priority), until;
    sw_pool_worker *starting = NULL, *woken = NULL;
    sw_pool_notices notices;
    sw_pool_verdict verdict;
    uint64_t handle;
    sw_job *job;

    notices.count = 0;
    sw_pool_enter(pool);
    verdict = sw_pool_judge(core, order->held);
    if (verdict == SW_POOL_FULL)
        verdict = look_for_room(pool, order->held, &notices);
    if (verdict == SW_POOL_START && (starting = sw_pool_claim(pool)) == NULL)
        verdict = sw_pool_may_wait(core) ? SW_POOL_QUEUE : SW_POOL_FULL;
    if (verdict > SW_POOL_START)
        return refuse(pool, verdict, &notices);
    job = sw_job_free_one(&core->queue);
    job->level = (uint8_t)options->priority;
    job->held = order->held;
    job->function = order->function;
    job->arg = order->arg;
    job->stop = NULL;
    job->done = options->done;
    job->deadline = options->deadline;
    sw_store_relaxed_u32(&job->stopping, 0);
    if (now == SW_JOB_UNSEEN && core->rules.max_queue_time[job->level] != SEAWALL_FOREVER)
        now = sw_now(pool->platform); /* the rules have just changed */
    sw_pool_accept(core, job, now);
    handle = sw_job_handle(&core->queue, job);
    until = job->expires;
    woken = sw_pool_wake_one(pool);
    sw_pool_leave(pool);
    sw_pool_ring_worker(pool, woken);
    if (notices.count > 0)
        sw_pool_tell_all(pool, &notices);
    if (starting != NULL && sw_pool_start(pool, starting, handle) != SEAWALL_OK)
        return SEAWALL_NO_RESOURCES;
    *name = handle;
    *expires = until;
    return SEAWALL_OK;
}

seawall_status seawall_pool_submit(seawall_pool *pool, const seawall_job_options *options, seawall_job_fn function, void *arg,
                                   seawall_job *job)
{
    const sw_pool_order order = {function, arg, job != NULL};
    seawall_job_options full;
    seawall_status status;
    seawall_time expires;
    uint64_t name;

    if (pool == NULL || function == NULL)
        return SEAWALL_INVALID;
    status = options != NULL ? sw_job_options_take(options, &full) : SEAWALL_OK;
    if (status != SEAWALL_OK)
        return status;
    status = sw_pool_hand_over(pool, options != NULL ? &full : &default_options, &order, &name, &expires);
    if (status == SEAWALL_OK && job != NULL)
        *job = name;
    return status;
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
