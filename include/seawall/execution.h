/**
 * @file execution.h
 * @brief One guarded run as a value that anyone may drive: a state machine without I/O, threads or a clock.
 *
 * The host begins it, asks what to do next until the answer is "wait" or "drained", and reports how the attempts it
 * started have ended:
 *
 *     begin_at -> next_at -> START 1 -> WAIT ... report_at(1) -> next_at -> FINISHED -> DRAINED
 *
 * It is *finished* when its result is known, and *drained* when every attempt that was started has been reported or
 * disowned; its storage must live until then. It starts 2^31 - 1 attempts at most: what would come after counts as refused
 * with #SEAWALL_FULL, by no policy.
 *
 * None of these functions is thread-safe for one execution (the host serialises), none allocates, blocks or reads a clock. Within
 * one run a `now` smaller than the last one counts as the last one; begin takes whatever time it is given.
 *
 * Order at one instant: timers due strictly before now; then reports and cancellations in order of arrival; then waiting
 * policies are asked again; then timers due now, outermost first.
 */
#ifndef SEAWALL_EXECUTION_H
#define SEAWALL_EXECUTION_H

#include <seawall/cancel.h>
#include <seawall/pipeline.h>

SEAWALL_BEGIN_DECLS

/** One run. Lives in the caller's storage. */
typedef struct seawall_execution seawall_execution;

/** Storage of an execution must be aligned to this many bytes. */
#define SEAWALL_EXECUTION_ALIGNMENT 16
/** No pipeline that a blocking call can run (every width 1, nothing detaches) needs more bytes for an execution than this. */
#define SEAWALL_EXECUTION_SIZE_MAX 12288

/** What the host is to do. */
typedef int32_t seawall_step_kind;
/** The values of seawall_step_kind. */
enum {
    SEAWALL_STEP_START = 1,    /**< Start attempt `id` and report its end later. */
    SEAWALL_STEP_CANCEL = 2,   /**< Ask attempt `id` to stop; its end must still be reported. Told once. */
    SEAWALL_STEP_WAIT = 3,     /**< Nothing until `until` (#SEAWALL_FOREVER: until a report or the waker). */
    SEAWALL_STEP_FINISHED = 4, /**< The result is known: see seawall_execution_report. Told once. */
    SEAWALL_STEP_DRAINED = 5   /**< Nothing is left to do; the storage may be reused. */
};

/** The step's name in lower case ("start"), "unknown" for anything else. A static string. Any thread; never blocks. */
SEAWALL_API const char *seawall_step_name(seawall_step_kind kind);

/** One thing to do. */
typedef struct seawall_step {
    seawall_step_kind kind; /**< What. The members below are 0 where the kind does not name them. */
    int32_t number;         /**< START: 1 for the execution's first attempt, 2 for the next, ... */
    uint64_t id;            /**< START, CANCEL: the attempt's name in this run, from begin to DRAINED; not 0, never used twice. */
    /**
     * START: which of several runs side by side: 0 for the first, 1 for the first extra one, ... Where hedges are nested each run
     * of the outer one has as many routes of its own as the inner one is wide.
     */
    int32_t route;
    int32_t alternative;    /**< START: 0 in the main chain; else the position, plus 1, of the policy that diverted. */
    seawall_time deadline;  /**< START: when the attempt must have ended. */
    seawall_time until;     /**< WAIT: when to ask again at the latest. */
} seawall_step;

/** How an execution went. */
typedef struct seawall_report {
    uint32_t size;               /**< Set to sizeof(seawall_report) before the call. */
    seawall_status status;       /**< The result, as the call returned it. */
    seawall_fault fault;         /**< The result's fault kind. */
    seawall_reason reason;       /**< Why a policy that repeats or stands in made this its last word. */
    int64_t code;                /**< The operation's own code for that. */
    seawall_duration retry_after; /**< "Not before", 0 if nobody said. */
    seawall_duration elapsed;    /**< From begin to the result. */
    int32_t attempts;            /**< Attempts started. */
    /** Position of the policy that refused or cut; -1: none, or the caller's own deadline or cancellation. */
    int32_t policy;
    /**
     * The first fault, other than ignored, that an attempt reported; an attempt that a deadline cuts counts as one that reported
     * #SEAWALL_FAULT_TIMEOUT. #SEAWALL_FAULT_NONE if there was none.
     */
    seawall_fault first_fault;
    seawall_fault last_fault;    /**< The last one. */
    int64_t first_code;          /**< The code that came with the first fault. */
    int64_t last_code;           /**< The code that came with the last fault. */
    int32_t starved;             /**< How often a run waited because late attempts held every place. */
    int32_t late;                /**< Attempts that had not ended when the result was known. */
} seawall_report;

/** An empty report with its size. */
#define SEAWALL_REPORT_INIT { sizeof(seawall_report), 0, 0, 0, 0, 0, 0, 0, -1, 0, 0, 0, 0, 0, 0 }

/**
 * The same as #SEAWALL_REPORT_INIT, for a caller whose struct has `size` bytes. #SEAWALL_INVALID for NULL or an impossible size.
 * Any thread.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_report_init(seawall_report *report, size_t size);

/** Bytes of storage for one execution of this pipeline. Any thread; never blocks. */
SEAWALL_API size_t seawall_execution_size(const seawall_pipeline *pipeline);

