/* The workers: starting them, what each does all day, and waking them. */
#include "policy/pool/pool_object.h"

/* Which worker this thread is, and in which process. */
static _Thread_local sw_pool_worker *self;
static _Thread_local uint32_t self_process;

/* A job has forked, and this is the child: the worker's place may be another thread's by now. */
static bool forked_away(void)
{
    return self_process != sw_port_fork_generation();
}

seawall_pool *sw_pool_of_thread(void)
{
    return self != NULL && !forked_away() ? self->pool : NULL;
}

sw_pool_worker *sw_pool_self(const seawall_pool *pool)
{
    return sw_pool_is_own(pool) ? self : NULL;
}

bool sw_pool_is_own(const seawall_pool *pool)
{
    return sw_pool_of_thread() == pool;
}

static void push_idle(sw_pool_worker *worker)
{
    seawall_pool *pool = worker->pool;

    worker->above = NULL;
    worker->below = pool->locked.top;
    if (worker->below != NULL)
        worker->below->above = worker;
    pool->locked.top = worker;
    worker->idle = true;
    pool->locked.core.idle++;
}

static void leave_idle(sw_pool_worker *worker)
{
    seawall_pool *pool = worker->pool;

    if (worker->above != NULL)
        worker->above->below = worker->below;
    else
        pool->locked.top = worker->below;
    if (worker->below != NULL)
        worker->below->above = worker->above;
    worker->idle = false;
    pool->locked.core.idle--;
}

sw_pool_worker *sw_pool_wake_one(seawall_pool *pool)
{
    sw_pool_worker *worker = pool->locked.top;

    if (!sw_pool_wakes(&pool->locked.core))
        return NULL;
    leave_idle(worker);
    pool->locked.core.coming++;
    pool->locked.called = worker;
    return worker;
}

void sw_pool_ring_worker(seawall_pool *pool, sw_pool_worker *worker)
{
    if (worker != NULL && sw_pool_ring(pool, &worker->bell, &worker->sleepers))
        (void)sw_add_u64(&pool->wakes, 1);
}

/* Under the lock: for one more that looks, beside those that work, and one that submits. */
static bool has_cpu(seawall_pool *pool)
{
    const sw_pool_core *core = &pool->locked.core;

    return (int64_t)sw_load_relaxed_u32(&pool->lookers) + core->busy - core->blocked + 1 < pool->cpus;
}

/* With nothing to do. Answers whether it stays. */
static bool rest(sw_pool_worker *worker)
{
    seawall_pool *pool = worker->pool;
    sw_pool_core *core = &pool->locked.core;
    seawall_time until = SEAWALL_FOREVER;
    uint32_t ticket;
    bool looks;

    if (sw_pool_too_many(core, true)) {
        seawall_time now = sw_now(pool->platform);

        if (worker->patience == SW_JOB_UNSEEN)
            worker->patience = now;
        until = seawall_time_add(worker->patience, core->rules.keep_alive);
        if (until <= now)
            return false;
    } else if (sw_pool_needs_all(core)) {
        pool->locked.kept = true;
    }
    ticket = sw_load_u32(&worker->bell);
    looks = has_cpu(pool) && sw_pool_is_to_look(&worker->looking, worker->woken && worker->jobs <= 1);
    if (looks)
        (void)sw_add_u32(&pool->lookers, 1);
    push_idle(worker);
    sw_pool_leave(pool);
    worker->woken = !looks || !sw_pool_look(&worker->bell, ticket);
    if (looks) {
        sw_pool_looked(&worker->looking, !worker->woken);
        (void)sw_sub_u32(&pool->lookers, 1);
    }
    worker->jobs = 0;
    if (worker->woken)
        sw_pool_sleep(pool, &worker->bell, &worker->sleepers, ticket, until);
    sw_pool_enter(pool);
    if (worker->idle)
        leave_idle(worker);
    else
        core->coming--;
    return true;
}

void sw_pool_blocks_less(seawall_pool *pool)
{
    if (!pool->locked.kept || sw_pool_needs_all(&pool->locked.core))
        return;
    pool->locked.kept = false;
    sw_pool_rouse(pool);
}

static void keep_times(seawall_pool *pool, const sw_job *job, seawall_time began, seawall_time ended)
{
    sw_latency_record(pool->waited, sw_pool_latency_step(began), job->waited);
    sw_latency_record(pool->ran, sw_pool_latency_step(ended), seawall_time_until(ended, began));
}

/* Runs the job, which is this worker's; not under the lock. False: this is another process now. */
static bool run(sw_pool_worker *worker, const sw_job *job, seawall_time began, int64_t *value)
{
    seawall_pool *pool = worker->pool;
    seawall_work work = {pool, (sw_job *)(uintptr_t)job, job->deadline};
    seawall_job_result result = SEAWALL_JOB_RESULT_INIT;

    *value = job->function(&work, job->arg);
    if (forked_away())
        return false;
    if (pool->ran != NULL)
        keep_times(pool, job, began, sw_now(pool->platform));
    result.value = *value;
    if (job->done != NULL)
        job->done(&result, job->arg);
    return !forked_away();
}

