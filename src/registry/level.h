/*
 * Priority levels by name: four that always exist, shared by the pools of a registry. A member is nothing but its settings; pools
 * copy them when they are made.
 */
#ifndef SW_REGISTRY_LEVEL_H
#define SW_REGISTRY_LEVEL_H

#include <seawall/pool.h>

#include "registry/members.h"

typedef struct sw_level_member {
    seawall_priority_level_config config;
    const seawall_platform *platform;
    sw_atomic_u32 references;
} sw_level_member;

seawall_status sw_level_create(const void *config, const seawall_platform *platform, void **object, seawall_error *error);
void sw_level_retain(void *object);
void sw_level_destroy(void *object);
sw_atomic_u32 *sw_level_references(void *object);

/* What a level of this name has where nothing else was said. */
const seawall_priority_level_config *sw_level_built_in(const char *name);

/* The four levels, made if they are not there, for the config of a pool. */
seawall_status sw_level_gather(seawall_registry *registry, seawall_priority_level_config *levels, seawall_error *error);

#endif
