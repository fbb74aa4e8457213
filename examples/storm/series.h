/* The run as series for the charts: equal parts of time, both sides. */
#ifndef STORM_SERIES_H
#define STORM_SERIES_H

#include "figures.h"

#define SERIES_PARTS 60

struct series {
    double seconds;      /* of the whole run */
    double part_seconds; /* of one part */
    /* NAN: no call was due in that part. */
    double success[SIDES][SERIES_PARTS]; /* in per cent, of the calls due then */
    double p99[SIDES][SERIES_PARTS];     /* seconds, of the calls due then */
    double sent[SIDES][SERIES_PARTS];    /* attempts a second */
    double backlog[SIDES][SERIES_PARTS]; /* most requests in the upstream at once */
};

/* -1 for want of memory. */
int series_make(const struct plan *plan, const struct record *record, struct series *series);

#endif
