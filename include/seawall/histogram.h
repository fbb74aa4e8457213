/**
 * @file histogram.h
 * @brief How long things took, counted since an object was made: what a scraper can add up.
 */
#ifndef SEAWALL_HISTOGRAM_H
#define SEAWALL_HISTOGRAM_H

#include <seawall/time.h>

SEAWALL_BEGIN_DECLS

/** How many buckets there are, the last one without a bound. */
#define SEAWALL_HISTOGRAM_BUCKETS 16

/** Durations by how long they are: each is counted in the first bucket whose bound it does not exceed. */
typedef struct seawall_histogram {
    int64_t counts[16];    /**< By bucket; see seawall_histogram_bound. */
    seawall_duration sum;  /**< Of all of them, as far as 2^63 - 1. */
} seawall_histogram;

/**
 * The longest duration of bucket number `index`: 1, 2.5, 5, 10, 25, 50, 100, 250 and 500 ms, 1, 2.5, 5, 10, 25 and 50 s;
 * #SEAWALL_FOREVER for the last one; 0 if there is no such bucket. Any thread; never blocks.
 */
SEAWALL_API seawall_duration seawall_histogram_bound(int32_t index);

SEAWALL_END_DECLS

#endif
