/* A breaker on a manual clock, and short words for what the tests do with it. */
#ifndef SEAWALL_TEST_BREAKER_FIXTURE_H
#define SEAWALL_TEST_BREAKER_FIXTURE_H

#include <check.h>
#include <seawall/seawall.h>

#define START SEAWALL_SECONDS(100)
#ifndef MS
#define MS(n) SEAWALL_MILLISECONDS(n)
#endif
/* The rounding of deadlines: less than a tick of 2^20 ns. */
#define LATE ((seawall_duration)1 << 20)

typedef struct fixture {
    seawall_platform platform;
    seawall_manual_clock *clock;
    seawall_breaker *breaker;
} fixture;

/* threshold 3, open for a second, rounds of 3, leases of half a second */
seawall_breaker_config fixture_config(void);
void fixture_open(fixture *f, const seawall_breaker_config *config);
void fixture_close(fixture *f);

/* One whole call with this outcome. */
void call(fixture *f, seawall_fault fault);
void fail_times(fixture *f, int times);
seawall_permit acquire(fixture *f);
/* Must be refused; answers the wait. */
seawall_duration refused(fixture *f);
seawall_status report(fixture *f, seawall_permit *permit, seawall_fault fault);
void advance(fixture *f, seawall_duration by);
/* Trips it by failures, and waits until it probes. */
void half_open(fixture *f, int threshold);
seawall_breaker_snapshot look(fixture *f);
void expect_state(fixture *f, seawall_breaker_state state);

/* A call that takes this long. */
void slow_call(fixture *f, seawall_duration lasts, seawall_fault fault);
/* One call for each letter: success, failure, ignored. */
void calls(fixture *f, const char *story);
void many(fixture *f, int times, const char *story);
/* What the window holds; a rate of -1: there is none. */
void expect_window(fixture *f, int64_t outcomes, int64_t failures, double rate);
/* It is open, and says so why. */
void expect_trip(fixture *f, seawall_breaker_rule rule, int32_t value, int32_t limit);

/* Runs a suite; the exit code of main. */
int run_suite(Suite *suite);

#endif
