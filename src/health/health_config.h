/* The tables of a set's, a check's and an endpoint's settings. */
#ifndef SW_HEALTH_HEALTH_CONFIG_H
#define SW_HEALTH_HEALTH_CONFIG_H

#include <seawall/health.h>

#include "base/atomic.h"
#include "base/field.h"
#include "health/net_check.h"

extern const sw_config_kind sw_health_config_kind;
extern const sw_config_kind sw_health_check_config_kind;
extern const sw_config_kind sw_health_endpoint_config_kind;

/* The one of SEAWALL_HEALTH_LIVE to _WHOLE that has this path ("/health/ready"), of `length` bytes; -1: none. */
seawall_health_endpoint sw_health_endpoint_named(const char *path, size_t length);

/* What is built in, for what a config leaves open. */
void sw_health_endpoint_resolve(seawall_health_endpoint endpoint, const seawall_health_endpoint_config *config,
                                seawall_health_endpoint_config *full);

/* What such a check's settings say to the network; they point into it. */
sw_net_settings sw_health_net_settings(const seawall_health_check_config *check);

/*
 * What a registry makes of a section: a config that lives as long as somebody refers to it. As the create functions of objects;
 * `config` as in those.
 */
typedef struct sw_health_settings sw_health_settings;
seawall_status sw_health_settings_create(const sw_config_kind *kind, const void *config, const seawall_platform *platform,
                                         sw_health_settings **settings, seawall_error *error);
void sw_health_settings_destroy(sw_health_settings *settings);
seawall_status sw_health_settings_reconfigure(sw_health_settings *settings, const void *config, seawall_error *error);
sw_atomic_u32 *sw_health_settings_references(sw_health_settings *settings);

#endif
