/**
 * @file async.h
 * @brief Guarded calls of operations that are themselves asynchronous, for programs without a loop of their own.
 *
 * A call is started on any thread and returns at once. Whoever drives the timer service, its thread as a rule, then runs it: it
 * has the operation begin each attempt, is told how attempts ended, from any thread, waits where a policy says so, and in the end
 * calls back, or keeps the result until it is taken:
 *
 *     start -> operation.begin 1 ... report(1) -> (wait) -> operation.begin 2 ... report(2) -> done -> drained
 *
 * A call is *finished* when its result is known, and *drained* when every attempt that was begun has been reported or disowned as
 * well. Nothing is allocated after the creation. A host with a loop of its own rather uses a group (group.h), which this is made
 * of, and has no thread between itself and its sockets.
 *
 * In the child of a fork the object is as if it had just been created: calls of the parent end in the parent; their names are
 * stale in the child, and none of their functions is called there. What they held of bulkheads stays held in the child's
 * copies, as for any other run: create those after forking. A child that was forked by one of the functions must not return from
 * it.
 */
#ifndef SEAWALL_ASYNC_H
#define SEAWALL_ASYNC_H

#include <seawall/execution.h>

SEAWALL_BEGIN_DECLS

/** Asynchronous calls that are run by one timer service. Every function on it may be called from any thread, at any time. */
typedef struct seawall_async seawall_async;

/** One call: an opaque number, never 0, and stale once the call is over. */
typedef uint64_t seawall_async_call;

/** The most calls of one object at the same time. */
#define SEAWALL_ASYNC_CALLS_MAX 1000000

/** Settings. */
typedef struct seawall_async_config {
    uint32_t size;    /**< sizeof(seawall_async_config) */
    int32_t capacity; /**< Calls at the same time: 1 to #SEAWALL_ASYNC_CALLS_MAX, default 1024. */
} seawall_async_config;

/** Every default. */
#define SEAWALL_ASYNC_CONFIG_INIT { sizeof(seawall_async_config), 1024 }

/**
 * The same as #SEAWALL_ASYNC_CONFIG_INIT, for a caller whose struct has `size` bytes. #SEAWALL_INVALID for NULL or an impossible
 * size. Any thread.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_async_config_init(seawall_async_config *config, size_t size);

/** One attempt, for the operation to begin or to stop. Valid during the callback: copy what is needed later. */
typedef struct seawall_async_attempt {
    uint64_t id;             /**< Its name among all attempts of the object: what its end is reported by. Never 0. */
    seawall_async_call call; /**< Whose it is. */
    int32_t number;          /**< As seawall_step's: 1 for the call's first attempt, 2 for the next, ... */
    int32_t route;           /**< As seawall_step's: which of several side by side. */
    int32_t alternative;     /**< As seawall_step's: 0 in the main chain; else whose alternative. */
    int32_t reserved;        /**< 0 */
    seawall_time deadline;   /**< When it must have ended; #SEAWALL_FOREVER if nobody set one. */
} seawall_async_attempt;

/**
 * Begins an attempt, or asks one to stop. On the thread that drives the timer service, one after another, under no lock. It must
 * not block: everything else on that service waits. It may call any function here, for this attempt as well; those that would
 * wait answer #SEAWALL_BUSY. Poll: seawall_group_next_at, which calls nobody.
 */
typedef void (*seawall_async_attempt_fn)(const seawall_async_attempt *attempt, void *user);

/**
 * Tells the result, once. On the same thread and terms as #seawall_async_attempt_fn; the report is valid during the callback.
 * Poll: seawall_async_take.
 */
typedef void (*seawall_async_done_fn)(seawall_async_call call, const seawall_report *report, void *user);

/**
 * Tells that nothing is left of a call: the last function that is called for it. On the same thread and terms as
 * #seawall_async_attempt_fn. No poll: who has the result and has reported every attempt knows it.
 */
typedef void (*seawall_async_drained_fn)(seawall_async_call call, void *user);

/** What is called. */
typedef struct seawall_async_operation {
    uint32_t size;                    /**< sizeof(seawall_async_operation) */
    uint32_t reserved;                /**< 0 */
    seawall_async_attempt_fn begin;   /**< Begins an attempt, whose end is reported then or later, by any thread. Required. */
    /**
     * The attempt's end is not waited for any more, or its time is over: it should stop, and be reported all the same. Told
     * once, and not if it was reported before; another thread may be reporting it at this moment. NULL: attempts go on to their
     * own end.
     */
    seawall_async_attempt_fn stop;
    seawall_async_done_fn done;       /**< The result is known. NULL: it is kept for seawall_async_take. */
    seawall_async_drained_fn drained; /**< Everything is over: `user` is no longer needed. NULL: nobody is told. */
} seawall_async_operation;

/** An operation without functions; `begin` must be set. */
#define SEAWALL_ASYNC_OPERATION_INIT { sizeof(seawall_async_operation), 0, NULL, NULL, NULL, NULL }

