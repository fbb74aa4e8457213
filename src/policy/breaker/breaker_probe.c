/*
 * Probes. A lease changes hands only by compare-and-swap on its whole value:
 *
 *   free -> pending    somebody wants it, and counts it issued in the word
 *   pending -> live    it was issued: the caller has a probe
 *   live -> settling   its report has come, or its time is over; whoever did this counts it in the word
 *   settling -> free
 *
 * Pending and settling last a few instructions. Who stays there for longer than OWN_TIME is dead or as good as dead,
 * and nobody knows whether he has counted: the round is given up. He finds that its epoch has gone.
 */
#include "policy/breaker/breaker_state.h"

#define OWN_TIME SEAWALL_SECONDS(1)

/* How long after its deadline the end of a run in a pipeline may be told. */
#define REPORTING_TIME SEAWALL_SECONDS(1)

static uint64_t own_expiry(sw_breaker_visit *visit)
{
    return sw_breaker_tick_in(visit->breaker->base, sw_breaker_now(visit), OWN_TIME);
}

static void set_free(sw_atomic_u64 *place, uint64_t lease)
{
    /* Fails if the round was given up meanwhile: then the place is no longer ours. */
    (void)sw_cas_u64(place, &lease, sw_lease_turn(lease, SW_LEASE_FREE, 0));
}

void sw_breaker_clear_leases(seawall_breaker *breaker, uint64_t epoch)
{
    int32_t i;

    for (i = 0; i < breaker->places; i++) {
        uint64_t lease = sw_load_u64(&breaker->leases[i]);

        while (sw_lease_held(lease, epoch) &&
               !sw_cas_u64(&breaker->leases[i], &lease, sw_lease_turn(lease, SW_LEASE_FREE, 0)))
            continue;
    }
}

static bool count_in_word(sw_breaker_visit *visit, uint64_t epoch, sw_breaker_report report)
{
    const sw_breaker_rules *rules = sw_breaker_rules_of(visit);
    uint64_t word = sw_load_u64(&visit->breaker->word);

    while (sw_breaker_is_round(word, epoch)) {
        sw_breaker_next next;

        if (report == SW_REPORT_IGNORED)
            sw_breaker_on_ignored(word, &next);
        else if (report == SW_REPORT_SUCCESS)
            sw_breaker_on_success(rules, word, sw_breaker_now(visit), &next);
        else
            sw_breaker_on_failure(rules, word, sw_breaker_now(visit), &next);
        if (sw_breaker_move(visit, &word, &next))
            return true;
    }
    return false;
}

bool sw_breaker_settle(sw_breaker_visit *visit, uint64_t place, uint64_t lease, uint64_t epoch, sw_breaker_report report)
{
    sw_atomic_u64 *held = &visit->breaker->leases[place - 1];
    uint64_t settling = sw_lease_turn(lease, SW_LEASE_SETTLING, own_expiry(visit));
    bool counted;

    if (!sw_cas_u64(held, &lease, settling))
        return false;
    counted = count_in_word(visit, epoch, report);
    set_free(held, settling);
    if (counted && report == SW_REPORT_EXPIRED)
        sw_breaker_count(visit->breaker, SW_EXPIRED);
    return counted;
}

/* Somebody died in our own code, or is so late that it makes no difference. */
static void give_up_round(sw_breaker_visit *visit, uint64_t epoch)
{
    uint64_t word = sw_load_u64(&visit->breaker->word);

    while (sw_breaker_is_round(word, epoch)) {
        sw_breaker_next next;

        sw_breaker_on_lost(sw_breaker_rules_of(visit), word, sw_breaker_now(visit), &next);
        if (sw_breaker_move(visit, &word, &next))
            return;
    }
}

static void run_out(sw_breaker_visit *visit, uint64_t place, uint64_t lease, uint64_t epoch)
{
    if (sw_lease_state(lease) == SW_LEASE_LIVE)
        (void)sw_breaker_settle(visit, place, lease, epoch, SW_REPORT_EXPIRED);
    else
        give_up_round(visit, epoch);
}

typedef struct survey {
    uint64_t free;    /* a free place, from 1; 0: none */
    uint64_t lease;   /* its value */
    uint64_t earliest; /* the tick at which the next lease ends; SW_TICK_NEVER: none is held */
} survey;

/*
 * Looks at all places. False: a lease had run out, and is dealt with; or the round was over before we were done, and what
 * we took for a leftover of an earlier epoch may be held in a later one.
 */
static bool look(sw_breaker_visit *visit, uint64_t epoch, uint64_t tick, survey *found)
{
    seawall_breaker *breaker = visit->breaker;
    uint64_t place;

    *found = (survey){.earliest = SW_TICK_NEVER};
    for (place = 1; place <= (uint64_t)breaker->places; place++) {
        uint64_t lease = sw_load_u64(&breaker->leases[place - 1]);

        if (sw_lease_held(lease, epoch)) {
            if (sw_lease_over(lease, tick)) {
                run_out(visit, place, lease, epoch);
                return false;
            }
            if (sw_lease_expiry(lease) < found->earliest)
                found->earliest = sw_lease_expiry(lease);
        } else if (found->free == 0) {
            found->free = place;
            found->lease = lease;
        }
    }
    return sw_breaker_is_round(sw_load_u64(&breaker->word), epoch);
}

