/*
 * The rate limiter as arithmetic on one 64-bit word. Nothing here is shared, waits or reads a clock.
 *
 *   word:  the last instant at which the next permit is not there, in units of 2^-scale ns from `base`, signed 58 |
 *          which rules it obeys: the tag 6
 *
 * So a permit is there if the word lies below now. A unit is bit SW_LIMITER_TAG_BITS: whole words are compared and added, and
 * no tag reaches the next unit. A permit moves the word on by `interval`; a word that lies further back than a full bucket's,
 * `slack` = (burst - 1) x interval and a unit before now, is first moved up to there. The interval is rounded up, by
 * less than a thousandth, and times are exact: so no interval of time sees more than burst + rate x t permits.
 *
 * What needs a new `base`, or other rules, needs a new tag. The rules of a word stay as they are until the word has another tag.
 */
#ifndef SW_POLICY_LIMITER_CORE_H
#define SW_POLICY_LIMITER_CORE_H

#include <seawall/time.h>

#define SW_LIMITER_TAG_BITS 6
#define SW_LIMITER_UNIT (INT64_C(1) << SW_LIMITER_TAG_BITS)
#define SW_LIMITER_TAG_MASK (SW_LIMITER_UNIT - 1)
/* The bit of a tag that every next one has otherwise: in which of two places the rules are. */
#define SW_LIMITER_SLOT_BIT 8
#define SW_LIMITER_SCALE_MAX 10
/* No elapsed time above this is reckoned with: the base is to be moved. */
#define SW_LIMITER_SPAN (UINT64_C(1) << 62)
/* What a full bucket is worth, at most. */
#define SW_LIMITER_TOLERANCE_MAX (INT64_C(1) << 61)
#define SW_LIMITER_YEAR SEAWALL_SECONDS(31536000)

typedef struct sw_limiter_rules {
    seawall_time base;
    int64_t interval; /* in words' units, as what follows */
    int64_t slack;    /* how far a full bucket's word lies behind: (burst - 1) x interval, and a unit */
    uint32_t shift;   /* from ns to words' units */
    int32_t burst;
    int32_t rate;
    seawall_duration period;
} sw_limiter_rules;

/* What a request comes to. */
typedef struct sw_limiter_claim {
    int64_t word;          /* what the word becomes */
    seawall_duration wait; /* until it is good */
    bool possible;         /* the word can hold it */
} sw_limiter_claim;

/* As the settings say. A word of -slack is a bucket that is full at `base`. */
sw_limiter_rules sw_limiter_rules_from(int32_t rate, seawall_duration period, int32_t burst, seawall_time base);
/* What one second brings, rounded up. */
int32_t sw_limiter_burst(int32_t rate, seawall_duration period);
/* What one year brings, at most INT32_MAX. */
int32_t sw_limiter_burst_max(int32_t rate, seawall_duration period);

/* Whether `now` lies within what the word reckons with; before the base, the base counts as now. */
static inline bool sw_limiter_reaches(const sw_limiter_rules *rules, seawall_time now)
{
    return now < rules->base || (uint64_t)now - (uint64_t)rules->base < SW_LIMITER_SPAN >> rules->shift;
}

static inline int64_t sw_limiter_units(const sw_limiter_rules *rules, seawall_time now)
{
    uint64_t elapsed = now > rules->base ? (uint64_t)now - (uint64_t)rules->base : 0;

    return elapsed <= (uint64_t)INT64_MAX >> rules->shift ? (int64_t)(elapsed << rules->shift) : INT64_MAX;
}

/* How far from the base times are reckoned with, rounded down to make room for the shift in the 6 lowest bits. */
static inline uint64_t sw_limiter_reach(uint32_t shift)
{
    return (SW_LIMITER_SPAN >> shift) - 64 + shift;
}

static inline uint32_t sw_limiter_shift(uint64_t reach)
{
    return (uint32_t)reach & 63;
}

static inline int64_t sw_limiter_level(int64_t word)
{
    return word & ~SW_LIMITER_TAG_MASK;
}

/* From `latest` to the first instant after a word that is not below it: maybe further than a signed number reaches. */
static inline uint64_t sw_limiter_lack(int64_t word, int64_t latest)
{
    return ((uint64_t)word | SW_LIMITER_TAG_MASK) + 1 - (uint64_t)latest;
}

/* In nanoseconds, rounded up. */
static inline seawall_duration sw_limiter_duration(uint64_t units, uint32_t shift)
{
    uint64_t whole = units >> shift;

    return (seawall_duration)(whole + (units != whole << shift));
}

/* n permits, from 1 to the burst, at a `now` that the rules reach. */
void sw_limiter_claim_at(const sw_limiter_rules *rules, int64_t word, seawall_time now, int32_t n, sw_limiter_claim *claim);

/* Permits there at once. */
int32_t sw_limiter_available(const sw_limiter_rules *rules, int64_t word, seawall_time now);

/*
 * The word under `next`, whose base is set too, in place of `rules`, from `now` on, with the next tag. See
 * seawall_limiter_reconfigure for what it keeps.
 */
int64_t sw_limiter_convert(const sw_limiter_rules *rules, int64_t word, seawall_time now, sw_limiter_rules *next);
/* The same rules, full at `now`, whatever was promised. */
int64_t sw_limiter_refill(const sw_limiter_rules *rules, int64_t word, seawall_time now, sw_limiter_rules *next);
/* The same rules, empty until `until`, or until the last reservation is good if that is later. */
int64_t sw_limiter_drain(const sw_limiter_rules *rules, int64_t word, seawall_time now, seawall_time until,
                         sw_limiter_rules *next);

#endif
