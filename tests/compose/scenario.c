/* The world around a row of the scenario table: time, chance, what happens meanwhile, and the log. */
#include "scenario.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

void scenario_break(scenario_run *run, const char *promise)
{
    if (run->broken == NULL)
        run->broken = promise;
}

bool scenario_blocks(const scenario_row *row)
{
    int32_t i, n;

    for (i = 0; i < row->call_count; i++) {
        for (n = 0; n < row->calls[i].count; n++) {
            if (row->calls[i].attempts[n].lost)
                return false;
        }
    }
    return true;
}

/* --- what happens --- */

static void happen_once(scenario_run *run, const scenario_happening *h)
{
    scenario_made *made = &run->made[scenario_object_named(run->row, h->object)];

    if (strcmp(h->what, "hold") == 0) {
        ck_assert_int_lt(made->held_count, SCENARIO_HELD);
        ck_assert_int_eq(seawall_bulkhead_try_acquire(made->object, &made->held[made->held_count++]), SEAWALL_OK);
    } else if (strcmp(h->what, "release") == 0) {
        ck_assert_int_gt(made->held_count, 0);
        ck_assert_int_eq(seawall_bulkhead_release(made->object, &made->held[--made->held_count]), SEAWALL_OK);
    } else if (strcmp(h->what, "take") == 0) {
        ck_assert_int_eq(seawall_limiter_try_acquire(made->object, 1, NULL, NULL), SEAWALL_OK);
    } else if (strcmp(h->what, "force_open") == 0) {
        ck_assert_int_eq(seawall_breaker_force_open(made->object, SEAWALL_FOREVER), SEAWALL_OK);
    } else if (strcmp(h->what, "enable") == 0 || strcmp(h->what, "disable") == 0) {
        ck_assert_int_eq(seawall_chaos_set_enabled(made->object, strcmp(h->what, "enable") == 0), SEAWALL_OK);
    } else if (strcmp(h->what, "close") == 0) {
        ck_assert_int_eq(seawall_breaker_close(made->object), SEAWALL_OK);
    } else {
        ck_abort_msg("line %d: nothing that happens: %s", run->row->line, h->what);
    }
}

static void happen(scenario_run *run, const scenario_happening *h)
{
    int32_t i;

    for (i = 0; i < h->count; i++)
        happen_once(run, h);
}

seawall_time scenario_next_happening(const scenario_run *run)
{
    return run->happened < run->row->happening_count ? run->row->happenings[run->happened].at : SEAWALL_FOREVER;
}

void scenario_pass(scenario_run *run, seawall_time t)
{
    while (scenario_next_happening(run) <= t) {
        seawall_time at = scenario_next_happening(run);

        run->now = at > run->now ? at : run->now;
        happen(run, &run->row->happenings[run->happened++]);
    }
    run->now = t > run->now ? t : run->now;
}

const scenario_attempt *scenario_attempt_numbered(const scenario_run *run, int32_t number)
{
    const scenario_call *call = run->call;

    ck_assert_msg(call->count > 0, "line %d: a call without attempts", run->row->line);
    return &call->attempts[number <= call->count ? number - 1 : call->count - 1];
}

seawall_time scenario_attempt_end(const scenario_attempt *attempt, seawall_time now, seawall_time deadline,
                                  seawall_result *result)
{
    seawall_time ends = seawall_time_add(now, attempt->lasts);
    seawall_time stopped = seawall_time_add(deadline, attempt->stops);

    *result = attempt->result;
    if (ends <= stopped)
        return ends;
    *result = (seawall_result){.fault = SEAWALL_FAULT_TIMEOUT};
    return stopped;
}

/* --- the log: times in milliseconds --- */

void scenario_note_time(toy_notes *log, const char *before, seawall_time t)
{
    int64_t rest = t % SEAWALL_MILLISECONDS(1);
    char digits[8];
    int i;

    if (t == SEAWALL_FOREVER) {
        toy_note(log, "%snever", before);
        return;
    }
    toy_note(log, "%s%lld", before, (long long)(t / SEAWALL_MILLISECONDS(1)));
    if (rest == 0)
        return;
    (void)snprintf(digits, sizeof(digits), "%06d", (int)rest);
    for (i = 5; digits[i] == '0'; i--)
        digits[i] = '\0';
    toy_note(log, ".%s", digits);
}