/**
 * The same as #SEAWALL_ASYNC_OPERATION_INIT, for a caller whose struct has `size` bytes. #SEAWALL_INVALID for NULL or an
 * impossible size. Any thread.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_async_operation_init(seawall_async_operation *operation, size_t size);

/**
 * Creates an object in two allocations: for each call what an execution of `pipeline` needs, 272 bytes, and 104 for each attempt
 * that may go on at once.
 * @param config NULL for every default.
 * @param pipeline the one that needs the most room of those that will run, and the most attempts at once.
 * @param timers who runs the calls, started or driven by a host; must outlive the object. Its platform is the object's.
 * @param error filled when the call fails; may be NULL.
 * @return #SEAWALL_OK; #SEAWALL_INVALID (the pipeline's platform is not that of the timers, too, and so many attempts that they
 *         have no names); #SEAWALL_NO_MEMORY.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_async_create(const seawall_async_config *config,
                                                                   const seawall_pipeline *pipeline, seawall_timers *timers,
                                                                   seawall_async **async, seawall_error *error);

/**
 * Destroys it. Results that nobody took are lost. Waits for a function of this object that is just returning. No other thread may
 * be in a call on it, but for those that start, report, disown or cancel what has been drained: they need nothing of it any more.
 * @return #SEAWALL_OK, also for NULL; #SEAWALL_BUSY while a call is not drained, or on the thread that drives the timer service,
 *         from inside a function: nothing was changed.
 */
SEAWALL_API seawall_status seawall_async_destroy(seawall_async *async);

/**
 * Starts a call: it begins on the thread that drives the timer service, at the time at which that hears of it. Allocates nothing,
 * blocks on nothing, one short lock; wakes the driver if that sleeps.
 * @param pipeline kept until the call is drained; its platform must be that of the object.
 * @param deadline on the platform's clock; #SEAWALL_FOREVER for none.
 * @param operation copied.
 * @param user handed to the operation's functions; also what seawall_turn_user answers.
 * @param call its name; may be NULL, as every function is told it. Written on #SEAWALL_OK only, and before any function is
 *        called. Without `done` somebody has to take the result by this name: until then the call has one of `capacity` places.
 * @return #SEAWALL_OK; #SEAWALL_FULL: `capacity` calls are not over; #SEAWALL_TOO_SMALL: the pipeline needs more room, or more
 *         attempts at once, than the one the object was created with; #SEAWALL_UNSUPPORTED: its attempts run on a pool;
 *         #SEAWALL_INVALID: NULL, or no `begin`.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_async_start(seawall_async *async, const seawall_pipeline *pipeline,
                                                                  seawall_time deadline,
                                                                  const seawall_async_operation *operation, void *user,
                                                                  seawall_async_call *call);

/**
 * Attempt `id` has ended. Ends and cancellations are heeded in the order in which they come. One short lock; wakes the driver if
 * that sleeps.
 * @return #SEAWALL_OK; #SEAWALL_STALE: it was reported or disowned before, or never begun; #SEAWALL_INVALID: NULL, or a fault
 *         kind that does not exist.
 */
SEAWALL_API seawall_status seawall_async_report(seawall_async *async, uint64_t id, const seawall_result *result);

/** Nobody will ever know how attempt `id` ended: it counts neither way. As seawall_async_report. */
SEAWALL_API seawall_status seawall_async_disown(seawall_async *async, uint64_t id);

/**
 * Calls a call off: its result is #SEAWALL_CANCELLED, unless it is known by the time the driver hears of it. One short lock.
 * @return #SEAWALL_OK, also if it has finished; #SEAWALL_STALE: it is over; #SEAWALL_INVALID for NULL.
 */
SEAWALL_API seawall_status seawall_async_cancel(seawall_async *async, seawall_async_call call);

/** Calls all calls off that were started before: how an end begins. Costs by the capacity. #SEAWALL_OK; #SEAWALL_INVALID. */
SEAWALL_API seawall_status seawall_async_cancel_all(seawall_async *async);

/**
 * Takes the result of a call without `done`, whose name is stale from then on. One short lock.
 * @param report its size must be set.
 * @return #SEAWALL_OK; #SEAWALL_BUSY: it has not finished; #SEAWALL_STALE: taken before, or never started; #SEAWALL_INVALID:
 *         NULL, a report of an impossible size, or a call with `done`.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_async_take(seawall_async *async, seawall_async_call call,
                                                                 seawall_report *report);

/**
 * The same, and waits until `until` for the call to finish.
 * @return as seawall_async_take; #SEAWALL_TIMED_OUT: it has not finished by then; #SEAWALL_BUSY: it has not, and this is the
 *         thread that drives the timer service, for which nobody else can work.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_async_take_until(seawall_async *async, seawall_async_call call,
                                                                       seawall_time until, seawall_report *report);

/**
 * Waits until no call is left that is not drained: how an end ends, after seawall_async_cancel_all.
 * @return #SEAWALL_OK; #SEAWALL_TIMED_OUT: some are left; #SEAWALL_BUSY: some are, and this is the thread that drives the timer
 *         service; #SEAWALL_INVALID for NULL.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_async_drain_until(seawall_async *async, seawall_time until);

/** How many calls are not drained. 0 for NULL. One short lock. */
SEAWALL_API int32_t seawall_async_count(seawall_async *async);

SEAWALL_END_DECLS

#endif
