/*
 * What an upstream can do: a fixed number of workers, a queue before them, and a cache. Nothing here reads a clock or
 * does I/O. A request stays in line until it has been worked off, whether or not its caller still waits: like most
 * servers, this one notices that a caller has hung up only when it answers.
 */
#ifndef STORM_CAPACITY_H
#define STORM_CAPACITY_H

#include <stdbool.h>

#include "plan.h"

struct job {
    int connection; /* whom to answer */
    int item;       /* what was asked for */
    bool failed;    /* answered by a 503 */
};

struct capacity_worker {
    bool busy;
    int64_t done_at;
    struct job job;
};

struct capacity {
    struct capacity_worker workers[PLAN_UPSTREAM_WORKERS];
    struct job queue[PLAN_UPSTREAM_QUEUE]; /* a ring */
    int first, waiting, busy;
    bool cached[PLAN_ITEMS];
};

/* `warm`: started in good order, with its cache filled. */
void capacity_init(struct capacity *capacity, bool warm);
/* Takes a job into the queue; false if there is no place. */
bool capacity_offer(struct capacity *capacity, struct job job);
/* Gives waiting jobs to idle workers. */
void capacity_begin(struct capacity *capacity, enum weather_kind weather, int64_t now);
/* Hands out one job that is done; false if there is none. */
bool capacity_finish(struct capacity *capacity, int64_t now, struct job *job);
/* When the next job will be done; INT64_MAX if nobody works. */
int64_t capacity_next(const struct capacity *capacity);

#endif
