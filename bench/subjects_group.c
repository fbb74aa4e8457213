/*
 * Groups with many runs in flight: each operation ends one of them, at random, and begins another. And asynchronous calls, one
 * after another.
 */
#include "subjects_group.h"

#include <stdlib.h>

static void must(subject_group *g, bool right)
{
    g->wrong += !right;
}

/* A run with a deadline of its own, so that the group knows as many times as runs. */
static void begin(subject_group *g, uint32_t place)
{
    seawall_time deadline = g->now + SEAWALL_SECONDS(3600) + (seawall_time)(g->dice >> 24);
    seawall_group_step step;

    must(g, seawall_group_begin_at(g->group, g->pipeline, g->now, deadline, NULL, &g->run[place]) == SEAWALL_OK);
    must(g, seawall_group_next_at(g->group, g->now, &step) == SEAWALL_OK && step.step.kind == SEAWALL_STEP_START);
    g->attempt[place] = step.step.id;
    must(g, seawall_group_next_at(g->group, g->now, &step) == SEAWALL_OK && step.step.kind == SEAWALL_STEP_WAIT);
}

void subject_group_run(void *state, uint64_t count)
{
    static const seawall_result success = {.fault = SEAWALL_FAULT_NONE};
    subject_group *g = state;

    while (count-- > 0) {
        uint32_t place;
        seawall_group_step step;

        g->dice = g->dice * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        place = (uint32_t)((g->dice >> 32) * g->count >> 32);
        must(g, seawall_group_report_at(g->group, g->run[place], g->attempt[place], &success, g->now) == SEAWALL_OK);
        must(g, seawall_group_next_at(g->group, g->now, &step) == SEAWALL_OK && step.step.kind == SEAWALL_STEP_FINISHED);
        must(g, seawall_group_next_at(g->group, g->now, &step) == SEAWALL_OK && step.step.kind == SEAWALL_STEP_DRAINED);
        begin(g, place);
    }
}

bool subject_group_create(subject_group *g, const seawall_pipeline *pipeline, uint32_t count)
{
    seawall_group_config config = SEAWALL_GROUP_CONFIG_INIT;
    uint32_t i;

    *g = (subject_group){.pipeline = pipeline, .now = SEAWALL_SECONDS(1000), .count = count, .dice = count};
    config.capacity = (int32_t)count;
    g->run = calloc(count, sizeof(*g->run));
    g->attempt = calloc(count, sizeof(*g->attempt));
    if (g->run == NULL || g->attempt == NULL ||
        seawall_group_create(&config, pipeline, NULL, &g->group, NULL) != SEAWALL_OK)
        return false;
    for (i = 0; i < count; i++)
        begin(g, i);
    return g->wrong == 0;
}

void subject_group_destroy(subject_group *g)
{
    seawall_group_step step;
    uint32_t i;

    (void)seawall_group_cancel_all_at(g->group, g->now);
    for (i = 0; i < g->count; i++)
        (void)seawall_group_disown_at(g->group, g->run[i], g->attempt[i], g->now);
    do {
        must(g, seawall_group_next_at(g->group, g->now, &step) == SEAWALL_OK);
    } while (step.step.kind != SEAWALL_STEP_WAIT);
    must(g, seawall_group_destroy(g->group) == SEAWALL_OK);
    free(g->run);
    free(g->attempt);
}

static void end_at_once(const seawall_async_attempt *attempt, void *user)
{
    static const seawall_result success = {.fault = SEAWALL_FAULT_NONE};
    subject_async *a = user;

    a->wrong += seawall_async_report(a->async, attempt->id, &success) != SEAWALL_OK;
}

static void count_done(seawall_async_call call, const seawall_report *report, void *user)
{
    subject_async *a = user;

    (void)call;
    a->done += report->status == SEAWALL_OK;
}

bool subject_async_create(subject_async *a, const seawall_pipeline *pipeline)
{
    *a = (subject_async){.pipeline = pipeline};
    return seawall_timers_create(NULL, NULL, &a->timers, NULL) == SEAWALL_OK &&
           seawall_async_create(NULL, pipeline, a->timers, &a->async, NULL) == SEAWALL_OK;
}

void subject_async_run(void *state, uint64_t count)
{
    static const seawall_async_operation operation = {sizeof(operation), 0, end_at_once, NULL, count_done, NULL};
    subject_async *a = state;
    uint64_t before = a->done, i;

    for (i = 0; i < count; i++) {
        a->wrong += seawall_async_start(a->async, a->pipeline, SEAWALL_FOREVER, &operation, a, NULL) != SEAWALL_OK;
        a->wrong += seawall_timers_advance(a->timers, NULL) != SEAWALL_OK;
        a->wrong += seawall_timers_advance(a->timers, NULL) != SEAWALL_OK;
    }
    a->wrong += a->done - before != count;
}

void subject_async_destroy(subject_async *a)
{
    a->wrong += seawall_async_destroy(a->async) != SEAWALL_OK;
    seawall_timers_destroy(a->timers);
}
