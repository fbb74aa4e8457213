/* The transition functions of the circuit breaker. */
#include "policy/breaker/breaker_core.h"

#include "delay/backoff.h"

__extension__ typedef unsigned __int128 wide;

bool sw_breaker_trip_of(uint64_t word, uint64_t *epoch)
{
    uint64_t own = sw_breaker_epoch_of(word);

    switch (sw_breaker_state_of(word)) {
    case SEAWALL_BREAKER_CLOSED:
    case SEAWALL_BREAKER_DISABLED:
    case SEAWALL_BREAKER_METRICS_ONLY:
        *epoch = word >> SW_TRIP_SHIFT & SW_EPOCH_MASK;
        return *epoch != own;
    case SEAWALL_BREAKER_HALF_OPEN:
        *epoch = (own - 1) & SW_EPOCH_MASK;
        return true;
    default:
        *epoch = own;
        return true;
    }
}

uint64_t sw_breaker_tick(seawall_time base, seawall_time now)
{
    uint64_t tick = now <= base ? 0 : ((uint64_t)now - (uint64_t)base) >> SW_TICK_SHIFT;

    return tick < SW_TICK_LAST ? tick : SW_TICK_LAST;
}

uint64_t sw_breaker_tick_after(seawall_time base, seawall_time at)
{
    uint64_t past = at <= base ? 0 : (uint64_t)at - (uint64_t)base;
    uint64_t tick = (past >> SW_TICK_SHIFT) + ((past & ((UINT64_C(1) << SW_TICK_SHIFT) - 1)) != 0);

    return tick < SW_TICK_LAST ? tick : SW_TICK_LAST;
}

uint64_t sw_breaker_tick_in(seawall_time base, seawall_time now, seawall_duration lasts)
{
    return sw_breaker_tick_after(base, seawall_time_add(now > base ? now : base, lasts));
}

seawall_time sw_breaker_tick_time(seawall_time base, uint64_t tick)
{
    return tick > SW_TICK_LAST ? SEAWALL_FOREVER : seawall_time_add(base, (seawall_duration)(tick << SW_TICK_SHIFT));
}

seawall_duration sw_breaker_tick_wait(seawall_time base, uint64_t tick, seawall_time now)
{
    return seawall_time_until(sw_breaker_tick_time(base, tick), now);
}

bool sw_breaker_due(seawall_time base, uint64_t word, seawall_time now)
{
    /* The last tick is never "never", so that this holds for what is open for good, too. */
    return sw_breaker_is_open(word) && sw_breaker_tick(base, now) >= (word & SW_PAYLOAD_MASK);
}

static void stay(uint64_t word, sw_breaker_next *next)
{
    *next = (sw_breaker_next){.word = word, .rule = SEAWALL_BREAKER_RULE_NONE};
}

static void open_up(const sw_breaker_rules *rules, uint64_t word, seawall_time now, seawall_breaker_rule rule, int32_t value,
                    int32_t limit, sw_breaker_next *next)
{
    uint64_t deadline = sw_breaker_tick_in(rules->base, now, rules->recovery_timeout);

    next->word = sw_breaker_word(SEAWALL_BREAKER_OPEN, sw_breaker_epoch_of(word) + 1, deadline);
    next->rule = rule;
    next->value = value;
    next->limit = limit;
}

seawall_duration sw_breaker_recovery(const sw_breaker_rules *rules, int32_t reopenings)
{
    const sw_backoff recovery = {
        .base = rules->recovery_timeout, .cap = rules->recovery_max, .multiplier = rules->recovery_multiplier};

    return sw_growth_exponential(&recovery, (int64_t)reopenings + 1);
}

void sw_breaker_prolong(const sw_breaker_rules *rules, seawall_time now, int32_t reopenings, uint64_t dice, sw_breaker_next *next)
{
    seawall_duration lasts = sw_breaker_recovery(rules, reopenings);
    uint64_t most = (uint64_t)(((wide)(uint64_t)lasts * rules->recovery_jitter) >> 32);
    seawall_duration added = (seawall_duration)(((wide)dice * (most + 1)) >> 64);
    uint64_t deadline = sw_breaker_tick_in(rules->base, now, seawall_time_add(lasts, added));

    next->word = sw_breaker_word(SEAWALL_BREAKER_OPEN, sw_breaker_epoch_of(next->word), deadline);
}

void sw_breaker_shut(uint64_t word, seawall_breaker_state state, bool forget, sw_breaker_next *next)
{
    uint64_t epoch = (sw_breaker_epoch_of(word) + 1) & SW_EPOCH_MASK;
    uint64_t trip;

    /* A whole lap of the epochs later nobody could tell an old opening from one to come. */
    if (forget || !sw_breaker_trip_of(word, &trip) || ((epoch - trip) & SW_EPOCH_MASK) > SW_EPOCH_MASK / 4 * 3)
        trip = epoch;
    stay(sw_breaker_word(state, epoch, trip << SW_TRIP_SHIFT), next);
}

void sw_breaker_judge(const sw_breaker_rules *rules, uint64_t word, seawall_time now, sw_breaker_next *next)
{
    int32_t successes = sw_breaker_successes(word);
    int32_t failures = sw_breaker_failures(word);

    if (failures >= rules->failures_to_reopen ||
        (successes < rules->successes_to_close && successes + failures >= rules->max_calls))
        open_up(rules, word, now, SEAWALL_BREAKER_RULE_PROBES, failures, rules->failures_to_reopen, next);
    else if (successes >= rules->successes_to_close)
        sw_breaker_shut(word, SEAWALL_BREAKER_CLOSED, false, next);
    else
        stay(word, next);
}

