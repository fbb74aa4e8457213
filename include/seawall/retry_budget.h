/**
 * @file retry_budget.h
 * @brief Retry budget: how much of the traffic may be retries, and hedges, before they are the overload.
 *
 * Two rules, each of which can be off; what both allow is allowed.
 *
 * The *window*: in any stretch of time as long as the window, no more retries begin than `ratio` x the calls of the window in
 * which the last of them was scheduled, plus `floor` for each of its seconds. Every call counts as one, however it ends, so that
 * a burst of failures does not shrink what it is measured by. A retry is charged when it is scheduled, and counts until it has
 * left the window in which it is due to begin: those asleep count, however long they sleep. Of calls from before the window at
 * most 128 count in it, after traffic has fallen.
 *
 * The *throttle*, as gRPC has it: a purse of `max_tokens`. An attempt that failed takes one token out, one that succeeded puts
 * `token_ratio` in, and no retry is made while the purse is half empty or emptier.
 */
#ifndef SEAWALL_RETRY_BUDGET_H
#define SEAWALL_RETRY_BUDGET_H

#include <seawall/fault.h>
#include <seawall/platform.h>

SEAWALL_BEGIN_DECLS

/** Settings of a retry budget; the kind "retry_budget" of configurations. */
typedef struct seawall_retry_budget_config {
    uint32_t size;           /**< sizeof(seawall_retry_budget_config) */
    int32_t floor;           /**< Retries per second that are allowed besides the ratio. 0 to 1,000,000, default 10. */
    double ratio;            /**< Retries per call. 0 to 1, default 0.2; finer steps than a millionth are rounded. */
    seawall_duration window; /**< The time that is looked at, in ten steps. 0 (no window) or 1 s to 1 hour, default 10 s. */
    int32_t max_tokens;      /**< The throttle's purse. 0 (no throttle, default) to 1000. */
    uint32_t reserved;       /**< 0 */
    /** What a success puts into it. 0.001 to 1, default 0.1; finer steps than a thousandth are rounded. */
    double token_ratio;
} seawall_retry_budget_config;

/** Every default: 20 % of the calls and 10 per second, over 10 s. */
#define SEAWALL_RETRY_BUDGET_CONFIG_INIT                                                                     \
    { sizeof(seawall_retry_budget_config), 10, 0.2, SEAWALL_SECONDS(10), 0, 0, 0.1 }

/** gRPC's throttle alone: 10 tokens, a tenth of one per success, no window. */
#define SEAWALL_RETRY_BUDGET_CONFIG_THROTTLE { sizeof(seawall_retry_budget_config), 10, 0.2, 0, 10, 0, 0.1 }

/**
 * The same as #SEAWALL_RETRY_BUDGET_CONFIG_INIT, for a caller whose struct has `size` bytes. #SEAWALL_INVALID for NULL or an
 * impossible size. Any thread.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_retry_budget_config_init(seawall_retry_budget_config *config, size_t size);

/** The same as #SEAWALL_RETRY_BUDGET_CONFIG_THROTTLE. */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_retry_budget_config_init_throttle(seawall_retry_budget_config *config,
                                                                                        size_t size);

/** A retry budget, for any number of retries, hedges and threads. */
typedef struct seawall_retry_budget seawall_retry_budget;

/** Creates a budget. Parameters and answers as seawall_breaker_create's. */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_retry_budget_create(const seawall_retry_budget_config *config,
                                                                          const seawall_platform *platform,
                                                                          seawall_retry_budget **budget, seawall_error *error);

/** Gives up the caller's reference; NULL is allowed. Retries keep their own. */
SEAWALL_API void seawall_retry_budget_destroy(seawall_retry_budget *budget);

