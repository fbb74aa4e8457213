/* Events of a registry, for the public. */
#include <string.h>

#include "base/field.h"
#include "registry/members.h"

void sw_registry_tell(seawall_registry *registry)
{
    if (registry->stream != NULL)
        sw_stream_tell(registry->stream);
}

/* What the first programs knew of an event. */
#define OLDEST SW_UP_TO(seawall_registry_event, decision)

static bool take_one(sw_stream *stream, void *to, size_t size)
{
    seawall_registry_event event = {0};

    if (sw_stream_has_listener(stream) || !sw_stream_take(stream, &event))
        return false;
    event.size = (uint32_t)size;
    memcpy(to, &event, size);
    return true;
}

seawall_status seawall_registry_poll(seawall_registry *registry, seawall_registry_event *events, size_t size, int32_t count,
                                     int32_t *taken, int64_t *dropped)
{
    int32_t found = 0;

    if (registry == NULL || taken == NULL || count < 0 || (events == NULL && count > 0) || size < OLDEST ||
        size > sizeof(*events) || size % _Alignof(seawall_registry_event) != 0)
        return SEAWALL_INVALID;
    if (registry->stream == NULL)
        return SEAWALL_UNSUPPORTED;
    while (found < count && take_one(registry->stream, (char *)events + (size_t)found * size, size))
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
