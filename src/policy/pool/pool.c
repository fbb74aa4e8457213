/* The pool as an object: making it, giving it up, changing its settings, and what a fork leaves of it. */
#include "policy/pool/pool_object.h"

#include <string.h>

#include "base/error.h"
#include "policy/pool/pool_config.h"

static size_t rounded(size_t size)
{
    return (size + SW_CACHE_LINE - 1) / SW_CACHE_LINE * SW_CACHE_LINE;
}

/* What the sizes may become. */
static void count_all(seawall_pool *pool, const sw_pool_rules *rules, const seawall_pool_config *config)
{
    int32_t queue = config->queue_size_limit != 0 ? config->queue_size_limit : rules->queue;

    pool->worker_count = config->max_size_limit != 0 ? config->max_size_limit : rules->max;
    pool->place_count = (uint32_t)pool->worker_count + (uint32_t)queue + (uint32_t)rules->max_results;
}

/* Everything is one piece of memory: the pool, its workers, its places, its histograms. */
static seawall_pool *allocate(const seawall_platform *platform, const sw_pool_rules *rules, const seawall_pool_config *config)
{
    seawall_pool counted, *pool;
    size_t workers = rounded(sizeof(seawall_pool)), places, waited, ran, bytes;

    count_all(&counted, rules, config);
    places = workers + (size_t)counted.worker_count * sizeof(sw_pool_worker);
    waited = places + counted.place_count * sizeof(sw_job);
    ran = waited + rounded(sizeof(sw_latency));
    bytes = config->histograms != 0 ? ran + sizeof(sw_latency) : waited;
    pool = sw_allocate(platform, bytes, SW_CACHE_LINE);
    if (pool == NULL)
        return NULL;
    count_all(pool, rules, config);
    pool->platform = platform;
    pool->bytes = bytes;
    pool->workers = (sw_pool_worker *)(void *)((unsigned char *)pool + workers);
    pool->places = (sw_job *)(void *)((unsigned char *)pool + places);
    if (config->histograms != 0) {
        pool->waited = (sw_latency *)(void *)((unsigned char *)pool + waited);
        pool->ran = (sw_latency *)(void *)((unsigned char *)pool + ran);
    }
    return pool;
}

/* Which levels' jobs need the time of their submission. */
static void set_clocked(seawall_pool *pool, const sw_pool_rules *rules)
{
    uint32_t clocked = 0, i;

    for (i = 0; i < SW_JOB_LEVELS; i++) {
        if (pool->ran != NULL || rules->max_queue_time[i] != SEAWALL_FOREVER)
            clocked |= 1u << i;
    }
    sw_store_relaxed_u32(&pool->clocked, clocked);
}

static void keep_config(seawall_pool *pool, const seawall_pool_config *config, const seawall_priority_level_config *levels)
{
    pool->config = *config;
    memmove(pool->levels, levels, sizeof(pool->levels)); /* they may be its own */
    pool->config.levels = pool->levels;
    pool->config.name = pool->name;
}

static const char *name_in(const seawall_pool_config *config)
{
    return config->name != NULL ? config->name : "seawall-pool";
}

static void fill(seawall_pool *pool, const seawall_pool_config *config, const sw_pool_rules *rules)
{
    int32_t i;

    strncpy(pool->name, name_in(config), sizeof(pool->name) - 1);
    pool->thread = (sw_worker_settings){pool->name, config->stack_size, config->signals};
    pool->on_start = config->on_start;
    pool->on_stop = config->on_stop;
    pool->hook_user = config->hook_user;
    pool->cpus = sw_port_cpus();
    for (i = 0; i < pool->worker_count; i++)
        pool->workers[i].pool = pool;
    sw_mutex_init(&pool->lock);
    sw_mutex_init(&pool->control);
    pool->locked.process = sw_port_fork_generation();
    sw_pool_core_init(&pool->locked.core, rules, pool->places, pool->place_count);
    set_clocked(pool, rules);
    sw_store_relaxed_u32(&pool->references, 1);
}

