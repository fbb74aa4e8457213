/* The settings of a retry budget: the kind "retry_budget". */
#ifndef SW_POLICY_BUDGET_CONFIG_H
#define SW_POLICY_BUDGET_CONFIG_H

#include "base/field.h"
#include "sync/budget_core.h"

#include <seawall/retry_budget.h>

extern const sw_config_kind sw_retry_budget_config_kind;

/* What checked settings come down to. */
sw_budget_rules sw_budget_rules_from(const seawall_retry_budget_config *config);

#endif
