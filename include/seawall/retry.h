/**
 * @file retry.h
 * @brief Retry: run a failed operation again, after a growing, jittered delay, when that is likely to help.
 */
#ifndef SEAWALL_RETRY_H
#define SEAWALL_RETRY_H

#include <seawall/policy.h>

SEAWALL_BEGIN_DECLS

/** How delays are spread at random, so that clients do not come back in step. */
typedef int32_t seawall_jitter;
/** The values of seawall_jitter. v is the exponential delay, already capped by max_delay. */
enum {
    SEAWALL_JITTER_NONE = 0, /**< v */
    SEAWALL_JITTER_FULL = 1  /**< Uniform from 0 to v. */
};

/** Settings of a retry; the kind "retry" of configurations. */
typedef struct seawall_retry_config {
    uint32_t size;                          /**< sizeof(seawall_retry_config) */
    int32_t max_attempts;                   /**< Attempts in all, the first included. 1 to INT32_MAX, default 3. */
    seawall_duration base_delay;            /**< Before the second attempt. 0 to 10 years, default 100 ms. */
    seawall_duration max_delay;             /**< No delay of ours is longer. base_delay to 10 years, default 5 s. */
    double backoff_multiplier;              /**< Each delay is the one before times this. 1 to 1000, default 2. */
    seawall_jitter jitter;                  /**< Default #SEAWALL_JITTER_FULL. */
    seawall_fault_set retryable_errors;     /**< Faults that are tried again. */
    seawall_fault_set non_retryable_errors; /**< Faults that give up at once. A kind in both sets is refused. */
    uint32_t reserved;                      /**< 0 */
    seawall_duration max_retry_after;       /**< A server's own delay longer than this is cut to it. 0 (ignore the server) to forever, default 60 s. */
} seawall_retry_config;

/** Every default. */
#define SEAWALL_RETRY_CONFIG_INIT                                                                            \
    { sizeof(seawall_retry_config), 3, SEAWALL_MILLISECONDS(100), SEAWALL_SECONDS(5), 2.0, SEAWALL_JITTER_FULL, \
      SEAWALL_FAULTS_RETRYABLE, SEAWALL_FAULTS_NON_RETRYABLE, 0, SEAWALL_SECONDS(60) }

/** The same as #SEAWALL_RETRY_CONFIG_INIT, for a caller whose struct has `size` bytes. #SEAWALL_INVALID for NULL or an impossible size. Any thread. */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_retry_config_init(seawall_retry_config *config, size_t size);

/** A retry. Immutable; any number of threads may use it. */
typedef struct seawall_retry seawall_retry;

/** Creates a retry. Parameters and answers as seawall_breaker_create's. */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_retry_create(const seawall_retry_config *config,
                                                                   const seawall_platform *platform, seawall_retry **retry,
                                                                   seawall_error *error);

/** Gives up the caller's reference; NULL is allowed. Pipelines keep their own. */
SEAWALL_API void seawall_retry_destroy(seawall_retry *retry);

/**
 * The delay after attempt number `attempt` (1: the first) has failed, jitter included, in [0, max_delay]; any number up to
 * 2^63 - 1 is safe. Costs no loop over the attempts.
 * @return #SEAWALL_OK; #SEAWALL_INVALID for NULL or attempt < 1. Never blocks.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_retry_delay(seawall_retry *retry, int64_t attempt, seawall_duration *delay);

/** One operation's way through its attempts, for a retry used alone. The caller's; start with all zero. */
typedef struct seawall_retry_run {
    int64_t attempts;         /**< Attempts that have ended. */
    seawall_time again_at;    /**< After #SEAWALL_OK with a fault: when to try again. */
    seawall_fault first;      /**< The first fault. */
    seawall_fault last;       /**< The last fault. */
    seawall_reason reason;    /**< After #SEAWALL_FAILED: why no further attempt is made. */
    int32_t reserved;         /**< 0 */
} seawall_retry_run;

/** A run that has not begun. */
#define SEAWALL_RETRY_RUN_INIT { 0, 0, 0, 0, 0, 0 }

/**
 * An attempt has ended with `fault`: what now? For a retry used alone, without a pipeline; the waiting is the caller's.
 * Never blocks; success reads no clock and draws no random number.
 *
 * @param retry_after the server's own delay, 0 if none.
 * @param deadline #SEAWALL_FOREVER if none; no attempt is scheduled at or after it.
 * @param again true: wait until `run->again_at`, then try again; false: over.
 * @return #SEAWALL_OK if the operation succeeded (`*again` false) or is to be tried again (`*again` true);
 *         #SEAWALL_FAILED if it is given up (`*again` false, `run->reason` says why); #SEAWALL_INVALID.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_retry_next(seawall_retry *retry, seawall_retry_run *run, seawall_fault fault,
                                                                 seawall_duration retry_after, seawall_time deadline,
                                                                 bool *again);

/** The same at the time `now`, reading no clock. */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_retry_next_at(seawall_retry *retry, seawall_retry_run *run,
                                                                    seawall_fault fault, seawall_duration retry_after,
                                                                    seawall_time deadline, seawall_time now, bool *again);

/** Fills in the retry's policy for a pipeline, as seawall_breaker_policy does. It repeats what is inside it. */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_retry_policy(seawall_retry *retry, const char *name, seawall_policy *policy);

SEAWALL_END_DECLS

#endif
