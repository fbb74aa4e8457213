/* The blocking driver of a row: an attempt takes its time by moving the clock. */
#include <check.h>
#include <string.h>

#include "scenario.h"

static seawall_fault operation(seawall_attempt *attempt, void *arg)
{
    scenario_run *run = arg;
    int32_t number = seawall_attempt_number(attempt);
    seawall_time deadline = seawall_attempt_deadline(attempt);
    const scenario_attempt *plan = scenario_attempt_numbered(run, number);
    seawall_result result;
    seawall_time ends;

    if (run->now >= deadline)
        scenario_break(run, "no attempt starts at or after its deadline");
    scenario_note_start(run, number, 0, seawall_attempt_alternative(attempt), deadline);
    ends = scenario_attempt_end(plan, run->now, deadline, &result);
    if (run->cancel_at < ends) {
        seawall_time stopped = seawall_time_add(run->cancel_at, plan->stops);

        scenario_pass(run, run->cancel_at);
        scenario_call_off(run);
        if (!seawall_attempt_cancelled(attempt))
            scenario_break(run, "an attempt can see that it is called off");
        if (stopped < ends)
            result = (seawall_result){.fault = SEAWALL_FAULT_TIMEOUT};
        ends = stopped < ends ? stopped : ends;
    }
    scenario_pass(run, ends);
    seawall_attempt_set_code(attempt, result.code);
    seawall_attempt_set_retry_after(attempt, result.retry_after);
    return result.fault;
}

static void refused(const scenario_run *run, const seawall_report *report)
{
    char name[64];

    ck_assert_msg(report->status == SEAWALL_UNSUPPORTED, "line %d: a blocking call is not refused", run->row->line);
    ck_assert_int_eq(seawall_pipeline_policy_name(run->pipeline, report->policy, name, sizeof(name)), SEAWALL_OK);
    ck_assert_msg(strcmp(name, run->row->refused) == 0, "line %d: refused for %s", run->row->line, name);
    ck_assert_msg(run->log.length == 0, "line %d: refused when something had begun", run->row->line);
}

/* Under a token only where the row cancels: without one, a call may go another way. */
static seawall_status make(scenario_run *run, const scenario_call *call, seawall_report *report)
{
    seawall_call_options options = SEAWALL_CALL_OPTIONS_INIT;
    seawall_status status;

    options.deadline = seawall_time_add(run->now, call->limit);
    if (call->cancel == SEAWALL_FOREVER)
        return seawall_call_until(run->pipeline, options.deadline, operation, run, report);
    ck_assert_int_eq(seawall_cancel_create(NULL, &run->platform, &run->token, NULL), SEAWALL_OK);
    run->cancel_at = seawall_time_add(run->now, call->cancel);
    if (run->cancel_at <= run->now)
        scenario_call_off(run);
    options.cancel = run->token;
    status = seawall_call_with(run->pipeline, &options, operation, run, report);
    run->cancel_at = SEAWALL_FOREVER;
    seawall_cancel_destroy(run->token);
    return status;
}

static void one_call(scenario_run *run, const scenario_call *call)
{
    seawall_report report = SEAWALL_REPORT_INIT;

    run->call = call;
    scenario_pass(run, call->at);
    if (run->row->refused[0] == '\0')
        scenario_note(run, "call", run->now);
    if (make(run, call, &report) != report.status)
        scenario_break(run, "the report says what the call returned");
    if (run->row->refused[0] != '\0')
        refused(run, &report);
    else
        scenario_note_report(run, &report);
}

void scenario_block(scenario_run *run)
{
    int32_t i;

    for (i = 0; i < run->row->call_count; i++)
        one_call(run, &run->row->calls[i]);
}
