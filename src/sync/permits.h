/*
 * Counted permits with waiters in the order in which they came. Who takes a permit while nobody waits, and gives it back, changes
 * one word twice; whoever waits stands in a list of nodes that are his own, under a short lock. In the child of a fork the queue
 * is empty.
 *
 * What holds at any time: while somebody queues, either every permit is out, or whoever gave one back (or raised the limit)
 * has yet to call sw_permits_serve, as he was told to.
 */
#ifndef SW_SYNC_PERMITS_H
#define SW_SYNC_PERMITS_H

#include <seawall/policy.h>

#include "base/atomic.h"
#include "port/port.h"
#include "sync/permits_word.h"

/* Where a waiter stands. */
typedef enum sw_waiter_state {
    SW_WAITER_IDLE,       /* in no queue, without a permit */
    SW_WAITER_QUEUED,     /* from here on the queue may change it */
    SW_WAITER_GRANTED,    /* has a permit */
    SW_WAITER_PASSED_OVER /* its time was over when its turn came */
} sw_waiter_state;

/* One who wants a permit; all zero at first. In the memory of the one who waits, which must stay until it is out of the queue. */
typedef struct sw_waiter {
    struct sw_waiter *next, *previous;
    seawall_time until;
    seawall_waker waker;
    uint32_t process; /* whose queue it is in: a forked child's begins empty */
    sw_atomic_u32 state;
} sw_waiter;

/* Who was refused, and why. */
typedef enum sw_permits_refusal {
    SW_PERMITS_FULL,
    SW_PERMITS_TIMED_OUT,
    SW_PERMITS_CANCELLED,
    SW_PERMITS_REFUSALS
} sw_permits_refusal;

typedef struct sw_permits_rules {
    int32_t limit;
    int32_t max_waiting;
    seawall_duration max_wait;
} sw_permits_rules;

/* Plain words, which mean the same wherever they lie. */
typedef struct sw_permits_words {
    sw_atomic_u64 word;
    sw_atomic_u32 most; /* that were ever in use */
    sw_atomic_u32 laps; /* how often the word's count of grants began anew */
} sw_permits_words;

typedef struct sw_permits {
    _Alignas(64) sw_permits_words words;
    _Alignas(64) sw_atomic_u64 refused; /* as full */
    sw_atomic_u32 places;               /* for waiters; 0 also if they may not wait for any time. Written under the lock. */
    sw_atomic_u32 waiting;              /* in the queue; written under the lock */
    sw_atomic_u32 process;              /* whose queue it is; written under the lock */
    sw_mutex lock;
    struct {
        sw_waiter *first, *last;
        int32_t limit; /* as the last rules had it */
        int32_t max_waiting;
        int32_t most_waiting;
        seawall_duration max_wait;
        int64_t waited;                       /* grants to waiters */
        int64_t seen;                         /* grants, by the last look */
        int64_t refused[SW_PERMITS_REFUSALS]; /* but for full */
    } guarded;
} sw_permits;

/* What they look like. The counts of the word belong together, and so does the rest. */
typedef struct sw_permits_view {
    sw_permits_rules rules;
    int32_t in_use, most_in_use;
    int32_t waiting, most_waiting;
    int64_t granted, waited;
    int64_t refused[SW_PERMITS_REFUSALS];
} sw_permits_view;

/* `permits` is zeroed memory. */
void sw_permits_init(sw_permits *permits, const sw_permits_rules *rules);

/*
 * Takes a permit if one is free and nobody waits, and says what the word was *before. Refusing is not counted: that is for the
 * caller, who may want to wait.
 */
static inline bool sw_permits_take(sw_permits *permits, uint64_t *before)
{
    *before = sw_load_relaxed_u64(&permits->words.word);
    do {
        if (!sw_permits_free(*before))
            return false;
    } while (!sw_cas_u64(&permits->words.word, before, *before + SW_PERMITS_TAKEN));
    return true;
}

/* Whether there is something to note about a permit that was taken: so many were never out before, or a lap. */
static inline bool sw_permits_notable(sw_permits *permits, uint64_t before)
{
    return sw_permits_in_use(before) >= sw_load_relaxed_u32(&permits->words.most) || sw_permits_laps(before);
}

void sw_permits_note(sw_permits *permits, uint64_t before);

/* The two together. */
static inline bool sw_permits_try(sw_permits *permits)
{
    uint64_t before;

    if (!sw_permits_take(permits, &before))
        return false;
    if (sw_permits_notable(permits, before))
        sw_permits_note(permits, before);
    return true;
}

/*
 * For who could take none: whether he has one now, as nobody of this process queues for it. In the child of a fork the word may
 * still say that somebody does, though the permit was on its way to him when he was left behind.
 */
bool sw_permits_retake(sw_permits *permits);

static inline void sw_permits_refuse(sw_permits *permits)
{
    (void)sw_add_u64(&permits->refused, 1);
}

/* Gives one back, and says what the word was before. */
static inline uint64_t sw_permits_put(sw_permits *permits)
{
    return sw_sub_u64(&permits->words.word, SW_PERMITS_ONE);
}

/* Whether that was all: one was out, and nobody waits. Else sw_permits_settle comes next. */
static inline bool sw_permits_settled(uint64_t before)
{
    return sw_permits_out(before) && !sw_permits_awaited(before);
}

/* False: none was out, and nothing has changed. *serve: sw_permits_serve is to be called now, in either case. */
bool sw_permits_settle(sw_permits *permits, uint64_t before, bool *serve);

/* All of it. */
static inline bool sw_permits_give(sw_permits *permits, bool *serve)
{
    return sw_permits_settle(permits, sw_permits_put(permits), serve);
}

/* Hands what is left to those who wait, in their order; passes over those whose time was over before `now`. */
void sw_permits_serve(sw_permits *permits, seawall_time now);

static inline sw_waiter_state sw_waiter_stands(sw_waiter *waiter)
{
    return (sw_waiter_state)sw_load_acquire_u32(&waiter->state);
}

/* Whether one more may queue at all: nobody need take the lock, or ask for the time, to be told no. */
static inline bool sw_permits_place(sw_permits *permits)
{
    return sw_load_acquire_u32(&permits->waiting) < sw_load_acquire_u32(&permits->places);
}

/*
 * Takes a permit or queues for one, until the earlier of `deadline` and max_wait from `now`. `waker` is called once when the
 * permit is there. Answers false for a refusal, and *why; else the waiter is granted or queued.
 */
bool sw_permits_queue(sw_permits *permits, sw_waiter *waiter, const seawall_waker *waker, seawall_time deadline,
                      seawall_time now, sw_permits_refusal *why);

/* Asks for a waiter that has queued; its time may have come. False for a refusal: it is out of the queue, and *why. */
bool sw_permits_look(sw_permits *permits, sw_waiter *waiter, seawall_time now, sw_permits_refusal *why);

/* Leaves the queue, because of `why`. False: too late, it has a permit. */
bool sw_permits_quit(sw_permits *permits, sw_waiter *waiter, sw_permits_refusal why);

/* Changes the limit; *serve as above. */
void sw_permits_resize(sw_permits *permits, int32_t limit, bool *serve);
/* Changes all rules; but the limit, which may have been changed meanwhile, only if it is another than in the last ones. */
void sw_permits_reconfigure(sw_permits *permits, const sw_permits_rules *rules, bool *serve);

void sw_permits_see(sw_permits *permits, sw_permits_view *view);

#endif