void scenario_note(scenario_run *run, const char *what, seawall_time t)
{
    toy_note(&run->log, "%s%s", run->log.length > 0 ? "; " : "", what);
    scenario_note_time(&run->log, "@", t);
}

static const char *policy_name(const scenario_run *run, int32_t position)
{
    static char name[64];

    if (position < 0)
        return "caller";
    ck_assert_int_eq(seawall_pipeline_policy_name(run->pipeline, position, name, sizeof(name)), SEAWALL_OK);
    return name;
}

void scenario_note_start(scenario_run *run, int32_t number, int32_t route, int32_t alternative, seawall_time deadline)
{
    char what[32];

    (void)snprintf(what, sizeof(what), "start %d", (int)number);
    scenario_note(run, what, run->now);
    if (route != 0)
        toy_note(&run->log, " route %d", (int)route);
    if (alternative != 0)
        toy_note(&run->log, " for %s", policy_name(run, alternative - 1));
    if (deadline != SEAWALL_FOREVER)
        scenario_note_time(&run->log, " until ", deadline);
}

void scenario_listen(const seawall_event *event, void *user)
{
    scenario_run *run = user;

    scenario_note(run, event->kind >= SEAWALL_EVENT_USER ? "user" : seawall_event_name(event->kind), event->now);
    toy_note(&run->log, " %s", policy_name(run, event->policy));
    if (event->delay != 0)
        scenario_note_time(&run->log, " after ", event->delay);
    if (event->fault != SEAWALL_FAULT_NONE)
        toy_note(&run->log, " %s", seawall_fault_name(event->fault));
    if (event->reason != SEAWALL_REASON_NONE)
        toy_note(&run->log, " for %s", seawall_reason_name(event->reason));
}

void scenario_turned(const seawall_breaker_transition *transition, void *user)
{
    const scenario_made *made = user;
    char what[64];

    (void)snprintf(what, sizeof(what), "%s>%s", seawall_breaker_state_name(transition->from),
                   seawall_breaker_state_name(transition->to));
    scenario_note(made->run, what, transition->now);
    toy_note(&made->run->log, " %s", made->name);
}

void scenario_note_report(scenario_run *run, const seawall_report *report)
{
    toy_notes *log = &run->log;

    scenario_note(run, seawall_status_name(report->status), run->now);
    if (report->fault != SEAWALL_FAULT_NONE)
        toy_note(log, " %s", seawall_fault_name(report->fault));
    toy_note(log, " x%d", (int)report->attempts);
    if (report->code != 0)
        toy_note(log, " code %lld", (long long)report->code);
    if (report->retry_after != 0)
        scenario_note_time(log, " after ", report->retry_after);
    if (report->policy >= 0)
        toy_note(log, " by %s", policy_name(run, report->policy));
    if (report->reason != SEAWALL_REASON_NONE)
        toy_note(log, " for %s", seawall_reason_name(report->reason));
    if (report->first_fault != SEAWALL_FAULT_NONE)
        toy_note(log, " first %s", seawall_fault_name(report->first_fault));
    if (report->first_code != 0)
        toy_note(log, " %lld", (long long)report->first_code);
    if (report->last_fault != SEAWALL_FAULT_NONE)
        toy_note(log, " last %s", seawall_fault_name(report->last_fault));
    if (report->last_code != 0)
        toy_note(log, " %lld", (long long)report->last_code);
    if (report->starved != 0)
        toy_note(log, " starved %d", (int)report->starved);
    if (report->late != 0)
        toy_note(log, " late %d", (int)report->late);
}

/* --- the platform --- */

static seawall_time clock_now(void *user)
{
    const scenario_run *run = user;

    return run->now;
}

