/* What an owner says of checks and endpoints, all at once. */
#include "health/health_plan.h"

#include <string.h>

#include "base/error.h"
#include "base/field.h"
#include "base/hash.h"
#include "health/health_config.h"
#include "health/health_object.h"
#include "time/platform.h"

static sw_health_planned *planned_at(const sw_health_plan *plan, size_t index)
{
    return sw_array_at(&plan->checks, index);
}

sw_health_planned *sw_health_plan_add(sw_health_plan *plan, const seawall_platform *platform, const char *name)
{
    sw_health_planned *one = sw_array_add(&plan->checks, sizeof(*one), platform);

    if (one != NULL) {
        one->name = name;
        one->hash = sw_hash_text(0, name);
    }
    return one;
}

/* --- what there is; under the lock --- */

/* Checks stand in the order in which they were named, as a rule: the search begins behind the one that was found last. */
static sw_health_planned *find(const sw_health_plan *plan, const sw_health_entry *entry, size_t *next)
{
    size_t count = plan->checks.count, i;

    for (i = 0; i < count; i++) {
        sw_health_planned *one = planned_at(plan, (*next + i) % count);

        if (one->hash == entry->hash && strcmp(one->name, entry->name) == 0) {
            *next = (*next + i + 1) % count;
            return one;
        }
    }
    return NULL;
}

static void match(const seawall_health *health, const sw_health_plan *plan)
{
    size_t next = 0, i;

    for (i = 0; i < plan->checks.count; i++)
        planned_at(plan, i)->found = NULL;
    for (i = 0; i < health->entries.count; i++) {
        sw_health_entry *entry = sw_health_entry_at(health, i);

        entry->planned = find(plan, entry, &next);
        if (entry->planned != NULL)
            entry->planned->found = entry;
    }
}

static bool goes(const sw_health_plan *plan, const sw_health_entry *entry)
{
    return entry->planned == NULL && entry->owner == plan->owner;
}

static seawall_status keep(const sw_health_planned *one, seawall_error *error)
{
    return sw_config_keep(&sw_health_check_config_kind, &one->found->config, &one->config, error);
}

/* What the program has bound stays. */
static bool looks_with_another(const sw_health_planned *one)
{
    const sw_health_entry *entry = one->found;

    if (!entry->bound_by_owner)
        return !entry->bound && one->binding.function != NULL;
    return entry->binding.function != one->binding.function || entry->binding.user != one->binding.user;
}

/* A check of the program's is only changed. */
static bool is_another(const sw_health_plan *plan, const sw_health_planned *one)
{
    if (one->found == NULL)
        return true;
    return one->found->owner == plan->owner && (keep(one, NULL) != SEAWALL_OK || looks_with_another(one));
}

static bool is_attached_anew(const sw_health_planned *one)
{
    const sw_health_attachment *there = one->found != NULL ? one->found->attachment : NULL;

    return one->attachment != NULL && (there == NULL || !there->same(there, one->attachment));
}

/* --- before --- */

static void look(seawall_health *health, const sw_health_plan *plan)
{
    size_t i;

    sw_health_enter(health);
    sw_mutex_lock(&health->lock);
    match(health, plan);
    for (i = 0; i < plan->checks.count; i++) {
        sw_health_planned *one = planned_at(plan, i);

        one->needs_check = is_another(plan, one);
        one->needs_attachment = is_attached_anew(one);
    }
    sw_mutex_unlock(&health->lock);
}

seawall_status sw_health_plan_prepare(seawall_health *health, const sw_health_plan *plan, seawall_error *error)
{
    seawall_status status = SEAWALL_OK;
    size_t i;

    look(health, plan);
    for (i = 0; i < plan->checks.count && status == SEAWALL_OK; i++) {
        sw_health_planned *one = planned_at(plan, i);

        if (one->needs_check)
            one->made = sw_health_make(health, one->name, &one->config, one->binding.function != NULL ? &one->binding : NULL,
                                       &status, error);
        if (one->made != NULL)
            one->made->owner = plan->owner;
        if (one->made != NULL)
            one->made->bound_by_owner = one->binding.function != NULL;
    }
    return status;
}

