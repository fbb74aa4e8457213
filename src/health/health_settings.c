/* A config that several may keep: what a registry makes of a section about a check or an endpoint. */
#include <string.h>

#include "base/alloc.h"
#include "base/atomic.h"
#include "base/error.h"
#include "health/health_config.h"
#include "time/platform.h"

typedef union sw_health_any_config {
    seawall_health_check_config check;
    seawall_health_endpoint_config endpoint;
} sw_health_any_config;

struct sw_health_settings {
    const seawall_platform *platform;
    sw_atomic_u32 references;
    const sw_config_kind *kind;
    sw_health_any_config config;
};

seawall_status sw_health_settings_create(const sw_config_kind *kind, const void *config, const seawall_platform *platform,
                                         sw_health_settings **settings, seawall_error *error)
{
    sw_health_settings *made, full = {.kind = kind};
    seawall_status status = sw_config_take(kind, config, &full.config, error);

    if (status != SEAWALL_OK)
        return status;
    platform = sw_platform_resolve(platform, error);
    if (platform == NULL)
        return SEAWALL_INVALID;
    made = sw_allocate(platform, sizeof(*made), _Alignof(sw_health_settings));
    if (made == NULL)
        return sw_error(error, SEAWALL_NO_MEMORY, kind->name, "%s: no memory", kind->name);
    *made = full;
    made->platform = platform;
    sw_store_relaxed_u32(&made->references, 1);
    *settings = made;
    return SEAWALL_OK;
}

sw_atomic_u32 *sw_health_settings_references(sw_health_settings *settings)
{
    return &settings->references;
}

seawall_status sw_health_settings_reconfigure(sw_health_settings *settings, const void *config, seawall_error *error)
{
    sw_health_any_config full;
    seawall_status status = sw_config_retake(settings->kind, &settings->config, config, &full, error);

    if (status == SEAWALL_OK)
        settings->config = full;
    return status;
}

void sw_health_settings_destroy(sw_health_settings *settings)
{
    if (settings != NULL && sw_sub_u32(&settings->references, 1) == 1)
        sw_release(settings->platform, settings, sizeof(*settings));
}
