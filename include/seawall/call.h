/**
 * @file call.h
 * @brief The guarded call: run an operation under a pipeline, on the calling thread or on a pool's workers, and wait for it.
 */
#ifndef SEAWALL_CALL_H
#define SEAWALL_CALL_H

#include <seawall/deadline.h>
#include <seawall/execution.h>
#include <seawall/pool.h>

SEAWALL_BEGIN_DECLS

/**
 * One attempt of a guarded call, for the operation to look at. Valid until the operation returns. An operation may also be
 * called directly, with NULL: that is a first attempt in the main chain, without a deadline, whose code and delay nobody keeps.
 */
typedef struct seawall_attempt seawall_attempt;

/**
 * The operation. Called once per attempt: on the thread that called seawall_call, or, where the attempt is inside a pool's policy
 * (pool.h), on a worker of that pool, and then perhaps several at a time and after the call has returned. It may block, until
 * seawall_attempt_deadline at the latest if it wants to keep its deadline, and may make guarded calls of its own. It must return:
 * no longjmp, no pthread_exit.
 * @return #SEAWALL_FAULT_NONE for success, else the fault kind; a kind that does not exist counts as "other".
 */
typedef seawall_fault (*seawall_operation_fn)(seawall_attempt *attempt, void *arg);

/** 1 for the call's first attempt, 2 for the next, and so on. */
SEAWALL_API int32_t seawall_attempt_number(const seawall_attempt *attempt);
/** 0 in the main chain; else the position, plus 1, of the policy that diverted to its alternative. */
SEAWALL_API int32_t seawall_attempt_alternative(const seawall_attempt *attempt);
/** When this attempt must have ended; #SEAWALL_FOREVER if nobody set one. Hand it to what you call. */
SEAWALL_API seawall_time seawall_attempt_deadline(const seawall_attempt *attempt);
/** Time left until the deadline: 0 if it has passed, #SEAWALL_FOREVER if there is none. Reads the clock if there is one. */
SEAWALL_API seawall_duration seawall_attempt_remaining(const seawall_attempt *attempt);
/**
 * @name The phases of an attempt
 * What a phase that begins now may take: its own limit, which the timeouts around the attempt set (timeout.h), or what is left of
 * the attempt's deadline, whichever is less; 0 if the deadline has passed, #SEAWALL_FOREVER if there is neither.
 * #SEAWALL_PHASE_REQUEST has no limit but the deadline. Nobody cuts a phase: hand its time to what you call. Each reads the clock
 * if there is a deadline, and none allocates or blocks. @{
 */
/** As a duration. */
SEAWALL_API seawall_duration seawall_attempt_phase_remaining(const seawall_attempt *attempt, seawall_phase phase);
/** As a deadline, for a phase of several system calls: ask once, at its begin. Reads the clock if the phase has a limit. */
SEAWALL_API seawall_time seawall_attempt_phase_deadline(const seawall_attempt *attempt, seawall_phase phase);
/** As poll(2) wants it: seawall_poll_milliseconds. */
SEAWALL_API int32_t seawall_attempt_poll_milliseconds(const seawall_attempt *attempt, seawall_phase phase);
/** As setsockopt(2) wants it: seawall_socket_timeout. */
SEAWALL_API void seawall_attempt_socket_timeout(const seawall_attempt *attempt, seawall_phase phase, int64_t *seconds,
                                                int32_t *microseconds);
/** As libcurl wants it: seawall_curl_milliseconds. */
SEAWALL_API int64_t seawall_attempt_curl_milliseconds(const seawall_attempt *attempt, seawall_phase phase);
/**
 * What is left of the deadline as a header's value for the next hop: seawall_deadline_to_header. Answers as that does; NULL, a
 * direct call's attempt, has no deadline.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_attempt_to_header(const seawall_attempt *attempt, char *text, size_t size,
                                                                        size_t *needed);
/** @} */

/** Whether the attempt should stop: it was cancelled, or its deadline has passed. Reads the clock if there is a deadline. */
SEAWALL_API bool seawall_attempt_cancelled(const seawall_attempt *attempt);
/**
 * The attempt's own token: it is cancelled when the call's token is, and under a hard timeout (timeout.h) at the deadline. Add a
 * hook that unblocks what the operation waits for, poll its descriptor, or make it the parent of calls inside the operation.
 * Valid until the operation returns; by then its hooks must be removed, and its children gone. The first call makes the token,
 * which takes a short lock if there is a token or a timer above it; who never asks never pays.
 * @return #SEAWALL_OK, also if it is cancelled by now; #SEAWALL_FULL: the timer service has no place for the deadline;
 *         #SEAWALL_INVALID: NULL, a direct call's, or the call's token is as deep as tokens may be.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_attempt_token(seawall_attempt *attempt, seawall_cancel **cancel);
/** Keeps the operation's own code (an errno, an HTTP status) with the outcome. The last one set counts. */
SEAWALL_API void seawall_attempt_set_code(seawall_attempt *attempt, int64_t code);
/** Keeps the server's own wish with the outcome: not before this time has passed. Negative ones count as 0. */
SEAWALL_API void seawall_attempt_set_retry_after(seawall_attempt *attempt, seawall_duration delay);

