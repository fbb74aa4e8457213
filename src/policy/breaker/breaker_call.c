/* Acquire and report: the quick halves are in breaker_state.h, here is the rest. */
#include "policy/breaker/breaker_state.h"

static seawall_status refuse(seawall_breaker *breaker, seawall_duration wait, seawall_duration *retry_after)
{
    sw_breaker_count(breaker, SW_REFUSED);
    *retry_after = wait;
    return SEAWALL_OPEN;
}

/* A permit of a disabled breaker: no word is like its tag, so that its report comes the slow way. */
static uint64_t disabled_tag(uint64_t word)
{
    return (word & SW_CLOSED_TAG_MASK) | 1;
}

static bool is_of_disabled(uint64_t tag)
{
    return sw_breaker_state_of(tag) == SEAWALL_BREAKER_DISABLED;
}

/* Whether calls note when they began. */
static bool are_timed(seawall_breaker *breaker)
{
    return sw_load_relaxed_u64(&breaker->quick_below) == 0;
}

/* Disabled, metrics-only, or a closed breaker that times its calls. */
static void let_through(sw_breaker_visit *visit, uint64_t word, seawall_permit *permit)
{
    seawall_breaker *breaker = visit->breaker;
    bool counts = sw_breaker_state_of(word) != SEAWALL_BREAKER_DISABLED;

    *permit = (seawall_permit)SEAWALL_PERMIT_INIT;
    permit->opaque[0] = counts ? word & SW_CLOSED_TAG_MASK : disabled_tag(word);
    permit->opaque[2] = breaker->key;
    if (counts && are_timed(breaker)) {
        permit->opaque[2] |= SW_PERMIT_TIMED;
        permit->opaque[3] = (uint64_t)sw_breaker_now(visit);
    }
}

seawall_status sw_breaker_acquire(sw_breaker_visit *visit, seawall_permit *permit, seawall_duration *retry_after)
{
    seawall_breaker *breaker = visit->breaker;

    while (!sw_breaker_admit(breaker, permit)) {
        uint64_t word = sw_load_u64(&breaker->word);
        seawall_duration wait = 0;
        sw_breaker_next next;

        if (sw_breaker_state_of(word) == SEAWALL_BREAKER_HALF_OPEN) {
            sw_breaker_verdict verdict = sw_breaker_grant(visit, word, permit, &wait);

            if (verdict == SW_GRANTED)
                return SEAWALL_OK;
            if (verdict == SW_DENIED)
                return refuse(breaker, wait, retry_after);
        } else if (sw_breaker_is_out_of_play(word) || sw_breaker_state_of(word) == SEAWALL_BREAKER_CLOSED) {
            let_through(visit, word, permit);
            return SEAWALL_OK;
        } else if (sw_breaker_due(breaker->base, word, sw_breaker_now(visit))) {
            sw_breaker_probe(word, &next);
            (void)sw_breaker_move(visit, &word, &next);
        } else if (sw_breaker_is_open(word)) {
            return refuse(breaker, sw_breaker_tick_wait(breaker->base, word & SW_PAYLOAD_MASK, sw_breaker_now(visit)),
                          retry_after);
        }
    }
    return SEAWALL_OK;
}

static bool report_closed(sw_breaker_visit *visit, uint64_t tag, sw_breaker_report outcome)
{
    seawall_breaker *breaker = visit->breaker;
    uint64_t word = sw_load_u64(&breaker->word);

    while ((word & SW_CLOSED_TAG_MASK) == tag) {
        sw_breaker_next next;

        if (outcome == SW_REPORT_IGNORED)
            sw_breaker_on_ignored(word, &next);
        else if (outcome == SW_REPORT_SUCCESS)
            sw_breaker_on_success(sw_breaker_rules_of(visit), word, 0, &next);
        else
            sw_breaker_on_failure(sw_breaker_rules_of(visit), word, sw_breaker_now(visit), &next);
        if (next.word == word || sw_breaker_move(visit, &word, &next))
            return true;
    }
    return false;
}

