/* The settings of a retry: the kind "retry". */
#ifndef SW_POLICY_RETRY_CONFIG_H
#define SW_POLICY_RETRY_CONFIG_H

#include "base/field.h"
#include "policy/retry/retry_core.h"

extern const sw_config_kind sw_retry_config_kind;

/* What checked settings come down to. */
sw_retry_rules sw_retry_rules_from(const seawall_retry_config *config);

#endif
