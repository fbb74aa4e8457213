/* The settings of a bulkhead. */
#include <seawall/bulkhead.h>

#include "policy/bulkhead/bulkhead_config.h"
#include "sync/permits_word.h"

static const seawall_bulkhead_config defaults = SEAWALL_BULKHEAD_CONFIG_INIT;

static const sw_field fields[] = {
    {SW_FIELD_COUNT(seawall_bulkhead_config, max_concurrent, "calls", 1, SW_PERMITS_MAX,
                    "Calls at the same time."), .live = true},
    {SW_FIELD_COUNT(seawall_bulkhead_config, max_waiting, "calls", 0, SW_PERMITS_MAX,
                    "Calls that may wait for their turn at the same time; 0: none."), .live = true},
    {SW_FIELD_DURATION(seawall_bulkhead_config, max_wait, 0, SEAWALL_FOREVER,
                       "How long each of them may wait; 0: none waits, however many might."), .live = true},
};

const sw_config_kind sw_bulkhead_config_kind = {
    .name = "bulkhead",
    .size = sizeof(seawall_bulkhead_config),
    .oldest = SW_UP_TO(seawall_bulkhead_config, max_wait),
    .defaults = &defaults,
    .fields = fields,
    .count = sizeof(fields) / sizeof(fields[0]),
};

seawall_status seawall_bulkhead_config_init(seawall_bulkhead_config *config, size_t size)
{
    return sw_config_init(&sw_bulkhead_config_kind, config, size);
}
