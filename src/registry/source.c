/* Where the events of one member come from. */
#include <string.h>

#include "base/alloc.h"
#include "registry/stream.h"

struct sw_source {
    const seawall_platform *platform;
    sw_stream *stream;
    sw_atomic_u32 references;
    sw_atomic_u32 silent;
    const char *kind;
    char name[SEAWALL_NAME_SIZE_MAX + 1];
};

_Static_assert(sizeof(((seawall_registry_event *)NULL)->name) == SEAWALL_NAME_SIZE_MAX + 1, "a name fits in an event");

sw_source *sw_source_create(sw_stream *stream, const char *kind, const char *name)
{
    const seawall_platform *platform = sw_stream_platform(stream);
    sw_source *source = sw_allocate(platform, sizeof(*source), _Alignof(sw_source));

    if (source == NULL)
        return NULL;
    source->platform = platform;
    source->stream = stream;
    sw_stream_retain(stream);
    source->kind = kind;
    memcpy(source->name, name, strlen(name) + 1);
    sw_store_u32(&source->references, 1);
    return source;
}

static void drop(void *it)
{
    sw_source *source = it;

    if (source == NULL || sw_sub_u32(&source->references, 1) != 1)
        return;
    sw_stream_release(source->stream);
    sw_release(source->platform, source, sizeof(*source));
}

void sw_source_release(sw_source *source)
{
    if (source != NULL)
        sw_store_u32(&source->silent, 1);
    drop(source);
}

static seawall_registry_event event_of(const sw_source *source, seawall_registry_event_kind what, seawall_time now)
{
    seawall_registry_event event = {.size = sizeof(event), .what = what, .now = now, .kind = source->kind};

    memcpy(event.name, source->name, sizeof(event.name));
    return event;
}

void sw_source_note(sw_source *source, seawall_registry_event_kind what, seawall_time now)
{
    seawall_registry_event event;

    if (source == NULL)
        return;
    event = event_of(source, what, now);
    sw_stream_add(source->stream, &event);
}

static void hear_breaker(const seawall_breaker_transition *transition, void *user)
{
    const sw_source *source = user;
    seawall_registry_event event = event_of(source, SEAWALL_REGISTRY_TRANSITION, transition->now);

    event.transition = *transition;
    sw_stream_put(source->stream, &event);
}

seawall_status sw_source_follow_breaker(sw_source *source, seawall_breaker *breaker)
{
    return source != NULL ? seawall_breaker_add_listener(breaker, hear_breaker, source) : SEAWALL_OK;
}

void sw_source_leave_breaker(sw_source *source, seawall_breaker *breaker)
{
    if (source != NULL)
        (void)seawall_breaker_remove_listener(breaker, hear_breaker, source);
}

void sw_source_hear(const seawall_event *event, void *user)
{
    sw_source *source = user;
    seawall_registry_event full;

    if (sw_load_u32(&source->silent) != 0)
        return;
    full = event_of(source, SEAWALL_REGISTRY_DECISION, event->now);
    full.decision = *event;
    sw_stream_put(source->stream, &full);
}

void sw_source_follow_pipeline(sw_source *source, seawall_pipeline *pipeline)
{
    if (source == NULL)
        return;
    (void)sw_add_u32(&source->references, 1);
    pipeline->ended = drop;
}