static bool report_probe(sw_breaker_visit *visit, const seawall_permit *permit, uint64_t place, sw_breaker_report outcome)
{
    uint64_t lease = permit->opaque[1];
    uint64_t epoch = sw_breaker_epoch_of(permit->opaque[0]);

    if (sw_breaker_end_round(visit, epoch))
        return false;
    /* Too late counts as never, whether or not somebody else has already seen it. */
    if (sw_lease_over(lease, sw_breaker_tick(visit->breaker->base, sw_breaker_now(visit)))) {
        (void)sw_breaker_settle(visit, place, lease, epoch, SW_REPORT_EXPIRED);
        return false;
    }
    return sw_breaker_settle(visit, place, lease, epoch, outcome);
}

static sw_breaker_report classify(sw_breaker_visit *visit, seawall_fault fault)
{
    const seawall_breaker *breaker = visit->breaker;
    seawall_result result = {.fault = fault, .code = visit->code, .retry_after = visit->retry_after};

    if (fault == SEAWALL_FAULT_NONE)
        return SW_REPORT_SUCCESS;
    if (breaker->predicate != NULL && fault != SEAWALL_FAULT_IGNORED) {
        switch (breaker->predicate(&result, breaker->predicate_user)) {
        case SEAWALL_BREAKER_FAILURE:
            return SW_REPORT_FAILURE;
        case SEAWALL_BREAKER_SUCCESS:
            return SW_REPORT_SUCCESS;
        case SEAWALL_BREAKER_IGNORED:
            return SW_REPORT_IGNORED;
        default:
            break;
        }
    }
    return (sw_breaker_rules_of(visit)->counted_faults & SEAWALL_FAULT_BIT(fault)) != 0 ? SW_REPORT_FAILURE : SW_REPORT_IGNORED;
}

/* An outcome of a closed epoch has been counted: whether the window must know of it. */
static bool concerns_window(seawall_breaker *breaker, uint64_t tag, sw_breaker_report outcome, bool slow)
{
    uint64_t word = sw_load_u64(&breaker->word);

    if ((word & SW_CLOSED_TAG_MASK) != tag || outcome == SW_REPORT_IGNORED)
        return false; /* it has opened, perhaps by this very outcome */
    return outcome == SW_REPORT_FAILURE || slow || sw_breaker_watches(word);
}

static enum sw_breaker_counter counter_for(sw_breaker_report outcome, bool probe, bool slow)
{
    if (outcome == SW_REPORT_IGNORED)
        return SW_IGNORED;
    if (outcome == SW_REPORT_SUCCESS)
        return probe ? SW_PROBE_SUCCESSES : slow ? SW_SLOW_SUCCESSES : SW_SUCCESSES;
    return probe ? SW_PROBE_FAILURES : slow ? SW_SLOW_FAILURES : SW_FAILURES;
}

static bool is_slow(sw_breaker_visit *visit, const seawall_permit *permit)
{
    return (permit->opaque[2] & SW_PERMIT_TIMED) != 0 && sw_breaker_took_long(visit->breaker, permit, sw_breaker_now(visit));
}

seawall_status sw_breaker_report_on(sw_breaker_visit *visit, seawall_permit *permit, seawall_fault fault)
{
    seawall_breaker *breaker = visit->breaker;
    uint64_t place = permit->opaque[2] >> 16 & 0xffff;
    const seawall_permit taken = *permit;
    sw_breaker_report outcome;
    bool counted, slow;

    if ((permit->opaque[2] & ~SW_PERMIT_TIMED) != sw_breaker_key(breaker, place) || place > (uint64_t)breaker->places ||
        fault < 0 || fault >= SEAWALL_FAULT_COUNT)
        return SEAWALL_INVALID;
    *permit = (seawall_permit)SEAWALL_PERMIT_INIT;
    if (is_of_disabled(taken.opaque[0])) {
        if (disabled_tag(sw_load_u64(&breaker->word)) == taken.opaque[0])
            return SEAWALL_OK;
        sw_breaker_count(breaker, SW_STALE);
        return SEAWALL_STALE;
    }
    outcome = classify(visit, fault);
    slow = is_slow(visit, &taken);
    if (place == 0)
        counted = report_closed(visit, taken.opaque[0], outcome);
    else
        counted = report_probe(visit, &taken, place, slow && outcome == SW_REPORT_SUCCESS ? SW_REPORT_FAILURE : outcome);
    sw_breaker_count(breaker, counted ? counter_for(outcome, place != 0, slow) : SW_STALE);
    if (counted && place == 0 && concerns_window(breaker, taken.opaque[0], outcome, slow))
        sw_breaker_window_count(visit);
    return counted ? SEAWALL_OK : SEAWALL_STALE;
}

