/* Where the events of one member come from. */
#include <string.h>

#include <seawall/keyed.h>

#include "base/alloc.h"
#include "registry/stream.h"
#include "time/platform.h"

struct sw_source {
    const seawall_platform *platform;
    sw_stream *stream;
    sw_atomic_u32 references;
    sw_atomic_u32 silent;
    sw_atomic_u32 heard; /* something of it is in the stream */
    sw_source *of;       /* of an instance: the keyed ones', whose kind and name these are, a reference; else NULL */
    const char *kind;
    char name[SEAWALL_NAME_SIZE_MAX + 1];
    size_t bytes;
    char key[]; /* "" unless it is an instance's */
};

_Static_assert(sizeof(((seawall_registry_event *)NULL)->name) == SEAWALL_NAME_SIZE_MAX + 1, "a name fits in an event");
_Static_assert(sizeof(((seawall_registry_event *)NULL)->key) == SEAWALL_KEY_SIZE_MAX + 1, "a key fits in an event");

static sw_source *create(sw_stream *stream, const char *kind, const char *name, const char *key)
{
    const seawall_platform *platform = sw_stream_platform(stream);
    size_t length = strlen(key) + 1;
    sw_source *source = sw_allocate(platform, sizeof(*source) + length, _Alignof(sw_source));

    if (source == NULL)
        return NULL;
    source->platform = platform;
    source->stream = stream;
    sw_stream_retain(stream);
    source->kind = kind;
    memcpy(source->name, name, strlen(name) + 1);
    source->bytes = sizeof(*source) + length;
    memcpy(source->key, key, length);
    sw_store_u32(&source->references, 1);
    return source;
}

sw_source *sw_source_create(sw_stream *stream, const char *kind, const char *name)
{
    return create(stream, kind, name, "");
}

sw_source *sw_source_create_instance(sw_source *of, const char *key)
{
    sw_source *source = create(of->stream, of->kind, of->name, key);

    if (source != NULL)
        source->of = sw_source_retain(of);
    return source;
}

sw_source *sw_source_retain(sw_source *source)
{
    if (source != NULL)
        (void)sw_add_u32(&source->references, 1);
    return source;
}

void sw_source_drop(sw_source *source)
{
    if (source == NULL || sw_sub_u32(&source->references, 1) != 1)
        return;
    sw_source_drop(source->of);
    sw_stream_release(source->stream);
    sw_release(source->platform, source, source->bytes);
}

static void drop(void *source)
{
    sw_source_drop(source);
}

static bool is_silent(sw_source *source)
{
    return sw_load_u32(&source->silent) != 0 || (source->of != NULL && sw_load_u32(&source->of->silent) != 0);
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
    (void)strncat(event.key, source->key, sizeof(event.key) - 1);
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

/* Whoever only keeps what he has heard of forgets it then. */
void sw_source_end_instance(sw_source *source)
{
    seawall_registry_event event;

    if (source != NULL && sw_load_u32(&source->heard) != 0 && !is_silent(source)) {
        event = event_of(source, SEAWALL_REGISTRY_GONE, sw_now(source->platform));
        sw_stream_put(source->stream, &event);
    }
    sw_source_release(source);
}

static void put(sw_source *source, const seawall_registry_event *event)
{
    if (source->of != NULL)
        sw_store_u32(&source->heard, 1);
    sw_stream_put(source->stream, event);
}

static void hear_breaker(const seawall_breaker_transition *transition, void *user)
{
    sw_source *source = user;
    seawall_registry_event event;

    if (is_silent(source))
        return;
    event = event_of(source, SEAWALL_REGISTRY_TRANSITION, transition->now);
    event.transition = *transition;
    put(source, &event);
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

    if (is_silent(source))
        return;
    full = event_of(source, SEAWALL_REGISTRY_DECISION, event->now);
    full.decision = *event;
    put(source, &full);
}

void sw_source_follow_pipeline(sw_source *source, seawall_pipeline *pipeline)
{
    if (sw_source_retain(source) != NULL)
        pipeline->ended = drop;
}
