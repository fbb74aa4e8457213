/*
 * A retry budget in memory. What is shared is plain words.
 *
 * Calls are counted on stripes and nowhere else: whoever comes by with the time collects what has come together since the last
 * one did, when the step has moved or a retry is asked for. When each of these calls was made nobody knows, so they are taken to
 * be as old as they can be: of the step in which they were collected last. All but a few, which are spread over the time since:
 * where calls are rare they would have left the window before they were collected. A call counts longer than it should only if it
 * was made before the window and collected within it, so one window never has more than those few too many.
 */
#ifndef SW_SYNC_BUDGET_H
#define SW_SYNC_BUDGET_H

#include <seawall/retry_budget.h>

#include "base/alloc.h"
#include "base/atomic.h"
#include "port/port.h"
#include "sync/budget_charge.h"
#include "sync/budget_core.h"

/* A power of two. */
#define SW_BUDGET_STRIPES 8
/* A stripe's calls from one that should look at the time to the next. A power of two. */
#define SW_BUDGET_LOOK 16

typedef struct sw_budget_stripe {
    _Alignas(SW_CACHE_LINE) sw_atomic_u64 calls; /* only grows */
} sw_budget_stripe;

typedef struct sw_budget_shared {
    sw_budget_stripe stripes[SW_BUDGET_STRIPES];
    _Alignas(SW_CACHE_LINE) sw_atomic_u64 collected; /* calls that have been shared out */
    sw_atomic_u64 collected_until;                   /* in which step that was: no other call is from before it */
    sw_atomic_u64 latest;                            /* the step of the latest time seen */
    sw_atomic_u64 calls[SW_BUDGET_PLACES];           /* words of base/step_word.h */
    sw_atomic_u64 retries[SW_BUDGET_ROWS][SW_BUDGET_PLACES]; /* the same, by when they begin */
    sw_atomic_u64 refused;
    sw_atomic_u32 tokens;
} sw_budget_shared;

struct seawall_retry_budget {
    sw_budget_shared shared;
    seawall_duration step; /* constant; 0: no window */
    uint64_t loose;        /* constant: so many calls of each collection are spread */
    /* Each has its own effect: who sees a new one beside an old one does no harm. */
    sw_atomic_u64 ratio, floor;
    sw_atomic_u64 throttle; /* the purse in the upper half, the reward in the lower one; 0: none */
    const seawall_platform *platform;
    sw_atomic_u32 references;
    sw_mutex lock; /* around changes, and guards the rest */
    seawall_retry_budget_config config; /* of one that was made by seawall_retry_budget_create */
};

/*
 * Zeroed memory becomes a budget with one reference. Who looks at it before each call, so that it is known when each was made,
 * sets `loose` to 0 afterwards.
 */
void sw_budget_init(seawall_retry_budget *budget, const sw_budget_rules *rules, const seawall_platform *platform,
                    seawall_time now);

/* Changes the rules but for the step, one at a time. The purse stays as full as it was, in proportion. */
void sw_budget_change(seawall_retry_budget *budget, const sw_budget_rules *rules);

/* seawall_retry_budget_begin; true: whoever can have the time should look at the budget. */
bool sw_budget_begin(seawall_retry_budget *budget);

/* Collects what has been counted so far, if the step has moved. Of several who see that one does it. */
void sw_budget_look(seawall_retry_budget *budget, seawall_time now);

/* One more reference, which seawall_retry_budget_destroy gives back. */
void sw_budget_retain(seawall_retry_budget *budget);

#endif
