/* What a registry knows of checks and endpoints, in a set of checks; and breakers that go along with checks. */
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/grow.h"
#include "health/health_config.h"
#include "health/health_object.h"
#include "registry/health_hold.h"
#include "registry/members.h"

/* A section about a check or an endpoint. */
typedef struct item {
    const sw_entry *entry;
    seawall_health_check_config check, before;
    seawall_health_endpoint_config endpoint;
    char breaker[SEAWALL_NAME_SIZE_MAX + 1]; /* "": none */
    sw_health_attachment *hold;
    bool registered, changed; /* by this call */
} item;

typedef struct connection {
    seawall_registry *registry;
    seawall_health *health;
    sw_array items;
    seawall_health_endpoint_config endpoints[SW_HEALTH_ENDPOINTS]; /* as they were */
} connection;

static item *item_at(const connection *c, size_t index)
{
    return sw_array_at(&c->items, index);
}

static seawall_status no_memory(seawall_error *error)
{
    return sw_error(error, SEAWALL_NO_MEMORY, "registry", "registry: no memory");
}

/* Under the registry's lock. */
static seawall_status collect(connection *c, seawall_error *error)
{
    sw_member_config config;
    sw_entry *entry;

    for (entry = sw_entry_first(c->registry); entry != NULL; entry = sw_entry_next(entry)) {
        item *one;

        if (!sw_entry_is_listed(entry) || (entry->kind != SW_MEMBER_HEALTH_CHECK && entry->kind != SW_MEMBER_HEALTH_ENDPOINT) ||
            !sw_entry_config(entry, &config))
            continue;
        one = sw_array_add(&c->items, sizeof(*one), c->registry->platform);
        if (one == NULL)
            return no_memory(error);
        one->entry = entry; /* a name is for ever */
        if (entry->kind == SW_MEMBER_HEALTH_ENDPOINT)
            one->endpoint = config.health_endpoint;
        else
            one->check = config.health_check;
        if (entry->link != NULL)
            (void)strncat(one->breaker, entry->link, sizeof(one->breaker) - 1);
    }
    return SEAWALL_OK;
}

/* The breaker, made if there is none, and what connects it with the check. */
static seawall_status make_hold(const connection *c, item *one, seawall_error *error)
{
    seawall_breaker *breaker;
    seawall_status status = seawall_registry_breaker(c->registry, one->breaker, NULL, &breaker, NULL, error);

    if (status != SEAWALL_OK)
        return status;
    return sw_hold_create(c->registry->platform, c->health, one->entry->name, breaker, one->check.hold_breaker != 0, &one->hold,
                          error);
}

/* What a source reads: the pool that it names, else its breaker, made if there is none; bound to nothing if it names none. */
static seawall_status make_source(const connection *c, const item *one, seawall_health_binding *binding, seawall_error *error)
{
    seawall_breaker *breaker;
    seawall_pool *pool;
    seawall_status status = SEAWALL_OK;

    if (one->check.check != SEAWALL_HEALTH_SOURCE)
        return SEAWALL_OK;
    if (one->check.thread_pool[0] != '\0') {
        status = seawall_registry_pool(c->registry, one->check.thread_pool, NULL, &pool, NULL, error);
        if (status == SEAWALL_OK)
            *binding = sw_source_of_pool(pool);
    } else if (one->breaker[0] != '\0') {
        status = seawall_registry_breaker(c->registry, one->breaker, NULL, &breaker, NULL, error);
        if (status == SEAWALL_OK)
            *binding = sw_source_of_breaker(breaker);
    }
    return status;
}

/* The settings of a check that is there; false: there is none. */
static bool find(const connection *c, const char *name, seawall_health_check_config *config)
{
    const sw_health_entry *entry;

    sw_mutex_lock(&c->health->lock);
    entry = sw_health_find(c->health, name);
    if (entry != NULL)
        *config = entry->config;
    sw_mutex_unlock(&c->health->lock);
    return entry != NULL;
}

