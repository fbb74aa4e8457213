/* The settings of a bulkhead: the kind "bulkhead". */
#ifndef SW_POLICY_BULKHEAD_CONFIG_H
#define SW_POLICY_BULKHEAD_CONFIG_H

#include "base/field.h"

extern const sw_config_kind sw_bulkhead_config_kind;

#endif
