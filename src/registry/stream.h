/*
 * Events of all members of a registry, in one order, in a ring that nobody waits at (sync/ring.h). Who has put an event there
 * tells the listener, if there is one and nobody is telling already; a listener that makes an event leaves it to himself, so
 * that nothing recurses.
 */
#ifndef SW_REGISTRY_STREAM_H
#define SW_REGISTRY_STREAM_H

#include <seawall/registry_events.h>

#include "base/atomic.h"
#include "pipeline/chain.h"

typedef struct sw_stream sw_stream;

/* One reference. `capacity` is rounded up to a power of two. NULL: no memory. */
sw_stream *sw_stream_create(const seawall_platform *platform, int32_t capacity);
void sw_stream_retain(sw_stream *stream);
void sw_stream_release(sw_stream *stream);

const seawall_platform *sw_stream_platform(const sw_stream *stream);

/* Any thread, holding no lock that a listener might take. Takes a copy, and gives it its number. */
void sw_stream_put(sw_stream *stream, const seawall_registry_event *event);
/* Tells the listener what is there, unless somebody is at it. The same holds. */
void sw_stream_tell(sw_stream *stream);
/* The same as put without telling: for who holds a lock. */
void sw_stream_add(sw_stream *stream, const seawall_registry_event *event);
bool sw_stream_take(sw_stream *stream, seawall_registry_event *event);
bool sw_stream_has_listener(sw_stream *stream);
int64_t sw_stream_dropped(sw_stream *stream);
void sw_stream_listen(sw_stream *stream, seawall_registry_listener_fn listener, void *user);

/* Where a member's events come from: told by the breaker, or by the runs of the pipeline, which may outlive the registry. */
typedef struct sw_source sw_source;

/* One reference, and one of the stream. NULL: no memory. */
sw_source *sw_source_create(sw_stream *stream, const char *kind, const char *name);
/* For one of keyed instances: silent as soon as these are. */
sw_source *sw_source_create_instance(sw_source *of, const char *key);
/* One more reference, and one less; NULL is allowed, and answered. */
sw_source *sw_source_retain(sw_source *source);
void sw_source_drop(sw_source *source);
/* From now on it is silent. */
void sw_source_release(sw_source *source);
/*
 * That it was made is the first that is told of it, and that it is gone the last. Under the registry's lock: another one of its
 * name is made before, or after that. NULL is allowed.
 */
void sw_source_begin(sw_source *source, seawall_time now);
void sw_source_end(sw_source *source, seawall_time now);
seawall_status sw_source_follow_breaker(sw_source *source, seawall_breaker *breaker);
/* Waits for a callback that runs, but for one's own. */
void sw_source_leave_breaker(sw_source *source, seawall_breaker *breaker);
/* For a config: the listener, whose user is the source. */
void sw_source_hear(const seawall_event *event, void *source);
/* The pipeline keeps a reference as long as it lives. */
void sw_source_follow_pipeline(sw_source *source, seawall_pipeline *pipeline);
/*
 * From now on it is silent; the last of it, if anything was heard of the instance, is that it is gone. Under the lock under which
 * another one of its key is put in its place. NULL is allowed.
 */
void sw_source_end_instance(sw_source *source, seawall_time now);
/* Tells what that has left to be told, and gives up its reference. No lock is held. */
void sw_source_release_instance(sw_source *source);

#endif
