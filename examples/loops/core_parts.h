/*
 * The parts of the core:
 *
 *   core.c       the calls, through the group
 *   weather.c    what is done to the upstream meanwhile
 *   neighbour.c  a thread beside the loop that takes places in the same bulkhead
 *   table.c      the end: what happened, and whether the breaker agrees with the server's log
 */
#ifndef LOOPS_CORE_PARTS_H
#define LOOPS_CORE_PARTS_H

#include <pthread.h>

#include "core.h"
#include "guard.h"
#include "server.h"

#define CALLS 1000
#define PHASES 7

struct call {
    seawall_run run;
    int item;
    struct connection *attempts[2]; /* a hedge runs two at most */
};

struct phase {
    const char *name;
    bool trouble;
    enum mood mood;
    int64_t began;
    int ok, failed, timed_out, refused, cancelled, attempts; /* calls that ended in it, and their attempts */
    int openings;                                            /* of the breaker */
};

struct neighbour {
    pthread_t thread;
    seawall_bulkhead *bulkhead;
    atomic_bool over;
    int taken;
};

struct core {
    struct host host;
    struct server server;
    struct guard guard;
    struct neighbour neighbour;
    seawall_group *group;
    int64_t began;
    struct phase phases[PHASES];
    int phase;    /* PHASES: over, and what is in flight is called off */
    int most;     /* in flight at once */
    int next_item;
    bool stuck;   /* a phase did not come to its end */
    struct call calls[CALLS];
    struct call *idle[CALLS];
    int idle_count;
    struct connection connections[CORE_CONNECTIONS];
    struct connection *free;
};

/* weather.c */
void weather_begin(struct core *core);
/* Goes on to the next phase when this one has shown what it was for. Answers when to ask again. */
int64_t weather_look(struct core *core, int64_t now);

/* neighbour.c */
bool neighbour_begin(struct neighbour *neighbour, seawall_bulkhead *bulkhead);
void neighbour_end(struct neighbour *neighbour);

/* table.c: whether all is well. */
bool table_print(const struct core *core);

#endif