void sw_breaker_on_time(const sw_breaker_rules *rules, uint64_t word, seawall_time now, sw_breaker_next *next)
{
    if (rules->half_open_then == SEAWALL_BREAKER_THEN_CLOSED)
        sw_breaker_shut(word, SEAWALL_BREAKER_CLOSED, false, next);
    else
        open_up(rules, word, now, SEAWALL_BREAKER_RULE_HALF_OPEN_TIME, sw_breaker_successes(word), rules->successes_to_close,
                next);
}

void sw_breaker_on_success(const sw_breaker_rules *rules, uint64_t word, seawall_time now, sw_breaker_next *next)
{
    if (sw_breaker_state_of(word) == SEAWALL_BREAKER_HALF_OPEN)
        sw_breaker_judge(rules, word + 1, now, next);
    else
        stay(word & ~SW_STREAK_MASK, next);
}

void sw_breaker_on_failure(const sw_breaker_rules *rules, uint64_t word, seawall_time now, sw_breaker_next *next)
{
    int32_t streak = sw_breaker_streak(word) + 1;

    if (sw_breaker_state_of(word) == SEAWALL_BREAKER_HALF_OPEN)
        sw_breaker_judge(rules, word + (UINT64_C(1) << SW_PROBE_BITS), now, next);
    else if (sw_breaker_is_out_of_play(word))
        stay(streak <= (int32_t)SW_STREAK_MASK ? word + 1 : word, next);
    else if (rules->failure_threshold == 0)
        stay(word & ~SW_STREAK_MASK, next);
    else if (streak < rules->failure_threshold)
        stay(word + 1, next);
    else
        open_up(rules, word, now, SEAWALL_BREAKER_RULE_CONSECUTIVE, streak, rules->failure_threshold, next);
}

static bool reaches(uint32_t rate, uint64_t part, uint64_t whole)
{
    return rate > 0 && (wide)part * SW_BREAKER_RATE_ONE >= (wide)rate * whole;
}

static int32_t millionths(uint64_t part, uint64_t whole)
{
    return (int32_t)(((wide)part * 1000000 + whole / 2) / whole);
}

void sw_breaker_on_window(const sw_breaker_rules *rules, uint64_t word, const sw_window_totals *totals, seawall_time now,
                          sw_breaker_next *next)
{
    uint64_t least = rules->minimum_calls, calls = totals->outcomes < least ? least : totals->outcomes;
    bool failed = reaches(rules->failure_rate, totals->failed, calls);
    bool slow = reaches(rules->slow_call_rate, totals->slow, calls);

    if (sw_breaker_state_of(word) != SEAWALL_BREAKER_CLOSED || (!failed && !slow))
        stay(word & ~SW_WATCH, next);
    else if (totals->outcomes < least)
        stay(word | SW_WATCH, next);
    else if (failed)
        open_up(rules, word, now, SEAWALL_BREAKER_RULE_FAILURE_RATE, millionths(totals->failed, calls),
                millionths(rules->failure_rate, SW_BREAKER_RATE_ONE), next);
    else
        open_up(rules, word, now, SEAWALL_BREAKER_RULE_SLOW_CALL_RATE, millionths(totals->slow, calls),
                millionths(rules->slow_call_rate, SW_BREAKER_RATE_ONE), next);
}

void sw_breaker_on_ignored(uint64_t word, sw_breaker_next *next)
{
    bool probe = sw_breaker_state_of(word) == SEAWALL_BREAKER_HALF_OPEN;

    stay(probe ? word - (UINT64_C(1) << (2 * SW_PROBE_BITS)) : word, next);
}

bool sw_breaker_issue(const sw_breaker_rules *rules, uint64_t word, uint64_t *issued)
{
    if (sw_breaker_issued(word) >= rules->max_calls)
        return false;
    *issued = word + (UINT64_C(1) << (2 * SW_PROBE_BITS));
    return true;
}

void sw_breaker_on_lost(const sw_breaker_rules *rules, uint64_t word, seawall_time now, sw_breaker_next *next)
{
    open_up(rules, word, now, SEAWALL_BREAKER_RULE_PROBES, sw_breaker_failures(word), rules->failures_to_reopen, next);
}

void sw_breaker_probe(uint64_t word, sw_breaker_next *next)
{
    stay(sw_breaker_word(SEAWALL_BREAKER_HALF_OPEN, sw_breaker_epoch_of(word) + 1, 0), next);
}

static void force(uint64_t word, uint64_t deadline, sw_breaker_next *next)
{
    stay(sw_breaker_word(SEAWALL_BREAKER_FORCED_OPEN, sw_breaker_epoch_of(word) + 1, deadline), next);
    next->rule = SEAWALL_BREAKER_RULE_FORCED;
}

void sw_breaker_force(seawall_time base, uint64_t word, seawall_time until, sw_breaker_next *next)
{
    force(word, until == SEAWALL_FOREVER ? SW_TICK_NEVER : sw_breaker_tick_after(base, until), next);
}

void sw_breaker_hold_open(uint64_t word, sw_breaker_next *next)
{
    force(word, SW_TICK_HELD, next);
}

void sw_breaker_release(uint64_t word, sw_breaker_next *next)
{
    force(word, 0, next);
}
