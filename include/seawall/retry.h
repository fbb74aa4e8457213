/**
 * @file retry.h
 * @brief Retry: run a failed operation again, after a growing, jittered delay, when that is likely to help.
 */
#ifndef SEAWALL_RETRY_H
#define SEAWALL_RETRY_H

#include <seawall/policy.h>
#include <seawall/retry_budget.h>

SEAWALL_BEGIN_DECLS

/** How delays grow from one attempt to the next. */
typedef int32_t seawall_backoff;
/** The values of seawall_backoff, with the delay v after attempt n; each is capped by max_delay. */
enum {
    SEAWALL_BACKOFF_CONSTANT = 0,   /**< base_delay */
    SEAWALL_BACKOFF_LINEAR = 1,     /**< base_delay x n */
    SEAWALL_BACKOFF_EXPONENTIAL = 2 /**< base_delay x backoff_multiplier^(n-1), to the nearest nanosecond */
};

/** How delays are spread at random, so that clients do not come back in step. */
typedef int32_t seawall_jitter;
/**
 * The values of seawall_jitter. v is the backoff's delay, already capped by max_delay; ranges are uniform and include their ends.
 */
enum {
    SEAWALL_JITTER_NONE = 0,         /**< v */
    SEAWALL_JITTER_FULL = 1,         /**< From 0 to v. */
    SEAWALL_JITTER_EQUAL = 2,        /**< From v/2 to v. */
    /** From base_delay to 3 times the delay before (base_delay at first), cut to max_delay last; v plays no part. */
    SEAWALL_JITTER_DECORRELATED = 3,
    /** From v x (1 - jitter_factor) to v x (1 + jitter_factor) or max_delay, whichever is less. */
    SEAWALL_JITTER_PROPORTIONAL = 4
};

/** What a predicate says of an attempt that has failed. */
typedef int32_t seawall_retry_verdict;
/** The values of seawall_retry_verdict. Any other number counts as the first. */
enum {
    SEAWALL_RETRY_BY_KIND = 0, /**< No opinion: the set of retryable faults decides. */
    SEAWALL_RETRY_REPEAT = 1,  /**< It is worth repeating, whatever its kind. */
    SEAWALL_RETRY_STOP = 2     /**< It is not, whatever its kind. */
};

/** The verdict's name in lower case ("repeat"), "unknown" for anything else. A static string. Any thread; never blocks. */
SEAWALL_API const char *seawall_retry_verdict_name(seawall_retry_verdict verdict);

/**
 * A predicate: is it worth repeating? Asked once per attempt that ended with a fault, before anything is counted against
 * attempts, time or budget, but not for a fault that gives up (`non_retryable_errors`). Called on the thread that asks the
 * retry or drives the execution, concurrently for different ones, under no lock (on pools: see seawall_listener_fn). It must not
 * block, and must not drive the execution it is called from.
 *
 * @param result the fault, the operation's own code, and the server's own delay; valid during the call.
 * @param attempt which one it was: 1 for the first.
 */
typedef seawall_retry_verdict (*seawall_retry_predicate_fn)(const seawall_result *result, int32_t attempt, void *user);

