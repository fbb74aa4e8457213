/* The settings of a rate limiter: the kind "rate_limiter". */
#ifndef SW_POLICY_LIMITER_CONFIG_H
#define SW_POLICY_LIMITER_CONFIG_H

#include "base/field.h"

extern const sw_config_kind sw_limiter_config_kind;

#endif
