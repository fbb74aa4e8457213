/* The checks of a set: registering, replacing, binding, removing. */
#include <string.h>

#include "base/error.h"
#include "base/field.h"
#include "base/hash.h"
#include "health/health_attach.h"
#include "health/health_config.h"
#include "health/health_object.h"
#include "time/platform.h"

static void retain_heartbeat(seawall_heartbeat *heartbeat)
{
    if (heartbeat != NULL)
        (void)sw_add_u32(&heartbeat->references, 1);
}

sw_health_entry *sw_health_find(const seawall_health *health, const char *name)
{
    uint64_t hash = sw_hash_text(0, name);
    size_t i;

    for (i = 0; i < health->entries.count; i++) {
        sw_health_entry *entry = sw_health_entry_at(health, i);

        if (entry->hash == hash && strcmp(entry->name, name) == 0)
            return entry;
    }
    return NULL;
}

void sw_health_drop(sw_health_entry *entry, sw_health_entry **graves)
{
    if (--entry->references > 0)
        return;
    entry->next = *graves;
    *graves = entry;
}

void sw_health_free(sw_health_entry *entry)
{
    const seawall_platform *platform = entry->health->platform;

    sw_health_attachment_drop(entry->attachment);
    sw_health_net_destroy(entry);
    seawall_heartbeat_destroy(entry->binding.heartbeat);
    sw_release(platform, entry, sizeof(*entry));
}

void sw_health_bury(sw_health_entry *graves)
{
    while (graves != NULL) {
        sw_health_entry *entry = graves;
        seawall_health *health = entry->health;

        graves = entry->next;
        if (entry->binding.release != NULL)
            entry->binding.release(entry->binding.user);
        sw_health_free(entry);
        sw_health_ring_ended(health);
    }
}

static seawall_status check_name(const char *name, seawall_error *error)
{
    size_t length = name != NULL ? strlen(name) : 0;

    if (length == 0)
        return sw_error(error, SEAWALL_INVALID, "health_check", "health_check: a name is missing");
    if (length > SEAWALL_HEALTH_NAME_SIZE_MAX)
        return sw_error(error, SEAWALL_INVALID, "health_check", "health_check: a name of %zu bytes is longer than %d", length,
                        SEAWALL_HEALTH_NAME_SIZE_MAX);
    return SEAWALL_OK;
}

static seawall_status wrong_binding(const char *what, seawall_error *error)
{
    return sw_error(error, SEAWALL_INVALID, "health_check", "health_check: %s", what);
}

/* What is bound must fit what the check says that it is. */
static seawall_status check_binding(const seawall_health_check_config *config, const seawall_health_binding *binding,
                                    seawall_error *error)
{
    bool beats = config->check == SEAWALL_HEALTH_HEARTBEAT;

    if (binding == NULL)
        return SEAWALL_OK;
    if (binding->size < sizeof(*binding) || binding->size > SW_STRUCT_SIZE_MAX)
        return wrong_binding("the binding has an impossible size", error);
    if (beats ? binding->heartbeat == NULL || binding->function != NULL
              : binding->function == NULL || binding->heartbeat != NULL)
        return wrong_binding(beats ? "a heartbeat check is bound to a heartbeat, and to nothing else"
                                   : "a check is bound to a function, and only a heartbeat check to a heartbeat",
                             error);
    return SEAWALL_OK;
}

static const char *slot_text(const sw_health_entry *entry)
{
    return entry->config.check == SEAWALL_HEALTH_HEARTBEAT ? "no heartbeat is bound to it" : "no function is bound to it";
}

/* A binding goes before a target. */
sw_health_entry *sw_health_make(seawall_health *health, const char *name, const seawall_health_check_config *config,
                                const seawall_health_binding *binding, seawall_status *status, seawall_error *error)
{
    sw_health_entry *entry = sw_allocate(health->platform, sizeof(*entry), _Alignof(sw_health_entry));

    if (entry == NULL) {
        *status = sw_error(error, SEAWALL_NO_MEMORY, "health_check", "health_check: no memory");
        return NULL;
    }
    entry->health = health;
    entry->references = 1;
    entry->hash = sw_hash_text(0, name);
    entry->config = *config;
    (void)strncat(entry->name, name, sizeof(entry->name) - 1);
    entry->run.size = sizeof(entry->run);
    entry->run.name = entry->name;
    if (binding == NULL && config->target[0] != '\0')
        *status = sw_health_net_create(entry, error);
    if (*status != SEAWALL_OK) {
        sw_release(health->platform, entry, sizeof(*entry));
        return NULL;
    }
    if (binding != NULL)
        entry->binding = *binding;
    retain_heartbeat(entry->binding.heartbeat);
    entry->bound = binding != NULL || config->target[0] != '\0';
    if (!entry->bound)
        (void)strncat(entry->message, slot_text(entry), sizeof(entry->message) - 1);
    return entry;
}

