/**
 * @file outcome.h
 * @brief How a run of an operation ended: what policies are told and hand on.
 */
#ifndef SEAWALL_OUTCOME_H
#define SEAWALL_OUTCOME_H

#include <seawall/fault.h>
#include <seawall/status.h>

SEAWALL_BEGIN_DECLS

/** Why this is the last word. */
typedef int32_t seawall_reason;
/** The values of seawall_reason. */
enum {
    SEAWALL_REASON_NONE = 0,          /**< Nobody had to decide: success, or no policy that repeats. */
    SEAWALL_REASON_ATTEMPTS = 1,      /**< All attempts were used. */
    SEAWALL_REASON_DEADLINE = 2,      /**< The next attempt would have begun at or after the deadline. */
    SEAWALL_REASON_NOT_RETRYABLE = 3, /**< This fault is not to be repeated. */
    SEAWALL_REASON_REFUSED = 4,       /**< A policy below refused; refusals are not repeated. */
    SEAWALL_REASON_CANCELLED = 5,     /**< Somebody called it off. */
    SEAWALL_REASON_FELL_BACK = 6,     /**< A fallback stood in: the success is not the operation's own. */
    SEAWALL_REASON_FALLBACK_FAILED = 7, /**< What was to stand in failed too: this is its end. */
    SEAWALL_REASON_BUDGET = 8         /**< The retry budget allows no more; the fault is the operation's own. */
};

/** The reason's name in lower case ("not_retryable"), "unknown" for anything else. A static string. Any thread; never blocks. */
SEAWALL_API const char *seawall_reason_name(seawall_reason reason);

/** Why something was cut short: a frame was dropped, a token cancelled. */
typedef int32_t seawall_cause;
/** The values of seawall_cause. */
enum {
    SEAWALL_CAUSE_DEADLINE = 1,    /**< A deadline, of a policy further out or the caller's. */
    SEAWALL_CAUSE_CANCELLATION = 2 /**< A cancellation, or another run won. */
};

/**
 * How a run ended. A plain value: copy it freely.
 *
 * It is a success exactly if `status` is #SEAWALL_OK, and then `fault` is #SEAWALL_FAULT_NONE. With
 * #SEAWALL_FAILED the operation's own fault stands in `fault`; with #SEAWALL_TIMED_OUT `fault` is
 * #SEAWALL_FAULT_TIMEOUT. What started no attempt (`attempts` 0) is never held against a dependency.
 */
typedef struct seawall_outcome {
    seawall_status status;        /**< What the library says of the run. */
    seawall_fault fault;          /**< What the operation said. */
    int64_t code;                 /**< The operation's own code, 0 if it set none. */
    seawall_duration retry_after; /**< "Not before": from the server or from the refusing policy; 0 if none. */
    int32_t policy;               /**< Position of the policy that refused or cut, outermost 0; -1 if none did. */
    int32_t attempts;             /**< Attempts started below the policy that is told. */
    seawall_reason reason;        /**< Why a policy that repeats or stands in made this its last word. */
    int32_t reserved;             /**< 0. */
} seawall_outcome;

/** How one attempt ended, as a host reports it. */
typedef struct seawall_result {
    seawall_fault fault;          /**< #SEAWALL_FAULT_NONE for success. */
    int32_t reserved;             /**< 0. */
    int64_t code;                 /**< The operation's own code, 0 if none. */
    seawall_duration retry_after; /**< The server's own delay, 0 if none. */
} seawall_result;

/**
 * Whether a breaker may hold this outcome against its dependency, or for it: at least one attempt was started
 * and the end is neither a refusal nor a cancellation nor misuse. Any thread; never blocks.
 */
SEAWALL_API bool seawall_outcome_counts(const seawall_outcome *outcome);

SEAWALL_END_DECLS

#endif