static seawall_status add(const connection *c, item *one, seawall_error *error)
{
    seawall_health_binding binding = SEAWALL_HEALTH_BINDING_INIT;
    seawall_status status = make_source(c, one, &binding, error);

    if (status != SEAWALL_OK)
        return status;
    status = seawall_health_register(c->health, one->entry->name, &one->check, binding.function != NULL ? &binding : NULL, error);
    one->registered = status == SEAWALL_OK;
    if (!one->registered && binding.release != NULL)
        binding.release(binding.user);
    return status;
}

static seawall_status put(const connection *c, item *one, seawall_error *error)
{
    const char *name = one->entry->name;
    seawall_status status;

    if (one->entry->kind == SW_MEMBER_HEALTH_ENDPOINT)
        return seawall_health_set_endpoint(c->health, sw_health_endpoint_named(name, strlen(name)), &one->endpoint, error);
    if (!find(c, name, &one->before))
        return add(c, one, error);
    status = seawall_health_reconfigure(c->health, name, &one->check, error);
    one->changed = status == SEAWALL_OK;
    return status;
}

/* As it was. What was accepted before is accepted again. */
static void take_back(const connection *c)
{
    size_t i;

    for (i = 0; i < c->items.count; i++) {
        item *one = item_at(c, i);

        if (one->registered)
            (void)seawall_health_unregister(c->health, one->entry->name);
    }
    for (i = 0; i < SW_HEALTH_ENDPOINTS; i++) {
        if (seawall_health_set_endpoint(c->health, (seawall_health_endpoint)i, &c->endpoints[i], NULL) != SEAWALL_OK)
            continue;
    }
    for (i = 0; i < c->items.count; i++) {
        item *one = item_at(c, i);

        if (one->changed && seawall_health_reconfigure(c->health, one->entry->name, &one->before, NULL) != SEAWALL_OK)
            continue;
    }
}

static seawall_status apply(connection *c, int32_t kind, seawall_error *error)
{
    seawall_status status = SEAWALL_OK;
    size_t i;

    for (i = 0; i < c->items.count && status == SEAWALL_OK; i++) {
        item *one = item_at(c, i);

        if (one->entry->kind != kind)
            continue;
        status = one->breaker[0] != '\0' ? make_hold(c, one, error) : SEAWALL_OK;
        if (status == SEAWALL_OK)
            status = put(c, one, error);
    }
    return status;
}

/* Those that are not attached have nothing to hold. */
static void attach(const connection *c, bool all)
{
    size_t i;

    for (i = 0; i < c->items.count; i++) {
        item *one = item_at(c, i);

        if (one->hold != NULL && !(all && sw_health_attach(c->health, one->entry->name, one->hold)))
            sw_health_attachment_drop(one->hold);
    }
}

seawall_status seawall_registry_connect_health(seawall_registry *registry, seawall_health *health, seawall_error *error)
{
    connection c = {.registry = registry, .health = health};
    seawall_status status;

    if (registry == NULL || health == NULL)
        return sw_error(error, SEAWALL_INVALID, "registry", "registry: NULL instead of a registry or a set of checks");
    if (registry->platform != health->platform)
        return sw_error(error, SEAWALL_INVALID, "registry", "registry: the set of checks is on another platform");
    sw_health_enter(health);
    sw_registry_lock(registry);
    status = collect(&c, error);
    sw_mutex_unlock(&registry->lock);
    sw_mutex_lock(&health->lock);
    memcpy(c.endpoints, health->endpoints, sizeof(c.endpoints));
    sw_mutex_unlock(&health->lock);
    if (status == SEAWALL_OK)
        status = apply(&c, SW_MEMBER_HEALTH_ENDPOINT, error);
    if (status == SEAWALL_OK)
        status = apply(&c, SW_MEMBER_HEALTH_CHECK, error);
    if (status != SEAWALL_OK)
        take_back(&c);
    attach(&c, status == SEAWALL_OK);
    sw_array_free(&c.items, registry->platform);
    return status;
}
