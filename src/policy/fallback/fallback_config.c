/* The settings of a fallback. */
#include "policy/fallback/fallback_config.h"

static const seawall_fallback_config defaults = SEAWALL_FALLBACK_CONFIG_INIT;

static const sw_field fields[] = {
    {SW_FIELD_FAULTS(seawall_fallback_config, errors, "Faults of failed runs that are stood in for."), .live = true},
    {SW_FIELD_SWITCH(seawall_fallback_config, on_timed_out, "Whether runs that timed out are stood in for."), .live = true},
    {SW_FIELD_SWITCH(seawall_fallback_config, on_open, "Whether refusals by an open breaker are stood in for."), .live = true},
    {SW_FIELD_SWITCH(seawall_fallback_config, on_full, "Whether refusals for want of a place are stood in for."), .live = true},
    {SW_FIELD_SWITCH(seawall_fallback_config, on_limited, "Whether refusals by a rate limit are stood in for."), .live = true},
};

static const sw_pointer pointers[] = {
    {"function", offsetof(seawall_fallback_config, function)},
    {"function_user", offsetof(seawall_fallback_config, function_user)},
};

const sw_config_kind sw_fallback_config_kind = {
    .name = "fallback",
    .size = sizeof(seawall_fallback_config),
    .oldest = SW_UP_TO(seawall_fallback_config, function_user),
    .defaults = &defaults,
    .fields = fields,
    .count = sizeof(fields) / sizeof(fields[0]),
    .pointers = pointers,
    .pointer_count = sizeof(pointers) / sizeof(pointers[0]),
};

seawall_status seawall_fallback_config_init(seawall_fallback_config *config, size_t size)
{
    return sw_config_init(&sw_fallback_config_kind, config, size);
}

sw_fallback_rules sw_fallback_rules_from(const seawall_fallback_config *config)
{
    return (sw_fallback_rules){
        .errors = config->errors,
        .timed_out = config->on_timed_out != 0,
        .open = config->on_open != 0,
        .full = config->on_full != 0,
        .limited = config->on_limited != 0,
    };
}
