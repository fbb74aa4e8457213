/*
 * A breaker in memory, and what its files offer each other.
 *
 *   breaker_core.c      the words, as arithmetic
 *   breaker_history.c   what each transition was, for whoever reads it later
 *   breaker_events.c    listeners, and the delivery of transitions to them
 *   breaker_probe.c     leases of half-open rounds
 *   breaker_round.c     other ends of these rounds
 *   breaker_call.c      acquire and report
 *   breaker_window.c    what the rules on rates look at
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
#include "port/thread_pointer.h"
#include "stat/window_count.h"
#include "stat/window_time.h"
#include "time/platform.h"

/* Transitions that are remembered: so far may a listener lag behind before it misses some. A power of two. */
#define SW_BREAKER_HISTORY 64

/* A power of two. */
#define SW_BREAKER_STRIPES 8

#define SW_BREAKER_RULE_WORDS (sizeof(sw_breaker_rules) / sizeof(uint64_t))

/*
 * Everything that is counted. What calls count often stands on stripes, of which each thread writes its own, one line each; the
 * first few go into the window. They only grow.
 */
enum sw_breaker_counter {
    SW_SUCCESSES, /* while closed or metrics-only, those of probes apart */
    SW_SLOW_SUCCESSES,
    SW_FAILURES,
    SW_SLOW_FAILURES,
    SW_IGNORED,
    SW_REFUSED,
    SW_STALE,
    SW_PROBE_SUCCESSES,
    SW_PROBE_FAILURES,
    SW_EXPIRED,
    SW_OPENED,
    SW_BREAKER_COUNTERS
};
#define SW_BREAKER_WINDOWED SW_IGNORED
#define SW_BREAKER_STRIPED SW_PROBE_SUCCESSES

typedef struct sw_breaker_stripe {
    _Alignas(SW_CACHE_LINE) sw_atomic_u64 count[SW_BREAKER_STRIPED];
} sw_breaker_stripe;

typedef struct sw_breaker_counts {
    uint64_t of[SW_BREAKER_WINDOWED];
} sw_breaker_counts;

/* One transition; 126 bits and, in each part, the low bits of its sequence number. */
typedef struct sw_breaker_record {
    sw_atomic_u64 part[3];
} sw_breaker_record;

typedef struct sw_breaker_listener {
    seawall_breaker_listener_fn call;
    void *user;
    uint64_t after; /* is told of what comes after this sequence number */
} sw_breaker_listener;

/* Belongs to whoever is named as its keeper: see breaker_window.c. */
typedef struct sw_breaker_window {
    uint64_t epoch;  /* which it is of, */
    uint32_t number; /* and of which window in the rules; 0: of none yet */
    bool by_time;
    sw_breaker_counts seen; /* what is in it, by the stripes' counters */
    union {
        sw_window_count count;
        sw_window_time time;
    } of;
} sw_breaker_window;

struct seawall_breaker {
    /* All that a call needs while the breaker is closed, in one line that successes only read. */
    _Alignas(SW_CACHE_LINE) sw_atomic_u64 word;
    uint64_t key; /* of its permits: see sw_breaker_key */
    sw_atomic_u32 stamps; /* whether runs in a pipeline note when they began, for ignore_cuts_below */
    int32_t places;       /* leases[] */
    const seawall_platform *platform;
    seawall_time base; /* tick 0 */
    sw_atomic_u64 quick_below; /* words below it are let through at a glance: all that are closed, or none if calls are timed */
    sw_atomic_u64 slow_above;  /* what takes longer is slow */

    seawall_breaker_predicate_fn predicate;
    void *predicate_user;
    sw_atomic_u32 version; /* of the rules in force */
    sw_atomic_u32 references;
    size_t size;
    sw_atomic_u64 rules[2][SW_BREAKER_RULE_WORDS]; /* by version: those in force and the ones before; see breaker_rules.c */

