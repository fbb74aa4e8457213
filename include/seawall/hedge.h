/**
 * @file hedge.h
 * @brief Hedge: when the answer is late, ask once more beside the first request, and take what comes first.
 *
 * It cuts the tail of latencies at the price of a few per cent more requests, for operations that may be run twice. It runs
 * attempts side by side: in a pipeline with a thread pool seawall_call does that, else a host or an asynchronous call. Without
 * any of these it is refused by name, with #SEAWALL_UNSUPPORTED.
 */
#ifndef SEAWALL_HEDGE_H
#define SEAWALL_HEDGE_H

#include <seawall/histogram.h>
#include <seawall/policy.h>
#include <seawall/retry_budget.h>

SEAWALL_BEGIN_DECLS

/** Settings of a hedge; the kind "hedge" of configurations. What may change live: see seawall_hedge_reconfigure. */
typedef struct seawall_hedge_config {
    uint32_t size;                          /**< sizeof(seawall_hedge_config) */
    int32_t max_hedges;                     /**< Extra runs per pass. 1 (default) to 15. */
    /** Until each extra run. 0 to 10 years, or #SEAWALL_AUTO (default): the quantile of recent latency. */
    seawall_duration delay;
    double quantile;                        /**< Of the latencies of first runs. 0 to 1, default 0.95. */
    seawall_duration minimum_delay;         /**< What the quantile is not below. 0 to 10 years, default 1 ms. */
    seawall_duration window;                /**< How long latencies and extra runs are remembered. 1 s to 1 hour, default 60 s. */
    /** Successes in the window before the quantile is used; no hedge until then. 1 to 1,000,000, default 100. */
    int32_t minimum_samples;
    seawall_fault_set non_retryable_errors; /**< Faults that end all runs at once. */
    /** Extra runs per pass, in any window. 0 to 1, default 0.05; finer steps than a millionth are rounded. */
    double budget;
    /**
     * What extra runs are charged to besides; NULL (default): nothing. The hedge keeps a reference, and does not count its calls
     * there: the retries that share it do.
     */
    seawall_retry_budget *retry_budget;
} seawall_hedge_config;

/** Every default. */
#define SEAWALL_HEDGE_CONFIG_INIT                                                                            \
    { sizeof(seawall_hedge_config), 1, SEAWALL_AUTO, 0.95, SEAWALL_MILLISECONDS(1), SEAWALL_SECONDS(60), 100, \
      SEAWALL_FAULTS_NON_RETRYABLE, 0.05, NULL }

/**
 * The same as #SEAWALL_HEDGE_CONFIG_INIT, for a caller whose struct has `size` bytes. #SEAWALL_INVALID for NULL or an impossible
 * size. Any thread.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_hedge_config_init(seawall_hedge_config *config, size_t size);

/** A hedge, for any number of executions and threads. */
typedef struct seawall_hedge seawall_hedge;

/** Creates a hedge, of about 19 KiB. Parameters and answers as seawall_breaker_create's. */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_hedge_create(const seawall_hedge_config *config,
                                                                   const seawall_platform *platform, seawall_hedge **hedge,
                                                                   seawall_error *error);

/** Gives up the caller's reference; NULL is allowed. Pipelines keep their own. */
SEAWALL_API void seawall_hedge_destroy(seawall_hedge *hedge);

/**
 * Changes settings while it is in use, all or nothing. Every field may change but `max_hedges`, `window` and `retry_budget`,
 * which must be as they were at creation. Latencies and what was spent stay; what is decided from here on goes by the new
 * settings, and a pass under way keeps its delay. Takes a short lock, reads no clock, allocates nothing; those who call wait for
 * nobody.
 *
 * @param config NULL stands for every default, as with create.
 * @param error filled when the call fails; may be NULL.
 * @return #SEAWALL_OK; #SEAWALL_INVALID (the error names the field): nothing was changed.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_hedge_reconfigure(seawall_hedge *hedge, const seawall_hedge_config *config,
                                                                        seawall_error *error);

/** What a hedge looks like. Exact while nobody uses it. */
typedef struct seawall_hedge_snapshot {
    uint32_t size;          /**< Set to sizeof(seawall_hedge_snapshot) before the call. */
    int32_t reserved;       /**< 0 */
    seawall_duration delay; /**< Until an extra run of a pass that began now; #SEAWALL_FOREVER: none, for want of samples. */
    int64_t samples;        /**< Latencies in the window; 0 with a fixed delay. */
    /**
     * Extra runs, without those of which it is certain that they began no attempt: they were refused, or were not yet let in when
     * it was decided. A budget is not charged for those.
     */
    int64_t started;
    int64_t won;            /**< Passes in which one of them succeeded first. */
    int64_t over_budget;    /**< Extra runs that a budget did not allow. */
    int64_t without_room;   /**< Extra runs for which the execution had no place: late attempts held it. */
    seawall_histogram latency; /**< Of all runs that won, since it was created, from their own beginning. */
} seawall_hedge_snapshot;

/** An empty snapshot with its size. */
#define SEAWALL_HEDGE_SNAPSHOT_INIT { sizeof(seawall_hedge_snapshot), 0, 0, 0, 0, 0, 0, 0, { { 0 }, 0 } }

/** The same as #SEAWALL_HEDGE_SNAPSHOT_INIT, for a caller whose struct has `size` bytes. */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_hedge_snapshot_init(seawall_hedge_snapshot *snapshot, size_t size);

/**
 * Looks at it at the time `now`. #SEAWALL_OK; #SEAWALL_INVALID for NULL or an impossible size. Any thread; never blocks; reads
 * some thousand words.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_hedge_get_snapshot_at(seawall_hedge *hedge, seawall_time now,
                                                                            seawall_hedge_snapshot *snapshot);

/** The same at the platform's time. */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_hedge_get_snapshot(seawall_hedge *hedge, seawall_hedge_snapshot *snapshot);

/**
 * Fills in the hedge's policy for a pipeline, as seawall_breaker_policy does. It runs what is inside it several times side by
 * side.
 *
 * The first success wins and the others are cancelled; their late ends change nothing. A fault of `non_retryable_errors` ends
 * all. If all have ended otherwise, the best end is handed on: a real fault before a refusal, a refusal before a cancellation; of
 * several of one sort the first. A run that timed out before it had started an attempt is no more than a refusal. The host sees
 * by `route` which run an attempt belongs to, and can aim it at another replica.
 *
 * One more run begins `delay` after the one before it, while the first ones go on; when all have ended there is none. A delay of
 * 0 is one nanosecond, so that a host that looks at once starts both. The quantile is looked up anew once in a hundredth of the
 * window; of each pass that succeeds it knows how long the first run took, or that it took longer than the delay.
 *
 * An extra run that has ended without an attempt, or is called off before its first one, costs the budgets nothing: what it was
 * charged is given back. Where another run has begun an attempt in the meantime, nobody can tell whose it was, and the charge
 * stays.
 *
 * Events: #SEAWALL_EVENT_HEDGE_STARTED, of these too, #SEAWALL_EVENT_HEDGE_WON, #SEAWALL_EVENT_HEDGE_LOST.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_hedge_policy(seawall_hedge *hedge, const char *name,
                                                                   seawall_policy *policy);

SEAWALL_END_DECLS

#endif
