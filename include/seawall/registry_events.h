/**
 * @file registry_events.h
 * @brief What happens to all members of a registry, in one order: to be asked for, or to be told.
 *
 * A registry whose config gives `event_capacity` keeps that many events until somebody takes them. There is one order for all:
 * each event has a number, and those of one breaker, and those of one run through a pipeline, come as they happened: first that
 * it was made, last that it is gone. Where there is no room for one more it is dropped, and counted. Nobody waits for anybody:
 * making an event is a few atomic operations.
 *
 * Keyed instances (keyed.h) are not members, and a flood of keys must not drown what is told of these. So nothing tells that an
 * instance was made: it is first heard of when its breaker changes its state, or a policy of its pipeline decides something. If
 * anything was heard of it, its end is told as well. These events name the keyed instances and, in `key`, which.
 *
 * In the child of a fork the stream begins anew: empty, with number 1. Its listener stays.
 *
 * Without `event_capacity` there are none, and they cost nothing.
 */
#ifndef SEAWALL_REGISTRY_EVENTS_H
#define SEAWALL_REGISTRY_EVENTS_H

#include <seawall/registry.h>

SEAWALL_BEGIN_DECLS

/** What happened to a member. */
typedef int32_t seawall_registry_event_kind;
/** The values of seawall_registry_event_kind. */
enum {
    SEAWALL_REGISTRY_MADE = 1,       /**< The registry has made it. */
    SEAWALL_REGISTRY_GONE = 2,       /**< It was removed, retired by a reload, evicted or expired; who uses it goes on. */
    SEAWALL_REGISTRY_TRANSITION = 3, /**< A breaker: see `transition`. */
    SEAWALL_REGISTRY_DECISION = 4    /**< A policy of a pipeline that the registry has made: see `decision`. */
};

/** The name in lower case ("transition"), "unknown" for anything else. A static string. Any thread; never blocks. */
SEAWALL_API const char *seawall_registry_event_name(seawall_registry_event_kind what);

/** One event. */
typedef struct seawall_registry_event {
    uint32_t size;                        /**< sizeof(seawall_registry_event) */
    seawall_registry_event_kind what;     /**< What. */
    uint64_t sequence;                    /**< From 1, without gaps; what was dropped has no number. */
    seawall_time now;                     /**< When. */
    const char *kind;                     /**< "circuit_breaker", a static string. */
    char name[64];                        /**< The member's name. */
    seawall_breaker_transition transition; /**< Of a transition; else all zero. */
    seawall_event decision;               /**< Of a decision; else all zero. */
    char key[256];                        /**< Of a keyed instance, whose kind is "keyed": its key. Else "". */
} seawall_registry_event;

/**
 * Takes up to `count` of the oldest events. Never blocks; any thread, but who wants them in order takes them on one at a time.
 * While there is a listener it has them all.
 *
 * @param events room for `count` of them, contents of no account.
 * @param size sizeof(seawall_registry_event) as the caller knows it: the distance from one to the next.
 * @param taken how many there were.
 * @param dropped how many have been dropped since the registry was created; may be NULL.
 * @return #SEAWALL_OK, also if there was none; #SEAWALL_INVALID for NULL, a negative count or an impossible size;
 *         #SEAWALL_UNSUPPORTED: the registry has no event_capacity.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_registry_poll(seawall_registry *registry, seawall_registry_event *events,
                                                                    size_t size, int32_t count, int32_t *taken, int64_t *dropped);

/**
 * Told of each event, in order, one at a time, on the thread that made it or on another that is busy telling. Called under no
 * lock; it may call anything, this registry included. It should be quick: the call that made the event waits. The event is valid
 * during the callback. Poll: seawall_registry_poll.
 */
typedef void (*seawall_registry_listener_fn)(const seawall_registry_event *event, void *user);

/**
 * Tells this listener from here on, beginning with what nobody has taken yet; NULL: nobody. Waits for a running callback of the
 * one before, except from inside that callback. What is there to be told is told by this very call, on this thread, unless
 * another one is telling. So hold no lock that either callback takes. Any thread.
 * @return #SEAWALL_OK; #SEAWALL_INVALID for NULL; #SEAWALL_UNSUPPORTED: the registry has no event_capacity.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_registry_listen(seawall_registry *registry,
                                                                      seawall_registry_listener_fn listener, void *user);

SEAWALL_END_DECLS

#endif
