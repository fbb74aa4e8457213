/* What the record means: rates, quantiles, series and the verdict, worked out from the raw facts. */
#ifndef STORM_FIGURES_H
#define STORM_FIGURES_H

#include "record.h"

/* Calls of a stretch of time, by the instant they were due. */
struct figures {
    int calls, ok, failed, refused, pending;
    double success;  /* share of the calls that have ended; NAN if none has */
    double p50, p99; /* seconds until the caller knew, answer or error; NAN if no call has ended */
};

/* Calls due in [begin, end). -1 for want of memory. */
int figures_due(const struct plan *plan, const struct record *record, enum side_name side, int64_t begin, int64_t end,
                struct figures *figures);
/* The same for the calls that ended in [begin, end): what a live view can know. */
int figures_ended(const struct plan *plan, const struct record *record, enum side_name side, int64_t begin, int64_t end,
                  struct figures *figures);

/* Sums and maxima over [begin, end). */
int figures_attempts(const struct record *record, enum side_name side, int64_t begin, int64_t end);
int figures_received(const struct record *record, enum side_name side, int64_t begin, int64_t end);
int figures_backlog(const struct record *record, enum side_name side, int64_t begin, int64_t end);

/* The breaker's state at an instant, a seawall_breaker_state. */
int figures_breaker(const struct record *record, enum side_name side, int64_t at);

/* One side of the result. */
struct side_result {
    struct figures all, outage;
    int received_sick;    /* requests that reached the upstream during the outage */
    int attempts_sick;    /* attempts during the outage, those refused by the dead port included */
    double recovery;      /* seconds from the restart until 95 % of the calls of a second succeed; NAN: not in this run */
};

struct result {
    struct side_result sides[SIDES];
    double watched; /* seconds for which the recovery was watched */
    /* Better by a margin that chance does not give: half the requests, three quarters of the p99, half a second. */
    bool fewer_requests, faster_in_outage, sooner_recovered;
};

/* Everything at the end of a run. -1 for want of memory. */
int figures_result(const struct plan *plan, const struct record *record, struct result *result);
bool result_passes(const struct result *result);

#endif
