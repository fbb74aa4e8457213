/*
 * One row of the scenario table, scenarios.txt, whose head states the grammar. This is one runner of it; others read the same
 * file.
 *
 *   scenario_read.c   the text as rows
 *   scenario_make.c   a row's objects and pipelines
 *   scenario_own.c    what a row calls its own: a policy, predicates, a function that stands in
 *   scenario.c        the world around a row: time, chance, happenings, the log
 *   scenario_step.c   the drivers that step; scenario_block.c the one that blocks
 *   scenario_host.c   what the former step: an execution, or the only run of a group
 *   scenario_async.c  or the only asynchronous call of an object
 *   scenario_pool.c   the drivers on a pool, whose threads have turns
 */
#ifndef SEAWALL_TEST_SCENARIO_H
#define SEAWALL_TEST_SCENARIO_H

#include <pthread.h>

#include "scenario_own.h"
#include "scenario_read.h"
#include "support.h"
#include "toy.h"

enum scenario_driver {
    SCENARIO_STEPPING,
    SCENARIO_GROUP,
    SCENARIO_ASYNC,
    SCENARIO_COARSE,
    SCENARIO_BLOCKING,
    SCENARIO_POOLED,
    SCENARIO_FUTURE
};

/* An attempt that goes on, under a driver that steps. */
typedef struct scenario_running {
    uint64_t id;
    seawall_time ends;
    seawall_duration stops;
    seawall_result result;
} scenario_running;

#define SCENARIO_AT_ONCE 32
#define SCENARIO_HELD 4

/* What an object of the row became. */
typedef struct scenario_made {
    struct scenario_run *run;
    const char *name;
    void *object;
    void (*destroy)(void *object);
    scenario_own own;
    seawall_permit held[SCENARIO_HELD]; /* that a happening took and none has given back */
    int32_t held_count;
} scenario_made;

typedef struct scenario_run {
    const scenario_row *row;
    seawall_platform platform;
    sw_test_memory memory;
    seawall_time now;
    uint64_t drawn;
    scenario_made made[SCENARIO_OBJECTS];
    seawall_pipeline *pipelines[SCENARIO_CHAINS];
    seawall_pipeline *pipeline; /* the last chain's: the one that is called */
    const scenario_call *call;
    int32_t happened;
    toy_notes log;
    const char *broken; /* the first promise found broken */
    seawall_cancel *token; /* of a blocking call that is to be called off */
    seawall_time cancel_at;
    enum scenario_driver driver;
    seawall_execution *execution; /* of the call that goes on */
    void *storage;
    seawall_group *group; /* under its driver */
    seawall_run name;     /* in it */
    struct scenario_async *async; /* under its driver */
    struct scenario_pool *pooled; /* under the drivers on a pool */
    pthread_t caller;
    bool woken;
    scenario_running running[SCENARIO_AT_ONCE];
    int32_t running_count;
} scenario_run;

/* Whether a blocking call can do this at all: it cannot disown its own attempt. */
bool scenario_blocks(const scenario_row *row);

/* Makes the row's calls under this driver and compares the log; fails the test by the row's name and line. */
void scenario_check(const scenario_row *row, enum scenario_driver driver);

/* --- for the files above --- */

void scenario_break(scenario_run *run, const char *promise);
void scenario_make(scenario_run *run);
/* What must be at rest is; then everything is given back. */
void scenario_unmake(scenario_run *run);
int scenario_object_named(const scenario_row *row, const char *name);

/* Time goes on to `t`, and what happens until then does. */
void scenario_pass(scenario_run *run, seawall_time t);
/* The caller calls the blocking call off. */
void scenario_call_off(scenario_run *run);
seawall_time scenario_next_happening(const scenario_run *run);
/* Attempt `number` of the call that goes on. */
const scenario_attempt *scenario_attempt_numbered(const scenario_run *run, int32_t number);
/* When it ends under its deadline, and with what. */
seawall_time scenario_attempt_end(const scenario_attempt *attempt, seawall_time now, seawall_time deadline,
                                  seawall_result *result);

/* "name@12.5": starts an entry of the log. */
void scenario_note(scenario_run *run, const char *what, seawall_time t);
void scenario_note_time(toy_notes *log, const char *before, seawall_time t);
void scenario_note_start(scenario_run *run, int32_t number, int32_t route, int32_t alternative, seawall_time deadline);
void scenario_note_report(scenario_run *run, const seawall_report *report);
void scenario_listen(const seawall_event *event, void *user);
void scenario_turned(const seawall_breaker_transition *transition, void *user);

void scenario_step(scenario_run *run);
void scenario_block(scenario_run *run);
void scenario_pool_run(scenario_run *run);

/* Whether the row's attempts run on a pool. */
static inline bool scenario_is_pooled(const scenario_run *run)
{
    return run->driver == SCENARIO_POOLED || run->driver == SCENARIO_FUTURE;
}

/* Before anything of the row is made, and after all of it was given back, for which its threads are let go. */
void scenario_pool_begin(scenario_run *run);
void scenario_pool_let_go(scenario_run *run);
void scenario_pool_end(scenario_run *run);
/* The innermost policy of the pipeline that is called. */
seawall_status scenario_pool_policy(const scenario_run *run, seawall_policy *policy);

/* Made, and given back, around the calls of a row. */
void scenario_host_make(scenario_run *run);
void scenario_host_unmake(scenario_run *run);

seawall_status scenario_host_begin(scenario_run *run, seawall_time deadline);
seawall_status scenario_host_next(scenario_run *run, seawall_step *step);
seawall_status scenario_host_report(scenario_run *run, uint64_t id, const seawall_result *result);
seawall_status scenario_host_disown(scenario_run *run, uint64_t id);
seawall_status scenario_host_cancel(scenario_run *run);
seawall_status scenario_host_tell(const scenario_run *run, seawall_report *report);
/* Whether it wants to be asked, before its time. */
bool scenario_host_woken(const scenario_run *run);

/* The same for an asynchronous call: what its functions were told, as steps. */
void scenario_async_make(scenario_run *run);
void scenario_async_unmake(scenario_run *run);
seawall_status scenario_async_begin(scenario_run *run, seawall_time deadline);
seawall_status scenario_async_next(scenario_run *run, seawall_step *step);
seawall_status scenario_async_end(scenario_run *run, uint64_t id, const seawall_result *result);
seawall_status scenario_async_cancel(scenario_run *run);
seawall_status scenario_async_tell(const scenario_run *run, seawall_report *report);
bool scenario_async_woken(const scenario_run *run);

#endif
