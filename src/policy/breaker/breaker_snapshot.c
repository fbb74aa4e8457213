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
    uint64_t sum = 0;
    uint32_t i;

    for (i = 0; i < SW_BREAKER_STRIPES; i++)
        sum += sw_load_u64(&breaker->stripes[i].count[counter]);
    return (int64_t)(sum - forgotten);
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
    if (sw_breaker_due(base, word, visit->now)) {
        s->state = SEAWALL_BREAKER_HALF_OPEN;
    } else if (sw_breaker_is_open(word)) {
        s->remaining = sw_breaker_tick_wait(base, word & SW_PAYLOAD_MASK, visit->now);
    } else if (s->state == SEAWALL_BREAKER_HALF_OPEN) {
        seawall_time ends = sw_breaker_round_ends(visit, s->epoch);

        s->remaining = ends == SEAWALL_FOREVER ? 0 : seawall_time_until(ends, visit->now);
        s->probe_successes = sw_breaker_successes(word);
        s->probe_failures = sw_breaker_failures(word);
        s->probes = sw_breaker_issued(word) - s->probe_successes - s->probe_failures;
    } else if (s->state != SEAWALL_BREAKER_CLOSED || sw_breaker_rules_of(visit)->failure_threshold > 0) {
        s->consecutive_failures = sw_breaker_streak(word);
    }
}

seawall_status seawall_breaker_get_snapshot_at(seawall_breaker *breaker, seawall_time now, seawall_breaker_snapshot *snapshot)
{
    seawall_breaker_snapshot full = {0};
    seawall_breaker_transition begun = {0}, opened = {0};
    sw_breaker_visit visit = {.breaker = breaker, .now = now, .timed = true};
    seawall_status status;
    uint64_t word, trip;

    if (breaker == NULL || snapshot == NULL)
        return SEAWALL_INVALID;
    (void)sw_breaker_end_round(&visit, sw_breaker_epoch_of(sw_load_u64(&breaker->word)));
    word = moment(breaker, &begun, &opened);
    describe_state(&visit, word, &full);
    if (sw_breaker_trip_of(word, &trip))
        full.reopenings = sw_breaker_reopenings(breaker, trip);
    full.since = begun.now;
    full.last_rule = opened.rule;
    full.last_limit = opened.limit;
    full.last_value = opened.value;
    full.last_opened = opened.now;
    full.successes = total(breaker, SW_SUCCESSES);
    full.failures = total(breaker, SW_FAILURES);
    full.ignored = total(breaker, SW_IGNORED);
    full.refused = total(breaker, SW_REFUSED);
    full.stale = total(breaker, SW_STALE);
    full.expired = total(breaker, SW_EXPIRED);
    full.opened = total(breaker, SW_OPENED);
    status = sw_struct_give(&full, sizeof full, sizeof full, snapshot);
    sw_breaker_leave(&visit);
    return status;
}

seawall_status seawall_breaker_get_snapshot(seawall_breaker *breaker, seawall_breaker_snapshot *snapshot)
{
    if (breaker == NULL)
        return SEAWALL_INVALID;
    return seawall_breaker_get_snapshot_at(breaker, sw_now(breaker->platform), snapshot);
}
