/*
 * A breaker in memory, and what its files offer each other.
 *
 *   breaker_core.c      the words, as arithmetic
 *   breaker_history.c   what each transition was, for whoever reads it later
 *   breaker_events.c    listeners, and the delivery of transitions to them
 *   breaker_probe.c     leases of half-open rounds
 *   breaker_round.c     other ends of these rounds
 *   breaker_call.c      acquire and report
 *   breaker_rules.c     the rules in force, and how they change
 *   breaker_control.c   force open, close, disable, reset; what is due by itself
 *   breaker_snapshot.c  what it looks like
 *   breaker_policy.c    its verbs in a pipeline
 *   breaker_config.c    its settings
 *   breaker.c           its life
 */
#ifndef SW_POLICY_BREAKER_STATE_H
#define SW_POLICY_BREAKER_STATE_H

#include "base/alloc.h"
#include "base/atomic.h"
#include "policy/breaker/breaker_core.h"
#include "port/port.h"
#include "time/platform.h"

/* Transitions that are remembered: so far may a listener lag behind before it misses some. A power of two. */
#define SW_BREAKER_HISTORY 64

/* A power of two. */
#define SW_BREAKER_STRIPES 8

#define SW_BREAKER_RULE_WORDS (sizeof(sw_breaker_rules) / sizeof(uint64_t))

/* Everything that is counted, on stripes of which each thread writes its own. They only grow. */
enum sw_breaker_counter {
    SW_SUCCESSES,
    SW_FAILURES,
    SW_IGNORED,
    SW_REFUSED,
    SW_STALE,
    SW_EXPIRED,
    SW_OPENED,
    SW_BREAKER_COUNTERS
};

typedef struct sw_breaker_stripe {
    _Alignas(SW_CACHE_LINE) sw_atomic_u64 count[SW_BREAKER_COUNTERS];
} sw_breaker_stripe;

/* One transition; 126 bits and, in each part, the low bits of its sequence number. */
typedef struct sw_breaker_record {
    sw_atomic_u64 part[3];
} sw_breaker_record;

typedef struct sw_breaker_listener {
    seawall_breaker_listener_fn call;
    void *user;
    uint64_t after; /* is told of what comes after this sequence number */
} sw_breaker_listener;

struct seawall_breaker {
    /* All that a call needs while the breaker is closed, in one line that successes only read. */
    _Alignas(SW_CACHE_LINE) sw_atomic_u64 word;
    uint64_t key; /* of its permits: see sw_breaker_key */
    sw_atomic_u32 stamps; /* whether runs in a pipeline note when they began, for ignore_cuts_below */
    int32_t places;       /* leases[] */
    const seawall_platform *platform;
    seawall_time base; /* tick 0 */

    seawall_breaker_predicate_fn predicate;
    void *predicate_user;
    sw_atomic_u32 version; /* of the rules in force */
    sw_atomic_u32 references;
    size_t size;
    sw_atomic_u64 rules[2][SW_BREAKER_RULE_WORDS]; /* by version: those in force and the ones before; see breaker_rules.c */

    sw_breaker_record history[SW_BREAKER_HISTORY]; /* by sequence number */
    sw_breaker_record trip;                        /* the last opening */
    sw_atomic_u64 forgotten[SW_BREAKER_COUNTERS];  /* what reset has taken off the counters */
    sw_atomic_u64 grown;                           /* epoch of the last opening by a rule 32 | openings before it in a row 32 */

    sw_atomic_u64 tickets;   /* fork generation 32 | transitions that ask for delivery 32: whoever makes it 1 delivers */
    /* fork generation 32 | whether a fork's child 1 | its parent's last epoch 22; see sw_breaker_is_lost */
    sw_atomic_u64 inherited;
    sw_atomic_u64 delivered; /* the last sequence number; written by the one who delivers */
    sw_atomic_u32 returned;  /* callbacks that have come back; parked on by who removes a listener */
    sw_mutex lock;
    /* bit i: place i is taken. Set after it is filled: the child of a fork finds a whole listener or none */
    sw_atomic_u32 listening;
    struct {
        seawall_breaker_config config; /* the last one */
        sw_breaker_listener listener[SEAWALL_BREAKER_LISTENERS_MAX];
        int32_t running; /* the place whose callback runs, or -1 */
        int32_t waiting; /* threads that wait for it to come back */
        uintptr_t thread; /* on which it runs, and the fork generation of its process: */
        uint32_t process;
    } guarded;
    sw_breaker_stripe stripes[SW_BREAKER_STRIPES];
    sw_atomic_u64 leases[];
};

