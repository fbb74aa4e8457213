/* What may be done with a job's handle: ask, wait, call off, give up. */
#include "policy/pool/pool_object.h"

#include "base/field.h"

#define RESULT_SIZE_LEAST sizeof(seawall_job_result)

static bool takes_result(const seawall_job_result *result)
{
    return result == NULL || result->size >= RESULT_SIZE_LEAST;
}

/* Under the lock: the job has ended, and this uses its handle up. */
static void hand_out(seawall_pool *pool, sw_job *job, seawall_job_result *result)
{
    seawall_job_result full = sw_pool_result(job);

    if (result != NULL)
        (void)sw_struct_give(&full, sizeof(full), RESULT_SIZE_LEAST, result);
    sw_pool_let_go(&pool->locked.core, job);
}

seawall_status seawall_pool_poll(seawall_pool *pool, seawall_job handle, seawall_job_result *result)
{
    seawall_status status = SEAWALL_STALE;
    sw_job *job;

    if (pool == NULL || !takes_result(result))
        return SEAWALL_INVALID;
    sw_pool_enter(pool);
    job = sw_job_find(&pool->locked.core.queue, handle);
    if (job != NULL && job->state == SW_JOB_ENDED) {
        hand_out(pool, job, result);
        status = SEAWALL_OK;
    } else if (job != NULL) {
        status = SEAWALL_BUSY;
    }
    sw_pool_leave(pool);
    return status;
}

/* It was woken, and has not noticed yet. */
static bool is_asleep(sw_pool_worker *called)
{
    return called != NULL && sw_load_relaxed_u32(&called->sleepers) != 0;
}

/* Under the lock, which it gives back meanwhile: sleeps until the job may have ended, or `until`. */
static void sleep_for(seawall_pool *pool, sw_job *job, seawall_time until, sw_pool_worker *own)
{
    uint32_t ticket = sw_load_u32(&job->bell), generation = job->generation;
    sw_pool_core *core = &pool->locked.core;
    bool woke = job->state == SW_JOB_QUEUED && is_asleep(pool->locked.called);
    bool looks = pool->cpus > 1 && sw_pool_is_to_look(&pool->locked.looking, woke), seen;

    job->waiters++;
    pool->locked.visitors++;
    if (own != NULL) {
        own->awaited = job;
        job->blocked++;
        core->blocked++;
    }
    sw_pool_leave(pool);
    seen = looks && sw_pool_look(&job->bell, ticket);
    if (!seen)
        sw_pool_sleep(pool, &job->bell, &job->sleepers, ticket, until);
    sw_pool_enter(pool);
    if (looks)
        sw_pool_looked(&pool->locked.looking, seen);
    if (own != NULL)
        own->awaited = NULL;
    /* Where it has ended, whoever saw to that has counted the blocked ones off. */
    if (own != NULL && job->generation == generation && job->state != SW_JOB_ENDED) {
        job->blocked--;
        core->blocked--;
    }
    if (own != NULL)
        sw_pool_blocks_less(pool);
    job->waiters--;
    pool->locked.visitors--;
    if (pool->locked.visitors == 0)
        sw_pool_changed(pool);
}

/* Under the lock: the pool's end waits for this thread until its visit ends. Answers whose pool it visits. */
static uint32_t visit(seawall_pool *pool)
{
    pool->locked.visitors++;
    return pool->locked.process;
}

/* Under the lock. In the child of a fork the pool has begun anew, and knows of no visit. */
static void end_visit(seawall_pool *pool, uint32_t process)
{
    if (pool->locked.process != process)
        return;
    pool->locked.visitors--;
    if (pool->locked.visitors == 0)
        sw_pool_changed(pool);
}

/* Under the lock, which it gives back meanwhile: drops a job that is past its time, and tells of it. */
static void drop(seawall_pool *pool, sw_job *job)
{
    sw_pool_notice notice;
    uint32_t process;

    sw_pool_drop(&pool->locked.core, job, sw_pool_reason(job));
    sw_pool_note(pool, job, &notice);
    sw_pool_changed(pool);
    process = visit(pool);
    sw_pool_leave(pool);
    sw_pool_tell(pool, &notice);
    sw_pool_enter(pool);
    end_visit(pool, process);
}

/* What one look at the job comes to; SEAWALL_OK: it has ended. */
static seawall_status look(const sw_job *job, seawall_time deadline, seawall_time now)
{
    if (job->state == SW_JOB_ENDED)
        return SEAWALL_OK;
    return deadline <= now ? SEAWALL_TIMED_OUT : SEAWALL_BUSY;
}

/* A worker of the pool itself may only wait while another one is left to work. */
bool sw_pool_may_wait_in(seawall_pool *pool, bool own)
{
    if (!own || sw_pool_may_block(&pool->locked.core))
        return true;
    if (pool->locked.core.workers >= pool->locked.core.rules.max)
        return false;
    pool->locked.core.blocked++; /* as if it waited: then the rules may want one more worker */
    pool->locked.core.asking++;
    sw_pool_leave(pool);
    sw_pool_grow(pool);
    sw_pool_enter(pool);
    pool->locked.core.asking--;
    pool->locked.core.blocked--;
    sw_pool_blocks_less(pool);
    return sw_pool_may_block(&pool->locked.core);
}