static seawall_status start_core(seawall_pool *pool)
{
    int32_t i;

    for (i = 0; i < pool->locked.core.rules.core; i++) {
        sw_pool_worker *worker;

        sw_pool_enter(pool);
        worker = sw_pool_claim(pool);
        sw_pool_leave(pool);
        if (sw_pool_start(pool, worker, 0) != SEAWALL_OK)
            return SEAWALL_NO_RESOURCES;
    }
    return SEAWALL_OK;
}

seawall_status seawall_pool_create(const seawall_pool_config *config, const seawall_platform *platform, seawall_pool **pool,
                                   seawall_error *error)
{
    seawall_priority_level_config levels[SEAWALL_PRIORITY_COUNT];
    seawall_pool_config full;
    sw_pool_rules rules;
    seawall_pool *made;
    seawall_status status = sw_config_take(&sw_pool_config_kind, config, &full, error);

    if (status == SEAWALL_OK)
        status = sw_pool_levels_take(&full, levels, error);
    if (status != SEAWALL_OK)
        return status;
    if (pool == NULL)
        return sw_error(error, SEAWALL_INVALID, "pool", "thread_pool: no place for the new object (NULL)");
    platform = sw_platform_resolve(platform, error);
    if (platform == NULL)
        return SEAWALL_INVALID;
    sw_pool_rules_from(&full, levels, &rules);
    made = allocate(platform, &rules, &full);
    if (made == NULL)
        return sw_error(error, SEAWALL_NO_MEMORY, "thread_pool", "thread_pool: no memory");
    fill(made, &full, &rules);
    keep_config(made, &full, levels);
    if (start_core(made) != SEAWALL_OK) {
        seawall_pool_destroy(made);
        return sw_error(error, SEAWALL_NO_RESOURCES, "thread_pool.core_size",
                        "thread_pool: the system gave too few threads for %d", (int)rules.core);
    }
    *pool = made;
    return SEAWALL_OK;
}

void seawall_pool_destroy(seawall_pool *pool)
{
    if (pool == NULL || sw_sub_u32(&pool->references, 1) != 1)
        return;
    if (sw_pool_is_own(pool)) {
        (void)seawall_pool_stop(pool); /* its own worker cannot wait for itself */
        return;
    }
    sw_pool_end(pool);
    sw_release(pool->platform, pool, pool->bytes);
}

void sw_pool_adopt(seawall_pool *pool)
{
    const sw_pool_rules rules = pool->locked.core.rules;
    int32_t i;

    for (i = 0; i < pool->worker_count; i++) {
        sw_pool_worker *worker = &pool->workers[i];

        sw_store_relaxed_u32(&worker->sleepers, 0);
        worker->idle = worker->claimed = worker->leaving = worker->gone = false;
        worker->job = worker->awaited = NULL;
        worker->wanted_for = 0;
        worker->thread.process = 0;
    }
    sw_pool_core_init(&pool->locked.core, &rules, pool->places, pool->place_count);
    sw_store_relaxed_u32(&pool->changed_sleepers, 0);
    sw_store_relaxed_u64(&pool->started, 0);
    sw_store_relaxed_u32(&pool->lookers, 0);
    sw_store_relaxed_u64(&pool->wakes, 0);
    pool->locked.top = pool->locked.called = NULL;
    pool->locked.visitors = pool->locked.watchers = 0;
    pool->locked.kept = false;
    pool->locked.retired = 0;
    pool->locked.process = sw_port_fork_generation();
}

/* Sizes may change within the memory that there is. */
static seawall_status check_limits(const seawall_pool *pool, const sw_pool_rules *rules, seawall_error *error)
{
    int32_t queue = (int32_t)pool->place_count - pool->worker_count - rules->max_results;

    if (rules->max > pool->worker_count)
        return sw_error(error, SEAWALL_INVALID, "thread_pool.max_size",
                        "thread_pool.max_size: %d is above what the pool was created for, %d", (int)rules->max,
                        (int)pool->worker_count);
    if (rules->queue > queue)
        return sw_error(error, SEAWALL_INVALID, "thread_pool.queue_size",
                        "thread_pool.queue_size: %d is above what the pool was created for, %d", (int)rules->queue, (int)queue);
    return SEAWALL_OK;
}