/* Where in every breaker the stripe lies that the calling thread writes, in bytes; 0 until it has one. */
extern _Thread_local size_t sw_breaker_own_stripe;

/* breaker_rules.c */
/* The rules as a whole, of one version. */
void sw_breaker_rules_read(seawall_breaker *breaker, sw_breaker_rules *rules);
/* For whoever is alone or has the lock. */
void sw_breaker_rules_write(seawall_breaker *breaker, const seawall_breaker_config *full);

/* One visit to a breaker: what it has cost and caused so far. */
typedef struct sw_breaker_visit {
    seawall_breaker *breaker;
    seawall_turn *turn; /* whom to ask for the time; NULL: the platform */
    seawall_time now;
    int64_t code;                 /* what the predicate is told besides the fault */
    seawall_duration retry_after;
    bool timed; /* `now` is known */
    bool moved; /* a transition was made, which is to be delivered before leaving */
    bool ruled; /* `rules` are known */
    sw_breaker_rules rules; /* one and the same from the first look to the end of the visit */
} sw_breaker_visit;

static inline seawall_time sw_breaker_now(sw_breaker_visit *visit)
{
    if (!visit->timed) {
        visit->now = visit->turn != NULL ? seawall_turn_now(visit->turn) : sw_now(visit->breaker->platform);
        visit->timed = true;
    }
    return visit->now;
}

static inline const sw_breaker_rules *sw_breaker_rules_of(sw_breaker_visit *visit)
{
    if (!visit->ruled) {
        sw_breaker_rules_read(visit->breaker, &visit->rules);
        visit->ruled = true;
    }
    return &visit->rules;
}

/* The third word of a permit: owner 32 | place 16 | live 16. Place 0: not a probe. */
static inline uint64_t sw_breaker_key(const seawall_breaker *breaker, uint64_t place)
{
    return breaker->key | place << 16;
}

/* breaker.c */
void sw_breaker_retain(seawall_breaker *breaker);
size_t sw_breaker_take_stripe(void);

static inline sw_breaker_stripe *sw_breaker_stripe_at(seawall_breaker *breaker, size_t offset)
{
    return (sw_breaker_stripe *)(void *)((unsigned char *)breaker + offset);
}

static inline void sw_breaker_count(seawall_breaker *breaker, enum sw_breaker_counter counter)
{
    size_t own = sw_breaker_own_stripe != 0 ? sw_breaker_own_stripe : sw_breaker_take_stripe();

    (void)sw_add_u64(&sw_breaker_stripe_at(breaker, own)->count[counter], 1);
}

/* The quick half of acquire: true if the breaker is closed, and then the permit is filled. */
static inline bool sw_breaker_admit(seawall_breaker *breaker, seawall_permit *permit)
{
    uint64_t word = sw_load_acquire_u64(&breaker->word);

    if (sw_breaker_state_of(word) != SEAWALL_BREAKER_CLOSED)
        return false;
    permit->opaque[0] = word & SW_CLOSED_TAG_MASK;
    permit->opaque[1] = 0;
    permit->opaque[2] = breaker->key;
    permit->opaque[3] = 0;
    return true;
}

/* The quick half of refusing: true if the breaker is open until later than `now`. */
static inline bool sw_breaker_turn_away(seawall_breaker *breaker, seawall_time now, seawall_duration *wait)
{
    if (!sw_breaker_refuses(breaker->base, sw_load_u64(&breaker->word), now, wait))
        return false;
    sw_breaker_count(breaker, SW_REFUSED);
    return true;
}

/*
 * The quick half of reporting: true if it was a success of which nothing but counting was left to do, and that is done. The
 * order of the tests, and what they leave to the slow half, spares the usual way every instruction that can be spared.
 */
