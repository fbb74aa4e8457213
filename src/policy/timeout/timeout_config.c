/* The settings of a timeout. */
#include <seawall/timeout.h>

#include "policy/timeout/timeout_config.h"

static const seawall_timeout_config defaults = SEAWALL_TIMEOUT_CONFIG_INIT;

static const sw_field fields[] = {
    {SW_FIELD_DURATION(seawall_timeout_config, request_timeout, SEAWALL_MICROSECONDS(1), SEAWALL_FOREVER,
                       "How long the whole of what is inside may take; inf switches it off."),
     .live = true},
    {SW_FIELD_DURATION(seawall_timeout_config, attempt_timeout, SEAWALL_MICROSECONDS(1), SEAWALL_FOREVER,
                       "How long each attempt may take; 0 switches it off."),
     .zero = true, .live = true},
    {SW_FIELD_DURATION(seawall_timeout_config, connection_timeout, SEAWALL_MICROSECONDS(1), SEAWALL_FOREVER,
                       "How long an attempt may take to connect; inf switches it off.")},
    {SW_FIELD_DURATION(seawall_timeout_config, read_timeout, SEAWALL_MICROSECONDS(1), SEAWALL_FOREVER,
                       "How long an attempt may wait for bytes; inf switches it off.")},
    {SW_FIELD_DURATION(seawall_timeout_config, write_timeout, SEAWALL_MICROSECONDS(1), SEAWALL_FOREVER,
                       "How long an attempt may wait until bytes are taken; inf switches it off.")},
    {SW_FIELD_CHOICE(seawall_timeout_config, mode, "cooperative, hard, abandon",
                     "At the deadline the attempt is asked to stop, interrupted as well, or left to itself on a pool.")},
};

const sw_config_kind sw_timeout_config_kind = {
    .name = "timeout",
    .size = sizeof(seawall_timeout_config),
    .oldest = SW_UP_TO(seawall_timeout_config, write_timeout),
    .defaults = &defaults,
    .fields = fields,
    .count = sizeof(fields) / sizeof(fields[0]),
};

seawall_status seawall_timeout_config_init(seawall_timeout_config *config, size_t size)
{
    return sw_config_init(&sw_timeout_config_kind, config, size);
}
