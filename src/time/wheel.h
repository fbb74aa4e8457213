/*
 * The timing wheel inside the library: pure. Levels of 64 slots, each level's slot as wide as the whole level below. A timer
 * stands on the level of the highest digit (of 6 bits) in which its time differs from the wheel's, in the slot of that digit: so
 * the next slot to look at is the first one of the lowest level that has any, and time that passes needs no loop over ticks.
 *
 * Every list is a ring through a head that lies in the same array as the timers, so that whoever is taken out need not know where
 * it stood. The first thing that a tick does to its timers is to move them into the ring of those that are due.
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

/* A handle: generation 40, never 0 | tag and index 24. */
#define SW_TIMER_INDEX_BITS 24
#define SW_TIMER_INDEX_MASK ((UINT64_C(1) << SW_TIMER_INDEX_BITS) - 1)
#define SW_TIMER_TURN (UINT64_C(1) << SW_TIMER_INDEX_BITS)

/*
 * A head, or a place for a timer. Half a cache line: whoever looks at one side of it has all of it. A link is the distance in
 * bytes from the beginning of the array, which 32 bits hold: nothing has to be multiplied on the way.
 */
typedef struct sw_wheel_node {
    uint32_t next, previous;
    uint64_t key;    /* 0: the place is spare */
    uint64_t id;     /* of the timer here, or of the next one */
    uint64_t cookie;
} sw_wheel_node;

#define SW_WHEEL_NODE_BITS 5
#define SW_WHEEL_LINK(number) ((uint32_t)(number) << SW_WHEEL_NODE_BITS)

_Static_assert(sizeof(sw_wheel_node) == 1u << SW_WHEEL_NODE_BITS, "a node is as large as links say");

/*
 * Keys stand for times: a timer's is the last nanosecond before the tick at which it fires, counted from the beginning of time,
 * so that its low bits are ones and SEAWALL_FOREVER is the greatest of all, after which no tick comes.
 */
typedef struct sw_wheel {
    unsigned char *nodes;    /* heads, then places */
    uint64_t clock;          /* a key: every timer whose own is not after it is due or moving */
    seawall_time begun;      /* the time of the clock's tick, which follows it */
    uint64_t mask;           /* a tick, less one */
    uint64_t bias;           /* from a time to a key; always the same, and cheaper to fetch than to spell out */
    uint32_t spare;          /* link to the first of the places that were given back, 0 if none */
    uint32_t used;           /* link: the array is untouched from here on */
    uint32_t end;            /* link: of the array */
    uint32_t count;          /* timers armed */
    uint64_t tag;            /* in the index of each handle */
    uint32_t shift;          /* a tick is so many nanoseconds to the power of two */
    uint64_t occupied[SW_WHEEL_LEVELS]; /* one bit per slot */
    /* Where a key belongs, by the highest bit in which it differs from the clock. */
    uint32_t first[64]; /* link to the head of the level's slot 0 */
    uint32_t width[64]; /* a key shifted right by so much has the level's digit where a link has its number */
} sw_wheel;

/* Bytes of the array. */
static inline size_t sw_wheel_room(uint32_t capacity)
{
    return ((size_t)SW_WHEEL_HEADS + capacity) * sizeof(sw_wheel_node);
}

/* The largest power of two of nanoseconds that is no longer than `tick`, which is at least 1. */
uint32_t sw_wheel_shift_of(seawall_duration tick);

/*
 * `nodes` is zeroed, aligned to 32 and has sw_wheel_room bytes. `tag` has zeros where an index up to the capacity has its bits.
 */
void sw_wheel_init(sw_wheel *wheel, void *nodes, uint32_t capacity, uint32_t shift, uint64_t tag, seawall_time now);

/*
 * Takes out every timer, so that no handle means anything any more. The wheel may be in the middle of a change that nobody will
 * finish.
 */
void sw_wheel_clear(sw_wheel *wheel, seawall_time now);

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

/* Makes a place spare that no timer had yet. False: there is none. */
bool sw_wheel_make_spare(sw_wheel *wheel);

static inline sw_wheel_node *sw_wheel_node_at(const sw_wheel *wheel, size_t link)
{
    return (sw_wheel_node *)(void *)(wheel->nodes + link);
}

/* Of a time that has not passed. */
static inline uint64_t sw_wheel_key_of(const sw_wheel *wheel, seawall_time at)
{
    return ((uint64_t)at + wheel->bias) | wheel->mask;
}

/*
 * A time that has passed is due with the next tick: a function that arms itself again for the past cannot keep one tick for ever.
 */
static inline uint64_t sw_wheel_key_for(const sw_wheel *wheel, seawall_time at)
{
    return at > wheel->begun ? sw_wheel_key_of(wheel, at) : wheel->clock + wheel->mask + 1;
}

/* Into the slot of its key, which is after the clock. */
static inline void sw_wheel_place(sw_wheel *wheel, size_t n, uint64_t key)
{
    uint32_t bit = 63u - (uint32_t)__builtin_clzll(key ^ wheel->clock);
    size_t head = wheel->first[bit] + (key >> wheel->width[bit] & SW_WHEEL_LINK(SW_WHEEL_SLOTS - 1));
    uint32_t last = sw_wheel_node_at(wheel, head)->previous;

    sw_wheel_node_at(wheel, n)->previous = last;
    sw_wheel_node_at(wheel, last)->next = (uint32_t)n;
    sw_wheel_node_at(wheel, head)->previous = (uint32_t)n;
    sw_wheel_node_at(wheel, n)->next = (uint32_t)head;
    if (last == head)
        wheel->occupied[head / SW_WHEEL_LINK(SW_WHEEL_SLOTS)] |= UINT64_C(1) << (head / SW_WHEEL_LINK(1) % SW_WHEEL_SLOTS);
}

/* Into the first place that is spare, which is known to be there. Inline, as it is what a program does most. */
static inline seawall_timer sw_wheel_arm_spare(sw_wheel *wheel, size_t n, uint64_t key, uint64_t cookie)
{
    sw_wheel_node *node = sw_wheel_node_at(wheel, n);

    wheel->spare = node->next;
    wheel->count++;
    node->cookie = cookie;
    node->key = key;
    sw_wheel_place(wheel, n, key);
    return node->id;
}

/* 0: full. */
static inline seawall_timer sw_wheel_arm(sw_wheel *wheel, seawall_time at, uint64_t cookie)
{
    if (wheel->spare == 0 && !sw_wheel_make_spare(wheel))
        return 0;
    return sw_wheel_arm_spare(wheel, wheel->spare, sw_wheel_key_for(wheel, at), cookie);
}

#endif
