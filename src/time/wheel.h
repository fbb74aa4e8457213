/*
 * The timing wheel inside the library: pure. Levels of 64 slots, each level's slot as wide as the whole level below. A timer
 * stands on the level of the highest digit (of 6 bits) in which its tick differs from the wheel's time, in the slot of that digit: so
 * the next slot to look at is the first one of the lowest level that has any, and time that passes needs no loop over ticks.
 *
 * Every list is a ring through a head that lies in the same array as the timers, so that whoever is taken out need not know where it
 * stood. The first thing that a tick does to its timers is to move them into the ring of those that are due.
 */
#ifndef SW_TIME_WHEEL_H
#define SW_TIME_WHEEL_H

#include <seawall/wheel.h>

#define SW_WHEEL_LEVELS 10
#define SW_WHEEL_SLOTS 64
/* The heads: one per slot, then these. */
#define SW_WHEEL_DUE (SW_WHEEL_LEVELS * SW_WHEEL_SLOTS)
#define SW_WHEEL_MOVING (SW_WHEEL_DUE + 1)
#define SW_WHEEL_HEADS (SW_WHEEL_DUE + 2)

/* A handle: generation 40 | tag and index 24. The generation is odd while the timer is armed. */
#define SW_TIMER_INDEX_BITS 24
#define SW_TIMER_INDEX_MASK ((UINT64_C(1) << SW_TIMER_INDEX_BITS) - 1)
#define SW_TIMER_TURN (UINT64_C(1) << SW_TIMER_INDEX_BITS)

/* A head, or a place for a timer. Half a cache line: whoever looks at one side of it has all of it. */
typedef struct sw_wheel_node {
    uint32_t next, previous; /* in the array */
    uint64_t tick;
    uint64_t id;             /* of the timer here, or of the next one */
    uint64_t cookie;
} sw_wheel_node;

typedef struct sw_wheel {
    sw_wheel_node *nodes;    /* heads, then places */
    uint64_t now;            /* tick; every timer at or before it is due or moving */
    uint64_t tag;            /* in the index of each handle */
    uint32_t shift;          /* a tick is so many nanoseconds to the power of two */
    uint32_t levels;         /* one bit for each that has any timer */
    uint32_t spare;          /* first of the places that were given back, 0 if none */
    uint32_t used;           /* the array is untouched from here on */
    uint32_t end;            /* of the array */
    uint32_t count;          /* timers armed */
    uint64_t occupied[SW_WHEEL_LEVELS]; /* one bit per slot */
} sw_wheel;

/* Bytes of the array. */
static inline size_t sw_wheel_room(uint32_t capacity)
{
    return ((size_t)SW_WHEEL_HEADS + capacity) * sizeof(sw_wheel_node);
}

/* The largest power of two of nanoseconds that is no longer than `tick`, which is at least 1. */
uint32_t sw_wheel_shift_of(seawall_duration tick);

/* `nodes` is zeroed and has sw_wheel_room bytes. `tag` has zeros where an index up to the capacity has its bits. */
void sw_wheel_init(sw_wheel *wheel, sw_wheel_node *nodes, uint32_t capacity, uint32_t shift, uint64_t tag, seawall_time now);

/* Takes out every timer, so that no handle means anything any more. The wheel may be in the middle of a change that nobody will finish. */
void sw_wheel_clear(sw_wheel *wheel, seawall_time now);

/* 0: full. */
seawall_timer sw_wheel_arm(sw_wheel *wheel, seawall_time at, uint64_t cookie);
bool sw_wheel_rearm(sw_wheel *wheel, seawall_timer timer, seawall_time at);
bool sw_wheel_cancel(sw_wheel *wheel, seawall_timer timer);
seawall_time sw_wheel_next_due(const sw_wheel *wheel);
/* Moves `budget` timers at most; false: there are more to move until `now`. */
bool sw_wheel_advance(sw_wheel *wheel, seawall_time now, uint32_t budget);
bool sw_wheel_take(sw_wheel *wheel, seawall_expiry *expiry);

/* NULL, or what is wrong. */
const char *sw_wheel_check(const sw_wheel *wheel);

/* The place of a timer, from 0; for what the owner keeps beside the wheel. */
static inline uint32_t sw_wheel_place_of(const sw_wheel *wheel, seawall_timer timer)
{
    return (uint32_t)(timer & SW_TIMER_INDEX_MASK & ~wheel->tag);
}

#endif