/** Settings of a retry; the kind "retry" of configurations. What may change live: see seawall_retry_reconfigure. */
typedef struct seawall_retry_config {
    uint32_t size;                          /**< sizeof(seawall_retry_config) */
    int32_t max_attempts;                   /**< Attempts in all, the first included. 1 to INT32_MAX, default 3. */
    seawall_duration base_delay;            /**< Before the second attempt. 0 to 10 years, default 100 ms. */
    seawall_duration max_delay;             /**< No delay of ours is longer. base_delay to 10 years, default 5 s. */
    seawall_backoff backoff;                /**< Default #SEAWALL_BACKOFF_EXPONENTIAL. */
    seawall_jitter jitter;                  /**< Default #SEAWALL_JITTER_FULL. */
    double backoff_multiplier;              /**< Exponential: each delay is the one before times this. 1 to 1000, default 2. */
    double jitter_factor;                   /**< Proportional: how far delays are spread. 0 to 1, default 0.5. */
    seawall_fault_set retryable_errors;     /**< Faults that are tried again. */
    seawall_fault_set non_retryable_errors; /**< Faults that give up at once. A kind in both sets is refused. */
    /** A server's own delay longer than this is cut to it. 0 (ignore the server) to forever, default 60 s. */
    seawall_duration max_retry_after;
    /** No attempt begins this long after the first one began, or later. 1 us to forever (off, default). */
    seawall_duration max_elapsed;
    /** No attempt begins with less time than this until the deadline, not even the first. 0 (default) to 10 years. */
    seawall_duration minimum_remaining;
    /** Whether a refusal (open, full, limited) inside is tried again, not before its hint. 0 (default) or 1. */
    int32_t retry_refusals;
    uint32_t reserved;                      /**< 0 */
    seawall_retry_predicate_fn predicate;   /**< NULL (default): the sets alone decide. */
    void *predicate_user;                   /**< Handed to the predicate; must live as long as the retry. */
    /**
     * What all repetitions are charged to; NULL (default): nothing. The retry keeps a reference. Its platform must be the
     * retry's.
     */
    seawall_retry_budget *budget;
} seawall_retry_config;

/** Every default. */
#define SEAWALL_RETRY_CONFIG_INIT                                                                            \
    { sizeof(seawall_retry_config), 3, SEAWALL_MILLISECONDS(100), SEAWALL_SECONDS(5), SEAWALL_BACKOFF_EXPONENTIAL, \
      SEAWALL_JITTER_FULL, 2.0, 0.5, SEAWALL_FAULTS_RETRYABLE, SEAWALL_FAULTS_NON_RETRYABLE, SEAWALL_SECONDS(60),        \
      SEAWALL_FOREVER, 0, 0, 0, NULL, NULL, NULL }

/**
 * The same as #SEAWALL_RETRY_CONFIG_INIT, for a caller whose struct has `size` bytes. #SEAWALL_INVALID for NULL or an impossible
 * size. Any thread.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_retry_config_init(seawall_retry_config *config, size_t size);

/** A retry. Any number of threads may use it. */
typedef struct seawall_retry seawall_retry;

/** Creates a retry. Parameters and answers as seawall_breaker_create's. */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_retry_create(const seawall_retry_config *config,
                                                                   const seawall_platform *platform, seawall_retry **retry,
                                                                   seawall_error *error);

/** Gives up the caller's reference; NULL is allowed. Pipelines keep their own. */
SEAWALL_API void seawall_retry_destroy(seawall_retry *retry);

/**
 * Changes settings while it is in use, all or nothing. Every field may change but `predicate`, `predicate_user` and `budget`:
 * these must be as they were at creation. What is decided from here on goes by the new settings, as a whole, in runs that have
 * begun too: attempts made count, a wait that was scheduled stays as long as it is. A run that began without `max_elapsed` and
 * then gets one has begun when its first fault was judged. Takes a short lock, reads no clock, allocates nothing; those who call
 * wait for nobody.
 *
 * @param config NULL stands for every default, as with create.
 * @param error filled when the call fails; may be NULL.
 * @return #SEAWALL_OK; #SEAWALL_INVALID (the error names the field, and the value and bound or that it cannot change): nothing
 *         was changed.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_retry_reconfigure(seawall_retry *retry, const seawall_retry_config *config,
                                                                        seawall_error *error);

/**
 * The delay after attempt number `attempt` (1: the first) has failed, jitter included, in [0, max_delay]; any number up to
 * 2^63 - 1 is safe. Costs no loop over the attempts. Without jitter, delays never shrink from one attempt to the next.
 *
 * @param previous the delay before the failed attempt, 0 before the first; only decorrelated jitter looks at it.
 * @return #SEAWALL_OK; #SEAWALL_INVALID for NULL, attempt < 1 or previous < 0. Never blocks.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_retry_delay(const seawall_retry *retry, int64_t attempt,
                                                                  seawall_duration previous, seawall_duration *delay);

/** One operation's way through its attempts, for a retry used alone. The caller's; start with all zero. */
typedef struct seawall_retry_run {
    int32_t attempts;       /**< Attempts that have ended; stays at INT32_MAX. */
    seawall_fault first;    /**< The first fault. */
    seawall_fault last;     /**< The last fault. */
    seawall_reason reason;  /**< After #SEAWALL_FAILED: why no further attempt is made. */
    /**
     * When the first attempt began, for max_elapsed. Yours to set; left at 0, it is when the first fault was told. An instant
     * that is 0 is kept as -1.
     */
    seawall_time began;
    seawall_time again_at;  /**< After #SEAWALL_OK with a fault: when to try again. */
    seawall_duration delay; /**< The last delay of ours; the wait is longer if the server wished so. */
    seawall_retry_charge charge; /**< What the budget was charged for the attempt that is to come. */
} seawall_retry_run;

