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
#include "port/thread_pointer.h"
#include "time/platform.h"

/*
 * The words of a set of rules, on a line of their own. Who has read them while they were rewritten finds the word's tag changed.
 */
enum sw_limiter_rule {
    SW_LIMITER_BASE, /* negated: to be added to a time */
    SW_LIMITER_INTERVAL,
    SW_LIMITER_FULL,  /* the word, with their tag, of a bucket that is full at the base */
    SW_LIMITER_REACH, /* see sw_limiter_reach */
    SW_LIMITER_BURST,
    SW_LIMITER_RATE,
    SW_LIMITER_PERIOD,
    SW_LIMITER_RULES = SW_CACHE_LINE / 8
};

/* All that is shared. The word's tag says which rules hold; the others are free to be rewritten, under the lock. */
typedef struct sw_limiter_block {
    _Alignas(SW_CACHE_LINE) sw_atomic_u64 word;
    _Alignas(SW_CACHE_LINE) sw_atomic_u64 rules[2 * SW_LIMITER_RULES];
} sw_limiter_block;

_Static_assert(SW_LIMITER_SLOT_BIT == SW_LIMITER_RULES, "the bit is where a set of rules begins");

enum sw_limiter_counter { SW_LIMITER_GRANTED, SW_LIMITER_REFUSED, SW_LIMITER_COUNTERS };

/*
 * The words of a stripe, on a line of its own: counts of one thread, which alone writes its `own` and so needs no locked
 * operation, and of all others that came to the stripe. Each kind has a place for every counter.
 */
enum sw_limiter_stripe {
    SW_LIMITER_OWNER, /* its thread pointer; 0: nobody yet */
    SW_LIMITER_OWN,
    SW_LIMITER_SHARED = SW_LIMITER_OWN + SW_LIMITER_COUNTERS,
    SW_LIMITER_STRIPE = SW_CACHE_LINE / 8
};

/* A power of two. */
#define SW_LIMITER_STRIPES 8

struct seawall_limiter {
    sw_limiter_block block;
    _Alignas(SW_CACHE_LINE) const seawall_platform *platform;
    uint64_t key; /* of its permits */
    sw_atomic_u64 max_wait;
    _Alignas(SW_CACHE_LINE) sw_mutex lock; /* around changes of rules */
    sw_atomic_u32 references;
    sw_atomic_u32 waiting;
    sw_atomic_u64 waited, refunded, lost;
    _Alignas(SW_CACHE_LINE) sw_atomic_u64 stripes[SW_LIMITER_STRIPES * SW_LIMITER_STRIPE];
};

/* The word of a permit that says whose it is. Others keep theirs there too, and end them differently. */
#define SW_LIMITER_KEY 2
#define SW_LIMITER_KEY_END 3

/* limiter.c */
/* The rules of `word`, to be believed if the word is found unchanged afterwards. */
void sw_limiter_read(seawall_limiter *limiter, int64_t word, sw_limiter_rules *rules);
void sw_limiter_write(seawall_limiter *limiter, int64_t word, const sw_limiter_rules *rules);
static inline sw_atomic_u64 *sw_limiter_rules_of(seawall_limiter *limiter, int64_t word)
{
    return &limiter->block.rules[word & SW_LIMITER_SLOT_BIT];
}

/* Multiples of the golden ratio spread the pointers, which lie at equal distances. */
static inline sw_atomic_u64 *sw_limiter_stripe_of(seawall_limiter *limiter, uint64_t self)
{
    return &limiter->stripes[self * 0x61C88647 >> 38 & ((SW_LIMITER_STRIPES - 1) * SW_LIMITER_STRIPE)];
}

/* For a thread that does not own the stripe, unless nobody does: then it is the owner now. Answers as sw_limiter_count. */
seawall_status sw_limiter_count_apart(seawall_limiter *limiter, enum sw_limiter_counter counter, uint64_t by);

/* Answers the status that is counted so. */
static inline seawall_status sw_limiter_count(seawall_limiter *limiter, enum sw_limiter_counter counter, uint64_t by)
{
    uint64_t self = sw_port_thread_pointer();
    sw_atomic_u64 *stripe = sw_limiter_stripe_of(limiter, self);
    sw_atomic_u64 *own = &stripe[SW_LIMITER_OWN + counter];

    if (sw_load_relaxed_u64(&stripe[SW_LIMITER_OWNER]) != self)
        return sw_limiter_count_apart(limiter, counter, by);
    sw_store_relaxed_u64(own, sw_load_relaxed_u64(own) + by);
    return counter == SW_LIMITER_GRANTED ? SEAWALL_OK : SEAWALL_LIMITED;
}

/* limiter_control.c */
/* Moves the zero of the word to `now`, if it has not been moved. */
void sw_limiter_move(seawall_limiter *limiter, seawall_time now);

/* limiter_call.c */
seawall_status sw_limiter_take(seawall_limiter *limiter, int32_t n, seawall_duration max_wait, seawall_time now,
                               seawall_permit *permit, seawall_duration *wait);
/* A consistent word and its rules, which reach `now`. */
int64_t sw_limiter_look(seawall_limiter *limiter, seawall_time now, sw_limiter_rules *rules);

#endif
