/* What a pool looks like from outside. */
#include "policy/pool/pool_object.h"

#include "base/field.h"

/* When it was first seen, for what no clock was read for. */
static seawall_duration age_of(sw_job *job, seawall_time now)
{
    if (job->since == SW_JOB_UNSEEN)
        job->since = now;
    return seawall_time_until(now, job->since);
}

static seawall_duration oldest_of(const sw_job_queue *queue, seawall_time now)
{
    seawall_duration oldest = 0;
    uint32_t i;

    for (i = 0; i < SW_JOB_LEVELS; i++) {
        uint32_t first = queue->level[i].first;
        seawall_duration age = first != SW_JOB_NOBODY ? age_of(sw_job_at(queue, first), now) : 0;

        oldest = age > oldest ? age : oldest;
    }
    return oldest;
}

static int32_t count_stuck(const seawall_pool *pool, seawall_time now)
{
    int32_t i, stuck = 0;

    for (i = 0; i < pool->worker_count; i++) {
        sw_job *job = pool->workers[i].job;

        if (job != NULL && age_of(job, now) > pool->locked.core.rules.stuck_after)
            stuck++;
    }
    return stuck;
}

static void fill_counts(const sw_pool_counts *counts, seawall_pool_snapshot *full)
{
    full->done = counts->ended[SEAWALL_JOB_DONE];
    full->dropped_queue_time = counts->ended[SEAWALL_JOB_QUEUE_TIME];
    full->dropped_deadline = counts->ended[SEAWALL_JOB_DEADLINE];
    full->dropped_cancelled = counts->ended[SEAWALL_JOB_CANCELLED];
    full->dropped_stopped = counts->ended[SEAWALL_JOB_STOPPED];
    full->dropped_no_thread = counts->ended[SEAWALL_JOB_NO_THREAD];
    full->refused_full = counts->refused_full;
    full->refused_results = counts->refused_results;
    full->refused_stopped = counts->refused_stopped;
    full->refused_no_thread = counts->refused_no_thread;
}

/* A job that may be taken back, as the thread for it is not there yet, counts once it may not. */
static void leave_out_unsettled(const seawall_pool *pool, seawall_pool_snapshot *full)
{
    int32_t i;

    for (i = 0; i < pool->worker_count; i++) {
        const sw_job *job = sw_pool_waiting(&pool->locked.core, pool->workers[i].wanted_for);

        if (job != NULL) {
            full->queued[job->level]--;
            full->submitted--;
        }
    }
}

static void fill(seawall_pool *pool, seawall_time now, seawall_pool_snapshot *full)
{
    const sw_pool_core *core = &pool->locked.core;
    int32_t i;

    full->stopped = core->life != SW_POOL_OPEN;
    full->workers = core->workers;
    full->core_size = core->rules.core;
    full->max_size = core->rules.max;
    full->queue_size = core->rules.queue;
    full->busy = core->busy;
    full->abandoned = core->abandoned;
    full->stuck = count_stuck(pool, now);
    full->results = core->held;
    for (i = 0; i < SW_JOB_LEVELS; i++)
        full->queued[i] = core->queue.queued[i];
    full->oldest = oldest_of(&core->queue, now);
    full->submitted = sw_pool_submitted(core);
    leave_out_unsettled(pool, full);
    fill_counts(&core->counts, full);
    full->retired = pool->locked.retired;
}

seawall_status seawall_pool_get_snapshot(seawall_pool *pool, seawall_pool_snapshot *snapshot)
{
    seawall_pool_snapshot full = SEAWALL_POOL_SNAPSHOT_INIT;
    seawall_time now;

    if (pool == NULL || snapshot == NULL)
        return SEAWALL_INVALID;
    now = sw_now(pool->platform);
    sw_pool_enter(pool);
    fill(pool, now, &full);
    sw_pool_leave(pool);
    full.started = (int64_t)sw_load_relaxed_u64(&pool->started);
    full.wakes = (int64_t)sw_load_relaxed_u64(&pool->wakes);
    return sw_struct_give(&full, sizeof(full), sizeof(full), snapshot);
}

seawall_status seawall_pool_quantile(seawall_pool *pool, seawall_pool_measure measure, double quantile,
                                     seawall_duration *duration, uint64_t *samples)
{
    sw_latency *latency;
    uint64_t count;

    if (pool == NULL || duration == NULL || !(quantile >= 0 && quantile <= 1) ||
        (measure != SEAWALL_POOL_WAITED && measure != SEAWALL_POOL_RAN))
        return SEAWALL_INVALID;
    latency = measure == SEAWALL_POOL_WAITED ? pool->waited : pool->ran;
    if (latency == NULL)
        return SEAWALL_UNSUPPORTED;
    *duration = sw_latency_quantile(latency, sw_pool_latency_step(sw_now(pool->platform)), (uint32_t)(quantile * 1000000),
                                    &count);
    if (samples != NULL)
        *samples = count;
    return SEAWALL_OK;
}

const char *seawall_pool_measure_name(seawall_pool_measure measure)
{
    switch (measure) {
    case SEAWALL_POOL_WAITED:
        return "waited";
    case SEAWALL_POOL_RAN:
        return "ran";
    default:
        return "unknown";
    }
}

const char *seawall_job_end_name(seawall_job_end end)
{
    static const char *const names[SW_JOB_ENDS] = {"done", "queue_time", "deadline", "cancelled", "stopped", "no_thread"};

    return end >= 0 && end < SW_JOB_ENDS ? names[end] : "unknown";
}
