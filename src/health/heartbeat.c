/* A heartbeat: one store to feed. */
#include "base/error.h"
#include "health/health_object.h"
#include "time/platform.h"

seawall_status seawall_heartbeat_create(const seawall_platform *platform, seawall_heartbeat **heartbeat, seawall_error *error)
{
    seawall_heartbeat *made;

    if (heartbeat == NULL)
        return sw_error(error, SEAWALL_INVALID, "heartbeat", "heartbeat: no place for the new object (NULL)");
    platform = sw_platform_resolve(platform, error);
    if (platform == NULL)
        return SEAWALL_INVALID;
    made = sw_allocate(platform, sizeof(*made), _Alignof(seawall_heartbeat));
    if (made == NULL)
        return sw_error(error, SEAWALL_NO_MEMORY, "heartbeat", "heartbeat: no memory");
    made->platform = platform;
    sw_store_relaxed_u32(&made->references, 1);
    *heartbeat = made;
    return SEAWALL_OK;
}

void seawall_heartbeat_destroy(seawall_heartbeat *heartbeat)
{
    if (heartbeat != NULL && sw_sub_u32(&heartbeat->references, 1) == 1)
        sw_release(heartbeat->platform, heartbeat, sizeof(*heartbeat));
}

void seawall_heartbeat_feed(seawall_heartbeat *heartbeat)
{
    if (heartbeat != NULL)
        sw_store_relaxed_u32(&heartbeat->fed, 1);
}
