/*
 * A pool's rules with workers that are moved by hand: what the threads do under the lock, one step at a time, in whatever order
 * a test likes. A worker's state is where it stands; the steps are those of pool_worker.c.
 */
#ifndef SEAWALL_TEST_POOL_CREW_H
#define SEAWALL_TEST_POOL_CREW_H

#include "policy/pool/pool_core.h"

#define CREW_MAX 64
#define CREW_PLACES 256

typedef struct crew {
    sw_pool_core core;
    sw_job places[CREW_PLACES];
    /* Told of a job's end, and of its beginning; `end` is SEAWALL_JOB_DONE there. */
    void (*ended)(const sw_job *job, seawall_job_end end, void *user);
    void (*begun)(const sw_job *job, void *user);
    void *user;
} crew;

void crew_init(crew *c, const sw_pool_rules *rules);

/* One job comes. The place that it got, or NULL. A worker that is to be started is starting then, one to be woken is coming. */
sw_job *crew_submit(crew *c, seawall_priority level, seawall_time deadline, bool held, seawall_time now, void *arg);

/* A woken worker has come and looks: it runs the job that this answers, or is idle, or has retired (NULL). */
sw_job *crew_come(crew *c, seawall_time now);

/* The same for one that was started. */
sw_job *crew_start(crew *c, seawall_time now);

/* An idle worker looks around for no reason; it may retire. As crew_come. */
sw_job *crew_rouse(crew *c, seawall_time now, bool patience_is_over);

/* The job that some worker runs has ended, and the worker looks for the next. */
sw_job *crew_finish(crew *c, sw_job *job, seawall_time now);

#endif
