/* The drivers of a row that step: two always on time, and one that looks only every 10 ms, at whole multiples. */
#include <check.h>

#include "scenario.h"
#include "toy_walk.h"

#define TICK SEAWALL_MILLISECONDS(10)
#define LOOKS_MAX 10000
/* No attempt has this name. */
#define NEVER 1000000

typedef struct looks {
    bool coarse;
    seawall_time begun;
    seawall_time due; /* what wait said */
    seawall_time cancel;
    seawall_time finished;
    seawall_report report;
} looks;

static seawall_time earlier(seawall_time a, seawall_time b)
{
    return a < b ? a : b;
}

static void walk(scenario_run *run, bool settled)
{
    const char *broken = run->execution != NULL ? toy_walk(run->execution, settled) : NULL;

    if (broken != NULL)
        scenario_break(run, broken);
}

static void start(scenario_run *run, const seawall_step *step)
{
    scenario_running *r = &run->running[run->running_count];
    const scenario_attempt *attempt = scenario_attempt_numbered(run, step->number);

    if (run->now >= step->deadline)
        scenario_break(run, "no attempt starts at or after its deadline");
    ck_assert_int_lt(run->running_count, SCENARIO_AT_ONCE);
    run->running_count++;
    scenario_note_start(run, step->number, step->route, step->alternative, step->deadline);
    r->id = step->id;
    r->stops = attempt->lost ? SEAWALL_FOREVER : attempt->stops;
    r->ends = scenario_attempt_end(attempt, run->now, attempt->lost ? SEAWALL_FOREVER : step->deadline, &r->result);
}

static void cancel(scenario_run *run, uint64_t id)
{
    int32_t i;

    for (i = 0; i < run->running_count; i++) {
        scenario_running *r = &run->running[i];
        seawall_time stopped = seawall_time_add(run->now, r->stops);

        if (r->id != id)
            continue;
        if (stopped < r->ends) {
            r->ends = stopped;
            r->result = (seawall_result){.fault = SEAWALL_FAULT_TIMEOUT};
        }
        return;
    }
    scenario_break(run, "only attempts that run are cancelled");
}

static int32_t first_ended(const scenario_run *run)
{
    int32_t i, first = -1;

    for (i = 0; i < run->running_count; i++) {
        if (run->running[i].ends <= run->now && (first < 0 || run->running[i].ends < run->running[first].ends))
            first = i;
    }
    return first;
}

/* Attempts that have ended, in the order in which they did, then the caller who calls it off. */
static void mail(scenario_run *run, looks *l)
{
    const seawall_status again = run->driver == SCENARIO_ASYNC ? SEAWALL_STALE : SEAWALL_INVALID;
    int32_t i, n;

    while ((i = first_ended(run)) >= 0) {
        scenario_running r = run->running[i];
        seawall_status status;

        run->running_count--;
        for (n = i; n < run->running_count; n++)
            run->running[n] = run->running[n + 1];
        status = r.stops == SEAWALL_FOREVER ? scenario_host_disown(run, r.id)
                                            : scenario_host_report(run, r.id, &r.result);
        if (status != SEAWALL_OK)
            scenario_break(run, "a started attempt is reported once");
        if (scenario_host_report(run, r.id, &r.result) != again || scenario_host_disown(run, r.id) != again)
            scenario_break(run, "a second end of an attempt is refused");
        walk(run, false);
    }
    if (l->cancel <= run->now) {
        l->cancel = SEAWALL_FOREVER;
        if (scenario_host_cancel(run) != SEAWALL_OK)
            scenario_break(run, "a run can be called off");
        walk(run, false);
    }
}

/* Answers whether it has come to rest. */
static bool steps(scenario_run *run, looks *l)
{
    seawall_step step = {0};
    bool told = false;

    do {
        ck_assert_int_eq(scenario_host_next(run, &step), SEAWALL_OK);
        walk(run, step.kind == SEAWALL_STEP_WAIT);
        if (step.kind == SEAWALL_STEP_START)
            start(run, &step);
        else if (step.kind == SEAWALL_STEP_CANCEL)
            cancel(run, step.id);
        if (step.kind == SEAWALL_STEP_FINISHED) {
            told = true;
            ck_assert_int_eq(scenario_host_tell(run, &l->report), SEAWALL_OK);
        }
    } while (step.kind != SEAWALL_STEP_WAIT && step.kind != SEAWALL_STEP_DRAINED);
    if (step.kind == SEAWALL_STEP_WAIT && step.until <= run->now)
        scenario_break(run, "wait says a later time");
    if (told)
        l->finished = run->now;
    if (told && step.kind == SEAWALL_STEP_WAIT)
        scenario_note(run, "finished", run->now);
    l->due = step.until;
    return step.kind == SEAWALL_STEP_DRAINED;
}

/* Time goes on to the next look. */
static void go_on(scenario_run *run, const looks *l)
{
    seawall_time next = earlier(l->due, l->cancel);
    int32_t i;

    for (i = 0; i < run->running_count; i++)
        next = earlier(next, run->running[i].ends);
    run->woken = false;
    while (scenario_next_happening(run) < next && !scenario_host_woken(run))
        scenario_pass(run, scenario_next_happening(run));
    if (scenario_host_woken(run))
        next = run->now;
    ck_assert_msg(next != SEAWALL_FOREVER, "line %d: waits for ever", run->row->line);
    if (l->coarse)
        next = (next + TICK - 1) / TICK * TICK;
    scenario_pass(run, next);
}

static void rest(scenario_run *run, const looks *l)
{
    const bool named = run->driver == SCENARIO_GROUP || run->driver == SCENARIO_ASYNC;
    const seawall_status gone = named ? SEAWALL_STALE : SEAWALL_INVALID;
    const seawall_result nothing = {0};

    if (run->running_count != 0)
        scenario_break(run, "drained comes last");
    if (scenario_host_report(run, NEVER, &nothing) != gone || scenario_host_disown(run, NEVER) != gone)
        scenario_break(run, "the end of an attempt that never started is invalid");
    if (l->report.elapsed != seawall_time_until(l->finished, l->begun))
        scenario_break(run, "what elapsed is from the begin to the result");
    scenario_note_report(run, &l->report);
}

static void one_call(scenario_run *run, const scenario_call *call)
{
    looks l = {.coarse = run->driver == SCENARIO_COARSE, .report = SEAWALL_REPORT_INIT};
    int32_t count = 0;

    run->call = call;
    scenario_pass(run, l.coarse ? (call->at + TICK - 1) / TICK * TICK : call->at);
    scenario_note(run, "call", run->now);
    l.begun = run->now;
    l.cancel = seawall_time_add(run->now, call->cancel);
    ck_assert_int_eq(scenario_host_begin(run, seawall_time_add(run->now, call->limit)), SEAWALL_OK);
    for (;;) {
        mail(run, &l);
        if (steps(run, &l))
            break;
        ck_assert_msg(++count < LOOKS_MAX, "line %d: goes on for ever", run->row->line);
        go_on(run, &l);
    }
    rest(run, &l);
}

void scenario_step(scenario_run *run)
{
    int32_t i;

    scenario_host_make(run);
    for (i = 0; i < run->row->call_count; i++)
        one_call(run, &run->row->calls[i]);
    scenario_host_unmake(run);
}
