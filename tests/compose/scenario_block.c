/* The blocking driver of a row: an attempt takes its time by moving the clock. */
#include <check.h>
#include <string.h>

#include "scenario.h"

static seawall_fault operation(seawall_attempt *attempt, void *arg)
{
    scenario_run *run = arg;
    int32_t number = seawall_attempt_number(attempt);
    seawall_time deadline = seawall_attempt_deadline(attempt);
    seawall_result result;

    if (run->now >= deadline)
        scenario_break(run, "no attempt starts at or after its deadline");
    scenario_note_start(run, number, 0, seawall_attempt_alternative(attempt), deadline);
    scenario_pass(run, scenario_attempt_end(scenario_attempt_numbered(run, number), run->now, deadline, &result));
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

void scenario_block(scenario_run *run)
{
    int32_t i;

    for (i = 0; i < run->row->call_count; i++) {
        seawall_report report = SEAWALL_REPORT_INIT;
        seawall_status status;

        run->call = &run->row->calls[i];
        scenario_pass(run, run->call->at);
        if (run->row->refused[0] == '\0')
            scenario_note(run, "call", run->now);
        status = seawall_call_until(run->pipeline, seawall_time_add(run->now, run->call->limit), operation, run, &report);
        if (status != report.status)
            scenario_break(run, "the report says what the call returned");
        if (run->row->refused[0] != '\0')
            refused(run, &report);
        else
            scenario_note_report(run, &report);
    }
}
