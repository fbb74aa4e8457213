/* The settings of a timeout: the kind "timeout". */
#ifndef SW_POLICY_TIMEOUT_CONFIG_H
#define SW_POLICY_TIMEOUT_CONFIG_H

#include "base/field.h"

extern const sw_config_kind sw_timeout_config_kind;

#endif
