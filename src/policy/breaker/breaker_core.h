/*
 * The circuit breaker as arithmetic on 64-bit words. Nothing here is shared, waits or reads a clock.
 *
 * The word holds state, epoch and payload together, so that no thread sees one without the others:
 *
 *   state 3 | epoch 22 | payload 39
 *     closed            trip 22 | watch 1 | streak 16     trip: the epoch of the last opening; its own epoch: none
 *     disabled, metrics-only: as closed
 *     open, forced open deadline 39                       in ticks; SW_TICK_NEVER: for good; SW_TICK_HELD: for as long as
 *                                                       somebody holds it, who so knows his own order from everybody else's
 *     half-open         0 9 | issued 10 | failures 10 | successes 10
 *
 * Every transition adds one to the epoch. A half-open state always follows an open one, so its trip is the epoch before.
 *
 * A lease is one probe's place, one word for each probe that may be under way:
 *
 *   state 2 | generation 7 | epoch 16 | expiry 39
 *
 * The generation grows with every grant of the place and makes the value an identity within its epoch.
 *
 * A tick is 2^20 ns (1.05 ms), counted from the breaker's creation. Deadlines are rounded up: late by less than a tick, never
 * early. 39 bits are 18 years; later instants count as the last tick, so that nothing is refused for ever.
 */
#ifndef SW_POLICY_BREAKER_CORE_H
#define SW_POLICY_BREAKER_CORE_H

#include <seawall/breaker.h>

#include "stat/window.h"

#define SW_EPOCH_BITS 22
#define SW_PAYLOAD_BITS 39
#define SW_EPOCH_MASK ((UINT64_C(1) << SW_EPOCH_BITS) - 1)
#define SW_PAYLOAD_MASK ((UINT64_C(1) << SW_PAYLOAD_BITS) - 1)
#define SW_STREAK_MASK UINT64_C(0xffff)
#define SW_WATCH (UINT64_C(1) << 16)
#define SW_TRIP_SHIFT 17
#define SW_PROBE_BITS 10
#define SW_PROBE_MASK ((UINT64_C(1) << SW_PROBE_BITS) - 1)

/* Words of a closed breaker are below it. */
#define SW_BREAKER_CLOSED_END (UINT64_C(1) << (SW_EPOCH_BITS + SW_PAYLOAD_BITS))

/* What stays the same as long as permits given in a closed state hold: all but watch and streak. */
#define SW_CLOSED_TAG_MASK (~(SW_WATCH | SW_STREAK_MASK))
/* The same for probes: state and epoch. */
#define SW_PROBE_TAG_MASK (~SW_PAYLOAD_MASK)

#define SW_TICK_SHIFT 20
#define SW_TICK_NEVER SW_PAYLOAD_MASK
#define SW_TICK_HELD (SW_TICK_NEVER - 1)
#define SW_TICK_LAST (SW_TICK_NEVER - 2)

enum { SW_LEASE_FREE = 0, SW_LEASE_PENDING = 1, SW_LEASE_LIVE = 2, SW_LEASE_SETTLING = 3 };
#define SW_LEASE_EPOCH_MASK UINT64_C(0xffff)
#define SW_LEASE_GENERATION_MASK UINT64_C(0x7f)

/* Copied word by word: see breaker_rules.c. */
typedef struct sw_breaker_rules {
    seawall_time base; /* tick 0; the same for as long as the breaker lives */
    seawall_duration recovery_timeout;
    seawall_duration recovery_max; /* at least recovery_timeout */
    double recovery_multiplier;
    seawall_duration probe_timeout;
    seawall_duration half_open_max_duration; /* 0: any */
    seawall_duration ignore_cuts_below;
    uint32_t recovery_jitter; /* the share that may be added, in 2^-32 */
    seawall_fault_set counted_faults;
    int32_t failure_threshold;
    int32_t max_calls;
    int32_t successes_to_close;
    int32_t failures_to_reopen;
    seawall_breaker_then half_open_then;
    uint32_t window; /* grows each time somebody begins to ask for one; 0: nobody does */
    seawall_duration slow_call_duration;
    uint32_t failure_rate; /* in 1e-9; 0: off */
    uint32_t slow_call_rate;
    uint32_t minimum_calls; /* at most as many as the window holds */
    uint32_t lease_is_fixed; /* probe_timeout was set: no deadline makes a lease longer */
} sw_breaker_rules;

#define SW_BREAKER_RATE_ONE UINT32_C(1000000000)

/* Whether openings are not all alike. */
static inline bool sw_breaker_recovery_varies(const sw_breaker_rules *rules)
{
    return rules->recovery_multiplier > 1 || rules->recovery_jitter > 0;
}

/* What the word becomes, and why if that opens the breaker. */
typedef struct sw_breaker_next {
    uint64_t word;
    seawall_breaker_rule rule;
    int32_t value;
    int32_t limit;
} sw_breaker_next;

