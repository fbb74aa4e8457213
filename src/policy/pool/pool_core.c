/* The rules of a pool: who comes in, who is next, who is dropped. */
#include "policy/pool/pool_core.h"

static void settle_plain(sw_pool_core *core)
{
    bool may = core->life == SW_POOL_OPEN && core->rules.max_queue_time[SW_POOL_PLAIN] == SEAWALL_FOREVER;

    core->plain_from = may ? core->rules.max : INT32_MAX;
}

void sw_pool_follow(sw_pool_core *core, const sw_pool_rules *rules)
{
    core->rules = *rules;
    settle_plain(core);
}

void sw_pool_close(sw_pool_core *core, sw_pool_life life)
{
    if (core->life < life)
        core->life = life;
    settle_plain(core);
}

void sw_pool_core_init(sw_pool_core *core, const sw_pool_rules *rules, sw_job *places, uint32_t count)
{
    *core = (sw_pool_core){.life = SW_POOL_OPEN};
    sw_job_queue_init(&core->queue, places, count);
    sw_pool_follow(core, rules);
}

/* Workers that will look at the queue before anything else. */
static inline int32_t free_workers(const sw_pool_core *core)
{
    return core->idle + core->coming + core->starting;
}

/* Whether all workers wait for jobs of this very pool, or there are none. */
static inline bool nobody_works(const sw_pool_core *core)
{
    return core->workers <= core->blocked;
}

/* What a job that no free worker is there for comes to. */
static sw_pool_verdict judge_growth(const sw_pool_core *core)
{
    const sw_pool_rules *rules = &core->rules;
    bool room = core->queue.length - free_workers(core) < rules->queue && core->workers > 0;
    bool first = rules->growth == SEAWALL_POOL_EAGER || core->workers < rules->core || nobody_works(core);

    if (core->workers < rules->max && (first || !room))
        return SW_POOL_START;
    return room ? SW_POOL_QUEUE : SW_POOL_FULL;
}

sw_pool_verdict sw_pool_judge(const sw_pool_core *core, bool held)
{
    if (core->life != SW_POOL_OPEN)
        return SW_POOL_CLOSED;
    if (held && core->held >= core->rules.max_results)
        return SW_POOL_RESULTS;
    if (core->queue.free == SW_JOB_NOBODY)
        return SW_POOL_FULL;
    return core->queue.length < free_workers(core) ? SW_POOL_QUEUE : judge_growth(core);
}

void sw_pool_refuse(sw_pool_core *core, sw_pool_verdict verdict)
{
    core->counts.refused_full += verdict == SW_POOL_FULL;
    core->counts.refused_results += verdict == SW_POOL_RESULTS;
    core->counts.refused_stopped += verdict == SW_POOL_CLOSED;
}

/* The level whose turn it is; of equals the more important one. There is one. */
static uint32_t next_level(const sw_pool_core *core)
{
    uint32_t filled = core->queue.filled;
    uint32_t best = (uint32_t)__builtin_ctz(filled), level;

    if ((filled & (filled - 1)) == 0)
        return best;
    for (level = best + 1; level < SW_JOB_LEVELS; level++) {
        if ((filled >> level & 1) != 0 && sw_pool_before(core->fair.pass[level], core->fair.pass[best]))
            best = level;
    }
    return best;
}

seawall_job_end sw_pool_reason(const sw_job *job)
{
    return job->expires == job->deadline ? SEAWALL_JOB_DEADLINE : SEAWALL_JOB_QUEUE_TIME;
}

static bool is_past(const sw_job *job, seawall_time now)
{
    return job->expires != SEAWALL_FOREVER && job->expires <= now;
}