seawall_time sw_breaker_expire(sw_breaker_visit *visit, uint64_t epoch)
{
    uint64_t word = sw_load_u64(&visit->breaker->word);
    uint64_t tick = sw_breaker_tick(visit->breaker->base, sw_breaker_now(visit));
    survey found = {.earliest = SW_TICK_NEVER};

    while (sw_breaker_is_round(word, epoch) && !look(visit, epoch, tick, &found))
        word = sw_load_u64(&visit->breaker->word);
    return sw_lease_ends(visit->breaker->base, found.earliest);
}

static bool issue(sw_breaker_visit *visit, uint64_t epoch)
{
    uint64_t word = sw_load_u64(&visit->breaker->word);
    uint64_t issued;

    while (sw_breaker_is_round(word, epoch) && sw_breaker_issue(sw_breaker_rules_of(visit), word, &issued)) {
        if (sw_cas_u64(&visit->breaker->word, &word, issued))
            return true;
    }
    return false;
}

/*
 * When a probe that begins now has lost its lease. In a pipeline the machine reports every run, and one that has a deadline by
 * then: a lease that is over before says nothing about the dependency, which may be slow and well, or not even asked yet. Who is
 * cut at the deadline has a little more, to say so. A deadline beyond every tick would end no lease, and is none.
 */
static uint64_t lease_end(sw_breaker_visit *visit)
{
    const sw_breaker_rules *rules = sw_breaker_rules_of(visit);
    uint64_t expiry = sw_breaker_tick_in(rules->base, sw_breaker_now(visit), rules->probe_timeout);
    uint64_t reported;

    if (visit->turn == NULL || rules->lease_is_fixed != 0)
        return expiry;
    reported = sw_breaker_tick_after(rules->base, seawall_time_add(seawall_turn_deadline(visit->turn), REPORTING_TIME));
    return reported > expiry && reported < SW_TICK_LAST ? reported : expiry;
}

/* False: somebody was quicker. */
static bool take(sw_breaker_visit *visit, uint64_t epoch, const survey *found, uint64_t *live)
{
    sw_atomic_u64 *place = &visit->breaker->leases[found->free - 1];
    uint64_t lease = found->lease;
    uint64_t pending = sw_lease(SW_LEASE_PENDING, sw_lease_generation(lease) + 1, epoch, own_expiry(visit));

    *live = sw_lease_turn(pending, SW_LEASE_LIVE, lease_end(visit));
    if (!sw_cas_u64(place, &lease, pending))
        return false;
    if (!issue(visit, epoch)) {
        set_free(place, pending);
        return false;
    }
    /* Fails only if the round was given up, and our count with it. */
    return sw_cas_u64(place, &pending, *live);
}

/* How long to wait for a probe to come back, or the round to be over. Where no lease ends, its holder may report in that time. */
static seawall_duration wait_for(sw_breaker_visit *visit, uint64_t epoch, uint64_t earliest, seawall_time now)
{
    seawall_time lease = sw_lease_ends(visit->breaker->base, earliest);
    seawall_duration round = seawall_time_until(sw_breaker_round_ends(visit, epoch), now);
    seawall_duration wait = sw_breaker_rules_of(visit)->probe_timeout;

    if (lease != SEAWALL_FOREVER)
        wait = seawall_time_until(lease, now);
    return wait < round ? wait : round;
}

sw_breaker_verdict sw_breaker_grant(sw_breaker_visit *visit, uint64_t word, seawall_permit *permit, seawall_duration *wait)
{
    seawall_breaker *breaker = visit->breaker;
    uint64_t epoch = sw_breaker_epoch_of(word);
    seawall_time now;
    uint64_t live;
    survey found;

    if (sw_breaker_end_round(visit, epoch))
        return SW_LOOK_AGAIN;
    now = sw_breaker_now(visit);
    if (!look(visit, epoch, sw_breaker_tick(breaker->base, now), &found))
        return SW_LOOK_AGAIN;
    if (found.free == 0 || sw_breaker_issued(word) >= sw_breaker_rules_of(visit)->max_calls) {
        /* If every probe is given out, somebody holds it, unless it has just come back. */
        if (found.earliest == SW_TICK_NEVER)
            return SW_LOOK_AGAIN;
        *wait = wait_for(visit, epoch, found.earliest, now);
        return *wait > 0 ? SW_DENIED : SW_LOOK_AGAIN;
    }
    if (!take(visit, epoch, &found, &live))
        return SW_LOOK_AGAIN;
    permit->opaque[0] = word & SW_PROBE_TAG_MASK;
    permit->opaque[1] = live;
    permit->opaque[2] = sw_breaker_key(breaker, found.free) | SW_PERMIT_TIMED;
    permit->opaque[3] = (uint64_t)now;
    return SW_GRANTED;
}
