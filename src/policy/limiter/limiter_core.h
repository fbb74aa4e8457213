/*
 * The rate limiter as arithmetic on one 64-bit word. Nothing here is shared, waits or reads a clock.
 *
 *   word:  the instant at which the bucket will be full, in units of 2^-scale ns from `base` 58 | which rules it obeys 6
 *
 * One unit lies at bit SW_LIMITER_TAG_BITS, so whole words are compared and added. A permit moves the instant on by `interval`; a
 * request is served if the instant then lies at most `tolerance` = burst x interval ahead of now. The interval is rounded up, by
 * less than a thousandth, and times are exact: so no interval of time sees more than burst + rate x t permits.
 *
 * What needs a new `base`, or other rules, needs a new tag. The rules of a word stay as they are until the word has another tag.
 */
#ifndef SW_POLICY_LIMITER_CORE_H
#define SW_POLICY_LIMITER_CORE_H

#include <seawall/time.h>

#define SW_LIMITER_TAG_BITS 6
#define SW_LIMITER_TAG_MASK ((UINT64_C(1) << SW_LIMITER_TAG_BITS) - 1)
#define SW_LIMITER_SCALE_MAX 10
/* No elapsed time above this is reckoned with: the base is to be moved. */
#define SW_LIMITER_SPAN (UINT64_C(1) << 62)
/* No word above this. */
#define SW_LIMITER_WORD_MAX (UINT64_C(1) << 63)
#define SW_LIMITER_TOLERANCE_MAX (UINT64_C(1) << 61)
#define SW_LIMITER_YEAR SEAWALL_SECONDS(31536000)

typedef struct sw_limiter_rules {
    seawall_time base;
    uint64_t interval;  /* in words' units, as all that follows */
    uint64_t tolerance; /* burst x interval */
    uint32_t shift;     /* from ns to words' units */
    int32_t burst;
    int32_t rate;
    seawall_duration period;
} sw_limiter_rules;

/* What a request comes to. */
typedef struct sw_limiter_claim {
    uint64_t word;         /* what the word becomes */
    seawall_duration wait; /* until it is good */
    bool possible;         /* the word can hold it */
} sw_limiter_claim;

/* As the settings say, with an empty word's zero at `base`. */
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

static inline uint64_t sw_limiter_units(const sw_limiter_rules *rules, seawall_time now)
{
    uint64_t elapsed = now > rules->base ? (uint64_t)now - (uint64_t)rules->base : 0;

    return elapsed <= UINT64_MAX >> rules->shift ? elapsed << rules->shift : UINT64_MAX;
}

/* n permits, from 1 to the burst, at a `now` that the rules reach. */
void sw_limiter_claim_at(const sw_limiter_rules *rules, uint64_t word, seawall_time now, int32_t n, sw_limiter_claim *claim);

/* Permits there at once. */
int32_t sw_limiter_available(const sw_limiter_rules *rules, uint64_t word, seawall_time now);

/*
 * The word under `next`, whose base is set too, in place of `rules`, from `now` on, with the next tag. See
 * seawall_limiter_reconfigure for what it keeps.
 */
uint64_t sw_limiter_convert(const sw_limiter_rules *rules, uint64_t word, seawall_time now, sw_limiter_rules *next);
/* The same rules, full at `now`, whatever was promised. */
uint64_t sw_limiter_refill(const sw_limiter_rules *rules, uint64_t word, seawall_time now, sw_limiter_rules *next);
/* The same rules, empty until `until`, or until the last reservation is good if that is later. */
uint64_t sw_limiter_drain(const sw_limiter_rules *rules, uint64_t word, seawall_time now, seawall_time until,
                          sw_limiter_rules *next);

#endif
