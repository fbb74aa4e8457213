/* A row's calls as asynchronous ones: what their functions are told becomes steps for the driver, in order. */
#include <check.h>
#include <stdlib.h>

#include "pipeline/async_parts.h"
#include "scenario.h"

#define TOLD_MAX 64

struct scenario_async {
    seawall_timers *timers;
    seawall_async *object;
    seawall_async_call call;
    seawall_report report;
    seawall_step told[TOLD_MAX];
    int32_t first, count;
};

static void tell(scenario_run *run, seawall_step step)
{
    struct scenario_async *a = run->async;

    ck_assert_int_lt(a->count, TOLD_MAX);
    a->told[a->count++] = step;
}

static void begin(const seawall_async_attempt *attempt, void *user)
{
    scenario_run *run = user;

    if (attempt->call != run->async->call)
        scenario_break(run, "what a call wants comes with its name");
    tell(run, (seawall_step){SEAWALL_STEP_START, attempt->number, attempt->id, attempt->route, attempt->alternative,
                             attempt->deadline, 0});
}

static void stop(const seawall_async_attempt *attempt, void *user)
{
    tell(user, (seawall_step){.kind = SEAWALL_STEP_CANCEL, .id = attempt->id});
}

static void done(seawall_async_call call, const seawall_report *report, void *user)
{
    scenario_run *run = user;

    (void)call;
    run->async->report = *report;
    tell(run, (seawall_step){.kind = SEAWALL_STEP_FINISHED});
}

static void drained(seawall_async_call call, void *user)
{
    (void)call;
    tell(user, (seawall_step){.kind = SEAWALL_STEP_DRAINED});
}

void scenario_async_make(scenario_run *run)
{
    seawall_async_config config = SEAWALL_ASYNC_CONFIG_INIT;
    seawall_timers_config timers = SEAWALL_TIMERS_CONFIG_INIT;
    struct scenario_async *a = calloc(1, sizeof(*a));

    ck_assert_ptr_nonnull(a);
    run->async = a;
    config.capacity = 1;
    timers.capacity = 1;
    ck_assert_int_eq(seawall_timers_create(&timers, &run->platform, &a->timers, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_async_create(&config, run->pipeline, a->timers, &a->object, NULL), SEAWALL_OK);
}

void scenario_async_unmake(scenario_run *run)
{
    ck_assert_int_eq(seawall_async_destroy(run->async->object), SEAWALL_OK);
    seawall_timers_destroy(run->async->timers);
    free(run->async);
}

static seawall_time due(const scenario_run *run)
{
    seawall_time at = 0;

    ck_assert_int_eq(seawall_timers_next_due(run->async->timers, &at), SEAWALL_OK);
    return at;
}

bool scenario_async_woken(const scenario_run *run)
{
    return due(run) <= run->now;
}

seawall_status scenario_async_begin(scenario_run *run, seawall_time deadline)
{
    const seawall_async_operation operation = {sizeof(operation), 0, begin, stop, done, drained};

    run->execution = NULL; /* nobody has begun it yet */
    return seawall_async_start(run->async->object, run->pipeline, deadline, &operation, run, &run->async->call);
}

seawall_status scenario_async_next(scenario_run *run, seawall_step *step)
{
    struct scenario_async *a = run->async;

    if (a->first == a->count) {
        a->first = a->count = 0;
        while (due(run) <= run->now)
            ck_assert_int_eq(seawall_timers_advance(a->timers, NULL), SEAWALL_OK);
        run->execution = sw_group_execution(a->object->group, 0);
    }
    if (a->first < a->count)
        *step = a->told[a->first++];
    else
        *step = (seawall_step){.kind = SEAWALL_STEP_WAIT, .until = due(run)};
    return SEAWALL_OK;
}

seawall_status scenario_async_end(scenario_run *run, uint64_t id, const seawall_result *result)
{
    return result != NULL ? seawall_async_report(run->async->object, id, result) : seawall_async_disown(run->async->object, id);
}

seawall_status scenario_async_cancel(scenario_run *run)
{
    return seawall_async_cancel(run->async->object, run->async->call);
}

seawall_status scenario_async_tell(const scenario_run *run, seawall_report *report)
{
    *report = run->async->report;
    return SEAWALL_OK;
}
