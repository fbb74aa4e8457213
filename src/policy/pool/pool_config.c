/* The settings of a pool and of priority levels. */
#include "policy/pool/pool_config.h"

#include <string.h>

#include "base/error.h"
#include "port/port.h"
#include "sync/worker.h"

_Static_assert(SEAWALL_PRIORITY_COUNT == SW_JOB_LEVELS, "a queue has as many levels as there are");

#define WORKERS_MAX 1000
#define JOBS_MAX 1000000
#define WEIGHT_MAX 10000

static const seawall_pool_config defaults = SEAWALL_POOL_CONFIG_INIT;

static const sw_field fields[] = {
    {SW_FIELD_COUNT(seawall_pool_config, core_size, "workers", 0, WORKERS_MAX, "Workers that stay though they are idle."),
     .automatic = true, .live = true},
    {SW_FIELD_COUNT(seawall_pool_config, max_size, "workers", 1, WORKERS_MAX, "Workers at most; live up to max_size_limit."),
     .automatic = true, .live = true},
    {SW_FIELD_COUNT(seawall_pool_config, queue_size, "jobs", 0, JOBS_MAX,
                    "Jobs that may wait for a worker; live up to queue_size_limit."), .live = true},
    {SW_FIELD_CHOICE(seawall_pool_config, growth, "eager, queue_first",
                     "Whether a job that finds no idle worker starts one, or waits until the queue is full."),
     .live = true},
    {SW_FIELD_COUNT(seawall_pool_config, max_results, "jobs", 0, JOBS_MAX, "Ended jobs whose handle nobody has used up.")},
    {SW_FIELD_COUNT(seawall_pool_config, max_size_limit, "workers", 0, WORKERS_MAX,
                    "What max_size may become live; 0: what it is.")},
    {SW_FIELD_COUNT(seawall_pool_config, queue_size_limit, "jobs", 0, JOBS_MAX,
                    "What queue_size may become live; 0: what it is.")},
    {SW_FIELD_COUNT(seawall_pool_config, stack_size, "bytes", SW_STACK_LEAST, SW_STACK_MOST, "Stack of each worker.")},
    {SW_FIELD_SWITCH(seawall_pool_config, histograms, "Whether it keeps how long jobs wait and run.")},
    {SW_FIELD_DURATION(seawall_pool_config, keep_alive, 0, SEAWALL_FOREVER,
                       "How long a worker beyond core_size stays idle."),
     .live = true},
    {SW_FIELD_DURATION(seawall_pool_config, stuck_after, SEAWALL_MICROSECONDS(1), SEAWALL_FOREVER,
                       "A job that runs for longer counts as stuck."),
     .live = true},
};

/* A limit of 0 is what the setting itself is; an automatic one has its own. */
static seawall_status check_limit(const char *key, int32_t is, int32_t limit, seawall_error *error)
{
    char path[SEAWALL_ERROR_KEY_SIZE] = "thread_pool.";

    strncat(path, key, sizeof(path) - strlen(path) - 1);
    return is == SEAWALL_AUTO || limit == 0 || is <= limit
               ? SEAWALL_OK
               : sw_error(error, SEAWALL_INVALID, path, "%s: %d is above %s_limit, %d", path, (int)is, key, (int)limit);
}

static seawall_status check_size(const void *config, seawall_error *error)
{
    const seawall_pool_config *full = config;

    return check_limit("max_size", full->max_size, full->max_size_limit, error);
}

static seawall_status check_queue(const void *config, seawall_error *error)
{
    const seawall_pool_config *full = config;

    return check_limit("queue_size", full->queue_size, full->queue_size_limit, error);
}

static seawall_status check_core(const void *config, seawall_error *error)
{
    const seawall_pool_config *full = config;

    if (full->core_size != SEAWALL_AUTO && full->max_size != SEAWALL_AUTO && full->core_size > full->max_size)
        return sw_error(error, SEAWALL_INVALID, "thread_pool.core_size", "thread_pool.core_size: %d is above max_size, %d",
                        (int)full->core_size, (int)full->max_size);
    if (full->core_size != SEAWALL_AUTO && full->max_size == SEAWALL_AUTO && full->max_size_limit != 0 &&
        full->core_size > full->max_size_limit)
        return sw_error(error, SEAWALL_INVALID, "thread_pool.core_size", "thread_pool.core_size: %d is above max_size_limit, %d",
                        (int)full->core_size, (int)full->max_size_limit);
    return SEAWALL_OK;
}

static const sw_rule between[] = {
    {check_size, "max_size, max_size_limit"},
    {check_queue, "queue_size, queue_size_limit"},
    {check_core, "core_size, max_size, max_size_limit"},
};

static const sw_pointer pointers[] = {
    {"on_start", offsetof(seawall_pool_config, on_start)},
    {"on_stop", offsetof(seawall_pool_config, on_stop)},
    {"hook_user", offsetof(seawall_pool_config, hook_user)},
};

const sw_config_kind sw_pool_config_kind = {
    .name = "thread_pool",
    .size = sizeof(seawall_pool_config),
    .oldest = sizeof(seawall_pool_config),
    .defaults = &defaults,
    .fields = fields,
    .count = sizeof(fields) / sizeof(fields[0]),
    .pointers = pointers,
    .pointer_count = sizeof(pointers) / sizeof(pointers[0]),
    .rules = between,
    .rule_count = sizeof(between) / sizeof(between[0]),
};

