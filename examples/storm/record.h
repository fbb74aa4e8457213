/*
 * What happened: raw facts in memory that all processes share, so that they survive the SIGKILL of an upstream. Each
 * number the demonstration shows is worked out from these, nowhere else.
 */
#ifndef STORM_RECORD_H
#define STORM_RECORD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "plan.h"

enum side_name { SIDE_NAKED, SIDE_GUARDED, SIDES };

/* How one call ended for whoever made it. */
enum call_end {
    CALL_PENDING,
    CALL_OK,
    CALL_FAILED,  /* by an error or a timeout, after one attempt or more */
    CALL_REFUSED, /* by the breaker, without an attempt */
    CALL_ENDS
};

struct call_record {
    _Atomic int64_t ended_at; /* since the start of the run; counts once `end` is set */
    _Atomic int end;          /* enum call_end */
};

#define RECORD_TICK MILLISECONDS(100)
/* Calls that came in last still take a while. */
#define RECORD_TICKS ((PLAN_SECONDS_MAX + 10) * 10)

/* One tenth of a second. */
struct tick_record {
    _Atomic int attempts; /* started by the client */
    _Atomic int received; /* requests that the upstream read */
    _Atomic int backlog;  /* most requests that were in the upstream at once */
};

#define RECORD_CHANGES 1024

/* A breaker's change of state. */
struct change_record {
    int64_t at;
    int state; /* seawall_breaker_state */
};

struct side_record {
    struct call_record calls[PLAN_CALLS_MAX];
    struct tick_record ticks[RECORD_TICKS];
    struct change_record changes[RECORD_CHANGES];
    _Atomic int change_count;
    _Atomic int attempts_sick; /* attempts started during the outage */
    _Atomic int received_sick; /* requests that reached the upstream during the outage */
};

struct record {
    _Atomic int64_t start; /* on the clock; 0 until everybody is ready */
    _Atomic int ready;     /* processes that are ready to start */
    struct side_record sides[SIDES];
};

/* NULL if the system has no memory to share. Lives as long as the program. */
struct record *record_create(void);

/* Says "ready" and waits for the start. */
void record_await_start(struct record *record);
/* Now, since the start of the run; negative before it. */
int64_t record_now(const struct record *record);

void record_attempt(struct record *record, enum side_name side, const struct plan *plan);
void record_received(struct record *record, enum side_name side, const struct plan *plan);
void record_backlog(struct record *record, enum side_name side, int backlog);
void record_call(struct record *record, enum side_name side, int call, enum call_end end);
/* One thread at a time per side: a breaker's listener is called so. */
void record_change(struct record *record, enum side_name side, int state);

#endif
