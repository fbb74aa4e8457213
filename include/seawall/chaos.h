/**
 * @file chaos.h
 * @brief Chaos: faults, latency and refusals at a rate, to see in a test how the rest of a pipeline takes them.
 *
 * It is off unless it is switched on, by its configuration or at any time with seawall_chaos_set_enabled; off, it costs one load
 * per run. Put it innermost: it then stands for the dependency.
 *
 * It cannot end a run that never began with a fault: who counts attempts must find one. So an injected fault *replaces the end of
 * a run that was made*, as if the answer had been lost. Latency comes before the run and a refusal instead of it: both start no
 * attempt, and what starts none is held against nobody.
 */
#ifndef SEAWALL_CHAOS_H
#define SEAWALL_CHAOS_H

#include <seawall/policy.h>

SEAWALL_BEGIN_DECLS

/** What a run comes to that `outcome_rate` has chosen. */
typedef int32_t seawall_chaos_outcome;
/** The values of seawall_chaos_outcome. */
enum {
    /**
     * A failure is handed on as a success with `code`. A success stays what it is, and so does a refusal, a timeout or a
     * cancellation inside.
     */
    SEAWALL_CHAOS_SUCCESS = 0,
    SEAWALL_CHAOS_OPEN = 1,    /**< It is refused with #SEAWALL_OPEN and `retry_after`. */
    SEAWALL_CHAOS_FULL = 2,    /**< It is refused with #SEAWALL_FULL and `retry_after`. */
    SEAWALL_CHAOS_LIMITED = 3  /**< It is refused with #SEAWALL_LIMITED and `retry_after`. */
};

/** Settings of a chaos policy; the kind "chaos" of configurations. Each rate is of all runs, drawn by itself. */
typedef struct seawall_chaos_config {
    uint32_t size;                 /**< sizeof(seawall_chaos_config) */
    int32_t enabled;               /**< Whether it begins switched on. 0 (default) or 1. */
    double fault_rate;             /**< How many runs end with a fault instead of their own end. 0 (default) to 1. */
    /** With which: one of these, each as likely. Default service_unavailable; not empty if fault_rate is above 0. */
    seawall_fault_set faults;
    int32_t code;                  /**< The code of injected ends. 0 (default) to INT32_MAX. */
    double latency_rate;           /**< How many runs are held up before they begin. 0 (default) to 1. */
    seawall_duration latency;      /**< For how long at least. 0 to 10 years, default 1 s. */
    /** For how long at most, evenly spread; #SEAWALL_AUTO (default): for `latency` exactly. latency to 10 years. */
    seawall_duration max_latency;
    double outcome_rate;           /**< How many runs come to `outcome`; decided before the others. 0 (default) to 1. */
    seawall_chaos_outcome outcome; /**< Default #SEAWALL_CHAOS_SUCCESS. */
    uint32_t reserved;             /**< 0 */
    seawall_duration retry_after;  /**< "Not before", with injected faults and refusals. 0 (default: nothing said) to 10 years. */
} seawall_chaos_config;

/** Every default: nothing happens. */
#define SEAWALL_CHAOS_CONFIG_INIT                                                                            \
    { sizeof(seawall_chaos_config), 0, 0.0, SEAWALL_FAULT_BIT(SEAWALL_FAULT_SERVICE_UNAVAILABLE), 0, 0.0,     \
      SEAWALL_SECONDS(1), SEAWALL_AUTO, 0.0, SEAWALL_CHAOS_SUCCESS, 0, 0 }

/**
 * The same as #SEAWALL_CHAOS_CONFIG_INIT, for a caller whose struct has `size` bytes. #SEAWALL_INVALID for NULL or an impossible
 * size. Any thread.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_chaos_config_init(seawall_chaos_config *config, size_t size);

/** A chaos policy's object. Any number of threads may use it. */
typedef struct seawall_chaos seawall_chaos;

/** Creates one. Parameters and answers as seawall_breaker_create's. */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_chaos_create(const seawall_chaos_config *config,
                                                                   const seawall_platform *platform, seawall_chaos **chaos,
                                                                   seawall_error *error);

/** Gives up the caller's reference; NULL is allowed. Pipelines keep their own. */
SEAWALL_API void seawall_chaos_destroy(seawall_chaos *chaos);

/**
 * Changes settings while it is in use, all or nothing; every field may change. Runs that enter from here on are drawn by the new
 * ones, as a whole. If `enabled` is what it was, seawall_chaos_set_enabled keeps the last word. Takes a short lock, reads no
 * clock, allocates nothing; those who call wait for nobody.
 *
 * @param config NULL stands for every default, as with create.
 * @param error filled when the call fails; may be NULL.
 * @return #SEAWALL_OK; #SEAWALL_INVALID (the error names the field): nothing was changed.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_chaos_reconfigure(seawall_chaos *chaos, const seawall_chaos_config *config,
                                                                        seawall_error *error);

/**
 * Switches it on or off, for runs that enter from now on; who has entered keeps what was drawn for it. Any thread; never blocks;
 * one store. @return #SEAWALL_OK; #SEAWALL_INVALID for NULL.
 */
SEAWALL_API seawall_status seawall_chaos_set_enabled(seawall_chaos *chaos, bool enabled);

/** Whether it is switched on; NULL is off. Any thread; never blocks; one load. */
SEAWALL_API bool seawall_chaos_is_enabled(seawall_chaos *chaos);

/** What it has done. Exact while nobody uses it. */
typedef struct seawall_chaos_snapshot {
    uint32_t size;     /**< Set to sizeof(seawall_chaos_snapshot) before the call. */
    int32_t enabled;   /**< 1 if it is switched on. */
    int64_t runs;      /**< That entered while it was on. */
    int64_t faults;    /**< Ends that were replaced by a fault. */
    int64_t delays;    /**< Runs that were held up. */
    int64_t successes; /**< Failures that were handed on as successes. */
    int64_t refusals;  /**< Runs that were refused. */
} seawall_chaos_snapshot;

/** An empty snapshot with its size. */
#define SEAWALL_CHAOS_SNAPSHOT_INIT { sizeof(seawall_chaos_snapshot), 0, 0, 0, 0, 0, 0 }

/** The same as #SEAWALL_CHAOS_SNAPSHOT_INIT, for a caller whose struct has `size` bytes. */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_chaos_snapshot_init(seawall_chaos_snapshot *snapshot, size_t size);

/** Looks at it. #SEAWALL_OK; #SEAWALL_INVALID for NULL or an impossible size. Any thread; never blocks; reads no clock. */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_chaos_get_snapshot(seawall_chaos *chaos,
                                                                         seawall_chaos_snapshot *snapshot);

/**
 * Fills in its policy for a pipeline, as seawall_breaker_policy does. What happens to a run is drawn from the platform's random
 * source when it enters, one number for each rate above 0 and one more for each choice; switched off, nothing is drawn and no
 * clock is read. A run that waits goes through the machine and blocks no thread of a host; deadlines and cancellations end the
 * wait.
 *
 * Only an end of the operation's own, success or failure, is replaced: a timeout, a cancellation or a refusal inside stays
 * what it is.
 *
 * Event: #SEAWALL_EVENT_INJECTED, for each delay, and for each end that was replaced. Refusals are told as
 * #SEAWALL_EVENT_REFUSED.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_chaos_policy(seawall_chaos *chaos, const char *name,
                                                                   seawall_policy *policy);

SEAWALL_END_DECLS

#endif