seawall_status sw_pool_fits(const seawall_pool *pool, const seawall_pool_config *config, seawall_error *error)
{
    seawall_priority_level_config levels[SEAWALL_PRIORITY_COUNT];
    sw_pool_rules rules;

    (void)!seawall_priority_levels(levels); /* any will do: sizes do not hang on them */
    sw_pool_rules_from(config, levels, &rules);
    return check_limits(pool, &rules, error);
}

/* What its threads were started with. */
static seawall_status check_threads(const seawall_pool *pool, const seawall_pool_config *full, seawall_error *error)
{
    if (strncmp(name_in(full), pool->name, sizeof(pool->name) - 1) != 0)
        return sw_error(error, SEAWALL_INVALID, "thread_pool.name", "thread_pool.name: cannot change while in use");
    if (full->signals != pool->config.signals)
        return sw_error(error, SEAWALL_INVALID, "thread_pool.signals", "thread_pool.signals: cannot change while in use");
    return SEAWALL_OK;
}

/* Under `control`. What a job was promised when it came stays. */
static void follow(seawall_pool *pool, const sw_pool_rules *rules)
{
    set_clocked(pool, rules);
    sw_pool_enter(pool);
    sw_pool_follow(&pool->locked.core, rules);
    sw_pool_rouse(pool);
    sw_pool_leave(pool);
}

/* Under `control`. */
static seawall_status change(seawall_pool *pool, const seawall_pool_config *full, const seawall_priority_level_config *levels,
                             seawall_error *error)
{
    seawall_status status = sw_config_keep(&sw_pool_config_kind, &pool->config, full, error);
    sw_pool_rules rules;

    if (status == SEAWALL_OK)
        status = check_threads(pool, full, error);
    if (status != SEAWALL_OK)
        return status;
    sw_pool_rules_from(full, levels, &rules);
    status = check_limits(pool, &rules, error);
    if (status != SEAWALL_OK)
        return status;
    keep_config(pool, full, levels);
    follow(pool, &rules);
    return SEAWALL_OK;
}

/* Gives `control` back. */
static seawall_status changed(seawall_pool *pool, seawall_status status)
{
    sw_mutex_unlock(&pool->control);
    if (status == SEAWALL_OK)
        sw_pool_grow(pool); /* may tell of jobs, and who is told may reconfigure */
    return status;
}

void sw_pool_levels(seawall_pool *pool, seawall_priority_level_config *levels)
{
    sw_mutex_lock(&pool->control);
    memcpy(levels, pool->levels, sizeof(pool->levels));
    sw_mutex_unlock(&pool->control);
}

void sw_pool_relevel(seawall_pool *pool, const seawall_priority_level_config *from, const seawall_priority_level_config *to)
{
    sw_pool_rules rules;

    sw_mutex_lock(&pool->control);
    rules = pool->locked.core.rules; /* written under both locks */
    if (sw_pool_levels_follow(pool->levels, from, to)) {
        sw_pool_rules_levels(pool->levels, &rules);
        follow(pool, &rules);
    }
    sw_mutex_unlock(&pool->control);
}

seawall_status sw_pool_retune(seawall_pool *pool, const seawall_pool_config *config, seawall_error *error)
{
    seawall_pool_config full = *config;
    seawall_status status;

    sw_mutex_lock(&pool->control);
    full.name = pool->name;
    full.signals = pool->config.signals;
    status = change(pool, &full, pool->levels, error);
    return changed(pool, status);
}

seawall_status seawall_pool_reconfigure(seawall_pool *pool, const seawall_pool_config *config, seawall_error *error)
{
    seawall_priority_level_config levels[SEAWALL_PRIORITY_COUNT];
    seawall_pool_config full;
    seawall_status status;

    if (pool == NULL)
        return sw_error(error, SEAWALL_INVALID, "thread_pool", "thread_pool: there is none to reconfigure (NULL)");
    status = sw_config_take(&sw_pool_config_kind, config, &full, error);
    if (status == SEAWALL_OK)
        status = sw_pool_levels_take(&full, levels, error);
    if (status != SEAWALL_OK)
        return status;
    sw_mutex_lock(&pool->control);
    status = change(pool, &full, levels, error);
    return changed(pool, status);
}
