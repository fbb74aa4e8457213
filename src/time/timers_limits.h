/* What a wheel and a service accept alike. */
#ifndef SW_TIME_TIMERS_LIMITS_H
#define SW_TIME_TIMERS_LIMITS_H

#include <seawall/time.h>

#define SW_TICK_LEAST SEAWALL_MICROSECONDS(1)
#define SW_TICK_MOST SEAWALL_SECONDS(3600)

#endif
