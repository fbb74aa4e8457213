/* A bulkhead on a platform to play with. */
#ifndef TESTS_BULKHEAD_FIXTURE_H
#define TESTS_BULKHEAD_FIXTURE_H

#include "support.h"

#define MS(n) SEAWALL_MILLISECONDS(n)

typedef struct fixture {
    sw_test_platform base; /* its clock stands still unless a thread parks for a time */
    seawall_bulkhead *bulkhead;
    int64_t clock_reads;
} fixture;

/* `patient`: parking waits for somebody to move the clock. */
void fixture_init(fixture *f, int32_t max_concurrent, int32_t max_waiting, seawall_duration max_wait, bool patient);
void fixture_fini(fixture *f);
seawall_bulkhead_snapshot fixture_snapshot(const fixture *f);
/* Takes a permit that must be free. */
seawall_permit fixture_take(const fixture *f);

#endif
