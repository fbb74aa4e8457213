/* The end of a pool: draining, stopping, and asking jobs to stop. */
#include "policy/pool/pool_object.h"

sw_job_stop_fn sw_pool_ask(sw_job *job)
{
    if (sw_load_relaxed_u32(&job->stopping) != 0)
        return NULL;
    sw_store_release_u32(&job->stopping, 1);
    job->pins += job->stop != NULL;
    return job->stop;
}

void sw_pool_asked(seawall_pool *pool, sw_job *job, sw_job_stop_fn stop)
{
    uint32_t process = sw_port_fork_generation();

    if (stop == NULL)
        return;
    stop(job->arg);
    if (process != sw_port_fork_generation())
        return;
    sw_pool_enter(pool);
    job->pins--;
    (void)sw_pool_ring(pool, &job->bell, &job->sleepers);
    sw_pool_leave(pool);
}

/* Drops what waits, in portions, as nobody is told under the lock. */
static void drop_waiting(seawall_pool *pool)
{
    sw_pool_notices notices;
    sw_job *job;

    do {
        notices.count = 0;
        sw_pool_enter(pool);
        while (notices.count < SW_POOL_NOTICES &&
               (job = sw_pool_clear_out(&pool->locked.core, SEAWALL_JOB_STOPPED)) != NULL)
            sw_pool_note(pool, job, &notices.list[notices.count++]);
        sw_pool_changed(pool);
        sw_pool_leave(pool);
        sw_pool_tell_all(pool, &notices);
    } while (notices.count == SW_POOL_NOTICES);
}

static void ask_running(seawall_pool *pool)
{
    int32_t i;

    for (i = 0; i < pool->worker_count; i++) {
        sw_job_stop_fn stop = NULL;
        sw_job *job;

        sw_pool_enter(pool);
        job = pool->workers[i].job;
        if (job != NULL)
            stop = sw_pool_ask(job);
        sw_pool_leave(pool);
        sw_pool_asked(pool, job, stop);
    }
}

void sw_pool_rouse(seawall_pool *pool)
{
    sw_pool_worker *worker;

    for (worker = pool->locked.top; worker != NULL; worker = worker->below)
        (void)sw_pool_ring(pool, &worker->bell, &worker->sleepers);
}

/* Under the lock. */
static void close_for_new(seawall_pool *pool, sw_pool_life life)
{
    sw_pool_close(&pool->locked.core, life);
    sw_pool_rouse(pool);
}

seawall_status seawall_pool_stop(seawall_pool *pool)
{
    if (pool == NULL)
        return SEAWALL_INVALID;
    sw_pool_enter(pool);
    close_for_new(pool, SW_POOL_STOPPED);
    sw_pool_leave(pool);
    ask_running(pool); /* from here on nobody begins; to tell of what is dropped may take long */
    drop_waiting(pool);
    return SEAWALL_OK;
}

static bool is_at_rest(const seawall_pool *pool)
{
    const sw_pool_core *core = &pool->locked.core;

    return core->busy == 0 && core->queue.length == 0 && core->telling == 0;
}

/* A watcher's, under the lock, which it gives back meanwhile. Answers whether it came to rest by then. */
static bool await(seawall_pool *pool, bool (*done)(const seawall_pool *pool), seawall_time deadline)
{
    while (!done(pool)) {
        uint32_t ticket = sw_load_u32(&pool->changed);

        if (deadline != SEAWALL_FOREVER && deadline <= sw_now(pool->platform))
            return false;
        sw_pool_leave(pool);
        (void)sw_pool_look(&pool->changed, ticket);
        sw_pool_sleep(pool, &pool->changed, &pool->changed_sleepers, ticket, deadline);
        sw_pool_enter(pool);
    }
    return true;
}

seawall_status seawall_pool_drain_until(seawall_pool *pool, seawall_time deadline)
{
    uint32_t process;
    bool rested;

    if (pool == NULL)
        return SEAWALL_INVALID;
    if (sw_pool_is_own(pool) || sw_pool_is_telling(pool))
        return SEAWALL_BUSY;
    sw_pool_enter(pool);
    process = pool->locked.process;
    pool->locked.watchers++; /* to the last: the pool's end waits for this thread */
    close_for_new(pool, SW_POOL_DRAINING);
    rested = await(pool, is_at_rest, deadline);
    if (!rested) {
        sw_pool_leave(pool);
        (void)seawall_pool_stop(pool);
        sw_pool_enter(pool);
        rested = is_at_rest(pool);
    }
    if (pool->locked.process == process) { /* who was told may have forked, and this be the child */
        pool->locked.watchers--;
        sw_pool_changed(pool); /* another one may wait for this one to be gone */
    }
    sw_pool_leave(pool);
    return rested ? SEAWALL_OK : SEAWALL_TIMED_OUT;
}

/*
 * No thread is at work in it but the one that asks. Who starts another one is a worker or a visitor, or called from outside, and
 * that is over by now.
 */
static bool is_deserted(const seawall_pool *pool)
{
    const sw_pool_core *core = &pool->locked.core;

    return core->workers == 0 && core->telling == 0 && pool->locked.visitors == 0 && pool->locked.watchers == 1;
}

void sw_pool_end(seawall_pool *pool)
{
    int32_t i;

    (void)seawall_pool_stop(pool);
    sw_pool_enter(pool);
    pool->locked.watchers++;
    (void)await(pool, is_deserted, SEAWALL_FOREVER);
    sw_pool_leave(pool);
    for (i = 0; i < pool->worker_count; i++)
        sw_worker_join(&pool->workers[i].thread);
}
