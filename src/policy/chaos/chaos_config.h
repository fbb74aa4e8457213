/* The settings of a chaos policy: the kind "chaos". */
#ifndef SW_POLICY_CHAOS_CONFIG_H
#define SW_POLICY_CHAOS_CONFIG_H

#include "base/field.h"
#include "policy/chaos/chaos_core.h"

extern const sw_config_kind sw_chaos_config_kind;

/* What checked settings come down to. */
sw_chaos_rules sw_chaos_rules_from(const seawall_chaos_config *config);

#endif