/* Whether what is attached to it goes. */
static bool gives_up(const sw_health_plan *plan, const sw_health_entry *entry)
{
    if (entry->planned != NULL && entry->planned->attachment != NULL)
        return is_attached_anew(entry->planned);
    return entry->attached_by == plan->owner || goes(plan, entry);
}

bool sw_health_plan_makes_room(seawall_health *health, const sw_health_plan *plan, const sw_health_planned *for_this)
{
    const sw_health_attachment *new = for_this->attachment;
    size_t leave = 0, wait = 0, i;

    sw_mutex_lock(&health->lock);
    match(health, plan);
    for (i = 0; i < health->entries.count; i++) {
        const sw_health_entry *entry = sw_health_entry_at(health, i);

        leave += entry->attachment != NULL && entry->attachment->beside(entry->attachment, new) && gives_up(plan, entry);
    }
    sw_mutex_unlock(&health->lock);
    for (i = 0; i < plan->checks.count; i++) {
        const sw_health_planned *one = planned_at(plan, i);

        wait += one->needs_room && one->attachment->beside(one->attachment, new);
    }
    return leave > wait;
}

/* --- whether it can be; under the lock --- */

/* An endpoint of which the owner says nothing any more has what the program said. */
static void endpoints_then(const seawall_health *health, const sw_health_plan *plan,
                           seawall_health_endpoint_config endpoints[SW_HEALTH_ENDPOINTS])
{
    int32_t i;

    for (i = 0; i < SW_HEALTH_ENDPOINTS; i++) {
        const sw_health_side *side = &health->sides[i];

        if (plan->says[i])
            endpoints[i] = plan->endpoints[i];
        else
            endpoints[i] = side->owner == plan->owner ? side->own : health->endpoints[i];
    }
}

/* Whether it was prepared for what there is. */
static bool is_ready(const sw_health_plan *plan)
{
    size_t i;

    if (sw_load_acquire_u32(plan->version) != plan->seen)
        return false;
    for (i = 0; i < plan->checks.count; i++) {
        const sw_health_planned *one = planned_at(plan, i);

        if ((is_another(plan, one) && one->made == NULL) || (is_attached_anew(one) && !one->needs_attachment))
            return false;
    }
    return true;
}

static seawall_status judge_one(const sw_health_plan *plan, sw_health_planned *one,
                                const seawall_health_endpoint_config endpoints[SW_HEALTH_ENDPOINTS], seawall_error *error)
{
    seawall_status status = is_another(plan, one) ? SEAWALL_OK : keep(one, error);

    return status == SEAWALL_OK ? sw_health_rules_from(&one->config, endpoints, &one->rules, error) : status;
}

static seawall_status judge(const seawall_health *health, const sw_health_plan *plan,
                            const seawall_health_endpoint_config endpoints[SW_HEALTH_ENDPOINTS], seawall_error *error)
{
    size_t count = 0, i;
    sw_health_rules rules;
    seawall_status status = SEAWALL_OK;

    for (i = 0; i < plan->checks.count && status == SEAWALL_OK; i++) {
        status = judge_one(plan, planned_at(plan, i), endpoints, error);
        count += planned_at(plan, i)->found == NULL;
    }
    for (i = 0; i < health->entries.count && status == SEAWALL_OK; i++) {
        const sw_health_entry *entry = sw_health_entry_at(health, i);

        count += !goes(plan, entry);
        if (entry->planned == NULL && !goes(plan, entry))
            status = sw_health_rules_from(&entry->config, endpoints, &rules, error);
    }
    if (status == SEAWALL_OK && count > (size_t)health->config.max_checks)
        return sw_error(error, SEAWALL_FULL, "health_check", "health_check: there would be %zu, and max_checks is %d", count,
                        (int)health->config.max_checks);
    return status;
}

/* --- all of it; under the lock, and nothing fails --- */

typedef struct carrying {
    seawall_health *health;
    sw_health_plan *plan;
    sw_health_attachment *over; /* to be dropped when the lock is not held */
    sw_health_entry *graves;    /* to be buried then */
} carrying;

static void detach(carrying *c, sw_health_entry *entry)
{
    sw_health_attachment *attachment = sw_health_detach(entry);

    entry->attached_by = 0;
    if (attachment != NULL) {
        attachment->next = c->over;
        c->over = attachment;
    }
}

