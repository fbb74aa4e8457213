/* The stepping driver: an event queue around the sans-I/O functions. Coarse, it looks up to 10 ms late. */
#include <stdlib.h>
#include <string.h>

#include "toy_walk.h"
#include "world_inside.h"

#define LATEST SEAWALL_MILLISECONDS(10)
#define LOOKS_MAX 200000

static seawall_time earlier(seawall_time a, seawall_time b)
{
    return a < b ? a : b;
}

static seawall_time cancel_time(const world *w, const world_actor *a)
{
    return a->cancelled || !a->going ? SEAWALL_FOREVER : seawall_time_add(a->begun, w->plan.cancel[a->index]);
}

/* The next instant at which something happens to this actor. */
static seawall_time next_of(const world *w, const world_actor *a)
{
    seawall_time t = earlier(a->due, cancel_time(w, a));
    int32_t i;

    if (a->woken)
        return w->now;
    for (i = 0; i < a->running_count; i++)
        t = earlier(t, earlier(a->running[i].ends, a->running[i].disowned));
    return t;
}

static void check(world *w, world_actor *a, bool settled)
{
    const char *broken = toy_walk(a->execution, settled);

    if (broken != NULL)
        world_break(w, broken);
}

static void wake(uint64_t cookie, void *user)
{
    world *w = user;

    w->actors[cookie].woken = true;
}

static void start(world *w, world_actor *a, const seawall_step *step)
{
    world_running *r = &a->running[a->running_count];
    world_attempt attempt;

    if (step->deadline != SEAWALL_FOREVER && w->now >= step->deadline)
        world_break(w, "no attempt starts at or after its deadline");
    if (a->running_count == WORLD_AT_ONCE_MAX) {
        world_break(w, "the widths bound what runs at once");
        return;
    }
    a->running_count++;
    world_attempt_of(w, a->index, a->call, step->number, &attempt);
    r->id = step->id;
    r->reaction = attempt.reaction;
    r->ends = world_attempt_end(&attempt, w->now, step->deadline, &r->result);
    r->disowned = r->ends == SEAWALL_FOREVER ? seawall_time_add(w->now, SEAWALL_MILLISECONDS(500)) : SEAWALL_FOREVER;
    toy_note(w->current, "+ %lld attempt %d", (long long)w->now, (int)step->number);
    toy_note(w->current, " in %d\n", (int)step->alternative);
}

static void cancel(world *w, world_actor *a, uint64_t id)
{
    int32_t i;

    for (i = 0; i < a->running_count; i++) {
        world_running *r = &a->running[i];
        seawall_time stopped = seawall_time_add(w->now, r->reaction);

        if (r->id == id && stopped < r->ends && r->disowned == SEAWALL_FOREVER) {
            r->ends = stopped;
            r->result = (seawall_result){.fault = SEAWALL_FAULT_TIMEOUT};
        }
        if (r->id == id)
            return;
    }
    world_break(w, "only attempts that run are cancelled");
}

static void finished(world *w, world_actor *a)
{
    if (a->finished)
        world_break(w, "finished is told once");
    a->finished = true;
    a->report = (seawall_report)SEAWALL_REPORT_INIT;
    if (seawall_execution_report(a->execution, &a->report) != SEAWALL_OK)
        world_break(w, "a finished execution has a report");
}

static void drained(world *w, world_actor *a)
{
    if (!a->finished || a->running_count > 0)
        world_break(w, "drained comes last");
    /* Only now, because a blocking call that has its result still waits for its attempt to return. */
    world_note_report(w, &a->report);
    a->going = false;
    a->woken = false;
    a->due = a->call < w->plan.calls ? seawall_time_add(w->now, w->plan.pause) : SEAWALL_FOREVER;
}

static void steps(world *w, world_actor *a)
{
    seawall_step step = {0};

    while (step.kind != SEAWALL_STEP_WAIT && step.kind != SEAWALL_STEP_DRAINED) {
        if (seawall_execution_next_at(a->execution, w->now, &step) != SEAWALL_OK)
            abort();
        check(w, a, step.kind == SEAWALL_STEP_WAIT);
        if (step.kind == SEAWALL_STEP_START)
            start(w, a, &step);
        else if (step.kind == SEAWALL_STEP_CANCEL)
            cancel(w, a, step.id);
        else if (step.kind == SEAWALL_STEP_FINISHED)
            finished(w, a);
    }
    if (step.kind == SEAWALL_STEP_DRAINED) {
        drained(w, a);
        return;
    }
    a->due = step.until;
    if (step.until <= w->now)
        world_break(w, "wait says a later time");
}