seawall_status seawall_pool_config_init(seawall_pool_config *config, size_t size)
{
    return sw_config_init(&sw_pool_config_kind, config, size);
}

static const seawall_priority_level_config level_defaults = SEAWALL_PRIORITY_LEVEL_CONFIG_INIT;

static const sw_field level_fields[] = {
    {SW_FIELD_COUNT(seawall_priority_level_config, weight, "", 1, WEIGHT_MAX,
                    "Its share of the workers, beside the weights of the others. "
                    "Critical begins with 100, high 75, normal 50, low 25."), .live = true},
    {SW_FIELD_DURATION(seawall_priority_level_config, max_queue_time, SEAWALL_MICROSECONDS(1), SEAWALL_FOREVER,
                       "How long a job may wait for a worker. Critical begins with 1s, high 5s, normal 30s, low 5m."),
     .live = true},
};

const sw_config_kind sw_priority_level_config_kind = {
    .name = "priority_level",
    .size = sizeof(seawall_priority_level_config),
    .oldest = sizeof(seawall_priority_level_config),
    .defaults = &level_defaults,
    .fields = level_fields,
    .count = sizeof(level_fields) / sizeof(level_fields[0]),
};

seawall_status seawall_priority_level_config_init(seawall_priority_level_config *config, size_t size)
{
    return sw_config_init(&sw_priority_level_config_kind, config, size);
}

static const struct {
    const char *name;
    seawall_priority_level_config config;
} built_in[SEAWALL_PRIORITY_COUNT] = {
    {"critical", {sizeof(seawall_priority_level_config), 100, SEAWALL_SECONDS(1)}},
    {"high", {sizeof(seawall_priority_level_config), 75, SEAWALL_SECONDS(5)}},
    {"normal", SEAWALL_PRIORITY_LEVEL_CONFIG_INIT},
    {"low", {sizeof(seawall_priority_level_config), 25, SEAWALL_SECONDS(300)}},
};

seawall_status seawall_priority_levels(seawall_priority_level_config *levels)
{
    int32_t i;

    if (levels == NULL)
        return SEAWALL_INVALID;
    for (i = 0; i < SEAWALL_PRIORITY_COUNT; i++)
        levels[i] = built_in[i].config;
    return SEAWALL_OK;
}

const char *seawall_priority_name(seawall_priority priority)
{
    return priority >= 0 && priority < SEAWALL_PRIORITY_COUNT ? built_in[priority].name : "unknown";
}

const seawall_priority_level_config *sw_priority_built_in(seawall_priority priority)
{
    return &built_in[priority].config;
}

int32_t sw_priority_named(const char *name)
{
    int32_t i;

    for (i = 0; i < SEAWALL_PRIORITY_COUNT; i++) {
        if (strcmp(built_in[i].name, name) == 0)
            return i;
    }
    return -1;
}

seawall_status sw_pool_levels_take(const seawall_pool_config *config, seawall_priority_level_config *levels,
                                   seawall_error *error)
{
    const unsigned char *given = (const unsigned char *)config->levels;
    int32_t i;

    for (i = 0; i < SEAWALL_PRIORITY_COUNT; i++)
        levels[i] = built_in[i].config;
    for (i = 0; given != NULL && i < SEAWALL_PRIORITY_COUNT; i++) {
        /* The caller's structs have the caller's size, which may be another one. */
        const void *one = given + (size_t)i * config->levels->size;
        seawall_status status = sw_config_take(&sw_priority_level_config_kind, one, &levels[i], error);

        if (status != SEAWALL_OK)
            return status;
    }
    return SEAWALL_OK;
}

bool sw_pool_levels_follow(seawall_priority_level_config *levels, const seawall_priority_level_config *from,
                           const seawall_priority_level_config *to)
{
    bool any = false;
    int32_t i;

    for (i = 0; i < SEAWALL_PRIORITY_COUNT; i++) {
        if (from[i].weight != to[i].weight)
            levels[i].weight = to[i].weight;
        if (from[i].max_queue_time != to[i].max_queue_time)
            levels[i].max_queue_time = to[i].max_queue_time;
        any |= from[i].weight != to[i].weight || from[i].max_queue_time != to[i].max_queue_time;
    }
    return any;
}

void sw_pool_rules_levels(const seawall_priority_level_config *levels, sw_pool_rules *rules)
{
    int32_t i;

    for (i = 0; i < SEAWALL_PRIORITY_COUNT; i++) {
        rules->stride[i] = SW_POOL_STRIDE / (uint32_t)levels[i].weight;
        rules->max_queue_time[i] = levels[i].max_queue_time;
    }
}

static int32_t least(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

static int32_t most(int32_t a, int32_t b)
{
    return a > b ? a : b;
}

void sw_pool_rules_from(const seawall_pool_config *config, const seawall_priority_level_config *levels, sw_pool_rules *rules)
{
    int32_t cpus = least(sw_port_cpus(), WORKERS_MAX);
    int32_t core = config->core_size, max = config->max_size;

    if (max == SEAWALL_AUTO) {
        max = most(cpus, core);
        max = config->max_size_limit != 0 ? least(max, config->max_size_limit) : max;
    }
    rules->core = core != SEAWALL_AUTO ? core : least(cpus, max);
    rules->max = max;
    rules->queue = config->queue_size;
    rules->growth = config->growth;
    rules->max_results = config->max_results;
    rules->keep_alive = config->keep_alive;
    rules->stuck_after = config->stuck_after;
    sw_pool_rules_levels(levels, rules);
}
