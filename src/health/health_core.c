/* When checks are run, and what their runs come to. */
#include "health/health_core.h"

void sw_health_begin_life(sw_health_state *state, seawall_duration delay, seawall_time now)
{
    *state = (sw_health_state){.phase = SW_HEALTH_IDLE, .due = seawall_time_add(now, delay), .since = now};
}

seawall_time sw_health_next(const sw_health_state *state)
{
    return state->phase == SW_HEALTH_RUNNING ? state->deadline : state->due;
}

/*
 * An interval from when it was due, less a part of it: always less, so that a fleet drifts apart and no check is run too seldom.
 * Who comes late does not put off the next run; only who comes more than an interval late starts anew.
 */
static seawall_time next_due(const sw_health_state *state, const sw_health_rules *rules, uint64_t random, seawall_time now)
{
    double share = rules->jitter * ((double)(random >> 11) * 0x1p-53);
    seawall_duration on = rules->interval - (seawall_duration)((double)rules->interval * share);
    seawall_time next = seawall_time_add(state->due, on);

    return next > now ? next : seawall_time_add(now, on);
}

void sw_health_begin(sw_health_state *state, const sw_health_rules *rules, uint64_t random, seawall_time now)
{
    state->phase = SW_HEALTH_RUNNING;
    state->began = now;
    state->deadline = seawall_time_add(now, rules->timeout);
    state->due = next_due(state, rules, random, now);
}

static bool is_good(seawall_health_status status)
{
    return status == SEAWALL_HEALTH_PASS || status == SEAWALL_HEALTH_WARN;
}

static bool turn(sw_health_state *state, seawall_health_status status, seawall_time now)
{
    if (state->status == status)
        return false;
    state->status = status;
    state->since = now;
    return true;
}

static bool record_good(sw_health_state *state, const sw_health_rules *rules, seawall_health_status status, seawall_time now)
{
    state->fails = 0;
    state->passes += state->passes < INT32_MAX;
    state->last_ok = now;
    /* Between pass and warn nothing has to be proved. */
    return (is_good(state->status) || state->passes >= rules->success_threshold) && turn(state, status, now);
}

static bool record_bad(sw_health_state *state, const sw_health_rules *rules, seawall_time now)
{
    state->passes = 0;
    state->fails += state->fails < INT32_MAX;
    state->failures++;
    return state->fails >= rules->failure_threshold && turn(state, SEAWALL_HEALTH_FAIL, now);
}

static bool record(sw_health_state *state, const sw_health_rules *rules, seawall_health_status status, seawall_time now)
{
    state->last = status;
    state->last_run = now;
    state->runs++;
    if (status == SEAWALL_HEALTH_UNKNOWN)
        return false;
    return is_good(status) ? record_good(state, rules, status, now) : record_bad(state, rules, now);
}

bool sw_health_is_late(const sw_health_state *state, seawall_time now)
{
    return state->phase == SW_HEALTH_RUNNING && now > state->deadline;
}

bool sw_health_end(sw_health_state *state, const sw_health_rules *rules, seawall_health_status status, seawall_time now)
{
    bool late = state->phase == SW_HEALTH_STUCK;

    state->phase = SW_HEALTH_IDLE;
    if (late)
        return false;
    state->duration = seawall_time_until(now, state->began);
    return record(state, rules, status, now);
}

bool sw_health_expire(sw_health_state *state, const sw_health_rules *rules, bool holds, seawall_time now)
{
    if (holds) { /* a whole interval from here, so that one hang is not two failures at once */
        state->phase = SW_HEALTH_STUCK;
        state->due = seawall_time_add(now, rules->interval);
    } else {
        state->phase = SW_HEALTH_IDLE;
    }
    state->duration = seawall_time_until(now, state->began);
    return record(state, rules, SEAWALL_HEALTH_FAIL, now);
}

void sw_health_obey(sw_health_state *state, const sw_health_rules *rules)
{
    /* what is stuck fails an interval after it failed last, however long ago it began */
    seawall_time from = state->phase == SW_HEALTH_STUCK ? state->last_run : state->began;
    seawall_time latest = seawall_time_add(from, rules->interval);

    if (state->runs > 0 && state->due > latest)
        state->due = latest;
}

static void count_in(sw_health_tally *tally, const sw_health_state *state, const sw_health_rules *rules, int32_t by)
{
    bool good = is_good(state->status);

    tally->checks += by;
    tally->passing += good ? by : 0;
    tally->failing += state->status == SEAWALL_HEALTH_FAIL ? by : 0;
    tally->stuck += state->phase == SW_HEALTH_STUCK ? by : 0;
    tally->missing += rules->required && !good ? by : 0;
    tally->broken += rules->required && state->status == SEAWALL_HEALTH_FAIL ? by : 0;
    tally->lowered += state->status == SEAWALL_HEALTH_WARN || (!rules->required && state->status == SEAWALL_HEALTH_FAIL) ? by : 0;
    tally->unseen += !rules->required && state->status == SEAWALL_HEALTH_UNKNOWN ? by : 0;
}

void sw_health_count(sw_health_tally tallies[SW_HEALTH_ENDPOINTS], const sw_health_state *state, const sw_health_rules *rules,
                     int32_t by)
{
    int32_t i;

    for (i = 0; i < SW_HEALTH_ENDPOINTS; i++) {
        if ((rules->endpoints & SW_HEALTH_BIT(i)) != 0)
            count_in(&tallies[i], state, rules, by);
    }
}

void sw_health_settle(sw_health_sum *sum)
{
    if (sum->tallies[SEAWALL_HEALTH_STARTUP].missing == 0)
        sum->started = true;
}

bool sw_health_ends_start(const sw_health_sum *sum)
{
    return !sum->started && sum->tallies[SEAWALL_HEALTH_STARTUP].missing == 0;
}

/* A check that nobody has run yet says nothing here: nobody is restarted for it. */
static seawall_health_status live(const sw_health_sum *sum)
{
    const sw_health_tally *tally = &sum->tallies[SEAWALL_HEALTH_LIVE];

    if (tally->broken > 0)
        return SEAWALL_HEALTH_FAIL;
    return tally->lowered > 0 ? SEAWALL_HEALTH_WARN : SEAWALL_HEALTH_PASS;
}

static seawall_health_status ready(const sw_health_sum *sum)
{
    const sw_health_tally *tally = &sum->tallies[SEAWALL_HEALTH_READY];

    if (sum->draining || !sum->started || tally->missing > 0)
        return SEAWALL_HEALTH_FAIL;
    return tally->lowered + tally->unseen > 0 ? SEAWALL_HEALTH_WARN : SEAWALL_HEALTH_PASS;
}

seawall_health_status sw_health_grade(const sw_health_sum *sum, seawall_health_endpoint endpoint)
{
    seawall_health_status a, b;

    switch (endpoint) {
    case SEAWALL_HEALTH_LIVE:
        return live(sum);
    case SEAWALL_HEALTH_READY:
        return ready(sum);
    case SEAWALL_HEALTH_STARTUP:
        return sum->started ? SEAWALL_HEALTH_PASS : SEAWALL_HEALTH_FAIL;
    default:
        a = live(sum);
        b = ready(sum);
        return a > b ? a : b;
    }
}

bool sw_health_rests(const sw_health_sum *sum, const sw_health_rules *rules)
{
    return sum->started && rules->endpoints == SW_HEALTH_BIT(SEAWALL_HEALTH_STARTUP) && !rules->holds;
}

int32_t sw_health_http(seawall_health_status grade)
{
    return grade == SEAWALL_HEALTH_FAIL ? 503 : 200;
}
