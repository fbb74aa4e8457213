/*
 * A bounded ring of things of one size, for any number of threads that put and take: Vyukov's queue. Each place has a turn, which
 * says whose it is to write or to read, so that nobody waits for a lock. What finds no room is dropped, and counted.
 *
 * Whoever was about to fill a place, or to give one back, stayed behind in the parent of a fork, and the place would wait for
 * him. What the parent has not taken is the parent's business anyway: in the child the ring is empty.
 */
#ifndef SW_SYNC_RING_H
#define SW_SYNC_RING_H

#include <seawall/platform.h>

#include "base/atomic.h"

typedef struct sw_ring sw_ring;

/* `capacity` is rounded up to a power of two, 2 at least. NULL: no memory. */
sw_ring *sw_ring_create(const seawall_platform *platform, int32_t capacity, size_t size);
/* NULL is allowed. */
void sw_ring_destroy(sw_ring *ring);

/* A place to write to, NULL if there is none; `*position` counts those that were given, from 0. To be followed by put at once. */
void *sw_ring_room(sw_ring *ring, uint64_t *position);
void sw_ring_put(sw_ring *ring, uint64_t position);

/* The oldest one, or NULL if there is none. Its place is to be given back at once. */
const void *sw_ring_oldest(sw_ring *ring, uint64_t *position);
void sw_ring_free(sw_ring *ring, uint64_t position);

bool sw_ring_is_empty(sw_ring *ring);
int64_t sw_ring_dropped(sw_ring *ring);

#endif