/**
 * Makes an idle execution in `storage`.
 * @param waker copied; NULL if no policy can wait without a time, or the host looks often enough.
 * @return #SEAWALL_OK; #SEAWALL_INVALID (NULL, misaligned); #SEAWALL_UNSUPPORTED: its attempts run on a pool; #SEAWALL_TOO_SMALL.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_execution_init(void *storage, size_t size, const seawall_pipeline *pipeline,
                                                                     const seawall_waker *waker, seawall_execution **execution);

/**
 * Sets what seawall_turn_user answers, NULL until then: what seawall_call sets to its `arg`. #SEAWALL_OK; #SEAWALL_BUSY from
 * inside a callback; #SEAWALL_INVALID for NULL.
 */
SEAWALL_API seawall_status seawall_execution_set_user(seawall_execution *execution, void *user);

/**
 * Puts the runs that begin from here on under a token, NULL (at first): under none. It must live until each of them has finished.
 * Cancelling it is like seawall_execution_cancel_at at that instant: the waker is called, and the next call into the execution
 * finds out. A run that began before the instant of its deadline was over is never called timed out for a cancellation, nor
 * cancelled for a deadline: what was earlier counts, and at one instant the cancellation; a token whose cause is
 * #SEAWALL_CAUSE_DEADLINE is a deadline. A run under a token costs one load in each call; two short locks if it ever waits, and
 * its end waits for a waker that is being called, which so must not wait for who is in a call here.
 * @return #SEAWALL_OK; #SEAWALL_BUSY: a run is under way; #SEAWALL_INVALID: NULL, or the token's platform is not the pipeline's.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_execution_set_cancel(seawall_execution *execution, seawall_cancel *cancel);

/**
 * Begins a run; an idle or drained execution may begin as often as you like.
 * @param deadline #SEAWALL_FOREVER for none. At the deadline the result is #SEAWALL_TIMED_OUT at once, and what still runs is
 *        late. With one that is not after `now` nothing is started.
 * @return #SEAWALL_OK; #SEAWALL_BUSY if it is not drained or the call comes from inside a callback; #SEAWALL_INVALID.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_execution_begin_at(seawall_execution *execution, seawall_time now,
                                                                         seawall_time deadline);

/** What to do next. #SEAWALL_OK; #SEAWALL_BUSY from inside a callback; #SEAWALL_INVALID for NULL or before begin. */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_execution_next_at(seawall_execution *execution, seawall_time now,
                                                                        seawall_step *step);

/**
 * Attempt `id` has ended. After the result is known that changes the result no more.
 * @return #SEAWALL_OK; #SEAWALL_INVALID if it was never started, or already reported or disowned, or for a fault kind
 *         that does not exist; #SEAWALL_BUSY from inside a callback.
 */
SEAWALL_API seawall_status seawall_execution_report_at(seawall_execution *execution, uint64_t id, const seawall_result *result,
                                                       seawall_time now);

/** Nobody will ever know how attempt `id` ended: it counts neither way. Answers as report does. */
SEAWALL_API seawall_status seawall_execution_disown_at(seawall_execution *execution, uint64_t id, seawall_time now);

/**
 * For a host to whom every call is dear, as one in another language is: a report, what to do next and the result, in one call.
 * Attempt `id` has ended with `result`; with 0 and NULL none has. Then as seawall_execution_next_at, but that
 * #SEAWALL_STEP_FINISHED is passed over where #SEAWALL_STEP_DRAINED follows at once.
 * @param report filled if the result has become known with this call, else left alone; its size must be set. NULL: not asked for.
 * @param step written on #SEAWALL_OK only.
 * @return #SEAWALL_OK; what seawall_execution_report_at refuses with, and then nothing was changed; #SEAWALL_BUSY;
 *         #SEAWALL_INVALID for one of `id` and `result` without the other, no `step`, or a report of an impossible size.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_execution_exchange_at(seawall_execution *execution, uint64_t id,
                                                                            const seawall_result *result, seawall_time now,
                                                                            seawall_report *report, seawall_step *step);

/**
 * Calls the whole run off, also while it waits or sleeps: the result is #SEAWALL_CANCELLED at once. #SEAWALL_OK, also when it has
 * finished; #SEAWALL_BUSY; #SEAWALL_INVALID before begin.
 */
SEAWALL_API seawall_status seawall_execution_cancel_at(seawall_execution *execution, seawall_time now);

/**
 * Fills `report`, whose size must be set. #SEAWALL_OK; #SEAWALL_BUSY before it is finished; #SEAWALL_INVALID for NULL, an
 * impossible size, and what has not begun.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_execution_report(const seawall_execution *execution,
                                                                       seawall_report *report);

/**
 * Ends the use of the storage. #SEAWALL_OK; #SEAWALL_BUSY before it is drained: nothing was changed; #SEAWALL_INVALID for NULL.
 */
SEAWALL_API seawall_status seawall_execution_fini(seawall_execution *execution);

SEAWALL_END_DECLS

#endif