static uint64_t draw(void *user)
{
    scenario_run *run = user;
    int32_t last = run->row->draw_count - 1;

    ck_assert_msg(last >= 0, "line %d: something is drawn, and there is no chance", run->row->line);
    return (uint64_t)(run->row->draws[run->drawn < (uint64_t)last ? run->drawn++ : (uint64_t)last] * 0x1p63) * 2;
}

void scenario_call_off(scenario_run *run)
{
    run->cancel_at = SEAWALL_FOREVER;
    ck_assert_int_eq(seawall_cancel_trigger(run->token), SEAWALL_OK);
}

/* Nobody else runs: all that can happen meanwhile is in the row. */
static void park(const uint32_t *word, uint32_t expected, seawall_time until, void *user)
{
    scenario_run *run = user;

    while (*word == expected && run->now < until) {
        seawall_time next = scenario_next_happening(run);

        next = run->cancel_at < next ? run->cancel_at : next;
        next = next < until ? next : until;
        ck_assert_msg(next != SEAWALL_FOREVER, "line %d: waits for ever", run->row->line);
        scenario_pass(run, next);
        if (*word == expected && run->cancel_at <= next)
            scenario_call_off(run);
    }
}

static void wake(const uint32_t *word, void *user)
{
    (void)word, (void)user;
}

static void begin(scenario_run *run, const scenario_row *row, enum scenario_driver driver)
{
    *run = (scenario_run){.row = row, .cancel_at = SEAWALL_FOREVER, .driver = driver};
    sw_test_memory_init(&run->memory);
    run->platform = *seawall_platform_default();
    sw_test_memory_install(&run->memory, &run->platform);
    run->platform.now = clock_now;
    run->platform.park = park;
    run->platform.wake = wake;
    run->platform.clock_user = run;
    run->platform.random = draw;
    run->platform.random_user = run;
    if (scenario_is_pooled(run))
        scenario_pool_begin(run);
    scenario_make(run);
}

/* A caller who blocks has the result when the call has come to rest: he is told no earlier end. */
static void without_finished(char *log)
{
    char *entry;

    while ((entry = strstr(log, "finished@")) != NULL) {
        char *end = strstr(entry, "; ");

        memmove(entry, end + 2, strlen(end + 2) + 1);
    }
}

static void expect(const scenario_run *run, enum scenario_driver driver)
{
    static const char *const drivers[] = {"stepping", "group", "async", "coarse", "blocking", "pooled", "future"};
    const scenario_row *row = run->row;
    char expected[SCENARIO_TEXT];

    memcpy(expected, driver == SCENARIO_COARSE && strcmp(row->late, "same") != 0 ? row->late : row->log, sizeof(expected));
    if (driver == SCENARIO_BLOCKING)
        without_finished(expected);
    ck_assert_msg(run->broken == NULL, "line %d, %s, %s: %s\n%s", row->line, row->name, drivers[driver], run->broken,
                  run->log.text);
    ck_assert_msg(run->log.text != NULL && strcmp(run->log.text, expected) == 0, "line %d, %s, %s:\n%s\nexpected\n%s", row->line,
                  row->name, drivers[driver], run->log.text, expected);
}

void scenario_check(const scenario_row *row, enum scenario_driver driver)
{
    scenario_run run;

    begin(&run, row, driver);
    if (scenario_is_pooled(&run))
        scenario_pool_run(&run);
    else if (driver == SCENARIO_BLOCKING)
        scenario_block(&run);
    else
        scenario_step(&run);
    if (driver != SCENARIO_BLOCKING || row->refused[0] == '\0')
        expect(&run, driver);
    if (scenario_is_pooled(&run))
        scenario_pool_let_go(&run);
    scenario_unmake(&run);
    if (scenario_is_pooled(&run))
        scenario_pool_end(&run);
    ck_assert_msg(sw_test_memory_clean(&run.memory), "line %d, %s: memory is left", row->line, row->name);
    sw_test_memory_fini(&run.memory);
    toy_notes_free(&run.log);
}
