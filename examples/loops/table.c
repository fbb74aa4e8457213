#include "core_parts.h"

#include <stdio.h>

/* How far back trouble may lie that opens a breaker: an attempt's time, and that of the twenty that it takes to count them. */
#define BACK (GUARD_ATTEMPT_TIMEOUT + SEAWALL_SECONDS(1))

static bool within(int64_t t, int64_t from, int64_t to)
{
    return t >= from && t <= to;
}

/* The server's own log says that something was wrong shortly before `t`. */
static bool was_in_trouble(struct server_log *log, int64_t t)
{
    unsigned count = atomic_load(&log->count);

    for (int i = 0; i < log->deaths; i++) {
        if (log->died[i] <= t && (log->rose[i] == 0 || log->rose[i] >= t - BACK))
            return true;
    }
    for (unsigned i = 0; i < count; i++) {
        struct server_entry *e = &log->entry[i];
        int64_t answered = atomic_load(&e->answered);

        if (within(e->received, t - BACK, t) && (e->mood != MOOD_FINE || answered - e->received > GUARD_ATTEMPT_TIMEOUT))
            return true;
    }
    return false;
}

/* And that it answered as it should at least as often as it takes, since `from`. */
static bool was_well(struct server_log *log, int64_t from, int64_t t)
{
    unsigned count = atomic_load(&log->count);
    int well = 0;

    for (unsigned i = 0; i < count; i++) {
        struct server_entry *e = &log->entry[i];
        int64_t answered = atomic_load(&e->answered);

        well += e->mood == MOOD_FINE && answered != 0 && within(e->received, from, t);
    }
    return well >= GUARD_PROBES;
}

static double seconds(const struct core *core, int64_t t)
{
    return (double)(t - core->began) / 1e9;
}

/* Each opening from closed, and each closing, beside the log. How many do not agree. */
static int print_transitions(const struct core *core, int *closings)
{
    const struct guard *guard = &core->guard;
    int64_t half_open = 0;
    int wrong = 0;

    for (int i = 0; i < guard->transition_count; i++) {
        const seawall_breaker_transition *t = &guard->transitions[i];
        bool agrees = true;

        if (t->to == SEAWALL_BREAKER_HALF_OPEN) {
            half_open = t->now;
            continue;
        }
        if (t->from == SEAWALL_BREAKER_HALF_OPEN && t->to == SEAWALL_BREAKER_OPEN)
            continue;
        agrees = t->to == SEAWALL_BREAKER_OPEN ? was_in_trouble(core->server.log, t->now)
                                               : was_well(core->server.log, half_open, t->now);
        printf("breaker %s > %s at %.2f s: the server's log %s\n", seawall_breaker_state_name(t->from),
               seawall_breaker_state_name(t->to), seconds(core, t->now), agrees ? "agrees" : "DISAGREES");
        wrong += !agrees;
        *closings += t->to == SEAWALL_BREAKER_CLOSED;
    }
    return wrong;
}

bool table_print(const struct core *core)
{
    const struct guard *guard = &core->guard;
    int openings = 0, closings = 0, ok = 0, wrong;

    printf("%s: at most %d calls in flight on one thread, of %d\n", core->host.name, core->most, core->next_item);
    printf("%-10s %6s %7s %7s %9s %8s %9s %9s %8s\n", "upstream", "from s", "ok", "failed", "timed out", "refused", "cancelled",
           "attempts", "openings");
    for (int i = 0; i < PHASES; i++) {
        const struct phase *p = &core->phases[i];

        if (p->name == NULL)
            break;
        printf("%-10s %6.2f %7d %7d %9d %8d %9d %9d %8d\n", p->name, seconds(core, p->began), p->ok, p->failed, p->timed_out,
               p->refused, p->cancelled, p->attempts, p->openings);
        openings += p->trouble && p->openings > 0;
        ok += p->ok;
    }
    printf("retries %d, hedges %d, of which %d won; a neighbour took %d places; the server saw %u requests\n", guard->retries,
           guard->hedges, guard->hedges_won, core->neighbour.taken, atomic_load(&core->server.log->count));
    wrong = print_transitions(core, &closings);
    return !core->stuck && wrong == 0 && openings == 3 && closings >= 3 && core->most == CALLS && ok > 0;
}
