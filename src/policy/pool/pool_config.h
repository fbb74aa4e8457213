/* The settings of a pool and of priority levels: the kinds "thread_pool" and "priority_level". */
#ifndef SW_POLICY_POOL_CONFIG_H
#define SW_POLICY_POOL_CONFIG_H

#include "base/field.h"
#include "policy/pool/pool_core.h"

extern const sw_config_kind sw_pool_config_kind;
extern const sw_config_kind sw_priority_level_config_kind;

/* A level as it is built in. */
const seawall_priority_level_config *sw_priority_built_in(seawall_priority priority);

/* The level of this name, or -1. */
int32_t sw_priority_named(const char *name);

/* The four levels of a config, or those that are built in, checked. */
seawall_status sw_pool_levels_take(const seawall_pool_config *config, seawall_priority_level_config *levels,
                                   seawall_error *error);

/* What differs between `from` and `to` becomes what it is in `to`, and all else stays, whoever set it. Whether anything did. */
bool sw_pool_levels_follow(seawall_priority_level_config *levels, const seawall_priority_level_config *from,
                           const seawall_priority_level_config *to);

/* What the levels come to in the rules. */
void sw_pool_rules_levels(const seawall_priority_level_config *levels, sw_pool_rules *rules);
/* What a checked config comes to; `automatic` sizes are resolved. */
void sw_pool_rules_from(const seawall_pool_config *config, const seawall_priority_level_config *levels, sw_pool_rules *rules);

#endif
