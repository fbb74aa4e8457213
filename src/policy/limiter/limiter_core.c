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
    rules.interval = (int64_t)interval << SW_LIMITER_TAG_BITS;
    rules.slack = rules.interval * (burst - 1) + SW_LIMITER_UNIT;
    return rules;
}

/* One bit is other each time; each second time the rest counts on, around it. */
static int64_t next_tag(int64_t word)
{
    int64_t other = word ^ SW_LIMITER_SLOT_BIT;

    if ((other & SW_LIMITER_SLOT_BIT) == 0)
        other = ((other | SW_LIMITER_SLOT_BIT) + 1) & ~SW_LIMITER_SLOT_BIT;
    return other & SW_LIMITER_TAG_MASK;
}

/* How long before the base `now` lies. */
static seawall_duration until_base(const sw_limiter_rules *rules, seawall_time now)
{
    return seawall_time_until(rules->base, now);
}

/* A word that lies further back than a full bucket's is one. */
static int64_t moved_up(const sw_limiter_rules *rules, int64_t word, int64_t passed)
{
    int64_t level = sw_limiter_level(word);

    return level > passed - rules->slack ? level : passed - rules->slack;
}

void sw_limiter_claim_at(const sw_limiter_rules *rules, int64_t word, seawall_time now, int32_t n, sw_limiter_claim *claim)
{
    int64_t passed = sw_limiter_units(rules, now);
    int64_t from = moved_up(rules, word, passed);
    int64_t cost = rules->interval * n;
    int64_t latest = passed + rules->interval - cost; /* where the word may not be if the last of the n is there */

    claim->possible = from <= INT64_MAX - SW_LIMITER_UNIT - cost;
    claim->word = claim->possible ? (from + cost) | (word & SW_LIMITER_TAG_MASK) : word;
    claim->wait = 0;
    if (from >= latest)
        claim->wait = seawall_time_add(sw_limiter_duration(sw_limiter_lack(from, latest), rules->shift), until_base(rules, now));
}

int32_t sw_limiter_available(const sw_limiter_rules *rules, int64_t word, seawall_time now)
{
    int64_t passed = sw_limiter_units(rules, now);
    int64_t from = moved_up(rules, word, passed);

    return from < passed ? (int32_t)((passed - from - SW_LIMITER_UNIT) / rules->interval) + 1 : 0;
}

/* When the last reservation is good: true if that is yet to come, or `now` is before the base of an emptied bucket. */
static bool promised(const sw_limiter_rules *rules, int64_t word, seawall_time now, seawall_time *until)
{
    int64_t last = sw_limiter_level(word) - rules->interval + SW_LIMITER_UNIT;

    if (last < 0 || (now >= rules->base && last <= sw_limiter_units(rules, now)))
        return false;
    *until = seawall_time_add(rules->base, sw_limiter_duration((uint64_t)last, rules->shift));
    return true;
}

static int64_t empty_until(seawall_time until, int64_t word, sw_limiter_rules *next)
{
    next->base = until;
    return (next->interval - SW_LIMITER_UNIT) | next_tag(word);
}

int64_t sw_limiter_convert(const sw_limiter_rules *rules, int64_t word, seawall_time now, sw_limiter_rules *next)
{
    int64_t passed = sw_limiter_units(rules, now);
    uint64_t missing = (uint64_t)(moved_up(rules, word, passed) - (passed - rules->slack));
    seawall_time until;
    wide units;

    if (promised(rules, word, now, &until))
        return empty_until(until, word, next);
    units = ((wide)missing * (uint64_t)next->interval + (uint64_t)rules->interval - 1) / (uint64_t)rules->interval;
    units = (units + SW_LIMITER_TAG_MASK) & ~(wide)SW_LIMITER_TAG_MASK;
    next->base = now > rules->base ? now : rules->base;
    return ((int64_t)at_most(units, (uint64_t)next->interval * (uint32_t)next->burst) - next->slack) | next_tag(word);
}

int64_t sw_limiter_refill(const sw_limiter_rules *rules, int64_t word, seawall_time now, sw_limiter_rules *next)
{
    *next = *rules;
    next->base = now;
    return -next->slack | next_tag(word);
}

int64_t sw_limiter_drain(const sw_limiter_rules *rules, int64_t word, seawall_time now, seawall_time until,
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
