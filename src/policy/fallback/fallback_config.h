/* The settings of a fallback: the kind "fallback". */
#ifndef SW_POLICY_FALLBACK_CONFIG_H
#define SW_POLICY_FALLBACK_CONFIG_H

#include "base/field.h"
#include "policy/fallback/fallback_core.h"

extern const sw_config_kind sw_fallback_config_kind;

/* What checked settings come down to. */
sw_fallback_rules sw_fallback_rules_from(const seawall_fallback_config *config);

#endif
