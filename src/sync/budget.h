/*
 * A retry budget in memory. What is shared is plain words.
 *
 * Calls are counted on stripes and nowhere else: whoever asks for a retry collects what has come together since the last one
 * asked and shares it out over the steps of that time.
 */
#ifndef SW_SYNC_BUDGET_H
#define SW_SYNC_BUDGET_H

#include <seawall/retry_budget.h>

#include "base/alloc.h"
#include "base/atomic.h"
#include "port/port.h"
#include "sync/budget_core.h"

/* A power of two. */
#define SW_BUDGET_STRIPES 8

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
    /* Each has its own effect: who sees a new one beside an old one does no harm. */
    sw_atomic_u64 ratio, floor;
    sw_atomic_u64 throttle; /* the purse in the upper half, the reward in the lower one; 0: none */
    const seawall_platform *platform;
    sw_atomic_u32 references;
    sw_mutex lock; /* around changes, and guards the rest */
    seawall_retry_budget_config config; /* of one that was made by seawall_retry_budget_create */
};

/* Zeroed memory becomes a budget with one reference. */
void sw_budget_init(seawall_retry_budget *budget, const sw_budget_rules *rules, const seawall_platform *platform,
                    seawall_time now);

/* Changes the rules but for the step, one at a time. The purse stays as full as it was, in proportion. */
void sw_budget_change(seawall_retry_budget *budget, const sw_budget_rules *rules);

/*
 * seawall_retry_budget_try_charge_at for a retry that begins at `due`, which may be much later. It counts from now on until it
 * has left the window that it began in, so that nobody has to tell that it began.
 */
seawall_status sw_budget_charge(seawall_retry_budget *budget, seawall_time now, seawall_time due, seawall_retry_charge *charge);

/* One more reference, which seawall_retry_budget_destroy gives back. */
void sw_budget_retain(seawall_retry_budget *budget);

#endif
