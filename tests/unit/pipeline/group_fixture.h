/* A group, and what it needs to run: a bulkhead of one place, a retry, pipelines of them. */
#ifndef SEAWALL_TEST_GROUP_FIXTURE_H
#define SEAWALL_TEST_GROUP_FIXTURE_H

#include <check.h>

#include "pipeline/group_parts.h"
#include "suite.h"
#include "support.h"

#define T SEAWALL_SECONDS(1000)
#define MS(n) SEAWALL_MILLISECONDS(n)

typedef struct group_fixture {
    sw_test_platform test;
    seawall_bulkhead *bulkhead;
    seawall_retry *retry;
    seawall_pipeline *bare, *guarded; /* guarded: a bulkhead of one place that waits for ever, around a retry every 10 ms */
    seawall_group *group;
    int32_t rings;
    int32_t descriptor; /* a parent's */
} fixture;

extern const seawall_result good, bad;

void set_up(fixture *f, int32_t capacity);
void tear_down(fixture *f);

seawall_run begin(fixture *f, const seawall_pipeline *pipeline, seawall_time now, void *user);
seawall_group_step next(fixture *f, seawall_time now);
void next_is(fixture *f, seawall_time now, seawall_step_kind kind, seawall_run run);
void waits(fixture *f, seawall_time now, seawall_time until);
void report(fixture *f, seawall_run run, uint64_t id, const seawall_result *result, seawall_time now);
/* What it has begun ends well. */
void ends(fixture *f, seawall_run run, seawall_time now);

#endif
