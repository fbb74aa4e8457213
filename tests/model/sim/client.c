/* Drives one execution by an agenda. */
#include "model/sim/client.h"

#include <stdlib.h>

static void must(seawall_status status)
{
    if (status != SEAWALL_OK)
        abort();
}

static void drive(client *c);

static void ring(void *who, uint64_t number)
{
    client *c = who;

    if (number != c->alarms || c->drained)
        return;
    c->alarm = SEAWALL_FOREVER;
    drive(c);
}

static void sleep_until(client *c, seawall_time until)
{
    if (until == SEAWALL_FOREVER || until == c->alarm)
        return;
    c->alarm = until;
    agenda_at(c->agenda, until, ring, c, ++c->alarms);
}

static void tell(client *c)
{
    seawall_report report = SEAWALL_REPORT_INIT;

    if (c->world->ended == NULL)
        return;
    must(seawall_execution_report(c->execution, &report));
    c->world->ended(c, &report);
}

/* The machine counts the attempts of one run. */
static uint64_t id_of(const client *c, uint64_t attempt)
{
    if (attempt > UINT32_MAX)
        abort();
    return c->runs << 32 | attempt;
}

static void start(client *c, seawall_step step)
{
    step.id = id_of(c, step.id);
    c->world->start(c, &step);
}

static void drive(client *c)
{
    seawall_step step;

    for (;;) {
        must(seawall_execution_next_at(c->execution, c->agenda->now, &step));
        switch (step.kind) {
        case SEAWALL_STEP_START:
            start(c, step);
            break;
        case SEAWALL_STEP_CANCEL:
            if (c->world->cut != NULL)
                c->world->cut(c, id_of(c, step.id));
            must(seawall_execution_disown_at(c->execution, step.id, c->agenda->now));
            break;
        case SEAWALL_STEP_FINISHED:
            tell(c);
            break;
        case SEAWALL_STEP_WAIT:
            sleep_until(c, step.until);
            return;
        default:
            c->drained = true;
            return;
        }
    }
}

void client_init(client *c, agenda *a, const client_world *world, const seawall_pipeline *pipeline)
{
    size_t size = seawall_execution_size(pipeline);

    c->agenda = a;
    c->world = world;
    c->storage = malloc(size);
    c->alarm = SEAWALL_FOREVER;
    c->alarms = c->runs = 0;
    c->drained = true;
    if (c->storage == NULL)
        abort();
    must(seawall_execution_init(c->storage, size, pipeline, NULL, &c->execution));
}

void client_fini(client *c)
{
    must(seawall_execution_fini(c->execution));
    free(c->storage);
}

void client_begin(client *c, seawall_time deadline)
{
    must(seawall_execution_begin_at(c->execution, c->agenda->now, deadline));
    c->alarm = SEAWALL_FOREVER;
    c->alarms++; /* those of an earlier run ring for nobody */
    c->runs++;
    c->drained = false;
    drive(c);
}

void client_report(client *c, uint64_t id, seawall_fault fault)
{
    seawall_result result = {.fault = fault};

    if (c->drained || id >> 32 != c->runs)
        return;
    if (seawall_execution_report_at(c->execution, id & UINT32_MAX, &result, c->agenda->now) == SEAWALL_OK)
        drive(c);
}
