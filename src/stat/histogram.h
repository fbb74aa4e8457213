/* How long things took, counted for ever: for snapshots and scrapers. Any thread, no lock. */
#ifndef SW_STAT_HISTOGRAM_H
#define SW_STAT_HISTOGRAM_H

#include <seawall/histogram.h>

#include "base/atomic.h"

/* Zeroed memory is an empty one. */
typedef struct sw_histogram {
    sw_atomic_u64 counts[SEAWALL_HISTOGRAM_BUCKETS];
    sw_atomic_u64 sum;
} sw_histogram;

void sw_histogram_record(sw_histogram *histogram, seawall_duration duration);
void sw_histogram_read(sw_histogram *histogram, seawall_histogram *to);

#endif