static seawall_status await(seawall_pool *pool, seawall_job handle, seawall_time deadline, seawall_job_result *result)
{
    sw_pool_worker *own = sw_pool_self(pool);
    bool asked = false;

    for (;;) {
        sw_job *job = sw_job_find(&pool->locked.core.queue, handle);
        seawall_time now, until;
        seawall_status status;

        if (job == NULL)
            return SEAWALL_STALE;
        until = job->state == SW_JOB_QUEUED && job->expires < deadline ? job->expires : deadline;
        now = until != SEAWALL_FOREVER ? sw_now(pool->platform) : SW_JOB_UNSEEN;
        if (job->state == SW_JOB_QUEUED && job->expires <= now) {
            drop(pool, job);
            continue;
        }
        status = look(job, deadline, now);
        if (status == SEAWALL_OK)
            hand_out(pool, job, result);
        if (status != SEAWALL_BUSY)
            return status;
        if (!asked && !sw_pool_may_wait_in(pool, own != NULL))
            return SEAWALL_BUSY;
        if (own != NULL && !asked) {
            asked = true; /* the lock was given back, perhaps */
            continue;
        }
        if (own != NULL && !sw_pool_may_block(&pool->locked.core))
            return SEAWALL_BUSY; /* or it counted on a thread that was not given */
        sleep_for(pool, job, until, own);
    }
}

seawall_status seawall_pool_wait_until(seawall_pool *pool, seawall_job handle, seawall_time deadline, seawall_job_result *result)
{
    seawall_status status;

    if (pool == NULL || !takes_result(result))
        return SEAWALL_INVALID;
    sw_pool_enter(pool);
    status = await(pool, handle, deadline, result);
    sw_pool_leave(pool);
    return status;
}

/* Under the lock: whoever waits for it by this handle finds it used up. */
static sw_job *waiters_of(sw_job *job)
{
    return job->waiters > 0 ? job : NULL;
}

/* Under the lock: it waits, and never runs. Its handle is used up. */
static void call_off(seawall_pool *pool, sw_job *job, sw_pool_notice *notice)
{
    job->held = false;
    sw_pool_drop(&pool->locked.core, job, SEAWALL_JOB_CANCELLED);
    sw_pool_note(pool, job, notice);
    sw_pool_changed(pool);
}

seawall_status seawall_pool_cancel(seawall_pool *pool, seawall_job handle)
{
    sw_pool_notice notice = {0};
    seawall_status status = SEAWALL_STALE;
    sw_job_stop_fn stop = NULL;
    sw_job *job;

    if (pool == NULL)
        return SEAWALL_INVALID;
    sw_pool_enter(pool);
    job = sw_job_find(&pool->locked.core.queue, handle);
    if (job != NULL && job->state == SW_JOB_QUEUED) {
        call_off(pool, job, &notice);
        status = SEAWALL_OK;
    } else if (job != NULL && job->state == SW_JOB_RUNNING) {
        stop = sw_pool_ask(job);
        status = SEAWALL_BUSY;
    }
    sw_pool_leave(pool);
    sw_pool_tell(pool, &notice);
    sw_pool_asked(pool, job, stop);
    return status;
}

seawall_status seawall_pool_forget(seawall_pool *pool, seawall_job handle)
{
    sw_pool_notice notice = {0};
    sw_job_stop_fn stop = NULL;
    sw_job *job;

    if (pool == NULL)
        return SEAWALL_INVALID;
    sw_pool_enter(pool);
    job = sw_job_find(&pool->locked.core.queue, handle);
    if (job != NULL && job->state == SW_JOB_QUEUED) {
        call_off(pool, job, &notice);
    } else if (job != NULL) {
        notice.bell = waiters_of(job);
        stop = job->state == SW_JOB_RUNNING ? sw_pool_ask(job) : NULL;
        sw_pool_let_go(&pool->locked.core, job);
    }
    sw_pool_leave(pool);
    sw_pool_tell(pool, &notice);
    sw_pool_asked(pool, job, stop);
    return job != NULL ? SEAWALL_OK : SEAWALL_STALE;
}

/* A visitor's. A job that is not waited for until its end is given up. */
static seawall_status run_until(seawall_pool *pool, const seawall_job_options *options, seawall_job_fn function, void *arg,
                                seawall_time deadline, seawall_job_result *result)
{
    seawall_job job;
    seawall_status status = seawall_pool_submit(pool, options, function, arg, &job);

    if (status != SEAWALL_OK)
        return status;
    status = seawall_pool_wait_until(pool, job, deadline, result);
    if (status == SEAWALL_TIMED_OUT || status == SEAWALL_BUSY)
        (void)seawall_pool_forget(pool, job);
    return status;
}

seawall_status seawall_pool_run_until(seawall_pool *pool, const seawall_job_options *options, seawall_job_fn function, void *arg,
                                      seawall_time deadline, seawall_job_result *result)
{
    seawall_job_options full;
    seawall_job_result own = SEAWALL_JOB_RESULT_INIT;
    seawall_status status = sw_job_options_take(options, &full);
    uint32_t process;

    if (status != SEAWALL_OK || pool == NULL || !takes_result(result))
        return SEAWALL_INVALID;
    if (deadline < full.deadline)
        full.deadline = deadline;
    sw_pool_enter(pool);
    process = visit(pool);
    sw_pool_leave(pool);
    status = run_until(pool, &full, function, arg, deadline, &own);
    sw_pool_enter(pool);
    end_visit(pool, process);
    sw_pool_leave(pool);
    if (status != SEAWALL_OK)
        return status;
    if (result != NULL)
        (void)sw_struct_give(&own, sizeof(own), RESULT_SIZE_LEAST, result);
    return own.status;
}