static inline uint64_t sw_breaker_word(seawall_breaker_state state, uint64_t epoch, uint64_t payload)
{
    return (uint64_t)state << (SW_EPOCH_BITS + SW_PAYLOAD_BITS) | (epoch & SW_EPOCH_MASK) << SW_PAYLOAD_BITS | payload;
}

static inline seawall_breaker_state sw_breaker_state_of(uint64_t word)
{
    return (seawall_breaker_state)(word >> (SW_EPOCH_BITS + SW_PAYLOAD_BITS));
}

static inline uint64_t sw_breaker_epoch_of(uint64_t word)
{
    return word >> SW_PAYLOAD_BITS & SW_EPOCH_MASK;
}

static inline int32_t sw_breaker_streak(uint64_t word)
{
    return (int32_t)(word & SW_STREAK_MASK);
}

static inline int32_t sw_breaker_successes(uint64_t word)
{
    return (int32_t)(word & SW_PROBE_MASK);
}

static inline int32_t sw_breaker_failures(uint64_t word)
{
    return (int32_t)(word >> SW_PROBE_BITS & SW_PROBE_MASK);
}

/* Probes of this round that are out or have counted; an ignored one is taken back. */
static inline int32_t sw_breaker_issued(uint64_t word)
{
    return (int32_t)(word >> (2 * SW_PROBE_BITS) & SW_PROBE_MASK);
}

/* Whether calls are let through because somebody said so. */
static inline bool sw_breaker_is_out_of_play(uint64_t word)
{
    return sw_breaker_state_of(word) == SEAWALL_BREAKER_DISABLED || sw_breaker_state_of(word) == SEAWALL_BREAKER_METRICS_ONLY;
}

/* Whether a success may complete the minimum of a window. */
static inline bool sw_breaker_watches(uint64_t word)
{
    return sw_breaker_state_of(word) == SEAWALL_BREAKER_CLOSED && (word & SW_WATCH) != 0;
}

/* Whether outcomes go into the window of this epoch. */
static inline bool sw_breaker_records(uint64_t word, uint64_t epoch)
{
    seawall_breaker_state state = sw_breaker_state_of(word);

    return (state == SEAWALL_BREAKER_CLOSED || state == SEAWALL_BREAKER_METRICS_ONLY) && sw_breaker_epoch_of(word) == epoch;
}

/* Whether the half-open round of this epoch goes on. */
static inline bool sw_breaker_is_round(uint64_t word, uint64_t epoch)
{
    return sw_breaker_state_of(word) == SEAWALL_BREAKER_HALF_OPEN && sw_breaker_epoch_of(word) == epoch;
}

/* Whether it is refusing until a tick, or for good. */
static inline bool sw_breaker_is_open(uint64_t word)
{
    return sw_breaker_state_of(word) == SEAWALL_BREAKER_OPEN || sw_breaker_state_of(word) == SEAWALL_BREAKER_FORCED_OPEN;
}

/* Whether it is forced open by who holds it, and by nobody's order since. */
static inline bool sw_breaker_is_held(uint64_t word)
{
    return sw_breaker_state_of(word) == SEAWALL_BREAKER_FORCED_OPEN && (word & SW_PAYLOAD_MASK) == SW_TICK_HELD;
}

/* The epoch of the last opening; false if there was none. */
bool sw_breaker_trip_of(uint64_t word, uint64_t *epoch);

/* Tick 0 of a breaker that is made at `now`: early enough for every tick to be an instant. */
static inline seawall_time sw_breaker_origin(seawall_time now)
{
    const seawall_time latest = SEAWALL_FOREVER - 1 - (seawall_time)(SW_TICK_NEVER << SW_TICK_SHIFT);

    return now < latest ? now : latest;
}

/* The last tick that is not after `now`. */
uint64_t sw_breaker_tick(seawall_time base, seawall_time now);
/* The first tick that is not before `at`. */
uint64_t sw_breaker_tick_after(seawall_time base, seawall_time at);
/* The tick at which what begins now and lasts so long is over. A `now` before tick 0 counts as that, or it might be over then. */
uint64_t sw_breaker_tick_in(seawall_time base, seawall_time now, seawall_duration lasts);
/* When the tick is; #SEAWALL_FOREVER for SW_TICK_NEVER and SW_TICK_HELD. */
seawall_time sw_breaker_tick_time(seawall_time base, uint64_t tick);
/* How long from `now` to the tick. */
seawall_duration sw_breaker_tick_wait(seawall_time base, uint64_t tick, seawall_time now);

/*
 * How long a caller who comes at `now` has to wait, if it is open until later: what sw_breaker_due and sw_breaker_tick_wait say,
 * in a few instructions. False: not open, or due, or an instant before its beginning or a deadline out of sight, which are left
 * to these two.
 */
static inline bool sw_breaker_refuses(seawall_time base, uint64_t word, seawall_time now, seawall_duration *wait)
{
    uint64_t tick = word & SW_PAYLOAD_MASK;
    uint64_t lasts = tick << SW_TICK_SHIFT;
    uint64_t past = (uint64_t)now - (uint64_t)base; /* huge if `now` is before */

    if (!sw_breaker_is_open(word) || past >= lasts || tick >= SW_TICK_LAST)
        return false;
    *wait = (seawall_duration)(lasts - past);
    return true;
}

