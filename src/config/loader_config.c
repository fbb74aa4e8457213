/* The settings of a load. They are for the program to give: no file can say them. */
#include <seawall/loader.h>

#include "config/loader.h"

static const seawall_loader_config defaults = SEAWALL_LOADER_CONFIG_INIT;

static const sw_field fields[] = {
    {SW_FIELD_SWITCH(seawall_loader_config, include, "Whether a file may include others of its directory.")},
};

const sw_config_kind sw_loader_config_kind = {
    .name = "loader",
    .size = sizeof(seawall_loader_config),
    .oldest = SW_UP_TO(seawall_loader_config, environment),
    .defaults = &defaults,
    .fields = fields,
    .count = sizeof(fields) / sizeof(fields[0]),
};

seawall_status seawall_loader_config_init(seawall_loader_config *config, size_t size)
{
    return sw_config_init(&sw_loader_config_kind, config, size);
}
