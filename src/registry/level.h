/*
 * Priority levels by name: four that always exist, shared by the pools of a registry. A member is nothing but its name: the
 * settings are those of its entry. Pools copy them when they are made, and are told what a reload changes.
 */
#ifndef SW_REGISTRY_LEVEL_H
#define SW_REGISTRY_LEVEL_H

#include <seawall/pool.h>

#include "registry/members.h"

typedef struct sw_level_member {
    const seawall_platform *platform;
    sw_atomic_u32 references;
} sw_level_member;

seawall_status sw_level_create(const void *config, const seawall_platform *platform, void **object, seawall_error *error);
void sw_level_retain(void *object);
void sw_level_destroy(void *object);
sw_atomic_u32 *sw_level_references(void *object);
seawall_status sw_level_reconfigure(void *object, const void *config, seawall_error *error);

/* What a level of this name has where nothing else was said. */
const seawall_priority_level_config *sw_level_built_in(const char *name);

/* The four levels, made if they are not there, for the config of a pool. */
seawall_status sw_level_gather(seawall_registry *registry, seawall_priority_level_config *levels, seawall_error *error);

/* What a reload makes of the four; those that stay are the same in both. */
typedef struct sw_level_change {
    seawall_priority_level_config from[SEAWALL_PRIORITY_COUNT], to[SEAWALL_PRIORITY_COUNT];
} sw_level_change;

/* Whether a pool of this config has the registry's levels: it brought none of its own. */
static inline bool sw_level_is_shared(const seawall_pool_config *config)
{
    return config->levels == NULL;
}

/* Under the lock, once it holds: the pools that have the registry's go by the new ones. */
void sw_level_spread(seawall_registry *registry, const sw_level_change *change);

#endif
