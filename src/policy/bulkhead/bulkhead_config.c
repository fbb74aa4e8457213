/* The settings of a bulkhead. */
#include <seawall/bulkhead.h>

#include "policy/bulkhead/bulkhead_config.h"
#include "sync/permits_word.h"

static const seawall_bulkhead_config defaults = SEAWALL_BULKHEAD_CONFIG_INIT;

static const sw_field fields[] = {
    {
        .key = "max_concurrent",
        .offset = offsetof(seawall_bulkhead_config, max_concurrent),
        .type = SEAWALL_FIELD_COUNT,
        .live = true,
        .unit = "calls",
        .least = 1,
        .most = SW_PERMITS_MAX,
        .text = "Calls at the same time.",
    },
    {
        .key = "max_waiting",
        .offset = offsetof(seawall_bulkhead_config, max_waiting),
        .type = SEAWALL_FIELD_COUNT,
        .live = true,
        .unit = "calls",
        .least = 0,
        .most = SW_PERMITS_MAX,
        .text = "Calls that may wait for their turn at the same time; 0: none.",
    },
    {
        .key = "max_wait",
        .offset = offsetof(seawall_bulkhead_config, max_wait),
        .type = SEAWALL_FIELD_DURATION,
        .live = true,
        .unit = "ns",
        .least = 0,
        .most = SEAWALL_FOREVER,
        .text = "How long each of them may wait; 0: none waits, however many might.",
    },
};

const sw_config_kind sw_bulkhead_config_kind = {
    .name = "bulkhead",
    .size = sizeof(seawall_bulkhead_config),
    .oldest = sizeof(seawall_bulkhead_config),
    .defaults = &defaults,
    .fields = fields,
    .count = sizeof(fields) / sizeof(fields[0]),
};

seawall_status seawall_bulkhead_config_init(seawall_bulkhead_config *config, size_t size)
{
    return sw_config_init(&sw_bulkhead_config_kind, config, size);
}
