/* What a registry knows of checks and endpoints, in a set of checks; and breakers that go along with checks. */
#include <string.h>

#include "base/error.h"
#include "health/health_config.h"
#include "health/health_object.h"
#include "health/health_plan.h"
#include "registry/health_hold.h"
#include "registry/members.h"

/* What a check names: the registry's names are for ever, but a link is not. */
typedef struct item {
    const sw_entry *entry;
    char breaker[SEAWALL_NAME_SIZE_MAX + 1]; /* "": none */
} item;

typedef struct connection {
    seawall_registry *registry;
    seawall_health *health;
    sw_health_plan plan;
    sw_array items; /* one for each check of the plan */
    bool waits;     /* for room */
} connection;

static seawall_status no_memory(seawall_error *error)
{
    return sw_error(error, SEAWALL_NO_MEMORY, "registry", "registry: no memory");
}

static bool add_check(connection *c, const sw_entry *entry, const seawall_health_check_config *config)
{
    item *one = sw_array_add(&c->items, sizeof(*one), c->registry->platform);
    sw_health_planned *planned = sw_health_plan_add(&c->plan, c->registry->platform, entry->name);

    if (one == NULL || planned == NULL)
        return false;
    one->entry = entry;
    planned->config = *config;
    if (entry->link != NULL)
        (void)strncat(one->breaker, entry->link, sizeof(one->breaker) - 1);
    return true;
}

static void add_endpoint(connection *c, const sw_entry *entry, const seawall_health_endpoint_config *config)
{
    seawall_health_endpoint endpoint = sw_health_endpoint_named(entry->name, strlen(entry->name));

    c->plan.endpoints[endpoint] = *config;
    c->plan.says[endpoint] = true;
}

/* Under the registry's lock. */
static seawall_status collect(connection *c, seawall_error *error)
{
    sw_member_config config;
    sw_entry *entry;

    c->plan.owner = c->registry->number;
    c->plan.version = &c->registry->checks;
    c->plan.seen = sw_load_acquire_u32(&c->registry->checks);
    for (entry = sw_entry_first(c->registry); entry != NULL; entry = sw_entry_next(entry)) {
        if (!sw_entry_is_listed(entry) || (entry->kind != SW_MEMBER_HEALTH_CHECK && entry->kind != SW_MEMBER_HEALTH_ENDPOINT) ||
            !sw_entry_config(entry, &config))
            continue;
        if (entry->kind == SW_MEMBER_HEALTH_ENDPOINT)
            add_endpoint(c, entry, &config.health_endpoint);
        else if (!add_check(c, entry, &config.health_check))
            return no_memory(error);
    }
    return SEAWALL_OK;
}

/* The breaker, made if there is none, and what connects it with the check. */
static seawall_status make_hold(const connection *c, const item *one, sw_health_planned *planned, seawall_error *error)
{
    seawall_breaker *breaker;
    seawall_status status;

    if (one->breaker[0] == '\0')
        return SEAWALL_OK;
    status = seawall_registry_breaker(c->registry, one->breaker, NULL, &breaker, NULL, error);
    if (status != SEAWALL_OK)
        return status;
    return sw_hold_create(c->registry->platform, c->health, planned->name, breaker, planned->config.hold_breaker != 0,
                          &planned->attachment, error);
}

/* What a source reads: the pool that it names, else its breaker, made if there is none; bound to nothing if it names none. */
static seawall_status make_source(const connection *c, const item *one, sw_health_planned *planned, seawall_error *error)
{
    seawall_breaker *breaker;
    seawall_pool *pool;
    seawall_status status = SEAWALL_OK;

    if (planned->config.check != SEAWALL_HEALTH_SOURCE)
        return SEAWALL_OK;
    if (planned->config.thread_pool[0] != '\0') {
        status = seawall_registry_pool(c->registry, planned->config.thread_pool, NULL, &pool, NULL, error);
        if (status == SEAWALL_OK)
            planned->binding = sw_source_of_pool(pool);
    } else if (one->breaker[0] != '\0') {
        status = seawall_registry_breaker(c->registry, one->breaker, NULL, &breaker, NULL, error);
        if (status == SEAWALL_OK)
            planned->binding = sw_source_of_breaker(breaker);
    }
    return status;
}

/* A breaker has few places for listeners: one that is full may have one again when the plan's old ones have gone. */
static seawall_status listen(connection *c, sw_health_planned *planned, seawall_error *error)
{
    seawall_error full;

    if (!planned->needs_attachment || sw_hold_listen(planned->attachment, &full) == SEAWALL_OK)
        return SEAWALL_OK;
    if (!sw_health_plan_makes_room(c->health, &c->plan, planned))
        return sw_error(error, full.status, full.key, "%s", full.message);
    planned->needs_room = c->waits = true;
    return SEAWALL_OK;
}

static seawall_status prepare(connection *c, seawall_error *error)
{
    seawall_status status = SEAWALL_OK;
    size_t i;

    for (i = 0; i < c->plan.checks.count && status == SEAWALL_OK; i++) {
        const item *one = sw_array_at(&c->items, i);
        sw_health_planned *planned = sw_array_at(&c->plan.checks, i);

        status = make_hold(c, one, planned, error);
        if (status == SEAWALL_OK)
            status = make_source(c, one, planned, error);
    }
    if (status == SEAWALL_OK)
        status = sw_health_plan_prepare(c->health, &c->plan, error);
    for (i = 0; i < c->plan.checks.count && status == SEAWALL_OK; i++)
        status = listen(c, sw_array_at(&c->plan.checks, i), error);
    return status;
}

/* #SEAWALL_STALE: it is to be done again. */
static seawall_status connect_once(seawall_registry *registry, seawall_health *health, seawall_error *error)
{
    connection c = {.registry = registry, .health = health};
    seawall_status status;

    sw_registry_lock(registry);
    status = collect(&c, error);
    sw_mutex_unlock(&registry->lock);
    if (status == SEAWALL_OK)
        status = prepare(&c, error);
    if (status == SEAWALL_OK)
        status = sw_health_plan_carry_out(health, &c.plan, error);
    sw_health_plan_free(health, &c.plan);
    sw_array_free(&c.items, registry->platform);
    return status == SEAWALL_OK && c.waits ? SEAWALL_STALE : status;
}

seawall_status seawall_registry_connect_health(seawall_registry *registry, seawall_health *health, seawall_error *error)
{
    seawall_status status;

    if (registry == NULL || health == NULL)
        return sw_error(error, SEAWALL_INVALID, "registry", "registry: NULL instead of a registry or a set of checks");
    if (registry->platform != health->platform)
        return sw_error(error, SEAWALL_INVALID, "registry", "registry: the set of checks is on another platform");
    do {
        status = connect_once(registry, health, error);
    } while (status == SEAWALL_STALE);
    return status;
}