    _Alignas(SW_CACHE_LINE) sw_atomic_u32 keeper; /* who counts in the window: see breaker_window.c */
    sw_breaker_window window;
    /* Where the window of an epoch begins: epoch 22 | what a counter had 42; at last epoch 22 | tick 42. */
    sw_atomic_u64 begun[SW_BREAKER_WINDOWED + 1];
    sw_atomic_u64 rare[SW_BREAKER_COUNTERS - SW_BREAKER_STRIPED]; /* what is not on stripes */

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
        uint32_t windows; /* that rules have asked for so far */
        bool windowed;    /* whether those in force ask for one */
        sw_breaker_listener listener[SEAWALL_BREAKER_LISTENERS_MAX];
        uint32_t holders; /* bit i: the listener of place i holds it open; see breaker_hold.c */
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

/*
 * The same at a glance: in a shared library a thread-local costs a call, which is more than all else that a refusal does. Each
 * word is a thread pointer and, by exclusive or, how far from the first stripe its thread's lies. A thread that does not find
 * itself there asks the thread-local; so do pipelines, for it takes fewer instructions, if more time.
 */
#define SW_BREAKER_KNOWN 64
#define SW_BREAKER_STRIPES_END ((SW_BREAKER_STRIPES - 1) * sizeof(sw_breaker_stripe))
extern sw_atomic_u64 sw_breaker_known[SW_BREAKER_KNOWN];

static inline sw_atomic_u64 *sw_breaker_known_of(uint64_t thread)
{
    /* As a rule stacks lie an odd number of pages apart. */
    return &sw_breaker_known[thread >> 12 & (SW_BREAKER_KNOWN - 1)];
}

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

/*
 * The third word of a permit: owner 32 | place 16 | timed 1 | live 1. Place 0: not a probe. Timed: the fourth word is when the
 * call began.
 */
#define SW_PERMIT_TIMED UINT64_C(2)

static inline uint64_t sw_breaker_key(const seawall_breaker *breaker, uint64_t place)
{
    return breaker->key | place << 16;
}

/* breaker.c */
void sw_breaker_retain(seawall_breaker *breaker);
/* All that was counted of one kind, what reset has taken off included. */
uint64_t sw_breaker_total(seawall_breaker *breaker, enum sw_breaker_counter counter);
size_t sw_breaker_take_stripe(void);

static inline sw_breaker_stripe *sw_breaker_stripe_at(seawall_breaker *breaker, size_t offset)
{
    return (sw_breaker_stripe *)(void *)((unsigned char *)breaker + offset);
}

static inline void sw_breaker_count(seawall_breaker *breaker, enum sw_breaker_counter counter)
{
    size_t own = sw_breaker_own_stripe != 0 ? sw_breaker_own_stripe : sw_breaker_take_stripe();

    if (counter >= SW_BREAKER_STRIPED)
        (void)sw_add_u64(&breaker->rare[counter - SW_BREAKER_STRIPED], 1);
    else
        (void)sw_add_u64(&sw_breaker_stripe_at(breaker, own)->count[counter], 1);
}

typedef enum sw_breaker_way { SW_AT_A_GLANCE, SW_BY_THREAD_LOCAL } sw_breaker_way;

/* Where the calling thread counts; NULL: it has no stripe yet, or is not known in this way. */
static inline sw_breaker_stripe *sw_breaker_find_stripe(seawall_breaker *breaker, sw_breaker_way way)
{
    if (way == SW_AT_A_GLANCE) {
        uint64_t thread = sw_port_thread_pointer();
        uint64_t offset = sw_load_relaxed_u64(sw_breaker_known_of(thread)) ^ thread;

        return offset <= SW_BREAKER_STRIPES_END ? sw_breaker_stripe_at(breaker, offsetof(seawall_breaker, stripes) + offset)
                                                : NULL;
    }
    return sw_breaker_own_stripe != 0 ? sw_breaker_stripe_at(breaker, sw_breaker_own_stripe) : NULL;
}

/* The quick half of acquire: true if the breaker is closed, and then the permit is filled. */
static inline bool sw_breaker_admit(seawall_breaker *breaker, seawall_permit *permit)
{
    uint64_t word = sw_load_acquire_u64(&breaker->word);

    if (word >= sw_load_relaxed_u64(&breaker->quick_below))
        return false;
    /* The second word means something for probes only, the fourth in a timed permit only. */
    permit->opaque[0] = word & SW_CLOSED_TAG_MASK;
    permit->opaque[2] = breaker->key;
    return true;
}

/* The quick half of refusing: true if the breaker is open until later than `now`, and that is counted. */
static inline bool sw_breaker_turn_away(seawall_breaker *breaker, seawall_time now, seawall_duration *wait,
                                        sw_breaker_way way)
{
    sw_breaker_stripe *own;

    if (!sw_breaker_refuses(breaker->base, sw_load_u64(&breaker->word), now, wait))
        return false;
    own = sw_breaker_find_stripe(breaker, way);
    if (own == NULL)
        return false;
    (void)sw_add_u64(&own->count[SW_REFUSED], 1);
    return true;
}

typedef enum sw_breaker_success {
    SW_NOT_QUICK,     /* nothing was done: it takes the slow half */
    SW_DONE,          /* nothing but counting was left to do, and that is done */
    SW_DONE_LOOK_AGAIN /* the same, and sw_breaker_look_again is next: it may have been the one that completes a minimum */
} sw_breaker_success;

/*
 * The quick half of reporting, of a permit with this key. The order of the tests, and what they leave to the slow half, spares
 * the usual way every instruction that can be spared.
 */
static inline sw_breaker_success sw_breaker_succeed_with(seawall_breaker *breaker, seawall_permit *permit, seawall_fault fault,
                                                         uint64_t key, sw_breaker_way way)
{
    uint64_t word = sw_load_u64(&breaker->word);
    sw_breaker_stripe *own;

    if (permit == NULL || permit->opaque[2] != key || permit->opaque[0] != word || fault != SEAWALL_FAULT_NONE)
        return SW_NOT_QUICK;
    own = sw_breaker_find_stripe(breaker, way);
    if (own == NULL)
        return SW_NOT_QUICK;
    permit->opaque[2] = 0; /* without a key the rest says nothing */
    (void)sw_add_u64(&own->count[SW_SUCCESSES], 1);
    return sw_load_u64(&breaker->word) == word ? SW_DONE : SW_DONE_LOOK_AGAIN;
}

static inline sw_breaker_success sw_breaker_succeed(seawall_breaker *breaker, seawall_permit *permit, seawall_fault fault,
                                                    sw_breaker_way way)
{
    return sw_breaker_succeed_with(breaker, permit, fault, breaker->key, way);
}

static inline bool sw_breaker_is_timed(const seawall_breaker *breaker, const seawall_permit *permit)
{
    return permit->opaque[2] == (breaker->key | SW_PERMIT_TIMED);
}

/* Whether a call with a timed permit was slow. */
static inline bool sw_breaker_took_long(seawall_breaker *breaker, const seawall_permit *permit, seawall_time now)
{
    return seawall_time_until(now, (seawall_time)permit->opaque[3]) >
           (seawall_duration)sw_load_relaxed_u64(&breaker->slow_above);
}

/* The same for a timed permit. */
static inline sw_breaker_success sw_breaker_succeed_timed(seawall_breaker *breaker, seawall_permit *permit, seawall_fault fault,
                                                          seawall_time now)
{
    if (sw_breaker_took_long(breaker, permit, now))
        return SW_NOT_QUICK;
    return sw_breaker_succeed_with(breaker, permit, fault, breaker->key | SW_PERMIT_TIMED, SW_BY_THREAD_LOCAL);
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
/* Whether `found` is a newer epoch. */
bool sw_breaker_overtaken(uint64_t epoch, uint64_t found);
/* Reads the record of the transition into `epoch`; its sequence is left alone. */
sw_breaker_found sw_breaker_recall(sw_breaker_record *record, uint64_t epoch, seawall_breaker_transition *transition);

/* When the state of `epoch`, the current one, began. SW_NO_LONGER: nobody will ever say. */
sw_breaker_found sw_breaker_began(seawall_breaker *breaker, uint64_t epoch, seawall_time *began);

/* Openings in a row before the last one by a rule, whose epoch is `trip`. */
int32_t sw_breaker_reopenings(seawall_breaker *breaker, uint64_t trip);

/* breaker_events.c */
/* Ends a visit: delivers what it caused. Nothing of the visit or the breaker may be used after it. */
void sw_breaker_leave(const sw_breaker_visit *visit);
/* Under the lock: the place of this listener, a free one if it is NULL; -1: there is none. */
int32_t sw_breaker_place_of(seawall_breaker *breaker, seawall_breaker_listener_fn listener, const void *user);

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
 * In the round of `epoch`, settles what has run out, and answers when the next lease ends; #SEAWALL_FOREVER: none is held, or
 * none ever ends.
 */
seawall_time sw_breaker_expire(sw_breaker_visit *visit, uint64_t epoch);
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

/* breaker_window.c */
/* How many bytes the window of such a breaker needs, and how it begins. */
size_t sw_breaker_window_size(const seawall_breaker_config *config);
void sw_breaker_window_init(seawall_breaker *breaker, const seawall_breaker_config *config, void *memory, seawall_time now);
/* What all threads have counted. */
void sw_breaker_collect(seawall_breaker *breaker, sw_breaker_counts *counts);
/* The window of `epoch` began when so much was counted. For who has made the transition into it. */
void sw_breaker_window_begin(seawall_breaker *breaker, uint64_t epoch, seawall_time now, const sw_breaker_counts *counts);
/* For the epoch that is on: its window begins now. */
void sw_breaker_window_begin_anew(sw_breaker_visit *visit);
/* Something else than a quick success was counted, or somebody knows the time: brings the window up to date, asks the rules. */
void sw_breaker_window_count(sw_breaker_visit *visit);
/* The same, and what is in it; of which epoch. */
typedef struct sw_breaker_sight {
    uint64_t epoch;
    sw_window_totals totals;
} sw_breaker_sight;
void sw_breaker_window_look(sw_breaker_visit *visit, sw_breaker_sight *sight);
/* What is left to do after a success; ends the visit. */
void sw_breaker_look_again(sw_breaker_visit *visit);

/* breaker_call.c */
seawall_status sw_breaker_acquire(sw_breaker_visit *visit, seawall_permit *permit, seawall_duration *retry_after);
seawall_status sw_breaker_report_on(sw_breaker_visit *visit, seawall_permit *permit, seawall_fault fault);

#endif
