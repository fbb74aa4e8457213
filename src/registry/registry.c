/* The registry as an object: making, asking, setting, removing. */
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/field_value.h"
#include "base/owner.h"
#include "registry/members.h"
#include "time/platform.h"

static const seawall_registry_config defaults = SEAWALL_REGISTRY_CONFIG_INIT;

static const sw_field fields[] = {
    {SW_FIELD_COUNT(seawall_registry_config, max_members, "names", 1, 10000000,
                    "Names that it remembers, those of removed objects included.")},
    {SW_FIELD_COUNT(seawall_registry_config, event_capacity, "events", 0, 1000000,
                    "Events that wait to be taken; 0: none are made.")},
};

static const sw_config_kind config_kind = {
    .name = "registry",
    .size = sizeof(seawall_registry_config),
    .oldest = SW_UP_TO(seawall_registry_config, max_members),
    .defaults = &defaults,
    .fields = fields,
    .count = sizeof(fields) / sizeof(fields[0]),
};

seawall_status seawall_registry_config_init(seawall_registry_config *config, size_t size)
{
    return sw_config_init(&config_kind, config, size);
}

seawall_status seawall_registry_create(const seawall_registry_config *config, const seawall_platform *platform,
                                       seawall_registry **registry, seawall_error *error)
{
    seawall_registry_config full;
    seawall_registry *made;
    seawall_status status = sw_config_take(&config_kind, config, &full, error);

    if (status != SEAWALL_OK)
        return status;
    if (registry == NULL)
        return sw_error(error, SEAWALL_INVALID, "registry", "registry: no place for the new object (NULL)");
    platform = sw_platform_resolve(platform, error);
    if (platform == NULL)
        return SEAWALL_INVALID;
    made = sw_allocate(platform, sizeof(*made), _Alignof(seawall_registry));
    if (made == NULL)
        return sw_error(error, SEAWALL_NO_MEMORY, "registry", "registry: no memory");
    if (full.event_capacity > 0) {
        made->stream = sw_stream_create(platform, full.event_capacity);
        if (made->stream == NULL) {
            sw_release(platform, made, sizeof(*made));
            return sw_error(error, SEAWALL_NO_MEMORY, "registry", "registry: no memory for %d events", (int)full.event_capacity);
        }
    }
    made->platform = platform;
    made->max_members = full.max_members;
    made->seed = sw_random(platform);
    made->number = sw_new_owner();
    sw_mutex_init(&made->lock);
    made->process = sw_port_fork_generation();
    *registry = made;
    return SEAWALL_OK;
}

void seawall_registry_destroy(seawall_registry *registry)
{
    sw_entry *entry, *gone;
    int32_t kind;

    if (registry == NULL)
        return;
    sw_registry_lock(registry); /* if it has been nobody's since a fork */
    sw_mutex_unlock(&registry->lock);
    for (entry = sw_entry_first(registry); entry != NULL;) {
        gone = entry;
        entry = sw_entry_next(entry);
        sw_entry_clear(registry, gone);
        sw_settings_free(registry, &gone->settings);
        sw_release(registry->platform, gone, sizeof(*gone));
    }
    for (kind = 0; kind < SW_MEMBER_KINDS; kind++)
        sw_settings_free(registry, &registry->kind_settings[kind]);
    sw_registry_free_files(registry);
    if (registry->stream != NULL)
        sw_stream_listen(registry->stream, NULL, NULL);
    sw_stream_release(registry->stream);
    sw_release(registry->platform, registry, sizeof(*registry));
}

/* A name, said where `path` says. */
static seawall_status check_name(const char *path, const char *name, seawall_error *error)
{
    size_t length = name != NULL ? strlen(name) : 0;

    if (length == 0)
        return sw_error(error, SEAWALL_INVALID, path, "%s: a name is missing", path);
    if (length > SEAWALL_NAME_SIZE_MAX)
        return sw_error(error, SEAWALL_INVALID, path, "%s: a name is longer than %d bytes", path, SEAWALL_NAME_SIZE_MAX);
    if (sw_plain_length((sw_span){name, length}) < length)
        return sw_error(error, SEAWALL_INVALID, path, "%s: a name is no UTF-8, or has a control character", path);
    return SEAWALL_OK;
}

/* What a caller asks for. */
typedef struct wish {
    int32_t kind;
    const char *name;
    const void *config;
    const char *policies;
} wish;

