/**
 * @file future.h
 * @brief Futures: guarded calls on pools that nobody waits in. Their result is asked for, waited for, or announced.
 *
 * For pipelines with a pool (seawall_pool_policy). Attempts run on the pool's workers; retries, timeouts and waits are seen to
 * by the workers and by one thread of the pipeline's, the attendant, which the first future starts. So an event loop starts a
 * call, is told by its waker when the result is there, and never blocks.
 *
 * A future holds one of the pipeline's places (seawall_pipeline_config.calls) until it is used up: by seawall_future_poll or
 * seawall_future_wait_until when they give the result, or by seawall_future_forget. Use up each of them before the pipeline is
 * destroyed, which waits for them. In the child of a fork the parent's are stale.
 */
#ifndef SEAWALL_FUTURE_H
#define SEAWALL_FUTURE_H

#include <seawall/call.h>

SEAWALL_BEGIN_DECLS

/** A guarded call under way: an opaque number, never 0. */
typedef uint64_t seawall_future;

/**
 * Begins a guarded call and returns. Never blocks for long; allocates nothing.
 * @param options NULL for every default. A token must live until the call has finished.
 * @param arg must live until nothing of the call runs any more: see seawall_call_options.drained, which is told of a start that
 *        failed, too, unless it was #SEAWALL_INVALID.
 * @param waker copied; called once, on any thread, when the result is there: it marks and signals, and must not call back in.
 *        NULL: nobody is told.
 * @param future its name. Written on #SEAWALL_OK only.
 * @return #SEAWALL_OK; #SEAWALL_FULL: as many calls are under way as the pipeline has places; #SEAWALL_NO_RESOURCES: the system
 *         gave no thread for the attendant; #SEAWALL_UNSUPPORTED: the pipeline has no pool; #SEAWALL_INVALID.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_future_start(const seawall_pipeline *pipeline,
                                                                   const seawall_call_options *options,
                                                                   seawall_operation_fn operation, void *arg,
                                                                   const seawall_waker *waker, seawall_future *future);

/**
 * How the call went, if it has finished: then the future is used up. Attempts that were abandoned may still run. Never blocks for
 * long.
 * @param report its size must be set; may be NULL. Written on #SEAWALL_OK only.
 * @return #SEAWALL_OK: it has finished, the report's status says how; #SEAWALL_BUSY: not yet, or called from inside one of its
 *         verbs or listeners, or from inside those of another call on a pool while somebody is at work in this one;
 *         #SEAWALL_STALE: it was used up before; #SEAWALL_INVALID.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_future_poll(const seawall_pipeline *pipeline, seawall_future future,
                                                                  seawall_report *report);

/**
 * Waits for it, until `deadline` at the latest, and answers as poll; #SEAWALL_TIMED_OUT: it goes on, and the future stays;
 * #SEAWALL_BUSY, too: called by a worker of a pool that the call runs on, and every worker would wait and none would work.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_future_wait_until(const seawall_pipeline *pipeline, seawall_future future,
                                                                        seawall_time deadline, seawall_report *report);

/**
 * Calls it off: its result is #SEAWALL_CANCELLED at once, unless there is one. The future stays. #SEAWALL_OK; otherwise as poll.
 */
SEAWALL_API seawall_status seawall_future_cancel(const seawall_pipeline *pipeline, seawall_future future);

/** Calls it off and gives the future up, whatever it does. #SEAWALL_OK; otherwise as poll. */
SEAWALL_API seawall_status seawall_future_forget(const seawall_pipeline *pipeline, seawall_future future);

SEAWALL_END_DECLS

#endif
