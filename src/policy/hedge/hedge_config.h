/* The settings of a hedge: the kind "hedge". */
#ifndef SW_POLICY_HEDGE_CONFIG_H
#define SW_POLICY_HEDGE_CONFIG_H

#include "base/field.h"
#include "policy/hedge/hedge_core.h"

extern const sw_config_kind sw_hedge_config_kind;

/* What checked settings come down to. */
sw_hedge_rules sw_hedge_rules_from(const seawall_hedge_config *config);

#endif