sw_job *sw_pool_take(sw_pool_core *core, seawall_time now)
{
    uint32_t level;
    sw_job *job;

    if (core->queue.filled == 0)
        return NULL;
    if (core->life == SW_POOL_STOPPED) /* whoever stops it tells of others meanwhile */
        return sw_pool_clear_out(core, SEAWALL_JOB_STOPPED);
    level = next_level(core);
    job = sw_job_at(&core->queue, core->queue.level[level].first);
    if (is_past(job, now)) {
        sw_pool_drop(core, job, sw_pool_reason(job));
        return job;
    }
    sw_job_take_first(&core->queue, level);
    job->state = SW_JOB_RUNNING;
    core->fair.now = core->fair.pass[level];
    core->fair.pass[level] += core->rules.stride[level];
    core->busy++;
    return job;
}

sw_job *sw_pool_waiting(const sw_pool_core *core, uint64_t name)
{
    sw_job *job = name != 0 ? sw_job_at(&core->queue, (uint32_t)name) : NULL;

    return job != NULL && job->generation == (uint32_t)(name >> 32) && job->state == SW_JOB_QUEUED ? job : NULL;
}

sw_job *sw_pool_expired(sw_pool_core *core, seawall_time now)
{
    uint32_t level;

    for (level = 0; level < SW_JOB_LEVELS; level++) {
        uint32_t first = core->queue.level[level].first;

        if (first != SW_JOB_NOBODY && is_past(sw_job_at(&core->queue, first), now)) {
            sw_job *job = sw_job_at(&core->queue, first);

            sw_pool_drop(core, job, sw_pool_reason(job));
            return job;
        }
    }
    return NULL;
}

sw_job *sw_pool_clear_out(sw_pool_core *core, seawall_job_end end)
{
    sw_job *job;

    if (core->queue.filled == 0)
        return NULL;
    job = sw_job_at(&core->queue, core->queue.level[next_level(core)].first);
    sw_pool_drop(core, job, end);
    return job;
}

int64_t sw_pool_submitted(const sw_pool_core *core)
{
    int64_t submitted = core->queue.length + core->busy;
    uint32_t i;

    for (i = 0; i < SW_JOB_ENDS; i++)
        submitted += core->counts.ended[i];
    return submitted;
}

bool sw_pool_may_wait(const sw_pool_core *core)
{
    return !nobody_works(core) && core->queue.length - free_workers(core) <= core->rules.queue;
}

void sw_pool_withdraw(sw_pool_core *core, sw_job *job)
{
    sw_job_take_out(&core->queue, job);
    sw_job_give_back(&core->queue, job);
    core->counts.refused_no_thread++;
}

/* Workers that wait for it do so no more. */
static void release_waiters(sw_pool_core *core, sw_job *job)
{
    if (job->blocked != 0) {
        core->blocked -= job->blocked;
        job->blocked = 0;
    }
}

/* It has ended: it stays, in this state, for who has its handle. */
static void settle(sw_pool_core *core, sw_job *job, seawall_job_end end, sw_job_state state)
{
    job->end = (uint8_t)end;
    core->counts.ended[end]++;
    if (!job->held || state == SW_JOB_ENDED)
        release_waiters(core, job);
    if (job->held) {
        job->state = (uint8_t)state;
        core->held++;
    } else {
        sw_job_give_back(&core->queue, job);
    }
}

void sw_pool_drop(sw_pool_core *core, sw_job *job, seawall_job_end end)
{
    sw_job_take_out(&core->queue, job);
    settle(core, job, end, job->done != NULL ? SW_JOB_TELLING : SW_JOB_ENDED);
}

void sw_pool_finish(sw_pool_core *core, sw_job *job, int64_t value)
{
    core->busy--;
    if (job->abandoned) {
        core->abandoned--;
        job->abandoned = false;
    }
    if (job->held)
        job->value = value;
    settle(core, job, SEAWALL_JOB_DONE, SW_JOB_ENDED);
}

uint64_t sw_pool_to_tell(sw_pool_core *core, sw_job *job)
{
    if (job->done == NULL)
        return 0;
    core->telling++;
    return job->state == SW_JOB_TELLING ? sw_job_handle(&core->queue, job) : 0;
}