/* A check without anything to look with is never due. */
void sw_health_begin_anew(sw_health_entry *entry)
{
    seawall_time now = sw_health_now(entry->health, sw_now(entry->health->platform));

    sw_health_begin_life(&entry->state, entry->config.initial_delay, now);
    if (!entry->bound)
        entry->state.due = SEAWALL_FOREVER;
    entry->fed = now;
}

/* In a quiet set nobody has looked at the clock for long. */
static seawall_time look_at_clock(seawall_health *health)
{
    return sw_health_now(health, sw_now(health->platform));
}

static void list(sw_health_entry *entry)
{
    seawall_health *health = entry->health;

    sw_health_begin_anew(entry);
    entry->listed = true;
    sw_health_count(health->sum.tallies, &entry->state, &entry->rules, 1);
    sw_health_heap_add(&health->heap, &entry->place, SEAWALL_FOREVER);
    sw_health_reschedule(entry);
}

void sw_health_unlist(sw_health_entry *entry, sw_health_entry **graves)
{
    seawall_health *health = entry->health;

    sw_health_count(health->sum.tallies, &entry->state, &entry->rules, -1);
    sw_health_heap_remove(&health->heap, &entry->place);
    entry->listed = false;
    if (entry->at == SW_HEALTH_WAITING)
        sw_health_unqueue(entry);
    else if (entry->at != SW_HEALTH_ABROAD && !(entry->at == SW_HEALTH_ON_NET && sw_health_net_cancel(entry)))
        return;
    entry->at = SW_HEALTH_NOWHERE;
    sw_health_drop(entry, graves);
}

void sw_health_append(sw_health_entry *entry)
{
    seawall_health *health = entry->health;

    sw_order_stores();
    health->entries.places[health->entries.count++] = entry;
    list(entry);
}

static seawall_status add(seawall_health *health, sw_health_entry *entry, seawall_error *error)
{
    seawall_status status;

    if (sw_health_find(health, entry->name) != NULL)
        return sw_error(error, SEAWALL_INVALID, "health_check", "health_check: there is one of this name already");
    if (health->entries.count == (size_t)health->config.max_checks)
        return sw_error(error, SEAWALL_FULL, "health_check", "health_check: there are max_checks already, %d",
                        (int)health->config.max_checks);
    status = sw_health_rules_from(&entry->config, health->endpoints, &entry->rules, error);
    if (status == SEAWALL_OK)
        sw_health_append(entry);
    return status;
}

static size_t place_of(const seawall_health *health, const sw_health_entry *entry)
{
    size_t i = 0;

    while (sw_health_entry_at(health, i) != entry)
        i++;
    return i;
}

/* One after the other moves up: a child that is forked meanwhile finds one of them twice, and none missing. */
static void close_gap(seawall_health *health, size_t gap)
{
    sw_health_entry **places = health->entries.places;

    for (; gap + 1 < health->entries.count; gap++) {
        places[gap] = places[gap + 1];
        sw_order_stores();
    }
    places[gap] = NULL;
    health->entries.count--;
}

void sw_health_take_out(sw_health_entry *entry, sw_health_entry **graves)
{
    close_gap(entry->health, place_of(entry->health, entry));
    sw_health_unlist(entry, graves);
}

static seawall_status no_such_check(seawall_error *error)
{
    return sw_error(error, SEAWALL_INVALID, "health_check", "health_check: there is none of this name");
}

void sw_health_exchange(sw_health_entry *before, sw_health_entry *entry, sw_health_entry **graves)
{
    seawall_health *health = entry->health;

    entry->attachment = before->attachment;
    entry->attached_by = before->attached_by;
    sw_order_stores();
    health->entries.places[place_of(health, before)] = entry;
    sw_order_stores();
    before->attachment = NULL;
    health->unmet |= entry->attachment != NULL; /* what was found is gone, and found anew it is news */
    sw_health_unlist(before, graves);
    sw_health_drop(before, graves);
    list(entry);
}

