/*
 * Words that blocked threads sleep on. A wake may come when its thread has long gone on, even when it is no more, so the words
 * belong to nobody: two threads that share one only look around once too often.
 */
#ifndef SW_SYNC_PARKING_H
#define SW_SYNC_PARKING_H

#include <seawall/policy.h>

#include "base/atomic.h"

#define SW_PARKING_BITS 6
#define SW_PARKING_PLACES (1 << SW_PARKING_BITS)

typedef struct sw_parking_place {
    _Alignas(64) sw_atomic_u32 rung;
} sw_parking_place;

__attribute__((visibility("hidden"))) extern sw_parking_place sw_parking[SW_PARKING_PLACES];

/* The place of the thread whose stack this address lies in. Multiples of the golden ratio spread stacks at any one distance. */
static inline sw_parking_place *sw_parking_place_of(const void *stack)
{
    return &sw_parking[((uint64_t)(uintptr_t)stack >> 12) * UINT64_C(0x9E3779B97F4A7C15) >> (64 - SW_PARKING_BITS)];
}

/* To be read before looking whether there is anything to wait for: a wake from here on is not slept through. */
static inline uint32_t sw_parking_ticket(sw_parking_place *place)
{
    return sw_load_acquire_u32(&place->rung);
}

/* Sleeps until the place is rung or was since the ticket, or `until` has come, or for no reason not at all. */
static inline void sw_park(sw_parking_place *place, uint32_t ticket, seawall_time until, const seawall_platform *platform)
{
    platform->park((const uint32_t *)(const void *)&place->rung, ticket, until, platform->clock_user);
}

/* A waker's function: the cookie is the place's address, `user` the platform. */
void sw_parking_ring(uint64_t cookie, void *user);

#endif
