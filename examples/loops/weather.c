#include "core_parts.h"

#define SHORTEST SEAWALL_MILLISECONDS(300)
#define LONGEST SEAWALL_SECONDS(20)
#define LOOK_EVERY SEAWALL_MILLISECONDS(20)
#define ENOUGH 200 /* successes that show that all is well */

static const struct phase plan[PHASES] = {
    {.name = "healthy"},
    {.name = "killed", .trouble = true},
    {.name = "restarted"},
    {.name = "slow", .trouble = true, .mood = MOOD_SLOW},
    {.name = "recovered"},
    {.name = "garbage", .trouble = true, .mood = MOOD_GARBAGE},
    {.name = "recovered"},
};

static void enter(struct core *core, int64_t now)
{
    struct phase *phase = &core->phases[core->phase];

    *phase = plan[core->phase];
    phase->began = now;
    atomic_store(&core->server.log->mood, (int)phase->mood);
    if (phase->trouble && phase->mood == MOOD_FINE)
        core->stuck |= !server_kill(&core->server);
    else if (core->phase > 0 && plan[core->phase - 1].trouble && plan[core->phase - 1].mood == MOOD_FINE)
        core->stuck |= !server_start(&core->server);
}

void weather_begin(struct core *core)
{
    core->began = clock_now();
    enter(core, core->began);
}

/* Trouble has shown what it does when the breaker has opened; health when that has closed, and calls succeed. */
static bool has_shown(const struct core *core, struct phase *phase)
{
    const struct guard *guard = &core->guard;
    int openings = 0;

    for (int i = 0; i < guard->transition_count; i++) {
        const seawall_breaker_transition *t = &guard->transitions[i];

        openings += t->now >= phase->began && t->from == SEAWALL_BREAKER_CLOSED && t->to == SEAWALL_BREAKER_OPEN;
    }
    phase->openings = openings;
    if (phase->trouble)
        return openings > 0;
    return phase->ok >= ENOUGH && (guard->transition_count == 0 ||
                                   guard->transitions[guard->transition_count - 1].to == SEAWALL_BREAKER_CLOSED);
}

int64_t weather_look(struct core *core, int64_t now)
{
    struct phase *phase = &core->phases[core->phase];

    if (core->phase == PHASES)
        return SEAWALL_FOREVER;
    if (now < phase->began + SHORTEST)
        return phase->began + SHORTEST;
    if (!has_shown(core, phase)) {
        if (now < phase->began + LONGEST)
            return now + LOOK_EVERY;
        core->stuck = true;
    }
    core->phase = core->stuck ? PHASES : core->phase + 1;
    if (core->phase == PHASES) {
        (void)seawall_group_cancel_all_at(core->group, now);
        return SEAWALL_FOREVER;
    }
    enter(core, now);
    return now + SHORTEST;
}