static void attach(carrying *c, sw_health_planned *one, sw_health_entry *entry)
{
    if (!is_attached_anew(one)) {
        if (one->attachment != NULL)
            entry->attached_by = c->plan->owner;
        return;
    }
    detach(c, entry);
    if (one->needs_room)
        return;
    sw_health_join(entry, one->attachment);
    entry->attached_by = c->plan->owner;
    one->attachment = NULL;
}

static void place(carrying *c, sw_health_planned *one)
{
    sw_health_entry *entry = one->made;

    entry->rules = one->rules;
    if (one->found != NULL)
        sw_health_exchange(one->found, entry, &c->graves);
    else
        sw_health_append(entry);
    one->made = NULL; /* and what is bound is the check's now */
    memset(&one->binding, 0, sizeof(one->binding));
}

static void carry_out_one(carrying *c, sw_health_planned *one, seawall_time now)
{
    bool another = is_another(c->plan, one);
    sw_health_entry *entry = another ? one->made : one->found;

    if (another)
        place(c, one);
    else
        sw_health_obey_settings(entry, &one->config, &one->rules, now);
    one->found = entry;
    attach(c, one, entry);
}

static void carry_out_others(carrying *c)
{
    size_t i;

    for (i = c->health->entries.count; i-- > 0;) {
        sw_health_entry *entry = sw_health_entry_at(c->health, i);
        sw_health_rules rules;

        if (gives_up(c->plan, entry) && (entry->planned == NULL || entry->planned->attachment == NULL))
            detach(c, entry);
        if (goes(c->plan, entry)) {
            sw_health_take_out(entry, &c->graves);
            sw_health_drop(entry, &c->graves);
        } else if (entry->planned == NULL &&
                   sw_health_rules_from(&entry->config, c->health->endpoints, &rules, NULL) == SEAWALL_OK) {
            entry->rules = rules; /* which endpoints it feeds has not changed, so neither have the tallies */
            sw_health_obey(&entry->state, &rules);
            sw_health_reschedule(entry);
        }
    }
}

static void carry_out(carrying *c, const seawall_health_endpoint_config endpoints[SW_HEALTH_ENDPOINTS])
{
    seawall_health *health = c->health;
    seawall_time now = sw_health_now(health, sw_now(health->platform));
    size_t i;

    for (i = 0; i < SW_HEALTH_ENDPOINTS; i++) {
        if (c->plan->says[i])
            health->sides[i].owner = c->plan->owner;
        else if (health->sides[i].owner == c->plan->owner)
            health->sides[i].owner = 0;
        health->endpoints[i] = endpoints[i];
    }
    carry_out_others(c);
    for (i = 0; i < c->plan->checks.count; i++)
        carry_out_one(c, planned_at(c->plan, i), now);
    sw_health_regrade(health, "", now);
}

static void drop(sw_health_attachment *attachment)
{
    while (attachment != NULL) {
        sw_health_attachment *next = attachment->next;

        sw_health_attachment_drop(attachment);
        attachment = next;
    }
}

seawall_status sw_health_plan_carry_out(seawall_health *health, sw_health_plan *plan, seawall_error *error)
{
    seawall_health_endpoint_config endpoints[SW_HEALTH_ENDPOINTS];
    carrying c = {.health = health, .plan = plan};
    seawall_status status = SEAWALL_STALE;

    sw_health_enter(health);
    sw_mutex_lock(&health->lock);
    match(health, plan);
    endpoints_then(health, plan, endpoints);
    if (is_ready(plan))
        status = judge(health, plan, endpoints, error);
    if (status == SEAWALL_OK)
        carry_out(&c, endpoints);
    sw_mutex_unlock(&health->lock);
    drop(c.over);
    sw_health_bury(c.graves);
    sw_health_tell(health);
    return status;
}

void sw_health_plan_free(const seawall_health *health, sw_health_plan *plan)
{
    size_t i;

    for (i = 0; i < plan->checks.count; i++) {
        sw_health_planned *one = planned_at(plan, i);

        if (one->made != NULL)
            sw_health_free(one->made);
        if (one->binding.release != NULL)
            one->binding.release(one->binding.user);
        sw_health_attachment_drop(one->attachment);
    }
    sw_array_free(&plan->checks, health->platform);
}
