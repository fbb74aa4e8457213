/* What a breaker looks like. */
#include "base/field.h"
#include "policy/breaker/breaker_state.h"

/* A record is written a moment after its transition. Its writer may lose the CPU in between, and we wait for him. */
#define PATIENCE 10000000

const char *seawall_breaker_state_name(seawall_breaker_state state)
{
    static const char *const names[] = {
        [SEAWALL_BREAKER_CLOSED] = "closed",
        [SEAWALL_BREAKER_OPEN] = "open",
        [SEAWALL_BREAKER_HALF_OPEN] = "half_open",
        [SEAWALL_BREAKER_FORCED_OPEN] = "forced_open",
        [SEAWALL_BREAKER_DISABLED] = "disabled",
        [SEAWALL_BREAKER_METRICS_ONLY] = "metrics_only",
    };

    return state < 0 || (size_t)state >= sizeof names / sizeof names[0] ? "unknown" : names[state];
}

static int64_t total(seawall_breaker *breaker, enum sw_breaker_counter counter)
{
    /* Before the sum, which then is never the smaller one. */
    uint64_t forgotten = sw_load_u64(&breaker->forgotten[counter]);

    return (int64_t)(sw_breaker_total(breaker, counter) - forgotten);
}

/* Recalls the record, unless nobody is going to write it: then it stays empty. */
static bool is_known(seawall_breaker *breaker, sw_breaker_record *record, uint64_t epoch, seawall_breaker_transition *transition)
{
    return sw_breaker_recall(record, epoch, transition) == SW_FOUND || sw_breaker_is_lost(breaker, epoch);
}

/* Reads the word, and the records that belong to it. */
static uint64_t moment(seawall_breaker *breaker, seawall_breaker_transition *begun, seawall_breaker_transition *opened)
{
    int32_t tries = 0;
    uint64_t word, epoch, trip;
    bool whole;

    do {
        word = sw_load_u64(&breaker->word);
        epoch = sw_breaker_epoch_of(word);
        whole = is_known(breaker, &breaker->history[epoch % SW_BREAKER_HISTORY], epoch, begun);
        if (whole && sw_breaker_trip_of(word, &trip))
            whole = is_known(breaker, &breaker->trip, trip, opened);
    } while (!whole && ++tries < PATIENCE);
    return word;
}

static void describe_state(sw_breaker_visit *visit, uint64_t word, seawall_breaker_snapshot *s)
{
    seawall_time base = visit->breaker->base;

    s->state = sw_breaker_state_of(word);
    s->epoch = sw_breaker_epoch_of(word);
    if (sw_breaker_due(base, word, sw_breaker_now(visit))) {
        s->state = SEAWALL_BREAKER_HALF_OPEN;
    } else if (sw_breaker_is_open(word)) {
        s->remaining = sw_breaker_tick_wait(base, word & SW_PAYLOAD_MASK, sw_breaker_now(visit));
    } else if (s->state == SEAWALL_BREAKER_HALF_OPEN) {
        seawall_time ends = sw_breaker_round_ends(visit, s->epoch);

        s->remaining = ends == SEAWALL_FOREVER ? 0 : seawall_time_until(ends, sw_breaker_now(visit));
        s->probe_successes = sw_breaker_successes(word);
        s->probe_failures = sw_breaker_failures(word);
        s->probes = sw_breaker_issued(word) - s->probe_successes - s->probe_failures;
    } else if (s->state != SEAWALL_BREAKER_CLOSED || sw_breaker_rules_of(visit)->failure_threshold > 0) {
        s->consecutive_failures = sw_breaker_streak(word);
    }
}

static double rate(uint32_t rule, uint64_t part, uint64_t least, uint64_t whole)
{
    return rule == 0 || whole < least || whole == 0 ? -1 : (double)part / (double)whole;
}

/* `sight` is what was seen of the window before the word. */
static void describe_window(sw_breaker_visit *visit, uint64_t word, const sw_breaker_sight *sight, seawall_breaker_snapshot *s)
{
    const sw_breaker_rules *rules = sw_breaker_rules_of(visit);
    sw_window_totals totals = {0};

    if (sw_breaker_records(word, sight->epoch))
        totals = sight->totals;
    s->window_calls = (int64_t)totals.outcomes;
    s->window_failures = (int64_t)totals.failed;
    s->window_slow_calls = rules->slow_call_rate > 0 ? (int64_t)totals.slow : 0;
    s->failure_rate = rate(rules->window, totals.failed, rules->minimum_calls, totals.outcomes);
    s->slow_call_rate = rate(rules->slow_call_rate, totals.slow, rules->minimum_calls, totals.outcomes);
}

static void describe_counters(seawall_breaker *breaker, seawall_breaker_snapshot *s)
{
    s->successes = total(breaker, SW_SUCCESSES) + total(breaker, SW_SLOW_SUCCESSES) + total(breaker, SW_PROBE_SUCCESSES);
    s->failures = total(breaker, SW_FAILURES) + total(breaker, SW_SLOW_FAILURES) + total(breaker, SW_PROBE_FAILURES);
    s->ignored = total(breaker, SW_IGNORED);
    s->refused = total(breaker, SW_REFUSED);
    s->stale = total(breaker, SW_STALE);
    s->expired = total(breaker, SW_EXPIRED);
    s->opened = total(breaker, SW_OPENED);
}

static const seawall_breaker_snapshot empty_snapshot = SEAWALL_BREAKER_SNAPSHOT_INIT;

static const sw_config_kind snapshot_kind = {
    .name = "snapshot",
    .size = sizeof(seawall_breaker_snapshot),
    .oldest = SW_UP_TO(seawall_breaker_snapshot, last_opened),
    .defaults = &empty_snapshot,
};

seawall_status seawall_breaker_snapshot_init(seawall_breaker_snapshot *snapshot, size_t size)
{
    return sw_config_init(&snapshot_kind, snapshot, size);
}

seawall_status seawall_breaker_get_snapshot_at(seawall_breaker *breaker, seawall_time now, seawall_breaker_snapshot *snapshot)
{
    seawall_breaker_snapshot full = {0};
    seawall_breaker_transition begun = {0}, opened = {0};
    sw_breaker_visit visit = {.breaker = breaker, .now = now, .timed = true};
    sw_breaker_sight sight;
    seawall_status status;
    uint64_t word, trip;

    /* What follows may end a round: if there is no place for the answer it must not begin. */
    if (breaker == NULL || snapshot == NULL || !sw_struct_fits(snapshot_kind.oldest, snapshot))
        return SEAWALL_INVALID;
    (void)sw_breaker_end_round(&visit, sw_breaker_epoch_of(sw_load_u64(&breaker->word)));
    sw_breaker_window_look(&visit, &sight);
    word = moment(breaker, &begun, &opened);
    describe_state(&visit, word, &full);
    describe_window(&visit, word, &sight, &full);
    if (sw_breaker_trip_of(word, &trip))
        full.reopenings = sw_breaker_reopenings(breaker, trip);
    full.since = begun.now;
    full.last_rule = opened.rule;
    full.last_limit = opened.limit;
    full.last_value = opened.value;
    full.last_opened = opened.now;
    describe_counters(breaker, &full);
    status = SW_GIVE(full, last_opened, snapshot);
    sw_breaker_leave(&visit);
    return status;
}

seawall_status seawall_breaker_get_snapshot(seawall_breaker *breaker, seawall_breaker_snapshot *snapshot)
{
    if (breaker == NULL)
        return SEAWALL_INVALID;
    return seawall_breaker_get_snapshot_at(breaker, sw_now(breaker->platform), snapshot);
}
