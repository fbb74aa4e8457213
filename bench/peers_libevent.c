/* libevent's timers: a heap of events in the caller's memory, on one thread. */
#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdlib.h>

#include "peers.h"

typedef struct state {
    struct event_base *base;
    struct event *events;
    uint32_t capacity;
    peer_fired fired;
    void *user;
} state;

static state *one; /* an event has one argument, which is its number */

static void fired(evutil_socket_t none, short what, void *timer)
{
    (void)none;
    (void)what;
    one->fired(one->user, (uint32_t)(uintptr_t)timer);
}

static void destroy(void *p)
{
    state *s = p;
    uint32_t i;

    for (i = 0; i < s->capacity; i++)
        (void)event_del(&s->events[i]);
    event_base_free(s->base);
    free(s->events);
    free(s);
}

static void *create(uint32_t capacity, peer_fired function, void *user)
{
    state *s = calloc(1, sizeof(*s));
    uint32_t i;

    if (s == NULL)
        return NULL;
    *s = (state){.base = event_base_new(), .events = calloc(capacity, sizeof(*s->events)), .fired = function, .user = user};
    if (s->base == NULL || s->events == NULL) {
        if (s->base != NULL)
            event_base_free(s->base);
        free(s->events);
        free(s);
        return NULL;
    }
    for (i = 0; i < capacity; i++)
        (void)event_assign(&s->events[i], s->base, -1, 0, fired, (void *)(uintptr_t)i);
    s->capacity = capacity;
    return s;
}

static bool arm(void *p, uint32_t timer, peer_time at)
{
    state *s = p;
    struct timeval left = {(at - peer_now) / 1000, (at - peer_now) % 1000 * 1000};

    return event_add(&s->events[timer], &left) == 0;
}

static bool cancel(void *p, uint32_t timer)
{
    state *s = p;

    return event_del(&s->events[timer]) == 0;
}

static void run(void *p)
{
    one = p;
    (void)event_base_loop(one->base, EVLOOP_NONBLOCK);
}

/* The event, and its place in the heap. */
static uint64_t bytes(void)
{
    return sizeof(struct event) + sizeof(struct event *);
}

const peer peer_libevent = {"libevent", create, destroy, arm, arm, cancel, run, bytes};