/* What is bound to a check does not change whose it is; what is put in its place is the program's. */
static seawall_status exchange(seawall_health *health, sw_health_entry *entry, bool binds, sw_health_entry **graves,
                               seawall_error *error)
{
    sw_health_entry *before = sw_health_find(health, entry->name);
    seawall_status status;

    if (before == NULL)
        return no_such_check(error);
    status = sw_health_rules_from(&entry->config, health->endpoints, &entry->rules, error);
    if (status != SEAWALL_OK)
        return status;
    entry->owner = binds ? before->owner : 0;
    sw_health_exchange(before, entry, graves);
    return SEAWALL_OK;
}

/* How an entry comes in. */
typedef enum manner { ADD, REPLACE, BIND } manner;

static seawall_status put(seawall_health *health, const char *name, const seawall_health_check_config *full,
                          const seawall_health_binding *binding, manner how, seawall_error *error)
{
    sw_health_entry *graves = NULL, *entry;
    seawall_status status = check_binding(full, binding, error);

    if (status != SEAWALL_OK)
        return status;
    entry = sw_health_make(health, name, full, binding, &status, error);
    if (entry == NULL)
        return status;
    sw_mutex_lock(&health->lock);
    status = how == ADD ? add(health, entry, error) : exchange(health, entry, how == BIND, &graves, error);
    if (status == SEAWALL_OK)
        sw_health_regrade(health, "", look_at_clock(health));
    sw_mutex_unlock(&health->lock);
    if (status != SEAWALL_OK)
        sw_health_free(entry);
    sw_health_bury(graves);
    sw_health_tell(health);
    return status;
}

static seawall_status take(seawall_health *health, const char *name, const seawall_health_check_config *config,
                           seawall_health_check_config *full, seawall_error *error)
{
    seawall_status status = sw_config_take(&sw_health_check_config_kind, config, full, error);

    if (status != SEAWALL_OK)
        return status;
    if (health == NULL)
        return sw_error(error, SEAWALL_INVALID, "health_check", "health_check: no set of checks (NULL), none to reconfigure");
    sw_health_enter(health);
    return check_name(name, error);
}

static seawall_status take_and_put(seawall_health *health, const char *name, const seawall_health_check_config *config,
                                   const seawall_health_binding *binding, manner how, seawall_error *error)
{
    seawall_health_check_config full;
    seawall_status status = take(health, name, config, &full, error);

    if (status == SEAWALL_OK && binding != NULL && full.target[0] != '\0')
        return wrong_binding("it has a target and a function: one of them too many", error);
    return status == SEAWALL_OK ? put(health, name, &full, binding, how, error) : status;
}

seawall_status seawall_health_register(seawall_health *health, const char *name, const seawall_health_check_config *config,
                                       const seawall_health_binding *binding, seawall_error *error)
{
    return take_and_put(health, name, config, binding, ADD, error);
}

seawall_status seawall_health_replace(seawall_health *health, const char *name, const seawall_health_check_config *config,
                                      const seawall_health_binding *binding, seawall_error *error)
{
    return take_and_put(health, name, config, binding, REPLACE, error);
}

/* The settings of the check that is there. */
static seawall_status settings_of(seawall_health *health, const char *name, seawall_health_check_config *full,
                                  seawall_error *error)
{
    const sw_health_entry *entry;

    sw_mutex_lock(&health->lock);
    entry = sw_health_find(health, name);
    if (entry != NULL)
        *full = entry->config;
    sw_mutex_unlock(&health->lock);
    return entry != NULL ? SEAWALL_OK : no_such_check(error);
}

seawall_status seawall_health_bind(seawall_health *health, const char *name, const seawall_health_binding *binding,
                                   seawall_error *error)
{
    seawall_health_check_config full;
    seawall_status status = take(health, name, NULL, &full, error);

    if (status == SEAWALL_OK)
        status = settings_of(health, name, &full, error);
    if (status != SEAWALL_OK)
        return status;
    if (binding == NULL)
        return wrong_binding("no binding (NULL)", error);
    return put(health, name, &full, binding, BIND, error);
}

