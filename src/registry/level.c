/* Priority levels as members of a registry. */
#include "registry/level.h"

#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "policy/pool/pool_config.h"
#include "policy/pool/pool_object.h"

seawall_status sw_level_create(const void *config, const seawall_platform *platform, void **object, seawall_error *error)
{
    seawall_priority_level_config full;
    sw_level_member *made;
    seawall_status status = sw_config_take(&sw_priority_level_config_kind, config, &full, error);

    if (status != SEAWALL_OK)
        return status;
    made = sw_allocate(platform, sizeof(*made), _Alignof(sw_level_member));
    if (made == NULL)
        return sw_error(error, SEAWALL_NO_MEMORY, "priority_level", "priority_level: no memory");
    made->platform = platform;
    sw_store_relaxed_u32(&made->references, 1);
    *object = made;
    return SEAWALL_OK;
}

void sw_level_retain(void *object)
{
    (void)sw_add_u32(sw_level_references(object), 1);
}

void sw_level_destroy(void *object)
{
    sw_level_member *level = object;

    if (level != NULL && sw_sub_u32(&level->references, 1) == 1)
        sw_release(level->platform, level, sizeof(*level));
}

sw_atomic_u32 *sw_level_references(void *object)
{
    sw_level_member *level = object;

    return &level->references;
}

/* The pools are told while the registry is locked, sw_level_spread: a pool that is made meanwhile would have neither. */
seawall_status sw_level_reconfigure(void *object, const void *config, seawall_error *error)
{
    (void)object, (void)config, (void)error;
    return SEAWALL_OK;
}

const seawall_priority_level_config *sw_level_built_in(const char *name)
{
    int32_t priority = sw_priority_named(name);

    return sw_priority_built_in(priority >= 0 ? priority : SEAWALL_PRIORITY_NORMAL);
}

seawall_status sw_level_gather(seawall_registry *registry, seawall_priority_level_config *levels, seawall_error *error)
{
    seawall_priority i;

    for (i = 0; i < SEAWALL_PRIORITY_COUNT; i++) {
        sw_member_config config;
        sw_entry *entry;
        seawall_status status = sw_change_need(registry, SW_MEMBER_PRIORITY_LEVEL, seawall_priority_name(i), &entry, error);

        if (status != SEAWALL_OK)
            return status;
        (void)sw_entry_config(entry, &config);
        levels[i] = config.level;
    }
    return SEAWALL_OK;
}

void sw_level_spread(seawall_registry *registry, const sw_level_change *change)
{
    sw_entry *entry;

    for (entry = sw_entry_first(registry); entry != NULL; entry = sw_entry_next(entry)) {
        sw_member_config config;

        if (entry->kind != SW_MEMBER_THREAD_POOL || !sw_entry_is_listed(entry))
            continue;
        (void)sw_entry_config(entry, &config);
        if (sw_level_is_shared(&config.pool))
            sw_pool_relevel(entry->object, change->from, change->to);
    }
}
