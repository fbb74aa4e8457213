/* One execution of toys, driven by hand. */
#include "toy_stage.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "toy_walk.h"

static void walk(stage *s, bool settled)
{
    const char *broken = toy_walk(s->execution, settled);

    ck_assert_msg(broken == NULL, "broken: %s", broken);
}

void stage_listen(const seawall_event *event, void *user)
{
    toy_notes *notes = *(toy_notes **)user;

    toy_note(notes, "* %s", seawall_event_name(event->kind));
    toy_note(notes, "@%lld by %d", (long long)event->now, (int)event->policy);
    if (event->delay != 0)
        toy_note(notes, " after %lld", (long long)event->delay);
    if (event->fault != SEAWALL_FAULT_NONE)
        toy_note(notes, " %s", seawall_fault_name(event->fault));
    if (event->reason != SEAWALL_REASON_NONE)
        toy_note(notes, " for %s", seawall_reason_name(event->reason));
    toy_note(notes, " x%d\n", (int)event->attempts);
}

static void wake(uint64_t cookie, void *user)
{
    stage *s = user;

    ck_assert_uint_eq(cookie, 42);
    s->woken++;
}

static seawall_pipeline_config prepare(stage *s, int32_t toys)
{
    seawall_pipeline_config config = SEAWALL_PIPELINE_CONFIG_INIT;

    *s = (stage){.count = toys};
    s->current = &s->notes;
    config.listener = stage_listen;
    config.listener_user = &s->current;
    return config;
}

/* An execution in memory that holds anything but zeros. */
static void set_execution_up(stage *s)
{
    seawall_waker waker = {wake, 42, s};
    size_t size = seawall_execution_size(s->pipeline);

    s->storage = malloc(size);
    ck_assert_ptr_nonnull(s->storage);
    memset(s->storage, 0xa5, size);
    ck_assert_int_eq(seawall_execution_init(s->storage, size, s->pipeline, &waker, &s->execution), SEAWALL_OK);
}

void stage_open_late(stage *s, const toy_config *configs, int32_t count, int32_t late)
{
    seawall_pipeline_config config = prepare(s, count);
    int32_t i;

    for (i = 0; i < count; i++)
        toy_init(&s->toys[i], &configs[i], &s->current);
    config.late = late;
    s->pipeline = toy_pipeline(&config, s->toys, count, NULL);
    set_execution_up(s);
}

void stage_open_policies(stage *s, const seawall_policy *const *policies, int32_t count, const seawall_platform *platform)
{
    seawall_pipeline_config config = prepare(s, 0);

    ck_assert_int_eq(seawall_pipeline_create(&config, policies, count, platform, &s->pipeline, NULL), SEAWALL_OK);
    set_execution_up(s);
}

void stage_open(stage *s, const toy_config *configs, int32_t count)
{
    stage_open_late(s, configs, count, SEAWALL_AUTO);
}

void stage_close(stage *s)
{
    int32_t i;

    ck_assert_int_eq(seawall_execution_fini(s->execution), SEAWALL_OK);
    seawall_pipeline_destroy(s->pipeline);
    for (i = 0; i < s->count; i++) {
        const char *broken = toy_at_rest(&s->toys[i]);

        ck_assert_msg(broken == NULL, "%s: %s", s->toys[i].policy.name, broken);
        ck_assert_int_eq(s->toys[i].references, 0);
        toy_fini(&s->toys[i]);
    }
    free(s->storage);
    toy_notes_free(&s->notes);
    toy_notes_free(&s->steps);
}

void stage_begin(stage *s, seawall_time now, seawall_time deadline)
{
    ck_assert_int_eq(seawall_execution_begin_at(s->execution, now, deadline), SEAWALL_OK);
    walk(s, false);
}

void stage_end(stage *s, uint64_t id, seawall_fault fault, seawall_time now)
{
    seawall_result result = {.fault = fault};

    ck_assert_int_eq(seawall_execution_report_at(s->execution, id, &result, now), SEAWALL_OK);
    walk(s, false);
}

void stage_cancel(stage *s, seawall_time now)
{
    ck_assert_int_eq(seawall_execution_cancel_at(s->execution, now), SEAWALL_OK);
    walk(s, false);
}

void stage_disown(stage *s, uint64_t id, seawall_time now)
{
    ck_assert_int_eq(seawall_execution_disown_at(s->execution, id, now), SEAWALL_OK);
    walk(s, false);
}

void stage_note_report(toy_notes *notes, const seawall_report *report)
{
    seawall_outcome outcome = {.status = report->status,
                               .fault = report->fault,
                               .code = report->code,
                               .retry_after = report->retry_after,
                               .policy = report->policy,
                               .attempts = report->attempts,
                               .reason = report->reason};

    toy_note_outcome(notes, &outcome);
    if (report->first_fault != SEAWALL_FAULT_NONE)
        toy_note(notes, " first %s %lld last %s %lld", seawall_fault_name(report->first_fault), (long long)report->first_code,
                 seawall_fault_name(report->last_fault), (long long)report->last_code);
    if (report->starved != 0)
        toy_note(notes, " starved %d", (int)report->starved);
    if (report->late != 0)
        toy_note(notes, " late %d", (int)report->late);
}

static void note_step(stage *s, const seawall_step *step)
{
    static const char *const names[] = {"?", "start", "cancel", "wait", "finished", "drained"};
    toy_notes *notes = &s->steps;

    toy_note(notes, "%s%s", notes->length > 0 ? ", " : "", names[step->kind]);
    if (step->kind == SEAWALL_STEP_START || step->kind == SEAWALL_STEP_CANCEL)
        toy_note(notes, " %llu", (unsigned long long)step->id);
    if (step->kind == SEAWALL_STEP_START) {
        ck_assert_int_eq(step->number, (int64_t)step->id);
        if (step->route != 0)
            toy_note(notes, " route %d", (int)step->route);
        if (step->alternative != 0)
            toy_note(notes, " alternative %d", (int)step->alternative);
        if (step->deadline != SEAWALL_FOREVER)
            toy_note_time(notes, " by ", step->deadline);
    }
    if (step->kind == SEAWALL_STEP_WAIT && step->until != SEAWALL_FOREVER)
        toy_note_time(notes, " ", step->until);
    if (step->kind == SEAWALL_STEP_FINISHED) {
        s->report = (seawall_report)SEAWALL_REPORT_INIT;
        ck_assert_int_eq(seawall_execution_report(s->execution, &s->report), SEAWALL_OK);
        toy_note(notes, " ");
        stage_note_report(notes, &s->report);
    }
}

const char *stage_steps_text(stage *s, seawall_time now)
{
    seawall_step step;

    toy_notes_clear(&s->steps);
    do {
        ck_assert_int_eq(seawall_execution_next_at(s->execution, now, &step), SEAWALL_OK);
        note_step(s, &step);
        walk(s, step.kind == SEAWALL_STEP_WAIT);
    } while (step.kind != SEAWALL_STEP_WAIT && step.kind != SEAWALL_STEP_DRAINED);
    return s->steps.text;
}

const char *stage_notes_text(stage *s)
{
    static char text[8192];
    size_t length = s->notes.length < sizeof(text) - 1 ? s->notes.length : sizeof(text) - 1;

    memcpy(text, length > 0 ? s->notes.text : "", length);
    text[length] = '\0';
    toy_notes_clear(&s->notes);
    return text;
}