/* Which running attempt ended first, by now; -1 for none. */
static int32_t first_ended(const world *w, const world_actor *a)
{
    int32_t i, first = -1;

    for (i = 0; i < a->running_count; i++) {
        seawall_time t = earlier(a->running[i].ends, a->running[i].disowned);

        if (t <= w->now && (first < 0 || t < earlier(a->running[first].ends, a->running[first].disowned)))
            first = i;
    }
    return first;
}

static void mail(world *w, world_actor *a)
{
    int32_t i;

    while ((i = first_ended(w, a)) >= 0) {
        world_running r = a->running[i];
        seawall_status status;

        a->running[i] = a->running[--a->running_count];
        if (r.ends <= w->now)
            status = seawall_execution_report_at(a->execution, r.id, &r.result, w->now);
        else
            status = seawall_execution_disown_at(a->execution, r.id, w->now);
        if (status != SEAWALL_OK)
            world_break(w, "a started attempt is reported once");
        if (seawall_execution_report_at(a->execution, r.id, &r.result, w->now) != SEAWALL_INVALID)
            world_break(w, "a second report is invalid");
        check(w, a, false);
    }
    if (cancel_time(w, a) <= w->now) {
        a->cancelled = true;
        if (seawall_execution_cancel_at(a->execution, w->now) != SEAWALL_OK)
            world_break(w, "a run can be called off");
        check(w, a, false);
    }
}

static void begin(world *w, world_actor *a)
{
    a->call++;
    a->going = true;
    a->finished = false;
    a->cancelled = false;
    a->begun = w->now;
    toy_note(w->current, "call %d\n", (int)a->call);
    if (seawall_execution_begin_at(a->execution, w->now, world_deadline(w, a, w->now)) != SEAWALL_OK)
        abort();
}

static void look(world *w, world_actor *a)
{
    w->current = &a->notes;
    a->woken = false;
    a->looks++;
    if (!a->going)
        begin(w, a);
    mail(w, a);
    steps(w, a);
    w->current = NULL;
}

static world_actor *next_actor(world *w, bool coarse, seawall_time *when)
{
    world_actor *next = NULL;
    int32_t i;

    for (i = 0; i < w->plan.actors; i++) {
        world_actor *a = &w->actors[i];
        seawall_time t = next_of(w, a);

        if (t != SEAWALL_FOREVER && coarse)
            t += (seawall_duration)(toy_hash(w->plan.seed + (uint64_t)i, a->looks) % (uint64_t)LATEST);
        if (t != SEAWALL_FOREVER && (next == NULL || t < *when)) {
            next = a;
            *when = t;
        }
    }
    return next;
}

static void open_actor(world *w, world_actor *a)
{
    size_t size = seawall_execution_size(w->pipeline);
    seawall_waker waker = {wake, (uint64_t)a->index, w};

    a->storage = malloc(size);
    if (a->storage == NULL)
        abort();
    memset(a->storage, 0xa5, size);
    if (seawall_execution_init(a->storage, size, w->pipeline, &waker, &a->execution) != SEAWALL_OK)
        abort();
    a->due = w->plan.begin[a->index];
}

void world_step(world *w, bool coarse)
{
    world_actor *a;
    seawall_time when = 0;
    int32_t i, looks = 0;

    for (i = 0; i < w->plan.actors; i++)
        open_actor(w, &w->actors[i]);
    while (w->broken == NULL && (a = next_actor(w, coarse, &when)) != NULL) {
        w->now = when > w->now ? when : w->now;
        look(w, a);
        if (++looks > LOOKS_MAX)
            world_break(w, "everything terminates");
    }
    for (i = 0; i < w->plan.actors; i++) {
        a = &w->actors[i];
        if (a->going || a->call != w->plan.calls)
            world_break(w, "every call drains");
        if (w->broken == NULL && seawall_execution_fini(a->execution) != SEAWALL_OK)
            world_break(w, "a drained execution can be given up");
        free(a->storage);
    }
}
