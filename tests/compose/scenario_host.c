/* What the drivers of a row step: an execution, the only run of a group, or an asynchronous call. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/group_parts.h"
#include "scenario.h"

static void wake(uint64_t cookie, void *user)
{
    scenario_run *run = user;

    (void)cookie;
    run->woken = true;
}

static void wake_group(void *user)
{
    wake(0, user);
}

static bool grouped(const scenario_run *run)
{
    return run->driver == SCENARIO_GROUP;
}

static bool asynchronous(const scenario_run *run)
{
    return run->driver == SCENARIO_ASYNC;
}

bool scenario_host_woken(const scenario_run *run)
{
    return asynchronous(run) ? scenario_async_woken(run) : run->woken;
}

void scenario_host_make(scenario_run *run)
{
    size_t size = seawall_execution_size(run->pipeline);
    seawall_group_config config = SEAWALL_GROUP_CONFIG_INIT;
    seawall_waker waker = {wake, 0, run};

    if (asynchronous(run)) {
        scenario_async_make(run);
        return;
    }
    config.capacity = 1;
    config.wake = wake_group;
    config.wake_user = run;
    if (grouped(run)) {
        ck_assert_int_eq(seawall_group_create(&config, run->pipeline, &run->platform, &run->group, NULL), SEAWALL_OK);
        return;
    }
    run->storage = malloc(size);
    ck_assert_ptr_nonnull(run->storage);
    memset(run->storage, 0xa5, size);
    ck_assert_int_eq(seawall_execution_init(run->storage, size, run->pipeline, &waker, &run->execution), SEAWALL_OK);
}

void scenario_host_unmake(scenario_run *run)
{
    if (asynchronous(run)) {
        scenario_async_unmake(run);
        return;
    }
    if (grouped(run)) {
        ck_assert_int_eq(seawall_group_destroy(run->group), SEAWALL_OK);
        return;
    }
    ck_assert_int_eq(seawall_execution_fini(run->execution), SEAWALL_OK);
    free(run->storage);
}

seawall_status scenario_host_begin(scenario_run *run, seawall_time deadline)
{
    if (asynchronous(run))
        return scenario_async_begin(run, deadline);
    if (!grouped(run))
        return seawall_execution_begin_at(run->execution, run->now, deadline);
    run->execution = sw_group_execution(run->group, 0);
    return seawall_group_begin_at(run->group, run->pipeline, run->now, deadline, run, &run->name);
}

seawall_status scenario_host_next(scenario_run *run, seawall_step *step)
{
    seawall_group_step next;
    seawall_status status;

    if (asynchronous(run))
        return scenario_async_next(run, step);
    if (!grouped(run))
        return seawall_execution_next_at(run->execution, run->now, step);
    status = seawall_group_next_at(run->group, run->now, &next);
    if (next.step.kind != SEAWALL_STEP_WAIT && (next.run != run->name || next.user != run))
        scenario_break(run, "what a run wants comes with its name");
    *step = next.step;
    return status;
}

seawall_status scenario_host_report(scenario_run *run, uint64_t id, const seawall_result *result)
{
    if (asynchronous(run))
        return scenario_async_end(run, id, result);
    return grouped(run) ? seawall_group_report_at(run->group, run->name, id, result, run->now)
                        : seawall_execution_report_at(run->execution, id, result, run->now);
}

seawall_status scenario_host_disown(scenario_run *run, uint64_t id)
{
    if (asynchronous(run))
        return scenario_async_end(run, id, NULL);
    return grouped(run) ? seawall_group_disown_at(run->group, run->name, id, run->now)
                        : seawall_execution_disown_at(run->execution, id, run->now);
}

seawall_status scenario_host_cancel(scenario_run *run)
{
    if (asynchronous(run))
        return scenario_async_cancel(run);
    return grouped(run) ? seawall_group_cancel_at(run->group, run->name, run->now)
                        : seawall_execution_cancel_at(run->execution, run->now);
}

seawall_status scenario_host_tell(const scenario_run *run, seawall_report *report)
{
    if (asynchronous(run))
        return scenario_async_tell(run, report);
    return grouped(run) ? seawall_group_report(run->group, run->name, report) : seawall_execution_report(run->execution, report);
}