static seawall_status acquire_on(sw_breaker_visit *visit, seawall_permit *permit, seawall_duration *retry_after)
{
    seawall_duration wait;
    seawall_status status = sw_breaker_acquire(visit, permit, &wait);

    if (status == SEAWALL_OPEN && retry_after != NULL)
        *retry_after = wait;
    sw_breaker_leave(visit);
    return status;
}

static seawall_status report_on(sw_breaker_visit *visit, seawall_permit *permit, seawall_fault fault)
{
    seawall_status status;

    if (visit->breaker == NULL || permit == NULL)
        return SEAWALL_INVALID;
    status = sw_breaker_report_on(visit, permit, fault);
    sw_breaker_leave(visit);
    return status;
}

/*
 * The slow halves of the public functions: out of line, so that the quick ones need no stack, and with the same parameters,
 * so that these need not be moved about.
 */
#define SLOW_HALF static __attribute__((noinline)) seawall_status

SLOW_HALF acquire(seawall_breaker *breaker, seawall_permit *permit, seawall_duration *retry_after)
{
    return acquire_on(&(sw_breaker_visit){.breaker = breaker}, permit, retry_after);
}

/* The usual way of a breaker that times its calls: true if it is closed, and then the permit is filled. */
static bool admit_timed(seawall_breaker *breaker, seawall_time now, seawall_permit *permit)
{
    uint64_t word = sw_load_acquire_u64(&breaker->word);

    if (sw_breaker_state_of(word) != SEAWALL_BREAKER_CLOSED)
        return false;
    permit->opaque[0] = word & SW_CLOSED_TAG_MASK;
    permit->opaque[2] = breaker->key | SW_PERMIT_TIMED;
    permit->opaque[3] = (uint64_t)now;
    return true;
}

static inline bool turn_away(seawall_breaker *breaker, seawall_time now, seawall_duration *retry_after, sw_breaker_way way)
{
    seawall_duration wait;

    if (!sw_breaker_turn_away(breaker, now, &wait, way))
        return false;
    if (retry_after != NULL)
        *retry_after = wait;
    return true;
}

SLOW_HALF acquire_at(seawall_breaker *breaker, seawall_time now, seawall_permit *permit, seawall_duration *retry_after)
{
    if (admit_timed(breaker, now, permit))
        return SEAWALL_OK;
    if (turn_away(breaker, now, retry_after, SW_BY_THREAD_LOCAL))
        return SEAWALL_OPEN;
    return acquire_on(&(sw_breaker_visit){.breaker = breaker, .now = now, .timed = true}, permit, retry_after);
}

/* What callers of an open breaker come to. */
static inline seawall_status refuse_at(seawall_breaker *breaker, seawall_time now, seawall_permit *permit,
                                       seawall_duration *retry_after)
{
    if (turn_away(breaker, now, retry_after, SW_AT_A_GLANCE))
        return SEAWALL_OPEN;
    return acquire_at(breaker, now, permit, retry_after);
}

/* The same for those who do not know the time, which only an open breaker asks for. */
SLOW_HALF refuse_now(seawall_breaker *breaker, seawall_permit *permit, seawall_duration *retry_after)
{
    uint64_t word = sw_load_u64(&breaker->word);

    if (sw_breaker_state_of(word) == SEAWALL_BREAKER_CLOSED)
        return acquire_at(breaker, sw_now(breaker->platform), permit, retry_after);
    if (!sw_breaker_is_open(word))
        return acquire(breaker, permit, retry_after);
    return refuse_at(breaker, sw_now(breaker->platform), permit, retry_after);
}

SLOW_HALF look_again_at(seawall_breaker *breaker, seawall_permit *permit, seawall_fault fault, seawall_time now)
{
    (void)permit;
    (void)fault;
    sw_breaker_look_again(&(sw_breaker_visit){.breaker = breaker, .now = now, .timed = true});
    return SEAWALL_OK;
}