void sw_pool_await_unpinned(seawall_pool *pool, sw_job *job)
{
    while (job->pins > 0) {
        uint32_t ticket = sw_load_u32(&job->bell);

        sw_pool_leave(pool);
        (void)sw_pool_look(&job->bell, ticket);
        sw_pool_sleep(pool, &job->bell, &job->sleepers, ticket, SEAWALL_FOREVER);
        sw_pool_enter(pool);
    }
}

/* Under the lock. Answers whether it was given back meanwhile. */
static bool finished(sw_pool_worker *worker, sw_job *job, int64_t value)
{
    seawall_pool *pool = worker->pool;
    bool pinned = job->pins > 0, awaited;

    if (pinned)
        sw_pool_await_unpinned(pool, job);
    awaited = job->waiters > 0;
    worker->job = NULL;
    sw_pool_finish(&pool->locked.core, job, value);
    sw_pool_changed(pool);
    if (awaited) {
        sw_pool_leave(pool);
        (void)sw_pool_ring(pool, &job->bell, &job->sleepers);
        sw_pool_enter(pool);
    }
    return pinned || awaited;
}

/*
 * What was taken for this worker: runs it, or tells of its being dropped. Under the lock, but not all the time. `now` becomes
 * that of the job's end, read before the lock is taken again, if jobs that wait will want to be held against it.
 */
static bool do_one(sw_pool_worker *worker, sw_job *job, seawall_time *now)
{
    seawall_pool *pool = worker->pool;
    sw_pool_worker *woken = sw_pool_wake_one(pool);
    bool timed = pool->locked.core.queue.timed > 0;
    seawall_time began = *now;
    sw_pool_notice notice;
    int64_t value;

    *now = SW_JOB_UNSEEN;
    if (job->state != SW_JOB_RUNNING) {
        sw_pool_note(pool, job, &notice);
        sw_pool_changed(pool);
        sw_pool_leave(pool);
        sw_pool_ring_worker(pool, woken);
        sw_pool_tell(pool, &notice);
        if (forked_away())
            return false;
        sw_pool_enter(pool);
        return true;
    }
    worker->job = job;
    worker->jobs++;
    worker->patience = SW_JOB_UNSEEN;
    if (pool->ran != NULL)
        job->waited = job->since != SW_JOB_UNSEEN ? seawall_time_until(began, job->since) : 0;
    job->since = began;
    sw_pool_leave(pool);
    sw_pool_ring_worker(pool, woken);
    if (!run(worker, job, began, &value))
        return false;
    if (timed)
        *now = sw_now(pool->platform);
    sw_pool_enter(pool);
    if (finished(worker, job, value))
        *now = SW_JOB_UNSEEN;
    return true;
}

/* Under the lock: it is one too many. */
static void retire(sw_pool_worker *worker)
{
    seawall_pool *pool = worker->pool;

    worker->leaving = true;
    pool->locked.core.workers--;
    pool->locked.retired++;
    sw_pool_changed(pool);
}

/* Until it is one too many. False: this is another process now. */
static bool serve(sw_pool_worker *worker)
{
    seawall_pool *pool = worker->pool;
    sw_pool_core *core = &pool->locked.core;
    sw_pool_worker *woken;
    seawall_time now = SW_JOB_UNSEEN; /* if it was read just before the lock was taken */
    bool stays = true;

    sw_pool_enter(pool);
    core->starting--;
    while (stays && !sw_pool_too_many(core, false)) {
        sw_job *job;

        if (now == SW_JOB_UNSEEN && (core->queue.timed > 0 || pool->ran != NULL))
            now = sw_now(pool->platform);
        job = sw_pool_take(core, now);
        if (job == NULL) {
            stays = rest(worker);
            now = SW_JOB_UNSEEN;
        } else if (!do_one(worker, job, &now)) {
            return false;
        }
    }
    retire(worker);
    woken = sw_pool_wake_one(pool);
    sw_pool_leave(pool);
    sw_pool_ring_worker(pool, woken);
    return true;
}

static void call_hook(const seawall_pool *pool, seawall_pool_hook_fn hook)
{
    if (hook != NULL)
        hook(pool->hook_user);
}

/* It has retired, and on_stop has returned: whether it was called back meanwhile. */
static bool comes_back(sw_pool_worker *worker)
{
    seawall_pool *pool = worker->pool;
    bool back;

    if (forked_away())
        return false;
    sw_pool_enter(pool);
    back = !worker->leaving;
    worker->gone = !back;
    sw_pool_leave(pool);
    return back;
}

