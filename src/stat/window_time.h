/*
 * The outcomes of a recent stretch of time, in buckets. Pure; for one thread at a time; the time is a number.
 *
 * Quick successes are counted elsewhere, in a total that never falls and knows no time. What is new in it since the last visit is
 * spread evenly over the time since then: charged to one bucket, it would leave the window all at once.
 */
#ifndef SW_STAT_WINDOW_TIME_H
#define SW_STAT_WINDOW_TIME_H

#include <stdbool.h>

#include <seawall/time.h>

#include "stat/window.h"

typedef struct sw_window_time {
    sw_window_totals *buckets; /* the caller's; step n of time is in buckets[n % count] */
    uint32_t count;
    uint64_t width;     /* of a bucket, in ns */
    seawall_time start; /* where step 0 begins */
    uint64_t elapsed;   /* since then, at the last visit */
    uint64_t successes; /* the total at the last visit */
    sw_window_totals totals;
} sw_window_time;

/*
 * `buckets` has room for `count`, at least 1. Empty from `now` on; `successes` is the total so far. The window reaches back by
 * `duration`, at least `count` ns, less what is still to come of the bucket that is being filled.
 */
void sw_window_time_init(sw_window_time *window, sw_window_totals *buckets, uint32_t count, seawall_duration duration,
                         seawall_time now, uint64_t successes);
void sw_window_time_clear(sw_window_time *window, seawall_time now, uint64_t successes);

/*
 * An outcome that is failed, slow or both, at `now`, with `successes` quick ones before it. A time or a total below an earlier
 * one counts as the earlier. As much work as there are buckets at most, however long nobody came.
 */
void sw_window_time_note(sw_window_time *window, seawall_time now, uint64_t successes, bool failed, bool slow);

sw_window_totals sw_window_time_totals(sw_window_time *window, seawall_time now, uint64_t successes);

#endif
