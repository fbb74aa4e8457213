/* The processes of a run: two upstreams and two clients, started and killed by the conductor. */
#ifndef STORM_PROCESSES_H
#define STORM_PROCESSES_H

#include <sys/types.h>

#include "record.h"

struct processes {
    const struct plan *plan;
    struct record *record;
    bool loop; /* the guarded client runs on one thread */
    /*
     * An upstream for each client, so that the load of one cannot slow the other down. Both run the same program and have
     * the same weather at the same moment.
     */
    pid_t upstream[SIDES], client[SIDES];
    int port[SIDES];
    bool failed; /* one ended that should not have, or with an error */
};

/* Starts all four and waits until they are ready; the clock of the run begins shortly after. -1 with a line on stderr. */
int processes_start(struct processes *processes, const struct plan *plan, struct record *record, bool loop);
/* SIGKILL for both upstreams. */
void processes_kill_upstreams(struct processes *processes);
/* Starts them anew, with cold caches. -1 with a line on stderr. */
int processes_restart_upstreams(struct processes *processes);
/* Whether a client is still at work, and nothing has failed. Takes note of processes that have ended. */
bool processes_run(struct processes *processes);
/* Ends whatever still runs. */
void processes_stop(struct processes *processes);

#endif