/* Takes a reference to what is there. */
static bool take(seawall_registry *registry, sw_entry *entry, const wish *what, void **object, seawall_registry_answer *answer)
{
    seawall_registry_answer found = SEAWALL_REGISTRY_EXISTS;
    sw_member_config has;
    bool whole = true;

    if (entry == NULL || !sw_entry_enter(entry))
        return false;
    if (what->config != NULL || what->policies != NULL) {
        whole = sw_entry_config(entry, &has); /* else it is asked again under the lock */
        if (whole && !sw_entry_agrees(entry, &has, what->config, what->policies))
            found = SEAWALL_REGISTRY_DIFFERS;
    }
    if (whole) {
        sw_member_kinds[entry->kind].retain(entry->object);
        *object = entry->object;
    }
    sw_entry_leave(registry, entry);
    if (whole && answer != NULL)
        *answer = found;
    return whole;
}

static seawall_status make(seawall_registry *registry, const wish *what, void **object, seawall_registry_answer *answer,
                           seawall_error *error)
{
    seawall_status status = SEAWALL_OK;
    sw_entry *entry = sw_entry_need(registry, what->kind, what->name, &status, error);

    if (entry == NULL)
        return status;
    if (take(registry, entry, what, object, answer)) /* somebody was faster */
        return SEAWALL_OK;
    registry->maker = entry->maker = SW_MADE_BY_CALL;
    status = sw_change_make(registry, entry, what->config, what->policies, error);
    if (status != SEAWALL_OK) {
        sw_change_abandon(registry);
        return status;
    }
    sw_member_kinds[entry->kind].retain(entry->object);
    *object = entry->object;
    sw_change_commit(registry);
    if (answer != NULL)
        *answer = SEAWALL_REGISTRY_CREATED;
    return SEAWALL_OK;
}

static seawall_status get(seawall_registry *registry, const wish *what, void **object, seawall_registry_answer *answer,
                          seawall_error *error)
{
    sw_member_config full;
    wish whole = *what;
    seawall_status status = check_name("registry", what->name, error);

    if (status != SEAWALL_OK)
        return status;
    if (registry == NULL || object == NULL)
        return sw_error(error, SEAWALL_INVALID, "registry", "registry: no registry, or no place for the object (NULL)");
    if (what->config != NULL) {
        status = sw_config_take(sw_member_kinds[what->kind].config, what->config, &full, error);
        whole.config = &full;
    }
    if (status != SEAWALL_OK || take(registry, sw_entry_find(registry, what->kind, what->name), &whole, object, answer))
        return status;
    sw_registry_lock(registry);
    status = make(registry, &whole, object, answer, error);
    sw_mutex_unlock(&registry->lock);
    sw_registry_tell(registry);
    return status;
}

#define GETTER(object, number)                                                                                         \
    seawall_status seawall_registry_##object(seawall_registry *registry, const char *name,                             \
                                             const seawall_##object##_config *config, seawall_##object **made,         \
                                             seawall_registry_answer *answer, seawall_error *error)                    \
    {                                                                                                                  \
        const wish what = {number, name, config, NULL};                                                                \
        void *it = NULL;                                                                                               \
        seawall_status status = get(registry, &what, made != NULL ? &it : NULL, answer, error);                        \
                                                                                                                       \
        if (made != NULL && status == SEAWALL_OK)                                                                      \
            *made = it;                                                                                                \
        return status;                                                                                                 \
    }

GETTER(breaker, SW_MEMBER_CIRCUIT_BREAKER)
GETTER(retry, SW_MEMBER_RETRY)
GETTER(retry_budget, SW_MEMBER_RETRY_BUDGET)
GETTER(timeout, SW_MEMBER_TIMEOUT)
GETTER(limiter, SW_MEMBER_RATE_LIMITER)
GETTER(bulkhead, SW_MEMBER_BULKHEAD)
GETTER(hedge, SW_MEMBER_HEDGE)
GETTER(fallback, SW_MEMBER_FALLBACK)
GETTER(chaos, SW_MEMBER_CHAOS)
GETTER(pool, SW_MEMBER_THREAD_POOL)

seawall_status seawall_registry_keyed(seawall_registry *registry, const char *name, const seawall_keyed_config *config,
                                      const char *instance, seawall_keyed **made, seawall_registry_answer *answer,
                                      seawall_error *error)
{
    const wish what = {SW_MEMBER_KEYED, name, config, instance};
    void *it = NULL;
    seawall_status status = get(registry, &what, made != NULL ? &it : NULL, answer, error);

    if (made != NULL && status == SEAWALL_OK)
        *made = it;
    return status;
}

seawall_status seawall_registry_pipeline(seawall_registry *registry, const char *name, const char *policies,
                                         seawall_pipeline **made, seawall_registry_answer *answer, seawall_error *error)
{
    const wish what = {SW_MEMBER_PIPELINE, name, NULL, policies};
    void *it = NULL;
    seawall_status status = get(registry, &what, made != NULL ? &it : NULL, answer, error);

    if (made != NULL && status == SEAWALL_OK)
        *made = it;
    return status;
}