static void work(void *user)
{
    sw_pool_worker *worker = user;
    const seawall_pool *pool = worker->pool;

    self = worker;
    self_process = sw_port_fork_generation();
    do {
        call_hook(pool, pool->on_start);
        if (forked_away() || !serve(worker))
            return;
        call_hook(pool, pool->on_stop);
    } while (comes_back(worker));
}

/* Under the lock. */
static void count_in(sw_pool_worker *worker)
{
    seawall_pool *pool = worker->pool;

    worker->claimed = true;
    worker->leaving = worker->gone = false;
    worker->patience = SW_JOB_UNSEEN;
    pool->locked.core.workers++;
    pool->locked.core.starting++;
}

/* As there are fewer than may be, somebody's place is free, or he is on his way out. */
sw_pool_worker *sw_pool_claim(seawall_pool *pool)
{
    sw_pool_worker *leaving = NULL;
    int32_t i;

    for (i = 0; i < pool->worker_count; i++) {
        sw_pool_worker *worker = &pool->workers[i];

        if (!worker->claimed || worker->gone) {
            count_in(worker);
            return worker;
        }
        if (worker->leaving)
            leaving = worker;
    }
    if (leaving != NULL) { /* for those who analyse: there is one */
        count_in(leaving);
        (void)sw_add_u64(&pool->started, 1);
    }
    return NULL;
}

/* Under the lock, and rings under it: who sleeps until a job has ended finds that too many do. Answers whether anybody does. */
static bool rouse_waiters(seawall_pool *pool)
{
    bool any = false;
    int32_t i;

    for (i = 0; i < pool->worker_count; i++) {
        sw_job *job = pool->workers[i].awaited;

        if (job != NULL)
            (void)sw_pool_ring(pool, &job->bell, &job->sleepers);
        any = any || job != NULL;
    }
    return any;
}

/* Under the lock: there is nobody for what waits. */
static void drop_all(seawall_pool *pool, sw_pool_notices *notices)
{
    sw_job *job;

    while (notices->count < SW_POOL_NOTICES &&
           (job = sw_pool_clear_out(&pool->locked.core, SEAWALL_JOB_NO_THREAD)) != NULL)
        sw_pool_note(pool, job, &notices->list[notices->count++]);
    sw_pool_changed(pool);
}

/* Under the lock: the job that the worker was for, unless somebody else has it or will. Answers whether it was taken back. */
static bool take_back(seawall_pool *pool, uint64_t handle)
{
    sw_pool_core *core = &pool->locked.core;
    sw_job *job = sw_pool_waiting(core, handle);

    if (handle == 0)
        return true;
    if (job == NULL || sw_pool_may_wait(core))
        return false;
    sw_pool_withdraw(core, job);
    return true;
}

/* The thread could not be started. */
static bool give_up(seawall_pool *pool, sw_pool_worker *worker, uint64_t handle)
{
    sw_pool_notices notices;
    sw_pool_worker *woken;
    bool taken_back;

    sw_pool_enter(pool);
    worker->wanted_for = 0;
    worker->claimed = false;
    pool->locked.core.workers--;
    pool->locked.core.starting--;
    sw_pool_changed(pool);
    taken_back = take_back(pool, handle);
    for (;;) {
        notices.count = 0;
        if (sw_pool_is_stranded(&pool->locked.core) && !rouse_waiters(pool))
            drop_all(pool, &notices);
        woken = sw_pool_wake_one(pool);
        sw_pool_leave(pool);
        sw_pool_ring_worker(pool, woken);
        sw_pool_tell_all(pool, &notices);
        if (notices.count == 0)
            return taken_back;
        sw_pool_enter(pool);
    }
}

seawall_status sw_pool_start(seawall_pool *pool, sw_pool_worker *worker, uint64_t handle)
{
    sw_worker_join(&worker->thread); /* of the one that was here before, and has ended */
    if (sw_worker_start(&worker->thread, &pool->thread, work, worker) != SEAWALL_OK)
        return give_up(pool, worker, handle) ? SEAWALL_NO_RESOURCES : SEAWALL_OK;
    (void)sw_add_u64(&pool->started, 1);
    sw_pool_enter(pool);
    if (worker->wanted_for == handle) /* and not another one's already */
        worker->wanted_for = 0;
    sw_pool_leave(pool);
    return SEAWALL_OK;
}

void sw_pool_grow(seawall_pool *pool)
{
    sw_pool_worker *worker;
    bool wants;

    do {
        sw_pool_enter(pool);
        wants = sw_pool_wants_more(&pool->locked.core);
        worker = wants ? sw_pool_claim(pool) : NULL;
        sw_pool_leave(pool);
    } while (wants && (worker == NULL || sw_pool_start(pool, worker, 0) == SEAWALL_OK));
}
