/* The settings of a timer service. */
#include "time/timers_config.h"

#include <seawall/timer.h>

#include "time/timers_limits.h"

#define STACK_LEAST 65536
#define STACK_MOST 1073741824

static const seawall_timers_config defaults = SEAWALL_TIMERS_CONFIG_INIT;

static const sw_field fields[] = {
    {SW_FIELD_COUNT(seawall_timers_config, capacity, "timers", 1, SEAWALL_TIMERS_MAX,
                    "Timers armed at the same time; one more is refused as full.")},
    {SW_FIELD_COUNT(seawall_timers_config, shards, "parts", 1, SW_TIMER_SHARDS_MAX,
                    "Parts, so that threads do not wait for one another; a power of two. Auto: as many as there are CPUs."),
     .automatic = true},
    {SW_FIELD_COUNT(seawall_timers_config, stack_size, "bytes", STACK_LEAST, STACK_MOST, "Stack of the service's thread.")},
    {SW_FIELD_DURATION(seawall_timers_config, tick, SW_TICK_LEAST, SW_TICK_MOST,
                       "How exact timers are; rounded down to a power of two of nanoseconds.")},
};

const sw_config_kind sw_timers_config_kind = {
    .name = "timers",
    .size = sizeof(seawall_timers_config),
    .oldest = SW_UP_TO(seawall_timers_config, hook_user),
    .defaults = &defaults,
    .fields = fields,
    .count = sizeof(fields) / sizeof(fields[0]),
};

seawall_status seawall_timers_config_init(seawall_timers_config *config, size_t size)
{
    return sw_config_init(&sw_timers_config_kind, config, size);
}
