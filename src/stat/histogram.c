/* How long things took, counted for ever. */
#include "stat/histogram.h"

#define MS(n) SEAWALL_MILLISECONDS(n)
#define US(n) SEAWALL_MICROSECONDS(n)

static const seawall_duration bounds[SEAWALL_HISTOGRAM_BUCKETS] = {
    MS(1),    US(2500),  MS(5),     MS(10),   MS(25),    MS(50),    MS(100),   MS(250),
    MS(500),  MS(1000),  MS(2500),  MS(5000), MS(10000), MS(25000), MS(50000), SEAWALL_FOREVER,
};

seawall_duration seawall_histogram_bound(int32_t index)
{
    return index >= 0 && index < SEAWALL_HISTOGRAM_BUCKETS ? bounds[index] : 0;
}

void sw_histogram_record(sw_histogram *histogram, seawall_duration duration)
{
    int32_t bucket = 0;

    while (duration > bounds[bucket])
        bucket++;
    (void)sw_add_u64(&histogram->counts[bucket], 1);
    (void)sw_add_u64(&histogram->sum, duration > 0 ? (uint64_t)duration : 0);
}

void sw_histogram_read(sw_histogram *histogram, seawall_histogram *to)
{
    uint64_t sum = sw_load_u64(&histogram->sum);
    int32_t i;

    for (i = 0; i < SEAWALL_HISTOGRAM_BUCKETS; i++)
        to->counts[i] = (int64_t)sw_load_u64(&histogram->counts[i]);
    to->sum = sum <= INT64_MAX ? (seawall_duration)sum : INT64_MAX;
}
