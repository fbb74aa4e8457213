/*
 * A rate limiter in memory, and what its files offer each other.
 *
 *   limiter_core.c     the word, as arithmetic
 *   limiter_call.c     permits: taken, reserved, waited for, given back
 *   limiter_control.c  new rules, drains, resets, and what it looks like
 *   limiter_policy.c   its verbs in a pipeline
 *   limiter_config.c   its settings
 *   limiter.c          its life
 */
#ifndef SW_POLICY_LIMITER_OBJECT_H
#define SW_POLICY_LIMITER_OBJECT_H

#include <seawall/limiter.h>

#include "base/alloc.h"
#include "base/atomic.h"
#include "policy/limiter/limiter_core.h"
#include "port/port.h"
#include "time/platform.h"

/* Rules as plain words. Whoever has read them while they were rewritten finds the word's tag changed. */
typedef struct sw_limiter_slot {
    sw_atomic_u64 base, interval, tolerance;
    sw_atomic_u32 shift, burst, rate, unused;
    sw_atomic_u64 period;
} sw_limiter_slot;

/* All that is shared. The word's tag says, by its lowest bit, which rules hold; the others are free to be rewritten, under the lock. */
typedef struct sw_limiter_block {
    _Alignas(SW_CACHE_LINE) sw_atomic_u64 word;
    sw_limiter_slot slot[2];
} sw_limiter_block;

enum sw_limiter_counter { SW_LIMITER_GRANTED, SW_LIMITER_REFUSED, SW_LIMITER_COUNTERS };

/* A power of two. */
#define SW_LIMITER_STRIPES 8

/* Counts of one thread, which alone writes `own` and so needs no locked operation; of all others that came to the stripe in `shared`. */
typedef struct sw_limiter_stripe {
    _Alignas(SW_CACHE_LINE) sw_atomic_u64 owner; /* its thread number + 1; 0: nobody yet */
    sw_atomic_u64 own[SW_LIMITER_COUNTERS];
    sw_atomic_u64 shared[SW_LIMITER_COUNTERS];
} sw_limiter_stripe;

struct seawall_limiter {
    sw_limiter_block block;
    const seawall_platform *platform;
    uint64_t key; /* of its permits */
    sw_atomic_u64 max_wait;
    _Alignas(SW_CACHE_LINE) sw_mutex lock; /* around changes of rules */
    sw_atomic_u32 references;
    sw_atomic_u32 waiting;
    sw_atomic_u64 waited, refunded, lost;
    sw_limiter_stripe stripes[SW_LIMITER_STRIPES];
};

/* The word of a permit that says whose it is. Others keep theirs there too, and end them differently. */
#define SW_LIMITER_KEY 2
#define SW_LIMITER_KEY_END 3

/* limiter.c */
/* The rules of `word`, to be believed if the word is found unchanged afterwards. */
void sw_limiter_read(seawall_limiter *limiter, uint64_t word, sw_limiter_rules *rules);
void sw_limiter_write(seawall_limiter *limiter, uint64_t word, const sw_limiter_rules *rules);
void sw_limiter_count(seawall_limiter *limiter, enum sw_limiter_counter counter, uint64_t by);
/* Counts n permits as given; answers SEAWALL_OK. */
seawall_status sw_limiter_granted(seawall_limiter *limiter, int32_t n);

/* limiter_control.c */
/* Moves the zero of the word to `now`, if it has not been moved. */
void sw_limiter_move(seawall_limiter *limiter, seawall_time now);

/* limiter_call.c */
seawall_status sw_limiter_take(seawall_limiter *limiter, int32_t n, seawall_duration max_wait, seawall_time now,
                               seawall_permit *permit, seawall_duration *wait);
/* A consistent word and its rules, which reach `now`. */
uint64_t sw_limiter_look(seawall_limiter *limiter, seawall_time now, sw_limiter_rules *rules);

#endif
