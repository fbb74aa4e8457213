/* What a rate limiter decides. */
#include "policy/limiter/limiter_core.h"

__extension__ typedef unsigned __int128 wide;

#define SECOND SEAWALL_SECONDS(1)

static uint64_t at_most(wide value, uint64_t limit)
{
    return value < limit ? (uint64_t)value : limit;
}

int32_t sw_limiter_burst(int32_t rate, seawall_duration period)
{
    wide permits = ((wide)(uint32_t)rate * (uint64_t)SECOND + (uint64_t)period - 1) / (uint64_t)period;

    return permits > 0 ? (int32_t)at_most(permits, INT32_MAX) : 1;
}

int32_t sw_limiter_burst_max(int32_t rate, seawall_duration period)
{
    return (int32_t)at_most((wide)(uint32_t)rate * (uint64_t)SW_LIMITER_YEAR / (uint64_t)period, INT32_MAX);
}

/* The finest scale at which the bucket fits. A year in nanoseconds fits at any rate. */
sw_limiter_rules sw_limiter_rules_from(int32_t rate, seawall_duration period, int32_t burst, seawall_time base)
{
    sw_limiter_rules rules = {.base = base, .burst = burst, .rate = rate, .period = period};
    uint32_t scale = SW_LIMITER_SCALE_MAX + 1;
    wide interval;

    do {
        scale--;
        interval = (((wide)(uint64_t)period << scale) + (uint32_t)rate - 1) / (uint32_t)rate;
    } while (scale > 0 && interval * (uint32_t)burst > SW_LIMITER_TOLERANCE_MAX >> SW_LIMITER_TAG_BITS);
    rules.shift = scale + SW_LIMITER_TAG_BITS;
    rules.interval = (uint64_t)interval << SW_LIMITER_TAG_BITS;
    rules.tolerance = rules.interval * (uint32_t)burst;
    return rules;
}

static uint64_t level(uint64_t word)
{
    return word & ~SW_LIMITER_TAG_MASK;
}

static uint64_t next_tag(uint64_t word)
{
    return (word + 1) & SW_LIMITER_TAG_MASK;
}

/* In nanoseconds, rounded up. */
static seawall_duration duration_of(uint64_t units, uint32_t shift)
{
    uint64_t whole = units >> shift;

    return (seawall_duration)(whole + (units != whole << shift));
}

/* How long before the base `now` lies. */
static seawall_duration until_base(const sw_limiter_rules *rules, seawall_time now)
{
    return seawall_time_until(rules->base, now);
}

void sw_limiter_claim_at(const sw_limiter_rules *rules, uint64_t word, seawall_time now, int32_t n, sw_limiter_claim *claim)
{
    uint64_t passed = sw_limiter_units(rules, now);
    uint64_t full = level(word) > passed ? level(word) : passed;
    uint64_t lack;

    full += rules->interval * (uint32_t)n;
    lack = full > passed + rules->tolerance ? full - passed - rules->tolerance : 0;
    claim->word = full | (word & SW_LIMITER_TAG_MASK);
    claim->possible = full < SW_LIMITER_WORD_MAX;
    claim->wait = lack > 0 ? seawall_time_add(duration_of(lack, rules->shift), until_base(rules, now)) : 0;
}

int32_t sw_limiter_available(const sw_limiter_rules *rules, uint64_t word, seawall_time now)
{
    uint64_t passed = sw_limiter_units(rules, now);
    uint64_t used = level(word) > passed ? level(word) - passed : 0;

    return used < rules->tolerance ? (int32_t)((rules->tolerance - used) / rules->interval) : 0;
}

/* When the last reservation is good: true if that is yet to come, or `now` is before the base of an emptied bucket. */
static bool promised(const sw_limiter_rules *rules, uint64_t word, seawall_time now, seawall_time *until)
{
    uint64_t passed = sw_limiter_units(rules, now);

    if (level(word) < rules->tolerance || (now >= rules->base && level(word) - rules->tolerance <= passed))
        return false;
    *until = seawall_time_add(rules->base, duration_of(level(word) - rules->tolerance, rules->shift));
    return true;
}

static uint64_t empty_until(seawall_time until, uint64_t word, sw_limiter_rules *next)
{
    next->base = until;
    return next->tolerance | next_tag(word);
}

uint64_t sw_limiter_convert(const sw_limiter_rules *rules, uint64_t word, seawall_time now, sw_limiter_rules *next)
{
    uint64_t passed = sw_limiter_units(rules, now);
    uint64_t missing = level(word) > passed ? level(word) - passed : 0;
    seawall_time until;
    wide units;

    if (promised(rules, word, now, &until))
        return empty_until(until, word, next);
    units = ((wide)missing * next->interval + rules->interval - 1) / rules->interval;
    units = (units + SW_LIMITER_TAG_MASK) & ~(wide)SW_LIMITER_TAG_MASK;
    next->base = now > rules->base ? now : rules->base;
    return at_most(units, next->tolerance) | next_tag(word);
}

uint64_t sw_limiter_refill(const sw_limiter_rules *rules, uint64_t word, seawall_time now, sw_limiter_rules *next)
{
    *next = *rules;
    next->base = now;
    return next_tag(word);
}

uint64_t sw_limiter_drain(const sw_limiter_rules *rules, uint64_t word, seawall_time now, seawall_time until,
                          sw_limiter_rules *next)
{
    seawall_time last;

    *next = *rules;
    if (now > until)
        until = now;
    if (rules->base > until)
        until = rules->base;
    if (promised(rules, word, now, &last) && last > until)
        until = last;
    return empty_until(until, word, next);
}