/** A run that has not begun. */
#define SEAWALL_RETRY_RUN_INIT { 0, 0, 0, 0, 0, 0, 0, 0 }

/**
 * An attempt has ended with `result`: what now? For a retry used alone, without a pipeline; the waiting is the caller's.
 * Never blocks; success draws no random number and reads no clock, but with a budget once in 16 calls.
 *
 * The wait after a server's own delay, cut to max_retry_after, is not shorter than it; with any jitter, our own delay comes
 * on top of it, so that clients that were told the same do not come back together.
 *
 * @param result the fault, and what else is known of the end: the code is for the predicate; a server's own delay of 0 or
 *        less is none.
 * @param deadline #SEAWALL_FOREVER if none; no attempt is scheduled at or after it.
 * @param again true: wait until `run->again_at`, then try again; false: over.
 * @return #SEAWALL_OK if the operation succeeded (`*again` false) or is to be tried again (`*again` true);
 *         #SEAWALL_FAILED if it is given up (`*again` false, `run->reason` says why); #SEAWALL_INVALID for NULL, a negative
 *         number of attempts or no such kind of fault: nothing was changed.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_retry_next(const seawall_retry *retry, seawall_retry_run *run,
                                                                 const seawall_result *result, seawall_time deadline,
                                                                 bool *again);

/** The same at the time `now`, reading no clock. */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_retry_next_at(const seawall_retry *retry, seawall_retry_run *run,
                                                                    const seawall_result *result, seawall_time deadline,
                                                                    seawall_time now, bool *again);

/**
 * The attempt that was scheduled will not be made: gives back what the budget was charged for it. Never blocks; NULL is allowed.
 */
SEAWALL_API void seawall_retry_abandon(const seawall_retry *retry, seawall_retry_run *run);

/**
 * Fills in the retry's policy for a pipeline, as seawall_breaker_policy does. It repeats what is inside it.
 *
 * A run inside that started an attempt and ended with a fault is judged as by seawall_retry_next. Any other run ends the
 * retry: a refusal, and whatever started no attempt, with #SEAWALL_REASON_REFUSED; a cancellation with
 * #SEAWALL_REASON_CANCELLED. The status stays what it was; faults of earlier attempts stay in the report.
 *
 * With `retry_refusals`, a run that a policy inside refused (open, full, limited) counts as one of max_attempts and is tried
 * again, after our own delay and not before the refusal's hint, which nothing cuts.
 *
 * With a `budget` every call counts as one when it enters, for which one of 16 reads the clock, and each repetition is charged
 * when it is scheduled: a call that is dropped before it starts gives the charge back. Where there is none left the retry ends
 * with #SEAWALL_REASON_BUDGET, and status and fault stay the operation's own.
 *
 * With `minimum_remaining` and a deadline too near for it, the retry itself refuses the first attempt, with #SEAWALL_TIMED_OUT.
 * With `max_elapsed` or `minimum_remaining` it reads the clock once per call. Both are judged when an attempt is scheduled: a
 * driver that looks late, or a queue inside, may begin it later than that, though never at or after its deadline.
 *
 * Events: #SEAWALL_EVENT_RETRY_SCHEDULED; #SEAWALL_EVENT_RETRY_GAVE_UP when attempts, time or the budget ran out, and when the
 * end comes after at least one attempt was repeated, but for a success or a cancellation.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_retry_policy(seawall_retry *retry, const char *name,
                                                                   seawall_policy *policy);

SEAWALL_END_DECLS

#endif