/**
 * Runs `operation(attempt, arg)` under `pipeline`; waits on the platform's clock where a policy says so. Inside an operation
 * it is under the deadline of that operation's attempt: see deadline.h. Without a pool the operation runs on this thread, and
 * nothing of it is left running on return. With one (seawall_pool_policy) it runs on the pool's workers, and the call returns
 * when its result is known: what a timeout abandoned, a hedge that lost, and what the caller's own deadline or token cut may
 * still run, and use `arg` (seawall_call_options.drained). Any number of threads at once. Allocates nothing; reads the clock
 * only where a policy, a deadline or a report asks for the time.
 *
 * @param report NULL, or a report whose size is set; filled whatever the status, but for #SEAWALL_INVALID.
 * @return #SEAWALL_OK if the operation succeeded; #SEAWALL_FAILED if its last word was a fault; #SEAWALL_OPEN,
 *         #SEAWALL_FULL, #SEAWALL_LIMITED or whatever a policy refused with; #SEAWALL_TIMED_OUT; #SEAWALL_CANCELLED;
 *         #SEAWALL_UNSUPPORTED, before anything is entered, for a pipeline that has a policy which this thread alone cannot serve
 *         (the report's `policy` is its position): without a pool one that runs side by side or leaves runs to themselves, as a
 *         hedge and a timeout that abandons do; or a hard timeout without a pool and without a timer service whose thread runs.
 *         #SEAWALL_INVALID for NULL or a report of an impossible size.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_call(const seawall_pipeline *pipeline, seawall_operation_fn operation,
                                                           void *arg, seawall_report *report);

/** The same with a deadline on the platform's clock, which every policy and attempt inherits. */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_call_until(const seawall_pipeline *pipeline, seawall_time deadline,
                                                                 seawall_operation_fn operation, void *arg,
                                                                 seawall_report *report);

/** What a guarded call may be given besides. */
typedef struct seawall_call_options {
    uint32_t size;          /**< sizeof(seawall_call_options) */
    uint32_t reserved;      /**< 0 */
    seawall_time deadline;  /**< As seawall_call_until's; #SEAWALL_FOREVER (default): none. */
    seawall_cancel *cancel; /**< Whose cancellation calls it off; must live until the call returns. NULL (default): nobody's. */
    /** Its attempts' level, where they run on a pool (pool.h). Default #SEAWALL_PRIORITY_NORMAL. */
    seawall_priority priority;
    uint32_t reserved2;     /**< 0 */
    /**
     * Told when nothing of the call runs any more, so that `arg` is not used again: exactly once, whatever the call answers and
     * with or without a pool, but for a call that is #SEAWALL_INVALID for its arguments. So `arg` may be freed here, and nowhere
     * else. Without a pool, and for a call that was not begun (#SEAWALL_FULL for want of a place, #SEAWALL_UNSUPPORTED), on the
     * calling thread before the call returns; else on any thread, before or after: an abandoned attempt may use `arg` long after
     * the call has returned. Under no lock; must not destroy the pipeline or its pools. NULL (default): nobody is told. Poll:
     * drained_mark.
     */
    void (*drained)(void *arg);
    /**
     * The same for who asks instead of being told: set to 1, by whatever thread, when `drained` would be called. It must live
     * until then, and only one of the two may be given. NULL (default): nobody asks.
     */
    uint32_t *drained_mark;
} seawall_call_options;

/** Every default. */
#define SEAWALL_CALL_OPTIONS_INIT                                                                            \
    { sizeof(seawall_call_options), 0, SEAWALL_FOREVER, NULL, SEAWALL_PRIORITY_NORMAL, 0, NULL, NULL }

/**
 * The same as #SEAWALL_CALL_OPTIONS_INIT, for a caller whose struct has `size` bytes. #SEAWALL_INVALID for NULL or an impossible
 * size. Any thread.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_call_options_init(seawall_call_options *options, size_t size);

/**
 * seawall_call with options; NULL for every default. Under a token that is cancelled before, nothing is entered; a wait or a
 * sleep ends; an operation that runs hears of it through its attempt, and when it returns the result is #SEAWALL_CANCELLED
 * whatever it says. What was earlier counts, the cancellation or the deadline, and at one instant the cancellation. The token of
 * an attempt that a deadline has cut says so (#SEAWALL_CAUSE_DEADLINE): to calls under it that is a deadline which has come.
 * @return as seawall_call; #SEAWALL_INVALID also for options of an impossible size, a token of another platform, a priority that
 *         there is not, and `drained` together with `drained_mark`.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_call_with(const seawall_pipeline *pipeline,
                                                                const seawall_call_options *options,
                                                                seawall_operation_fn operation, void *arg,
                                                                seawall_report *report);

SEAWALL_END_DECLS

#endif