SLOW_HALF report_late(seawall_breaker *breaker, seawall_permit *permit, seawall_fault fault, seawall_time now)
{
    switch (breaker != NULL ? sw_breaker_succeed(breaker, permit, fault, SW_BY_THREAD_LOCAL) : SW_NOT_QUICK) {
    case SW_DONE:
        return SEAWALL_OK;
    case SW_DONE_LOOK_AGAIN:
        return look_again_at(breaker, permit, fault, now);
    default:
        return report_on(&(sw_breaker_visit){.breaker = breaker, .now = now, .timed = true}, permit, fault);
    }
}

/* The usual way of a timed permit comes first. */
SLOW_HALF report_at(seawall_breaker *breaker, seawall_permit *permit, seawall_fault fault, seawall_time now)
{
    if (breaker == NULL || permit == NULL || !sw_breaker_is_timed(breaker, permit))
        return report_late(breaker, permit, fault, now);
    switch (sw_breaker_succeed_timed(breaker, permit, fault, now)) {
    case SW_DONE:
        return SEAWALL_OK;
    case SW_DONE_LOOK_AGAIN:
        return look_again_at(breaker, permit, fault, now);
    default:
        return report_late(breaker, permit, fault, now);
    }
}

SLOW_HALF look_again(seawall_breaker *breaker, seawall_permit *permit, seawall_fault fault)
{
    (void)permit;
    (void)fault;
    sw_breaker_look_again(&(sw_breaker_visit){.breaker = breaker});
    return SEAWALL_OK;
}

SLOW_HALF report(seawall_breaker *breaker, seawall_permit *permit, seawall_fault fault)
{
    if (breaker != NULL && permit != NULL && sw_breaker_is_timed(breaker, permit))
        return report_at(breaker, permit, fault, sw_now(breaker->platform));
    switch (breaker != NULL ? sw_breaker_succeed(breaker, permit, fault, SW_BY_THREAD_LOCAL) : SW_NOT_QUICK) {
    case SW_DONE:
        return SEAWALL_OK;
    case SW_DONE_LOOK_AGAIN:
        return look_again(breaker, permit, fault);
    default:
        return report_on(&(sw_breaker_visit){.breaker = breaker}, permit, fault);
    }
}

seawall_status seawall_breaker_try_acquire(seawall_breaker *breaker, seawall_permit *permit, seawall_duration *retry_after)
{
    if (breaker == NULL || permit == NULL)
        return SEAWALL_INVALID;
    if (sw_breaker_admit(breaker, permit))
        return SEAWALL_OK;
    return refuse_now(breaker, permit, retry_after);
}

seawall_status seawall_breaker_try_acquire_at(seawall_breaker *breaker, seawall_time now, seawall_permit *permit,
                                              seawall_duration *retry_after)
{
    if (breaker == NULL || permit == NULL)
        return SEAWALL_INVALID;
    if (sw_breaker_admit(breaker, permit))
        return SEAWALL_OK;
    return refuse_at(breaker, now, permit, retry_after);
}

seawall_status seawall_breaker_report(seawall_breaker *breaker, seawall_permit *permit, seawall_fault fault)
{
    switch (breaker != NULL ? sw_breaker_succeed(breaker, permit, fault, SW_AT_A_GLANCE) : SW_NOT_QUICK) {
    case SW_DONE:
        return SEAWALL_OK;
    case SW_DONE_LOOK_AGAIN:
        return look_again(breaker, permit, fault);
    default:
        return report(breaker, permit, fault);
    }
}

seawall_status seawall_breaker_report_at(seawall_breaker *breaker, seawall_permit *permit, seawall_fault fault, seawall_time now)
{
    switch (breaker != NULL ? sw_breaker_succeed(breaker, permit, fault, SW_AT_A_GLANCE) : SW_NOT_QUICK) {
    case SW_DONE:
        return SEAWALL_OK;
    case SW_DONE_LOOK_AGAIN:
        return look_again_at(breaker, permit, fault, now);
    default:
        return report_at(breaker, permit, fault, now);
    }
}
