/* Where the events of one member come from. */
#include <string.h>

#include <seawall/keyed.h>

#include "base/alloc.h"
#include "port/port.h"
#include "registry/stream.h"
#include "time/platform.h"

/*
 * AUDIBLE 1 | fork generation 13 | how many are putting an event just now 18. Nobody begins to when it is not audible. Who did
 * in another process did so in the parent of a fork, and never leaves.
 */
#define AUDIBLE 0x80000000u
#define PUTTING 0x0003FFFFu
#define PUTTING_PROCESS 0x7FFC0000u

struct sw_source {
    const seawall_platform *platform;
    sw_stream *stream;
    sw_atomic_u32 references;
    sw_atomic_u32 putting;
    sw_atomic_u32 heard; /* something of it is in the stream */
    sw_source *of;       /* of an instance: the keyed ones', whose kind and name these are, a reference; else NULL */
    const char *kind;
    char name[SEAWALL_NAME_SIZE_MAX + 1];
    size_t bytes;
    char key[]; /* "" unless it is an instance's */
};

_Static_assert(sizeof(((seawall_registry_event *)NULL)->name) == SEAWALL_NAME_SIZE_MAX + 1, "a name fits in an event");
_Static_assert(sizeof(((seawall_registry_event *)NULL)->key) == SEAWALL_KEY_SIZE_MAX + 1, "a key fits in an event");

static uint32_t this_process(void)
{
    return sw_port_fork_generation() * (PUTTING + 1) & PUTTING_PROCESS;
}

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
    sw_store_u32(&source->putting, AUDIBLE | this_process());
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

static bool enter_one(sw_source *source)
{
    uint32_t word = sw_load_u32(&source->putting), process = this_process();

    while ((word & AUDIBLE) != 0) {
        uint32_t ours = (word & PUTTING_PROCESS) == process ? word : AUDIBLE | process;

        if (sw_cas_u32(&source->putting, &word, ours + 1))
            return true;
    }
    return false;
}

static void leave_one(sw_source *source)
{
    (void)sw_sub_u32(&source->putting, 1);
}

/* Whether something may be put: who is to be silent is waited for until sw_stream_add has returned, and calls nobody. */
static bool enter(sw_source *source)
{
    if (source->of != NULL && !enter_one(source->of))
        return false;
    if (enter_one(source))
        return true;
    if (source->of != NULL)
        leave_one(source->of);
    return false;
}

static void leave(sw_source *source)
{
    leave_one(source);
    if (source->of != NULL)
        leave_one(source->of);
}

static void silence(sw_source *source)
{
    uint32_t word = sw_load_u32(&source->putting);

    while ((word & AUDIBLE) != 0 && !sw_cas_u32(&source->putting, &word, word & ~AUDIBLE))
        continue;
}

/* Until nobody is putting what he began to before it was silent: some instructions, unless the system stops one there. */
static void settle(sw_source *source)
{
    uint32_t word, process = this_process();

    while (((word = sw_load_u32(&source->putting)) & PUTTING) != 0 && (word & PUTTING_PROCESS) == process)
        sw_port_park((const uint32_t *)&source->putting.value, word, sw_port_now() + SEAWALL_MICROSECONDS(100));
}

void sw_source_release(sw_source *source)
{
    if (source != NULL)
        silence(source);
    drop(source);
}

static seawall_registry_event event_of(const sw_source *source, seawall_registry_event_kind what, seawall_time now)
{
    seawall_registry_event event = {.size = sizeof(event), .what = what, .now = now, .kind = source->kind};

    memcpy(event.name, source->name, sizeof(event.name));
    (void)strncat(event.key, source->key, sizeof(event.key) - 1);
    return event;
}

void sw_source_begin(sw_source *source, seawall_time now)
{
    seawall_registry_event event;

    if (source == NULL)
        return;
    event = event_of(source, SEAWALL_REGISTRY_MADE, now);
    sw_stream_add(source->stream, &event);
}

void sw_source_end(sw_source *source, seawall_time now)
{
    seawall_registry_event event;

    if (source == NULL)
        return;
    silence(source);
    settle(source);
    event = event_of(source, SEAWALL_REGISTRY_GONE, now);
    sw_stream_add(source->stream, &event);
}

/* Whoever only keeps what he has heard of forgets it then. */
void sw_source_end_instance(sw_source *source, seawall_time now)
{
    seawall_registry_event event;

    if (source == NULL)
        return;
    silence(source);
    settle(source);
    if (sw_load_u32(&source->heard) == 0 || !enter_one(source->of))
        return;
    event = event_of(source, SEAWALL_REGISTRY_GONE, now);
    sw_stream_add(source->stream, &event);
    leave_one(source->of);
}

void sw_source_release_instance(sw_source *source)
{
    if (source == NULL)
        return;
    if (sw_load_u32(&source->heard) != 0)
        sw_stream_tell(source->stream);
    drop(source);
}

/* Of who has entered: leaves. */
static void put(sw_source *source, const seawall_registry_event *event)
{
    if (source->of != NULL)
        sw_store_u32(&source->heard, 1);
    sw_stream_add(source->stream, event);
    leave(source);
    sw_stream_tell(source->stream);
}

static void hear_breaker(const seawall_breaker_transition *transition, void *user)
{
    sw_source *source = user;
    seawall_registry_event event;

    if (!enter(source))
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

    if (!enter(source))
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
