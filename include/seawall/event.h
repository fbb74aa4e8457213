/**
 * @file event.h
 * @brief Decisions that a pipeline tells its listener. Not every call: only what somebody decided.
 */
#ifndef SEAWALL_EVENT_H
#define SEAWALL_EVENT_H

#include <seawall/outcome.h>

SEAWALL_BEGIN_DECLS

/** What was decided. */
typedef int32_t seawall_event_kind;
/** The values of seawall_event_kind. A user's own policies take theirs from #SEAWALL_EVENT_USER up. */
enum {
    SEAWALL_EVENT_RETRY_SCHEDULED = 1, /**< One more attempt after `delay`; `fault` is the one that caused it. */
    SEAWALL_EVENT_RETRY_GAVE_UP = 2,   /**< No further attempt; `fault` is the last one, `reason` says why. */
    /** A policy, or the caller's deadline (policy -1), cut the run below it (`fault`: timeout); `now` is when it was due. */
    SEAWALL_EVENT_TIMED_OUT = 3,
    SEAWALL_EVENT_REFUSED = 4,         /**< A policy refused; `delay` is how long to wait. Once per refusal. */
    SEAWALL_EVENT_DROPPED = 5,         /**< A waiting or sleeping run was called off. */
    SEAWALL_EVENT_STARVED = 6,         /**< A run waits for a late end to give its place back. */
    /** Something stands in for a run that ended with `fault`, none if it was refused, and `reason`. */
    SEAWALL_EVENT_FELL_BACK = 7,
    SEAWALL_EVENT_FALLBACK_FAILED = 8, /**< What was to stand in failed, with `fault` and `reason`. */
    SEAWALL_EVENT_HEDGE_STARTED = 9,   /**< One more run began beside the first, `delay` after it. */
    SEAWALL_EVENT_HEDGE_WON = 10,      /**< An extra run succeeded first, `delay` after the first one began. */
    SEAWALL_EVENT_HEDGE_LOST = 11,     /**< The first run did, after `delay`, although there were extra ones. */
    /** A chaos policy holds a run up for `delay`; or, without one, has replaced its end: by `fault`, or by a success. */
    SEAWALL_EVENT_INJECTED = 12,
    SEAWALL_EVENT_USER = 1000          /**< The first kind for users. */
};

/** One decision. Valid during the callback. */
typedef struct seawall_event {
    seawall_event_kind kind; /**< What. */
    /** Whose: position in the pipeline, outermost 0, alternatives after the main chain; -1: the machine's. */
    int32_t policy;
    seawall_time now;        /**< When. */
    seawall_duration delay;  /**< As the kind says, else 0. */
    seawall_fault fault;     /**< As the kind says, else #SEAWALL_FAULT_NONE. */
    int32_t attempts;        /**< Attempts the execution had started so far. */
    seawall_reason reason;   /**< As the kind says, else #SEAWALL_REASON_NONE. */
    int32_t reserved;        /**< 0. */
} seawall_event;

/**
 * A pipeline's listener. Called on the thread that drives the execution, in the order of the decisions of that execution;
 * concurrently for different ones. It may call anything but the functions of the execution it is called from (they answer
 * #SEAWALL_BUSY), where attempts run on no pool, under no lock. It should be quick: the call waits for it. Poll:
 * seawall_pipeline_poll; seawall_registry_poll for the pipelines of a registry.
 *
 * In a pipeline with a pool it is called under a lock of the call's, as is whatever else the call's policies call: listeners of
 * breakers, predicates, a fallback's function. There it must call nothing that waits: no guarded call through a pipeline with a
 * pool, no seawall_future_wait_until, no seawall_pool_run_until, seawall_pool_wait_until or seawall_pool_drain_until, and no
 * destroying of pools and of pipelines with a pool. What it waited for might wait for this very call. Allowed is what answers at
 * once: jobs may be submitted, asked for and called off, pools stopped, tokens cancelled, futures started; other futures may be
 * asked for and called off, which answers #SEAWALL_BUSY while another thread is at work in such a call.
 */
typedef void (*seawall_listener_fn)(const seawall_event *event, void *user);

/** The kind's name in lower case ("retry_scheduled"), "unknown" for anything else. A static string. Any thread; never blocks. */
SEAWALL_API const char *seawall_event_name(seawall_event_kind kind);

SEAWALL_END_DECLS

#endif