void sw_pool_told(sw_pool_core *core, uint64_t handle)
{
    sw_job *job = sw_job_find(&core->queue, handle);

    core->telling--;
    if (job == NULL)
        return;
    job->state = SW_JOB_ENDED;
    release_waiters(core, job);
}

void sw_pool_let_go(sw_pool_core *core, sw_job *job)
{
    job->held = false;
    if (job->state == SW_JOB_TELLING || job->state == SW_JOB_ENDED) {
        core->held--;
        release_waiters(core, job);
        sw_job_give_back(&core->queue, job);
    } else if (job->state == SW_JOB_RUNNING && !job->abandoned) {
        job->abandoned = true;
        core->abandoned++;
    }
}

bool sw_pool_needs_all(const sw_pool_core *core)
{
    return core->blocked > 0 && core->workers - 1 <= core->blocked;
}

bool sw_pool_too_many(const sw_pool_core *core, bool patient)
{
    if (core->life != SW_POOL_OPEN && core->queue.length == 0)
        return true;
    if (sw_pool_needs_all(core))
        return false; /* those who wait count on it */
    if (core->workers > core->rules.max)
        return true;
    return patient && core->workers > core->rules.core && core->queue.length == 0;
}

bool sw_pool_wants_more(const sw_pool_core *core)
{
    const sw_pool_rules *rules = &core->rules;

    if (core->life != SW_POOL_OPEN || core->workers >= rules->max)
        return false;
    if (nobody_works(core) && core->blocked > 0)
        return true;
    if (core->queue.length <= free_workers(core))
        return false;
    return rules->growth == SEAWALL_POOL_EAGER || core->workers < rules->core ||
           core->queue.length - free_workers(core) > rules->queue || nobody_works(core);
}

bool sw_pool_may_block(const sw_pool_core *core)
{
    return core->blocked + 1 < core->workers;
}

bool sw_pool_is_stranded(const sw_pool_core *core)
{
    return core->workers <= core->blocked - core->asking;
}

static bool list_holds(const sw_pool_core *core, uint32_t level, int32_t *timed)
{
    const sw_job_list *list = &core->queue.level[level];
    uint32_t name = list->first, previous = SW_JOB_NOBODY;
    int32_t length = 0;

    while (name != SW_JOB_NOBODY && length <= core->queue.queued[level]) {
        const sw_job *job = sw_job_at(&core->queue, name);

        if (job->state != SW_JOB_QUEUED || job->level != level || (length > 0 && job->previous != previous))
            return false;
        *timed += job->expires != SEAWALL_FOREVER;
        length++;
        previous = name;
        name = job->next;
    }
    return (length == 0 || list->last == previous) && length == core->queue.queued[level] &&
           (length > 0) == ((core->queue.filled >> level & 1) != 0);
}

bool sw_pool_core_holds(const sw_pool_core *core)
{
    int32_t states[SW_JOB_ENDED + 1] = {0}, timed = 0, length = 0;
    uint32_t i;

    for (i = 0; i < core->queue.count; i++)
        states[core->queue.places[i].state]++;
    for (i = 0; i < SW_JOB_LEVELS; i++) {
        if (!list_holds(core, i, &timed))
            return false;
        length += core->queue.queued[i];
    }
    return states[SW_JOB_QUEUED] == core->queue.length && length == core->queue.length && timed == core->queue.timed &&
           states[SW_JOB_RUNNING] == core->busy && states[SW_JOB_TELLING] + states[SW_JOB_ENDED] == core->held &&
           states[SW_JOB_TELLING] <= core->telling &&
           core->idle + core->coming + core->starting + core->busy <= core->workers && core->idle >= 0 && core->coming >= 0 &&
           core->starting >= 0 &&
           core->blocked <= core->busy && core->abandoned <= core->busy && core->blocked >= 0 && core->abandoned >= 0;
}
