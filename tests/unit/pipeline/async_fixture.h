/* Asynchronous calls on a manual clock, with a timer service that the test drives; and a log of what was called. */
#ifndef SEAWALL_TEST_ASYNC_FIXTURE_H
#define SEAWALL_TEST_ASYNC_FIXTURE_H

#include <check.h>

#include "suite.h"
#include "support.h"
#include "toy.h"

#define MS(n) SEAWALL_MILLISECONDS(n)

typedef struct async_fixture {
    sw_test_platform test;
    seawall_timers *timers;
    seawall_bulkhead *bulkhead;
    seawall_retry *retry;
    seawall_hedge *hedge;
    seawall_timeout *timeout;
    /* A retry every 10 ms; a bulkhead of one place that waits for ever, around it; a hedge after 5 ms; 20 ms in all. */
    seawall_pipeline *bare, *guarded, *hedged, *limited;
    seawall_async *async;
    seawall_async_operation operation; /* writes the log, and ends nothing by itself */
    seawall_async_attempt last;        /* that was begun */
    toy_notes log;
} fixture;

extern const seawall_result good, bad;

void set_up(fixture *f, int32_t capacity);
void tear_down(fixture *f);

/* Starts one with the fixture as its user. */
seawall_async_call start(fixture *f, const seawall_pipeline *pipeline);
/* The service does what there is to do. */
void turn(fixture *f);
/* Time goes on by so much, and the service does what there is to do. */
void later(fixture *f, seawall_duration by);
/* What was logged since the last time: a word for each function, with the attempt's number or the status. */
void logged(fixture *f, const char *expected);
void report(fixture *f, uint64_t id, const seawall_result *result);

#endif
