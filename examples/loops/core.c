#include "core_parts.h"

#include <stdio.h>
#include <stdlib.h>

#define LONGEST SEAWALL_SECONDS(10) /* for a call, queues included */

struct core *core_open(void)
{
    struct core *core = calloc(1, sizeof *core);

    if (core && server_open(&core->server))
        return core;
    fprintf(stderr, "loops: no memory, or no process for a server\n");
    free(core);
    return NULL;
}

bool core_begin(struct core *core, const struct host *host)
{
    seawall_group_config config = SEAWALL_GROUP_CONFIG_INIT;

    core->host = *host;
    config.capacity = CALLS;
    config.wake = host->wake;
    config.wake_user = host->user;
    if (!guard_open(&core->guard) ||
        seawall_group_create(&config, core->guard.pipeline, NULL, &core->group, NULL) != SEAWALL_OK ||
        !neighbour_begin(&core->neighbour, core->guard.bulkhead))
        return false;
    for (int i = 0; i < CORE_CONNECTIONS; i++) {
        core->connections[i] = (struct connection){.index = i, .socket = -1, .next = core->free};
        core->free = &core->connections[i];
    }
    for (int i = 0; i < CALLS; i++)
        core->idle[core->idle_count++] = &core->calls[i];
    weather_begin(core);
    return true;
}

int core_bell(struct core *core)
{
    int32_t descriptor = -1;

    return seawall_group_descriptor(core->group, &descriptor) == SEAWALL_OK ? descriptor : -1;
}

bool core_over(const struct core *core)
{
    return core->phase == PHASES && seawall_group_count(core->group) == 0;
}

/* [attempts] */
/* The attempt is over, and so is its connection. */
static void end_attempt(struct core *core, struct connection *c, const seawall_result *result)
{
    struct call *call = c->call;

    if (c->socket >= 0) {
        core->host.unwatch(core->host.user, c);
        connection_close(c);
    }
    call->attempts[call->attempts[1] == c] = NULL;
    c->call = NULL;
    c->next = core->free;
    core->free = c;
    (void)seawall_group_report_at(core->group, call->run, c->attempt, result, clock_now());
}

/* There is a connection for each attempt: the bulkhead lets no more calls in, and the hedge makes two of each at most. */
static void start_attempt(struct core *core, struct call *call, const seawall_step *step)
{
    static const seawall_result unwatched = {.fault = SEAWALL_FAULT_LOCAL_RESOURCES};
    struct connection *c = core->free;
    seawall_result result;

    core->free = c->next;
    c->call = call;
    c->attempt = step->id;
    call->attempts[call->attempts[0] != NULL] = c;
    if (!connection_open(c, core->server.port, call->item, &result))
        end_attempt(core, c, &result);
    else if (!core->host.watch(core->host.user, c, CORE_WRITE))
        end_attempt(core, c, &unwatched);
}

/* It is late, or lost the race: nobody waits for it, but its end is reported all the same. */
static void cancel_attempt(struct core *core, const struct call *call, uint64_t attempt)
{
    static const seawall_result late = {.fault = SEAWALL_FAULT_TIMEOUT};

    for (int i = 0; i < 2; i++) {
        if (call->attempts[i] && call->attempts[i]->attempt == attempt) {
            end_attempt(core, call->attempts[i], &late);
            return;
        }
    }
}

void core_ready(struct core *core, struct connection *c)
{
    bool connected = c->connected;
    seawall_result result;

    if (connection_ready(c, &result))
        end_attempt(core, c, &result);
    else if (!connected && !core->host.watch(core->host.user, c, CORE_READ))
        end_attempt(core, c, &(seawall_result){.fault = SEAWALL_FAULT_LOCAL_RESOURCES});
}
/* [attempts end] */

static void count_end(struct core *core, seawall_run run)
{
    struct phase *phase = &core->phases[core->phase < PHASES ? core->phase : PHASES - 1];
    seawall_report report = SEAWALL_REPORT_INIT;

    if (seawall_group_report(core->group, run, &report) != SEAWALL_OK)
        abort();
    phase->attempts += report.attempts;
    switch (report.status) {
    case SEAWALL_OK:
        phase->ok++;
        break;
    case SEAWALL_OPEN:
        phase->refused++; /* here a service would answer from a cache, or say "later" at once */
        break;
    case SEAWALL_CANCELLED:
        phase->cancelled++;
        break;
    case SEAWALL_TIMED_OUT:
        phase->timed_out++;
        break;
    default:
        phase->failed++;
        break;
    }
}

/* As many as there may be: the limiter and the bulkhead let them wait. */
static void begin_calls(struct core *core)
{
    while (core->phase < PHASES && core->idle_count > 0) {
        struct call *call = core->idle[--core->idle_count];
        int64_t now = clock_now();

        *call = (struct call){.item = core->next_item++};
        if (seawall_group_begin_at(core->group, core->guard.pipeline, now, seawall_time_add(now, LONGEST), call, &call->run) !=
            SEAWALL_OK)
            abort(); /* the group has a place for each */
        if (seawall_group_count(core->group) > core->most)
            core->most = seawall_group_count(core->group);
    }
}

/* [look] */
seawall_time core_look(struct core *core)
{
    seawall_time weather = weather_look(core, clock_now());
    seawall_group_step next;

    begin_calls(core);
    for (;;) {
        if (seawall_group_next_at(core->group, clock_now(), &next) != SEAWALL_OK)
            abort();
        switch (next.step.kind) {
        case SEAWALL_STEP_START:
            start_attempt(core, next.user, &next.step);
            break;
        case SEAWALL_STEP_CANCEL:
            cancel_attempt(core, next.user, next.step.id);
            break;
        case SEAWALL_STEP_FINISHED:
            count_end(core, next.run);
            break;
        case SEAWALL_STEP_DRAINED: /* its place is another call's from now on */
            core->idle[core->idle_count++] = next.user;
            begin_calls(core);
            break;
        default:
            return next.step.until < weather ? next.step.until : weather;
        }
    }
}
/* [look end] */

int core_close(struct core *core)
{
    bool good = core_over(core);

    neighbour_end(&core->neighbour);
    good = table_print(core) && good && seawall_group_destroy(core->group) == SEAWALL_OK;
    guard_close(&core->guard);
    server_close(&core->server);
    free(core);
    return good ? 0 : 1;
}
