/* The settings of a pipeline. */
#include "pipeline/pipeline_config.h"

#include <seawall/pipeline.h>

#include "pipeline/pooled.h"

static const seawall_pipeline_config defaults = SEAWALL_PIPELINE_CONFIG_INIT;

static const sw_field fields[] = {
    {SW_FIELD_COUNT(seawall_pipeline_config, late, "runs", 0, 1000,
                    "Places per level for runs that were cut but have not ended; auto: what the policies need."),
     .automatic = true},
    {SW_FIELD_COUNT(seawall_pipeline_config, calls, "calls", 1, SW_POOLED_CALLS_MAX,
                    "Calls at the same time, where attempts run on a pool; auto: twice as many as that has places."),
     .automatic = true},
    {SW_FIELD_COUNT(seawall_pipeline_config, event_capacity, "events", 0, 1000000,
                    "Decisions that may wait to be polled; 0: none are kept.")},
};

static const sw_pointer pointers[] = {
    {"listener", offsetof(seawall_pipeline_config, listener)},
    {"listener_user", offsetof(seawall_pipeline_config, listener_user)},
    {"timers", offsetof(seawall_pipeline_config, timers)},
};

const sw_config_kind sw_pipeline_config_kind = {
    .name = "pipeline",
    .size = sizeof(seawall_pipeline_config),
    .oldest = SW_UP_TO(seawall_pipeline_config, timers),
    .defaults = &defaults,
    .fields = fields,
    .count = sizeof(fields) / sizeof(fields[0]),
    .pointers = pointers,
    .pointer_count = sizeof(pointers) / sizeof(pointers[0]),
};

seawall_status seawall_pipeline_config_init(seawall_pipeline_config *config, size_t size)
{
    return sw_config_init(&sw_pipeline_config_kind, config, size);
}
