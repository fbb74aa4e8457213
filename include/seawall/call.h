/**
 * @file call.h
 * @brief The guarded call: run an operation under a pipeline on the calling thread.
 */
#ifndef SEAWALL_CALL_H
#define SEAWALL_CALL_H

#include <seawall/execution.h>

SEAWALL_BEGIN_DECLS

/**
 * One attempt of a guarded call, for the operation to look at. Valid until the operation returns. An operation may also be
 * called directly, with NULL: that is a first attempt in the main chain, without a deadline, whose code and delay nobody keeps.
 */
typedef struct seawall_attempt seawall_attempt;

/**
 * The operation. Called on the thread that called seawall_call, once per attempt. It may block, until
 * seawall_attempt_deadline at the latest if it wants to keep its deadline, and may make guarded calls of its own. It must return: no longjmp, no pthread_exit.
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
/** Whether the attempt should stop: its deadline has passed. Reads the clock if there is a deadline. */
SEAWALL_API bool seawall_attempt_cancelled(const seawall_attempt *attempt);
/** Keeps the operation's own code (an errno, an HTTP status) with the outcome. The last one set counts. */
SEAWALL_API void seawall_attempt_set_code(seawall_attempt *attempt, int64_t code);
/** Keeps the server's own wish with the outcome: not before this time has passed. Negative ones count as 0. */
SEAWALL_API void seawall_attempt_set_retry_after(seawall_attempt *attempt, seawall_duration delay);

/**
 * Runs `operation(attempt, arg)` under `pipeline`, on this thread; waits on the platform's clock where a policy says so.
 * Returns when nothing of it is left running. Any number of threads at once. Allocates nothing; reads the clock only
 * where a policy, a deadline or a report asks for the time.
 *
 * @param report NULL, or a report whose size is set; filled whatever the status, but for #SEAWALL_INVALID.
 * @return #SEAWALL_OK if the operation succeeded; #SEAWALL_FAILED if its last word was a fault; #SEAWALL_OPEN,
 *         #SEAWALL_FULL, #SEAWALL_LIMITED or whatever a policy refused with; #SEAWALL_TIMED_OUT; #SEAWALL_CANCELLED;
 *         #SEAWALL_UNSUPPORTED for a pipeline that starts runs side by side or detaches them (the report's
 *         `policy` is the position of the one in the way); #SEAWALL_INVALID for NULL or a report of an impossible size.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_call(const seawall_pipeline *pipeline, seawall_operation_fn operation,
                                                           void *arg, seawall_report *report);

/** The same with a deadline on the platform's clock, which every policy and attempt inherits. */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_call_until(const seawall_pipeline *pipeline, seawall_time deadline,
                                                                 seawall_operation_fn operation, void *arg,
                                                                 seawall_report *report);

SEAWALL_END_DECLS

#endif