/* The row's own key, so that it lives for ever; NULL with `error` filled for a key or a value that is none. */
static const char *check_setting(int32_t index, const char *key, const char *value, seawall_error *error)
{
    const sw_member_kind *kind = &sw_member_kinds[index];
    const sw_field *field = sw_field_named(kind->config, key);
    char path[SEAWALL_ERROR_KEY_SIZE];
    sw_value read;

    sw_field_path(kind->config, key, path);
    if (field == NULL && kind->link.key != NULL && strcmp(kind->link.key, key) == 0)
        return kind->link.form != SEAWALL_LINK_MEMBER || check_name(path, value, error) == SEAWALL_OK ? kind->link.key : NULL;
    if (field == NULL) {
        (void)sw_error(error, SEAWALL_INVALID, path, "%s: there is no such field", path);
        return NULL;
    }
    if (sw_value_parse(kind->config, field, value, &read, error) != SEAWALL_OK ||
        sw_value_check(kind->config, field, read, error) != SEAWALL_OK)
        return NULL;
    if (sw_field_names(field) >= 0 && value[0] != '\0' && check_name(path, value, error) != SEAWALL_OK)
        return NULL;
    return field->key;
}

static seawall_status set(seawall_registry *registry, int32_t kind, const char *name, const char *key, const char *value,
                          seawall_error *error)
{
    const sw_origin origin = {SEAWALL_ORIGIN_CALL, 0, name == NULL, NULL};
    sw_setting **list = &registry->kind_settings[kind];
    seawall_status status = SEAWALL_OK;
    sw_entry *entry;

    if (name != NULL) {
        entry = sw_entry_need(registry, kind, name, &status, error);
        if (entry == NULL)
            return status;
        if (sw_entry_is_listed(entry))
            return sw_error(error, SEAWALL_BUSY, "registry", "registry: %s \"%s\" exists, and stays as it is",
                            sw_member_kinds[kind].config->name, name);
        list = &entry->settings;
    }
    if (!sw_setting_put(registry, list, key, value, &origin, false)) {
        sw_names_drop(registry);
        return sw_error(error, SEAWALL_NO_MEMORY, "registry", "registry: no memory");
    }
    sw_names_keep(registry);
    return SEAWALL_OK;
}

seawall_status seawall_registry_set(seawall_registry *registry, const char *kind, const char *name, const char *key,
                                    const char *value, seawall_error *error)
{
    int32_t index = kind != NULL ? sw_member_kind_named((sw_span){kind, strlen(kind)}) : -1;
    seawall_status status = name != NULL ? check_name("registry", name, error) : SEAWALL_OK;
    char quoted[SW_TEXT_SIZE] = "NULL";

    if (status != SEAWALL_OK)
        return status;
    if (registry == NULL || key == NULL || value == NULL)
        return sw_error(error, SEAWALL_INVALID, "registry", "registry: NULL instead of a registry, a key or a value");
    if (kind != NULL)
        (void)sw_quote((sw_span){kind, strlen(kind)}, quoted);
    if (index < 0)
        return sw_error(error, SEAWALL_INVALID, "registry", "registry: %s is no kind that can have a name", quoted);
    key = check_setting(index, key, value, error);
    if (key == NULL)
        return SEAWALL_INVALID;
    sw_registry_lock(registry);
    status = set(registry, index, name, key, value, error);
    sw_mutex_unlock(&registry->lock);
    return status;
}

seawall_status seawall_registry_remove(seawall_registry *registry, const char *kind, const char *name)
{
    int32_t index = kind != NULL ? sw_member_kind_named((sw_span){kind, strlen(kind)}) : -1;
    sw_leaving leaving = {.object = NULL};
    sw_entry *entry;

    if (registry == NULL || index < 0 || check_name("registry", name, NULL) != SEAWALL_OK)
        return SEAWALL_INVALID;
    sw_registry_lock(registry);
    entry = sw_entry_find(registry, index, name);
    if (entry != NULL && sw_entry_is_listed(entry))
        sw_entry_take_out(registry, entry, &leaving);
    sw_mutex_unlock(&registry->lock);
    if (leaving.object == NULL)
        return SEAWALL_INVALID;
    sw_leaving_end(&leaving);
    sw_registry_tell(registry);
    sw_registry_sweep(registry, leaving.strands);
    return SEAWALL_OK;
}

void seawall_registry_sweep(seawall_registry *registry)
{
    sw_entry *entry = registry != NULL ? sw_entry_first(registry) : NULL;

    for (; entry != NULL; entry = sw_entry_next(entry)) {
        seawall_keyed *keyed = entry->kind == SW_MEMBER_KEYED ? sw_entry_keep(registry, entry) : NULL;

        (void)seawall_keyed_expire(keyed);
        seawall_keyed_destroy(keyed);
    }
    if (registry != NULL)
        sw_registry_sweep(registry, true);
}
