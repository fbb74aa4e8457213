/* Events of a registry, for the public. */
#include "registry/members.h"

void sw_registry_tell(seawall_registry *registry)
{
    if (registry->stream != NULL)
        sw_stream_tell(registry->stream);
}

seawall_status seawall_registry_poll(seawall_registry *registry, seawall_registry_event *events, size_t size, int32_t count,
                                     int32_t *taken, int64_t *dropped)
{
    int32_t found = 0;

    if (registry == NULL || taken == NULL || count < 0 || (events == NULL && count > 0) || size != sizeof(*events))
        return SEAWALL_INVALID;
    if (registry->stream == NULL)
        return SEAWALL_UNSUPPORTED;
    while (found < count && !sw_stream_has_listener(registry->stream) && sw_stream_take(registry->stream, &events[found]))
        found++;
    *taken = found;
    if (dropped != NULL)
        *dropped = sw_stream_dropped(registry->stream);
    return SEAWALL_OK;
}

seawall_status seawall_registry_listen(seawall_registry *registry, seawall_registry_listener_fn listener, void *user)
{
    if (registry == NULL)
        return SEAWALL_INVALID;
    if (registry->stream == NULL)
        return SEAWALL_UNSUPPORTED;
    sw_stream_listen(registry->stream, listener, user);
    return SEAWALL_OK;
}
