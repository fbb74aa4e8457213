/* The settings of a timer service: the kind "timers". */
#ifndef SW_TIME_TIMERS_CONFIG_H
#define SW_TIME_TIMERS_CONFIG_H

#include "base/field.h"

#define SW_TIMER_SHARDS_MAX 16

extern const sw_config_kind sw_timers_config_kind;

#endif