/**
 * Changes settings while it is in use, all or nothing. Every field may change but `window`, which must be as it was at creation.
 * What the window has counted stays, and so does what was charged; the purse stays as full as it was, in proportion, and a new
 * one is full. Takes a short lock, reads no clock, allocates nothing; those who ask wait for nobody.
 *
 * @param config NULL stands for every default, as with create.
 * @param error filled when the call fails; may be NULL.
 * @return #SEAWALL_OK; #SEAWALL_INVALID (the error names the field): nothing was changed.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_retry_budget_reconfigure(seawall_retry_budget *budget,
                                                                               const seawall_retry_budget_config *config,
                                                                               seawall_error *error);

/** @name Used alone
 * A retry with a budget in its configuration does all of this by itself. Any thread; none blocks, none allocates. @{ */

/**
 * A call begins, of which retries may come. One add to a counter of the thread's own. It says not when: of the calls between two
 * looks at the budget, by which a retry is asked for or a snapshot taken, 128 are spread over the time between, and the others
 * are taken to be as old as the first look. Where retries are rare and calls are not, look once in a tenth of the window. NULL is
 * allowed.
 */
SEAWALL_API void seawall_retry_budget_begin(seawall_retry_budget *budget);

/**
 * An attempt has ended, for the throttle: a success (#SEAWALL_FAULT_NONE) or any failure that one would retry. Do not tell it
 * of others. A success with a full purse only reads. NULL is allowed.
 */
SEAWALL_API void seawall_retry_budget_end(seawall_retry_budget *budget, seawall_fault fault);

/** What a charge was; 0: nothing. Start with 0. */
typedef uint64_t seawall_retry_charge;

/**
 * May there be one more retry, beginning now? Who sleeps before it asks afterwards. Reads the clock. Several threads that ask for
 * the last one at the same instant may all be told no, but never more than one yes.
 * @param charge to give it back by, should the retry not be made.
 * @return #SEAWALL_OK; #SEAWALL_LIMITED: `*charge` untouched; #SEAWALL_INVALID for NULL.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_retry_budget_try_charge(seawall_retry_budget *budget,
                                                                              seawall_retry_charge *charge);

/** The same at the time `now`, reading no clock. A time before one that the budget has seen counts as that one. */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_retry_budget_try_charge_at(seawall_retry_budget *budget, seawall_time now,
                                                                                 seawall_retry_charge *charge);

/**
 * The retry was not made: what it was charged is given back, and `*charge` is 0. What has left the window is gone. NULL is
 * allowed.
 */
SEAWALL_API void seawall_retry_budget_refund(seawall_retry_budget *budget, seawall_retry_charge *charge);
/** @} */

/** What a budget looks like. Exact while nobody uses it. */
typedef struct seawall_retry_budget_snapshot {
    uint32_t size;     /**< Set to sizeof(seawall_retry_budget_snapshot) before the call. */
    int32_t reserved;  /**< 0 */
    int64_t calls;     /**< In the window; of when they were made see seawall_retry_budget_begin. */
    int64_t retries;   /**< In the window, or asleep. */
    int64_t available; /**< Retries that could be charged now; INT64_MAX without a window. 0 while the throttle forbids them. */
    int64_t refused;   /**< Since it was created. */
    double tokens;     /**< In the purse; -1 without a throttle. */
} seawall_retry_budget_snapshot;

/** An empty snapshot with its size. */
#define SEAWALL_RETRY_BUDGET_SNAPSHOT_INIT { sizeof(seawall_retry_budget_snapshot), 0, 0, 0, 0, 0, 0 }

/** The same as #SEAWALL_RETRY_BUDGET_SNAPSHOT_INIT, for a caller whose struct has `size` bytes. */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_retry_budget_snapshot_init(seawall_retry_budget_snapshot *snapshot,
                                                                                 size_t size);

/** Looks at it. Reads the clock. #SEAWALL_OK; #SEAWALL_INVALID for NULL or an impossible size. Any thread; never blocks. */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_retry_budget_get_snapshot(seawall_retry_budget *budget,
                                                                                seawall_retry_budget_snapshot *snapshot);

/** The same at the time `now`, reading no clock. */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_retry_budget_get_snapshot_at(seawall_retry_budget *budget, seawall_time now,
                                                                                   seawall_retry_budget_snapshot *snapshot);

SEAWALL_END_DECLS

#endif