static inline bool sw_breaker_succeed(seawall_breaker *breaker, seawall_permit *permit, seawall_fault fault)
{
    uint64_t word = sw_load_u64(&breaker->word);
    size_t own;

    if (permit == NULL || permit->opaque[2] != breaker->key || permit->opaque[0] != word || fault != SEAWALL_FAULT_NONE)
        return false;
    own = sw_breaker_own_stripe;
    if (own == 0)
        return false;
    /* The other two are 0 already. */
    permit->opaque[0] = 0;
    permit->opaque[2] = 0;
    (void)sw_add_u64(&sw_breaker_stripe_at(breaker, own)->count[SW_SUCCESSES], 1);
    return true;
}

/* breaker_history.c */
typedef enum sw_breaker_found { SW_FOUND, SW_NOT_YET, SW_NO_LONGER } sw_breaker_found;
void sw_breaker_history_init(seawall_breaker *breaker, seawall_time now);
/*
 * Makes *word, which must hold, become next->word. False: *word is what was found instead. Writes down a transition
 * and leaves its delivery to sw_breaker_leave.
 */
bool sw_breaker_move(sw_breaker_visit *visit, uint64_t *word, const sw_breaker_next *next);
/* Writes down the transition into `epoch`, unless something newer stands there. */
void sw_breaker_write_down(sw_breaker_record *record, uint64_t epoch, const seawall_breaker_transition *transition);
/* Whether a record that is not there will never be: in the child of a fork, who was about to write it stayed behind. */
bool sw_breaker_is_lost(seawall_breaker *breaker, uint64_t epoch);
/* Reads the record of the transition into `epoch`; its sequence is left alone. */
sw_breaker_found sw_breaker_recall(sw_breaker_record *record, uint64_t epoch, seawall_breaker_transition *transition);

/* When the state of `epoch`, the current one, began. SW_NO_LONGER: nobody will ever say. */
sw_breaker_found sw_breaker_began(seawall_breaker *breaker, uint64_t epoch, seawall_time *began);

/* Openings in a row before the last one by a rule, whose epoch is `trip`. */
int32_t sw_breaker_reopenings(seawall_breaker *breaker, uint64_t trip);

/* breaker_events.c */
/* Ends a visit: delivers what it caused. Nothing of the visit or the breaker may be used after it. */
void sw_breaker_leave(const sw_breaker_visit *visit);

/* breaker_probe.c */
typedef enum sw_breaker_report {
    SW_REPORT_SUCCESS,
    SW_REPORT_FAILURE,
    SW_REPORT_IGNORED,
    SW_REPORT_EXPIRED
} sw_breaker_report;
typedef enum sw_breaker_verdict { SW_GRANTED, SW_DENIED, SW_LOOK_AGAIN } sw_breaker_verdict;
/* Half-open: a probe for the caller, if there is one to be had. `word` is what was found. */
sw_breaker_verdict sw_breaker_grant(sw_breaker_visit *visit, uint64_t word, seawall_permit *permit, seawall_duration *wait);
/* How the probe with the lease in `place` (from 1) went. False: the lease, or its round, is gone. */
bool sw_breaker_settle(sw_breaker_visit *visit, uint64_t place, uint64_t lease, uint64_t epoch, sw_breaker_report report);
/*
 * In the round of `epoch`, settles what has run out, and answers the tick at which the next lease ends; SW_TICK_NEVER: none is
 * held.
 */
uint64_t sw_breaker_expire(sw_breaker_visit *visit, uint64_t epoch);
/* The round of `epoch` is over: its leases are free again. */
void sw_breaker_clear_leases(seawall_breaker *breaker, uint64_t epoch);

/* breaker_round.c */
/*
 * Ends the round of `epoch` if its time is over, or newer rules than those it was counted by have decided it. False: it goes on.
 */
bool sw_breaker_end_round(sw_breaker_visit *visit, uint64_t epoch);
/* When its time is over; #SEAWALL_FOREVER if that is not bounded. */
seawall_time sw_breaker_round_ends(sw_breaker_visit *visit, uint64_t epoch);

/* breaker_control.c */
/* Does what is due, and answers when something will be. */
seawall_time sw_breaker_attend(sw_breaker_visit *visit);

/* breaker_call.c */
seawall_status sw_breaker_acquire(sw_breaker_visit *visit, seawall_permit *permit, seawall_duration *retry_after);
seawall_status sw_breaker_report_on(sw_breaker_visit *visit, seawall_permit *permit, seawall_fault fault);

#endif
