/* Events of all members in a ring, and whoever is told of them. */
#include "registry/stream.h"

#include <string.h>

#include "base/alloc.h"
#include "port/port.h"
#include "sync/ring.h"

struct sw_stream {
    sw_ring *ring;
    sw_atomic_u32 telling; /* the fork generation of who does it; 0: nobody */
    sw_atomic_u32 process; /* whose telling this is */
    sw_atomic_u32 has_listener; /* not while he is exchanged */
    sw_atomic_u32 returned; /* callbacks that have */
    sw_atomic_u32 references;
    const seawall_platform *platform;
    sw_mutex lock; /* guards the rest */
    uintptr_t running; /* the thread that is in the callback; 0: none */
    seawall_registry_listener_fn listener;
    void *listener_user;
};

/* Nobody is telling, or is in a callback. */
static void settle(sw_stream *stream)
{
    sw_store_relaxed_u32(&stream->telling, 0);
    stream->running = 0;
    sw_store_release_u32(&stream->process, sw_port_fork_generation());
}

/* Whoever was telling stayed behind in the parent of a fork. */
static void enter(sw_stream *stream)
{
    uint32_t process = sw_port_fork_generation();

    if (sw_load_acquire_u32(&stream->process) == process)
        return;
    sw_mutex_lock(&stream->lock);
    if (sw_load_u32(&stream->process) != process)
        settle(stream);
    sw_mutex_unlock(&stream->lock);
}

sw_stream *sw_stream_create(const seawall_platform *platform, int32_t capacity)
{
    sw_stream *stream = sw_allocate(platform, sizeof(*stream), _Alignof(sw_stream));

    if (stream == NULL)
        return NULL;
    stream->ring = sw_ring_create(platform, capacity, sizeof(seawall_registry_event));
    if (stream->ring == NULL) {
        sw_release(platform, stream, sizeof(*stream));
        return NULL;
    }
    stream->platform = platform;
    sw_mutex_init(&stream->lock);
    settle(stream);
    sw_store_u32(&stream->references, 1);
    return stream;
}

const seawall_platform *sw_stream_platform(const sw_stream *stream)
{
    return stream->platform;
}

void sw_stream_retain(sw_stream *stream)
{
    (void)sw_add_u32(&stream->references, 1);
}

void sw_stream_release(sw_stream *stream)
{
    if (stream == NULL || sw_sub_u32(&stream->references, 1) != 1)
        return;
    sw_ring_destroy(stream->ring);
    sw_release(stream->platform, stream, sizeof(*stream));
}

/* Most events have no key, or a short one: what stands behind it is of no account. */
static void copy(seawall_registry_event *to, const seawall_registry_event *from)
{
    memcpy(to, from, offsetof(seawall_registry_event, key));
    memcpy(to->key, from->key, strlen(from->key) + 1);
}

void sw_stream_add(sw_stream *stream, const seawall_registry_event *event)
{
    uint64_t position;
    seawall_registry_event *at;

    enter(stream);
    at = sw_ring_room(stream->ring, &position);
    if (at == NULL)
        return;
    copy(at, event);
    at->sequence = position + 1;
    sw_ring_put(stream->ring, position);
}

bool sw_stream_take(sw_stream *stream, seawall_registry_event *event)
{
    const seawall_registry_event *oldest;
    uint64_t position;

    enter(stream);
    oldest = sw_ring_oldest(stream->ring, &position);
    if (oldest == NULL)
        return false;
    copy(event, oldest);
    sw_ring_free(stream->ring, position);
    return true;
}

bool sw_stream_has_listener(sw_stream *stream)
{
    return sw_load_u32(&stream->has_listener) != 0;
}

int64_t sw_stream_dropped(sw_stream *stream)
{
    enter(stream);
    return sw_ring_dropped(stream->ring);
}

/* Whether there is one to be told, who is in his callback from here on. */
static bool begin_callback(sw_stream *stream, seawall_registry_listener_fn *listener, void **user)
{
    bool is_there;

    sw_mutex_lock(&stream->lock);
    *listener = stream->listener;
    *user = stream->listener_user;
    is_there = sw_stream_has_listener(stream);
    if (is_there)
        stream->running = sw_port_thread_self();
    sw_mutex_unlock(&stream->lock);
    return is_there;
}

static void end_callback(sw_stream *stream)
{
    sw_mutex_lock(&stream->lock);
    stream->running = 0;
    sw_mutex_unlock(&stream->lock);
    (void)sw_add_u32(&stream->returned, 1);
    sw_port_wake((const uint32_t *)(const void *)&stream->returned.value);
}

static bool tell_one(sw_stream *stream)
{
    seawall_registry_listener_fn listener;
    seawall_registry_event event;
    void *user;
    bool told;

    if (!begin_callback(stream, &listener, &user))
        return false;
    told = sw_stream_take(stream, &event);
    if (told)
        listener(&event, user);
    end_callback(stream);
    return told;
}

static bool begin_telling(sw_stream *stream, uint32_t process)
{
    uint32_t nobody = 0;

    return sw_cas_u32(&stream->telling, &nobody, process);
}

void sw_stream_tell(sw_stream *stream)
{
    uint32_t process;

    enter(stream);
    process = sw_port_fork_generation();
    /* Who comes while another tells has put his event before: that one looks again once he has said that he tells no more. */
    while (sw_stream_has_listener(stream) && !sw_ring_is_empty(stream->ring) && begin_telling(stream, process)) {
        uint32_t telling = process;

        while (tell_one(stream))
            continue;
        (void)sw_cas_u32(&stream->telling, &telling, 0); /* the listener may have forked, and this be the child */
    }
}

void sw_stream_put(sw_stream *stream, const seawall_registry_event *event)
{
    sw_stream_add(stream, event);
    sw_stream_tell(stream);
}

/* Whether somebody else is in the callback just now: then `*returned` is how many have returned before it. Under the lock. */
static bool is_in_callback(sw_stream *stream, uint32_t *returned)
{
    *returned = sw_load_u32(&stream->returned);
    return stream->running != 0 && stream->running != sw_port_thread_self();
}

/* Until that one has returned. Others may have begun: they are the next listener's. */
static void wait_for_callback(sw_stream *stream, uint32_t returned)
{
    while (sw_load_u32(&stream->returned) == returned)
        sw_port_park((const uint32_t *)(const void *)&stream->returned.value, returned, SEAWALL_FOREVER);
}

void sw_stream_listen(sw_stream *stream, seawall_registry_listener_fn listener, void *user)
{
    uint32_t returned;
    bool is_to_wait;

    enter(stream);
    sw_mutex_lock(&stream->lock);
    sw_store_u32(&stream->has_listener, 0); /* a child that is forked now has none, rather than half of two */
    sw_order_stores();
    stream->listener = listener;
    stream->listener_user = user;
    sw_order_stores();
    sw_store_u32(&stream->has_listener, listener != NULL);
    is_to_wait = is_in_callback(stream, &returned);
    sw_mutex_unlock(&stream->lock);
    if (is_to_wait)
        wait_for_callback(stream, returned);
    sw_stream_tell(stream);
}
