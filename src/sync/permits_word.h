/*
 * The word of counted permits, as arithmetic: granted 23 | in use 20 | limit 20 | awaited 1.
 *
 * `granted` counts modulo 2^23 and runs over at the top, where nothing is. `awaited` is set exactly while somebody queues, and
 * then only the queue's first may take a permit.
 */
#ifndef SW_SYNC_PERMITS_WORD_H
#define SW_SYNC_PERMITS_WORD_H

#include <stdbool.h>
#include <stdint.h>

#define SW_PERMITS_COUNT_MASK UINT64_C(0xFFFFF)
#define SW_PERMITS_LIMIT_SHIFT 1
#define SW_PERMITS_USE_SHIFT 21
#define SW_PERMITS_GRANTED_SHIFT 41
#define SW_PERMITS_GRANTED_BITS 23

#define SW_PERMITS_AWAITED UINT64_C(1)
/* One in use, and one granted more. */
#define SW_PERMITS_ONE (UINT64_C(1) << SW_PERMITS_USE_SHIFT)
#define SW_PERMITS_TAKEN (SW_PERMITS_ONE | UINT64_C(1) << SW_PERMITS_GRANTED_SHIFT)

/* The largest limit. Beyond it `in use` stands below zero: permits that nobody had are given back, and put right at once. */
#define SW_PERMITS_MAX 1000000

static inline uint64_t sw_permits_in_use(uint64_t word)
{
    return word >> SW_PERMITS_USE_SHIFT & SW_PERMITS_COUNT_MASK;
}

/* Whether any is. */
static inline bool sw_permits_out(uint64_t word)
{
    return sw_permits_in_use(word) - 1 < SW_PERMITS_MAX;
}

/* The word as it is once those that nobody had are put right. */
static inline uint64_t sw_permits_righted(uint64_t word)
{
    uint64_t in_use = sw_permits_in_use(word);

    return in_use <= SW_PERMITS_MAX ? word : word + (SW_PERMITS_COUNT_MASK + 1 - in_use) * SW_PERMITS_ONE;
}

static inline uint64_t sw_permits_limit(uint64_t word)
{
    return word >> SW_PERMITS_LIMIT_SHIFT & SW_PERMITS_COUNT_MASK;
}

static inline uint64_t sw_permits_granted(uint64_t word)
{
    return word >> SW_PERMITS_GRANTED_SHIFT;
}

static inline bool sw_permits_awaited(uint64_t word)
{
    return (word & SW_PERMITS_AWAITED) != 0;
}

/* Whether there is a permit for the queue's first. */
static inline bool sw_permits_left(uint64_t word)
{
    return sw_permits_in_use(word) < sw_permits_limit(word);
}

/* Whether there is one for anybody who comes. */
static inline bool sw_permits_free(uint64_t word)
{
    return sw_permits_left(word) && !sw_permits_awaited(word);
}

static inline uint64_t sw_permits_limited(uint64_t word, uint32_t limit)
{
    return (word & ~(SW_PERMITS_COUNT_MASK << SW_PERMITS_LIMIT_SHIFT)) | (uint64_t)limit << SW_PERMITS_LIMIT_SHIFT;
}

/* Whether a grant makes the count of grants begin anew: it stands at the top. */
static inline bool sw_permits_laps(uint64_t word)
{
    return word + SW_PERMITS_TAKEN < word;
}

#endif