void sw_health_obey_settings(sw_health_entry *entry, const seawall_health_check_config *config, const sw_health_rules *rules,
                             seawall_time now)
{
    seawall_health *health = entry->health;

    sw_health_count(health->sum.tallies, &entry->state, &entry->rules, -1);
    entry->config = *config;
    entry->rules = *rules;
    sw_health_obey(&entry->state, rules);
    if (entry->bound && entry->state.phase == SW_HEALTH_IDLE && entry->state.due == SEAWALL_FOREVER &&
        !sw_health_rests(&health->sum, rules))
        entry->state.due = now; /* it has rested */
    sw_health_count(health->sum.tallies, &entry->state, rules, 1);
    sw_health_reschedule(entry);
}

static seawall_status reconfigure(sw_health_entry *entry, const seawall_health_check_config *full, seawall_error *error)
{
    seawall_health *health = entry->health;
    sw_health_rules rules;
    seawall_status status = sw_config_keep(&sw_health_check_config_kind, &entry->config, full, error);

    if (status == SEAWALL_OK)
        status = sw_health_rules_from(full, health->endpoints, &rules, error);
    if (status != SEAWALL_OK)
        return status;
    sw_health_obey_settings(entry, full, &rules, look_at_clock(health));
    sw_health_regrade(health, "", look_at_clock(health));
    return SEAWALL_OK;
}

seawall_status seawall_health_reconfigure(seawall_health *health, const char *name, const seawall_health_check_config *config,
                                          seawall_error *error)
{
    seawall_health_check_config full;
    seawall_status status = take(health, name, config, &full, error);
    sw_health_entry *entry;

    if (status != SEAWALL_OK)
        return status;
    sw_mutex_lock(&health->lock);
    entry = sw_health_find(health, name);
    status = entry != NULL ? reconfigure(entry, &full, error) : no_such_check(error);
    sw_mutex_unlock(&health->lock);
    sw_health_tell(health);
    return status;
}

/* Until nobody but the caller refers to it, or its function is the caller's own. Under the lock. */
static bool await(sw_health_entry *entry, seawall_time deadline)
{
    seawall_health *health = entry->health;

    while (entry->references > 1 && !(entry->at == SW_HEALTH_ON_THREAD && entry->thread == sw_port_thread_self())) {
        uint32_t ticket = sw_load_u32(&health->ended);

        if (deadline != SEAWALL_FOREVER && sw_now(health->platform) >= deadline)
            return false;
        sw_mutex_unlock(&health->lock);
        health->platform->park(sw_health_word(&health->ended), ticket, deadline, health->platform->clock_user);
        sw_mutex_lock(&health->lock);
    }
    return true;
}

/* For good, with all that others know of it; its own reference is the caller's from here on. Under the lock, which it lets go. */
static void remove_check(sw_health_entry *entry, sw_health_entry **graves)
{
    seawall_health *health = entry->health;
    sw_health_attachment *attachment = sw_health_detach(entry);

    sw_health_take_out(entry, graves);
    sw_health_regrade(health, "", look_at_clock(health));
    sw_mutex_unlock(&health->lock);
    sw_health_attachment_drop(attachment);
    sw_health_tell(health);
    sw_mutex_lock(&health->lock);
}

seawall_status seawall_health_unregister_until(seawall_health *health, const char *name, seawall_time deadline)
{
    sw_health_entry *graves = NULL, *entry;
    uint32_t process = sw_port_fork_generation();
    bool over = true;

    if (health == NULL || check_name(name, NULL) != SEAWALL_OK)
        return SEAWALL_INVALID;
    sw_health_enter(health);
    sw_mutex_lock(&health->lock);
    entry = sw_health_find(health, name);
    if (entry != NULL) {
        remove_check(entry, &graves);
        over = sw_port_fork_generation() != process || await(entry, deadline); /* a listener's child has nobody to wait for */
        sw_health_drop(entry, &graves);
    }
    sw_mutex_unlock(&health->lock);
    sw_health_bury(graves);
    if (entry == NULL)
        return SEAWALL_INVALID;
    return over ? SEAWALL_OK : SEAWALL_TIMED_OUT;
}

seawall_status seawall_health_unregister(seawall_health *health, const char *name)
{
    return seawall_health_unregister_until(health, name, SEAWALL_FOREVER);
}
