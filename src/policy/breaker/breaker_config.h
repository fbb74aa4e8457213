/* The breaker's kind of configuration, for the table of all kinds. */
#ifndef SW_POLICY_BREAKER_CONFIG_H
#define SW_POLICY_BREAKER_CONFIG_H

#include "base/field.h"

extern const sw_config_kind sw_breaker_config_kind;

#endif
