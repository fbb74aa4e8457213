/* How delays are spread at random. */
#include <math.h>

#include "delay/backoff.h"

__extension__ typedef unsigned __int128 wide;

/*
 * A whole number from low to high, both included and not negative; low if the range is empty. Multiplies a random fraction
 * of 64 bits, and of 128 where the first 64 cannot decide: no modulo, no loop that a stuck source could keep
 * busy, and a bias below 2^-64.
 */
static int64_t uniform(int64_t low, int64_t high, const sw_random_source *random)
{
    uint64_t count;
    wide scaled;
    uint64_t whole, fraction;

    if (high <= low)
        return low;
    count = (uint64_t)(high - low) + 1;
    scaled = (wide)random->next(random->user) * count;
    whole = (uint64_t)(scaled >> 64);
    fraction = (uint64_t)scaled;
    if (fraction > -count) {
        scaled = (wide)random->next(random->user) * count;
        if (fraction + (uint64_t)(scaled >> 64) < fraction)
            whole++;
    }
    return low + (int64_t)whole;
}

seawall_duration sw_jitter_none(const sw_backoff *backoff, seawall_duration delay, seawall_duration previous,
                                const sw_random_source *random)
{
    (void)backoff;
    (void)previous;
    (void)random;
    return delay;
}

seawall_duration sw_jitter_full(const sw_backoff *backoff, seawall_duration delay, seawall_duration previous,
                                const sw_random_source *random)
{
    (void)backoff;
    (void)previous;
    return uniform(0, delay, random);
}

seawall_duration sw_jitter_equal(const sw_backoff *backoff, seawall_duration delay, seawall_duration previous,
                                 const sw_random_source *random)
{
    (void)backoff;
    (void)previous;
    return uniform(delay - delay / 2, delay, random);
}

seawall_duration sw_jitter_decorrelated(const sw_backoff *backoff, seawall_duration delay, seawall_duration previous,
                                        const sw_random_source *random)
{
    seawall_duration from = previous > backoff->base ? previous : backoff->base;
    seawall_duration drawn;

    (void)delay;
    drawn = uniform(backoff->base, from > SEAWALL_FOREVER / 3 ? SEAWALL_FOREVER : 3 * from, random);
    return drawn < backoff->cap ? drawn : backoff->cap;
}

seawall_duration sw_jitter_proportional(const sw_backoff *backoff, seawall_duration delay, seawall_duration previous,
                                        const sw_random_source *random)
{
    /* In 2^-32 steps, so that the same delay comes out everywhere. */
    uint64_t share = (uint64_t)llround(backoff->spread * 4294967296.0);
    seawall_duration spread = (seawall_duration)(((wide)(uint64_t)delay * share) >> 32);

    (void)previous;
    return uniform(delay - spread, backoff->cap - delay < spread ? backoff->cap : delay + spread, random);
}
