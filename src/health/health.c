/* A set of checks as an object: making, ending, reading the time, the child of a fork. */
#include "health/health_object.h"

#include <string.h>

#include "base/error.h"
#include "base/field.h"
#include "health/health_attach.h"
#include "health/health_config.h"
#include "time/platform.h"

static size_t places_of(const seawall_health_config *config)
{
    return (size_t)config->workers + (size_t)config->max_stuck;
}

/* The set, its workers' places, the checks, the heap. */
static size_t size_for(const seawall_health_config *config)
{
    return sizeof(seawall_health) + places_of(config) * sizeof(sw_health_worker) +
           (size_t)config->max_checks * (sizeof(sw_health_entry *) + sizeof(sw_health_place *));
}

static void set_up(seawall_health *health, const seawall_health_config *config, const seawall_platform *platform)
{
    const seawall_health_endpoint_config open = SEAWALL_HEALTH_ENDPOINT_CONFIG_INIT;
    int32_t i;

    health->platform = platform;
    health->config = *config;
    health->size = size_for(config);
    health->workers = (sw_health_worker *)(void *)(health + 1);
    health->entries.places = (sw_health_entry **)(void *)(health->workers + places_of(config));
    health->heap.places = (sw_health_place **)(void *)(health->entries.places + config->max_checks);
    health->latest = sw_now(platform);
    health->sleeps_until = SW_HEALTH_AWAKE;
    health->listening = -1;
    for (i = 0; i < SW_HEALTH_ENDPOINTS; i++)
        health->endpoints[i] = health->sides[i].own = open;
    for (i = 0; i <= SEAWALL_HEALTH_WHOLE; i++) {
        health->grades[i] = sw_health_grade(&health->sum, i);
        health->grade_since[i] = health->latest;
    }
    sw_mutex_init(&health->lock);
    sw_store_relaxed_u32(&health->references, 1);
    sw_store_release_u32(&health->process, sw_port_fork_generation());
}

seawall_status seawall_health_create(const seawall_health_config *config, const seawall_platform *platform,
                                     seawall_health **health, seawall_error *error)
{
    seawall_health_config full;
    seawall_health *made;
    seawall_status status = sw_config_take(&sw_health_config_kind, config, &full, error);

    if (status != SEAWALL_OK)
        return status;
    if (health == NULL)
        return sw_error(error, SEAWALL_INVALID, "health", "health: no place for the new object (NULL)");
    platform = sw_platform_resolve(platform, error);
    if (platform == NULL)
        return SEAWALL_INVALID;
    made = sw_allocate(platform, size_for(&full), _Alignof(seawall_health));
    if (made == NULL)
        return sw_error(error, SEAWALL_NO_MEMORY, "health", "health: no memory for %zu bytes", size_for(&full));
    set_up(made, &full, platform);
    *health = made;
    return SEAWALL_OK;
}

void sw_health_let_go(seawall_health *health)
{
    if (sw_sub_u32(&health->references, 1) == 1)
        sw_release(health->platform, health, health->size);
}

seawall_time sw_health_now(seawall_health *health, seawall_time now)
{
    if (now > health->latest)
        health->latest = now;
    return health->latest;
}

void sw_health_ring_ended(seawall_health *health)
{
    (void)sw_add_u32(&health->ended, 1);
    health->platform->wake(sw_health_word(&health->ended), health->platform->clock_user);
}

/* Those that are there, each once: a thread of the parent may have been moving them. */
static void gather(seawall_health *health)
{
    sw_health_entry **places = health->entries.places;
    size_t most = (size_t)health->config.max_checks, count = 0, i;

    for (i = 0; i < most; i++) {
        if (places[i] != NULL && (count == 0 || places[i] != places[count - 1]))
            places[count++] = places[i];
    }
    memset(places + count, 0, (most - count) * sizeof(*places));
    health->entries.count = count;
}

/*
 * Whoever ran something was left in the parent: those runs never were. He may have been in the middle of any change, too, so
 * that everything which says the same as something else is made anew.
 */
static void begin_check(sw_health_entry *entry)
{
    seawall_health *health = entry->health;
    sw_health_rules rules;

    if (!entry->listed)
        sw_health_begin_anew(entry);
    entry->listed = true;
    entry->references = 1;
    if (sw_health_rules_from(&entry->config, health->endpoints, &rules, NULL) == SEAWALL_OK)
        entry->rules = rules;
    if (entry->at != SW_HEALTH_NOWHERE || entry->state.phase != SW_HEALTH_IDLE)
        entry->state.due = health->latest;
    entry->at = SW_HEALTH_NOWHERE;
    entry->state.phase = SW_HEALTH_IDLE;
    sw_health_count(health->sum.tallies, &entry->state, &entry->rules, 1);
    sw_health_heap_add(&health->heap, &entry->place, sw_health_next_of(entry));
}

static void begin_checks(seawall_health *health)
{
    size_t i;

    gather(health);
    health->heap.count = 0;
    memset(health->sum.tallies, 0, sizeof(health->sum.tallies));
    for (i = 0; i < health->entries.count; i++)
        begin_check(sw_health_entry_at(health, i));
}

static void adopt(seawall_health *health)
{
    size_t places = places_of(&health->config);

    begin_checks(health);
    memset(health->workers, 0, places * sizeof(*health->workers));
    memset(&health->net, 0, sizeof(health->net));
    health->threads = health->idle = health->starting = health->waiting = 0;
    health->first_waiting = health->last_waiting = NULL;
    health->driver = SW_HEALTH_NOBODY;
    health->polling = 0;
    health->timers = NULL;
    health->sleeps_until = SW_HEALTH_AWAKE;
    health->stopping = false;
    health->telling = false;
    health->unmet = true; /* whoever told may have been in the middle of it */
    health->listening = -1;
    sw_store_u32(&health->references, 1);
}

void sw_health_enter(seawall_health *health)
{
    uint32_t process = sw_port_fork_generation();
    sw_health_attachment *left = NULL;

    if (sw_load_acquire_u32(&health->process) == process)
        return;
    sw_mutex_lock(&health->lock);
    if (sw_load_u32(&health->process) != process) {
        adopt(health);
        left = sw_health_left_behind(health);
        sw_store_release_u32(&health->process, process);
    }
    sw_mutex_unlock(&health->lock);
    sw_health_attachment_drop(left);
}

void seawall_health_destroy(seawall_health *health)
{
    sw_health_entry *graves = NULL;

    if (health == NULL)
        return;
    sw_health_enter(health);
    (void)seawall_health_stop(health);
    sw_mutex_lock(&health->lock);
    while (health->entries.count > 0) {
        sw_health_entry *entry = sw_health_entry_at(health, --health->entries.count);
        sw_health_attachment *attachment = sw_health_detach(entry);

        health->entries.places[health->entries.count] = NULL;
        sw_health_unlist(entry, &graves);
        sw_health_drop(entry, &graves);
        sw_mutex_unlock(&health->lock);
        sw_health_attachment_drop(attachment);
        sw_mutex_lock(&health->lock);
    }
    sw_mutex_unlock(&health->lock);
    sw_health_bury(graves);
    sw_health_net_close(health);
    sw_health_let_go(health);
}
