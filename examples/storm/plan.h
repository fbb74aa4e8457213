/*
 * The experiment: every number that both clients and both upstreams have in common, and the arrivals, which are the same
 * calls at the same instants for both clients.
 */
#ifndef STORM_PLAN_H
#define STORM_PLAN_H

#include <stddef.h>

#include "clock.h"
#include "weather.h"

/* The offered load. Arrivals are random (Poisson) and fixed in advance: a slow answer delays none of those that follow. */
#define PLAN_CALLS_PER_SECOND 160
#define PLAN_CLIENT_THREADS 256

/* The upstream: 8 workers at 30 ms serve 266 requests a second, more than the load and less than its triple. */
#define PLAN_UPSTREAM_WORKERS 8
#define PLAN_UPSTREAM_QUEUE 256
#define PLAN_ITEMS 40
#define PLAN_SERVICE MILLISECONDS(30)
#define PLAN_SERVICE_MISS MILLISECONDS(200)
#define PLAN_SERVICE_SLOW MILLISECONDS(1200)
#define PLAN_RETRY_AFTER_SECONDS 1

/* How long either client waits for one answer. */
#define PLAN_ATTEMPT_TIMEOUT MILLISECONDS(400)
#define PLAN_ATTEMPTS 3

#define PLAN_SECONDS_MIN 10
#define PLAN_SECONDS_MAX 300
/* Room for the longest run, with some to spare for chance. */
#define PLAN_CALLS_MAX (PLAN_SECONDS_MAX * PLAN_CALLS_PER_SECOND * 5 / 4)

struct arrival {
    int64_t at; /* since the start of the run */
    int item;   /* what is asked for */
};

struct plan {
    uint64_t seed;
    double seconds;
    struct weather weather;
    int calls;
    struct arrival *arrivals; /* in order of time */
};

/* 0, or -1 for want of memory. */
int plan_init(struct plan *plan, double seconds, uint64_t seed);
void plan_fini(struct plan *plan);

#endif
