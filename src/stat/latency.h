/*
 * How long things took of late: a histogram with logarithmic buckets over a sliding window. Constant memory, any thread, no lock;
 * the time is a number.
 *
 * Eight buckets for each doubling, from 1 us to over an hour: what is read off is at most an eighth too much, never too little.
 */
#ifndef SW_STAT_LATENCY_H
#define SW_STAT_LATENCY_H

#include <seawall/time.h>

#include "base/atomic.h"

#define SW_LATENCY_BUCKETS 256
/* Steps of the window, and places for them: more than steps, a power of two. */
#define SW_LATENCY_STEPS 6
#define SW_LATENCY_PLACES 8

/* Zeroed memory is an empty one. */
typedef struct sw_latency {
    sw_atomic_u64 counts[SW_LATENCY_PLACES][SW_LATENCY_BUCKETS]; /* words of base/step_word.h */
} sw_latency;

/* Which bucket a duration belongs to, and the longest one that belongs there. */
uint32_t sw_latency_bucket(seawall_duration duration);
seawall_duration sw_latency_longest(uint32_t bucket);

void sw_latency_record(sw_latency *latency, uint64_t step, seawall_duration duration);

/*
 * The duration that `share` millionths of those in the window did not exceed, rounded up to the end of its bucket; 0 if there
 * are none. `*samples` is how many there are.
 */
seawall_duration sw_latency_quantile(sw_latency *latency, uint64_t step, uint32_t share, uint64_t *samples);

#endif