/* Open or forced open, and its time has come. */
bool sw_breaker_due(seawall_time base, uint64_t word, seawall_time now);

/* One outcome of a call that was let through in this very epoch. A closed success ignores `now`. */
void sw_breaker_on_success(const sw_breaker_rules *rules, uint64_t word, seawall_time now, sw_breaker_next *next);
void sw_breaker_on_failure(const sw_breaker_rules *rules, uint64_t word, seawall_time now, sw_breaker_next *next);
void sw_breaker_on_ignored(uint64_t word, sw_breaker_next *next);

/*
 * Closed, or metrics-only: what the rates make of a window. Below the minimum, the word is to watch successes while the failures
 * or slow calls would be enough for it.
 */
void sw_breaker_on_window(const sw_breaker_rules *rules, uint64_t word, const sw_window_totals *totals, seawall_time now,
                          sw_breaker_next *next);

/* Half-open: what these rules make of the round as it stands, which may have been counted under other ones. */
void sw_breaker_judge(const sw_breaker_rules *rules, uint64_t word, seawall_time now, sw_breaker_next *next);

/* Half-open: its time is over. */
void sw_breaker_on_time(const sw_breaker_rules *rules, uint64_t word, seawall_time now, sw_breaker_next *next);

/* Half-open: one more probe; false if the round has given out all of them. */
bool sw_breaker_issue(const sw_breaker_rules *rules, uint64_t word, uint64_t *issued);
/* Half-open: who was changing a lease is gone, and with him the count: the round cannot be trusted and reopens. */
void sw_breaker_on_lost(const sw_breaker_rules *rules, uint64_t word, seawall_time now, sw_breaker_next *next);

/* Open, forced or not, and due: a new half-open round. */
void sw_breaker_probe(uint64_t word, sw_breaker_next *next);
/* The same opening, for as long as one that has `reopenings` before it in a row lasts; `dice` is any number. */
void sw_breaker_prolong(const sw_breaker_rules *rules, seawall_time now, int32_t reopenings, uint64_t dice,
                        sw_breaker_next *next);
/* How long an opening with so many before it in a row lasts, jitter aside. */
seawall_duration sw_breaker_recovery(const sw_breaker_rules *rules, int32_t reopenings);
/* `until` may be SEAWALL_FOREVER. */
void sw_breaker_force(seawall_time base, uint64_t word, seawall_time until, sw_breaker_next *next);
/* By who holds it, until he lets it go: then it is due. */
void sw_breaker_hold_open(uint64_t word, sw_breaker_next *next);
void sw_breaker_release(uint64_t word, sw_breaker_next *next);
/* Closed, disabled or metrics-only. `forget`: as if it had never opened. */
void sw_breaker_shut(uint64_t word, seawall_breaker_state state, bool forget, sw_breaker_next *next);

static inline uint64_t sw_lease(uint64_t state, uint64_t generation, uint64_t epoch, uint64_t expiry)
{
    return state << 62 | (generation & SW_LEASE_GENERATION_MASK) << 55 | (epoch & SW_LEASE_EPOCH_MASK) << SW_PAYLOAD_BITS |
           expiry;
}

static inline int sw_lease_state(uint64_t lease)
{
    return (int)(lease >> 62);
}

static inline uint64_t sw_lease_generation(uint64_t lease)
{
    return lease >> 55 & SW_LEASE_GENERATION_MASK;
}

static inline uint64_t sw_lease_expiry(uint64_t lease)
{
    return lease & SW_PAYLOAD_MASK;
}

/* Whether somebody holds it in this epoch. What an earlier epoch left behind is as good as free. */
static inline bool sw_lease_held(uint64_t lease, uint64_t epoch)
{
    return sw_lease_state(lease) != SW_LEASE_FREE &&
           (lease >> SW_PAYLOAD_BITS & SW_LEASE_EPOCH_MASK) == (epoch & SW_LEASE_EPOCH_MASK);
}

/* Whether its time is over. At the end of time it never is: a probe that is lost then stays lost. */
static inline bool sw_lease_over(uint64_t lease, uint64_t tick)
{
    return sw_lease_expiry(lease) <= tick && sw_lease_expiry(lease) < SW_TICK_LAST;
}

/* When a lease that expires at this tick is over; #SEAWALL_FOREVER: never. */
static inline seawall_time sw_lease_ends(seawall_time base, uint64_t expiry)
{
    return expiry < SW_TICK_LAST ? sw_breaker_tick_time(base, expiry) : SEAWALL_FOREVER;
}

/* The same lease, the same holder, in another state. */
static inline uint64_t sw_lease_turn(uint64_t lease, uint64_t state, uint64_t expiry)
{
    return sw_lease(state, sw_lease_generation(lease), lease >> SW_PAYLOAD_BITS, expiry);
}

#endif
