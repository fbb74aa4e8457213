/* Looking at checks and endpoints as structs. */
#include <string.h>

#include "base/field.h"
#include "health/health_object.h"

static const char *const names[] = {"unknown", "pass", "warn", "fail"};

const char *seawall_health_status_name(seawall_health_status status)
{
    return status >= SEAWALL_HEALTH_UNKNOWN && status <= SEAWALL_HEALTH_FAIL ? names[status] : "unknown";
}

const char *seawall_health_endpoint_name(seawall_health_endpoint endpoint)
{
    static const char *const endpoints[] = {"live", "ready", "startup", "whole"};

    return endpoint >= SEAWALL_HEALTH_LIVE && endpoint <= SEAWALL_HEALTH_WHOLE ? endpoints[endpoint] : "unknown";
}

int32_t seawall_health_count(seawall_health *health)
{
    int32_t count;

    if (health == NULL)
        return 0;
    sw_health_enter(health);
    sw_mutex_lock(&health->lock);
    count = (int32_t)health->entries.count;
    sw_mutex_unlock(&health->lock);
    return count;
}

static void look(const sw_health_entry *entry, seawall_health_check_snapshot *full)
{
    const sw_health_state *state = &entry->state;
    const sw_health_rules *rules = &entry->rules;

    *full = (seawall_health_check_snapshot){
        .status = state->status,
        .last = state->last,
        .running = state->phase != SW_HEALTH_IDLE,
        .stuck = state->phase == SW_HEALTH_STUCK,
        .bound = entry->bound,
        .consecutive_passes = state->passes,
        .consecutive_failures = state->fails,
        .runs = state->runs,
        .failures = state->failures,
        .since = state->since,
        .last_run = state->last_run,
        .last_ok = state->last_ok,
        .duration = state->duration,
        .interval = rules->interval,
        .timeout = rules->timeout,
        .failure_threshold = rules->failure_threshold,
        .success_threshold = rules->success_threshold,
        .endpoints = rules->endpoints,
        .required = rules->required,
    };
    memcpy(full->name, entry->name, sizeof(full->name));
    memcpy(full->message, entry->message, sizeof(full->message));
}

static seawall_status give(seawall_health *health, const char *name, int32_t index, seawall_health_check_snapshot *snapshot)
{
    seawall_health_check_snapshot full;
    const sw_health_entry *entry = NULL;

    if (health == NULL || snapshot == NULL)
        return SEAWALL_INVALID;
    sw_health_enter(health);
    sw_mutex_lock(&health->lock);
    if (name != NULL)
        entry = sw_health_find(health, name);
    else if (index >= 0 && (size_t)index < health->entries.count)
        entry = sw_health_entry_at(health, (size_t)index);
    if (entry != NULL)
        look(entry, &full);
    sw_mutex_unlock(&health->lock);
    return entry != NULL ? sw_struct_give(&full, sizeof(full), sizeof(full), snapshot) : SEAWALL_INVALID;
}

seawall_status seawall_health_get_check(seawall_health *health, const char *name, seawall_health_check_snapshot *snapshot)
{
    return name != NULL ? give(health, name, -1, snapshot) : SEAWALL_INVALID;
}

seawall_status seawall_health_check_at(seawall_health *health, int32_t index, seawall_health_check_snapshot *snapshot)
{
    return give(health, NULL, index, snapshot);
}

/* Threads that are held up by a function whose time is over. */
static int32_t held_up(const seawall_health *health)
{
    int32_t i, count = 0;

    for (i = 0; i < health->config.workers + health->config.max_stuck; i++) {
        const sw_health_entry *entry = health->workers[i].entry;

        count += entry != NULL && entry->run.deadline <= health->latest;
    }
    return count;
}

/* Every check, whatever it informs. */
static void count_all(const seawall_health *health, seawall_health_snapshot *full)
{
    size_t i;

    full->checks = (int32_t)health->entries.count;
    for (i = 0; i < health->entries.count; i++) {
        const sw_health_state *state = &sw_health_entry_at(health, i)->state;

        full->passing += state->status == SEAWALL_HEALTH_PASS || state->status == SEAWALL_HEALTH_WARN;
        full->failing += state->status == SEAWALL_HEALTH_FAIL;
        full->stuck += state->phase == SW_HEALTH_STUCK;
    }
}

seawall_status seawall_health_get_snapshot(seawall_health *health, seawall_health_endpoint endpoint,
                                           seawall_health_snapshot *snapshot)
{
    seawall_health_snapshot full = {0};

    if (health == NULL || snapshot == NULL || endpoint < SEAWALL_HEALTH_LIVE || endpoint > SEAWALL_HEALTH_WHOLE)
        return SEAWALL_INVALID;
    sw_health_enter(health);
    sw_mutex_lock(&health->lock);
    full.status = sw_health_grade(&health->sum, endpoint);
    full.http_status = sw_health_http(full.status);
    if (endpoint != SEAWALL_HEALTH_WHOLE) {
        const sw_health_tally *tally = &health->sum.tallies[endpoint];

        full.checks = tally->checks;
        full.passing = tally->passing;
        full.failing = tally->failing;
        full.stuck = tally->stuck;
    } else {
        count_all(health, &full);
    }
    full.draining = health->sum.draining;
    full.started = health->sum.started;
    full.workers = health->threads;
    full.workers_stuck = held_up(health);
    full.waiting = health->waiting;
    full.since = health->grade_since[endpoint];
    sw_mutex_unlock(&health->lock);
    return sw_struct_give(&full, sizeof(full), sizeof(full), snapshot);
}
