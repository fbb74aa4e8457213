/* How long things took of late. */
#include "stat/latency.h"

#include "base/step_word.h"

/* The first bucket holds everything below 2^10 ns, the last one everything above the others. */
#define FIRST_BIT 10
#define MILLION 1000000

uint32_t sw_latency_bucket(seawall_duration duration)
{
    uint32_t top, bucket;

    if (duration < 1 << FIRST_BIT)
        return 0;
    top = 63 - (uint32_t)__builtin_clzll((uint64_t)duration);
    bucket = (top - FIRST_BIT) * 8 + ((uint32_t)((uint64_t)duration >> (top - 3)) & 7) + 1;
    return bucket < SW_LATENCY_BUCKETS ? bucket : SW_LATENCY_BUCKETS - 1;
}

seawall_duration sw_latency_longest(uint32_t bucket)
{
    uint32_t top = FIRST_BIT + (bucket - 1) / 8;

    if (bucket == 0)
        return (1 << FIRST_BIT) - 1;
    if (bucket >= SW_LATENCY_BUCKETS - 1)
        return SEAWALL_FOREVER;
    return ((int64_t)(8 + (bucket - 1) % 8 + 1) << (top - 3)) - 1;
}

void sw_latency_record(sw_latency *latency, uint64_t step, seawall_duration duration)
{
    sw_step_count(&latency->counts[step % SW_LATENCY_PLACES][sw_latency_bucket(duration)], step, 1);
}

static uint64_t count_in(sw_latency *latency, uint64_t step, uint32_t bucket)
{
    uint64_t count = 0;
    uint32_t i;

    for (i = 0; i < SW_LATENCY_PLACES; i++)
        count += sw_step_word_count(sw_load_relaxed_u64(&latency->counts[i][bucket]), step, SW_LATENCY_STEPS);
    return count;
}

seawall_duration sw_latency_quantile(sw_latency *latency, uint64_t step, uint32_t share, uint64_t *samples)
{
    uint64_t counts[SW_LATENCY_BUCKETS];
    uint64_t total = 0, wanted, passed = 0;
    uint32_t i;

    for (i = 0; i < SW_LATENCY_BUCKETS; i++) {
        counts[i] = count_in(latency, step, i);
        total += counts[i];
    }
    *samples = total;
    if (total == 0)
        return 0;
    wanted = total / MILLION * share + (total % MILLION * share + MILLION - 1) / MILLION;
    for (i = 0; i < SW_LATENCY_BUCKETS - 1; i++) {
        passed += counts[i];
        if (passed > 0 && passed >= wanted)
            break;
    }
    return sw_latency_longest(i);
}
