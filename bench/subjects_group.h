/* Groups with many runs in flight, and an asynchronous call. */
#ifndef BENCH_SUBJECTS_GROUP_H
#define BENCH_SUBJECTS_GROUP_H

#include <seawall/seawall.h>

typedef struct subject_group {
    seawall_group *group;
    const seawall_pipeline *pipeline;
    seawall_time now;
    uint32_t count;
    uint64_t dice;
    seawall_run *run; /* `count` of them, all waiting for their attempts */
    uint64_t *attempt;
    uint64_t wrong;
} subject_group;

bool subject_group_create(subject_group *g, const seawall_pipeline *pipeline, uint32_t count);
/* One operation: an attempt succeeds, its run drains, another begins. */
void subject_group_run(void *state, uint64_t count);
void subject_group_destroy(subject_group *g);

typedef struct subject_async {
    seawall_timers *timers; /* driven by the benchmark itself: no thread is woken */
    seawall_async *async;
    const seawall_pipeline *pipeline;
    uint64_t done, wrong;
} subject_async;

bool subject_async_create(subject_async *a, const seawall_pipeline *pipeline);
/* One operation: a call is started, its attempt begun, reported at once, and its result told. */
void subject_async_run(void *state, uint64_t count);
void subject_async_destroy(subject_async *a);

#endif
