/**
 * @file timer.h
 * @brief Timer service: deadlines armed and cancelled from any thread; functions called when they have come.
 *
 * Whoever drives the service calls the functions, one after another: a thread of its own, between seawall_timers_start and
 * seawall_timers_stop; or a host's loop, with seawall_timers_next_due and seawall_timers_advance, and no thread at all. Timers
 * stay armed whether anybody drives it or not, and fire late rather than never.
 *
 * A timer fires once: never before its deadline, and less than a tick after it as far as the system and the functions before it
 * allow. A slow function delays the others, which the snapshot shows, and loses none. Where the clock goes back, the latest time
 * seen counts as the current one until the clock has caught up: what is armed for a time before it fires then.
 *
 * In the child of a fork the service is as if it had just been created: not started, and without timers. Those of the parent fire
 * in the parent; their handles are stale in the child. It may be started, driven and destroyed there. The first function that is
 * called on it in the child pays for that, by the number of timers that the parent ever had at once. A child that was forked by a
 * timer's function or a hook must not return from it: the thread would end there.
 */
#ifndef SEAWALL_TIMER_H
#define SEAWALL_TIMER_H

#include <seawall/wheel.h>

SEAWALL_BEGIN_DECLS

/** A timer service. Every function on it may be called from any thread unless it says otherwise. */
typedef struct seawall_timers seawall_timers;

/**
 * What a timer calls. On the thread that drives the service, under no lock. It may arm, move and cancel timers of the same
 * service, its own included, which is stale by then; it must not destroy the service. It should be quick: all others wait. Poll:
 * seawall_timers_next_due, and seawall_timers_advance on a thread of one's own.
 */
typedef void (*seawall_timer_fn)(seawall_timer timer, void *user);

/** Called on the service's own thread: first of all and last of all. No poll: it is for what belongs to that thread. */
typedef void (*seawall_timers_hook_fn)(void *user);

/** Settings of a timer service; the kind "timers" of configurations. None may change live. */
typedef struct seawall_timers_config {
    uint32_t size;                  /**< sizeof(seawall_timers_config) */
    /** Timers armed at the same time; one more is refused as full. 1 to #SEAWALL_TIMERS_MAX, default 16384. */
    int32_t capacity;
    /**
     * Parts, so that threads do not wait for one another. 1 to 16, or #SEAWALL_AUTO (default): the CPUs. Rounded up to a power of
     * two, and never more than there are timers.
     */
    int32_t shards;
    int32_t stack_size;             /**< Bytes of the thread's stack. 64 KiB to 1 GiB, default 256 KiB. */
    /** How exact. 1 us to 1 h, rounded down to a power of two of nanoseconds; default 100 us, which makes 65.536 us. */
    seawall_duration tick;
    const char *name;               /**< Name of the thread, its first 15 bytes; copied. NULL (default): "seawall-timers". */
    seawall_timers_hook_fn on_start; /**< Called on the thread before any timer; NULL (default): nothing. */
    seawall_timers_hook_fn on_stop;  /**< Called on the thread after the last timer; NULL (default): nothing. */
    void *hook_user;                 /**< Handed to both; must live as long as the service. */
} seawall_timers_config;

/** Every default. */
#define SEAWALL_TIMERS_CONFIG_INIT                                                                                               \
    {                                                                                                                            \
        sizeof(seawall_timers_config), 16384, SEAWALL_AUTO, 262144, SEAWALL_MICROSECONDS(100), NULL, NULL, NULL, NULL            \
    }

/**
 * The same as #SEAWALL_TIMERS_CONFIG_INIT, for a caller whose struct has `size` bytes. #SEAWALL_INVALID for NULL or an impossible
 * size. Any thread.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_timers_config_init(seawall_timers_config *config, size_t size);

/**
 * Creates a service that nobody drives yet: one allocation, 40 bytes per timer and about 21 KiB per shard.
 * @param config NULL for every default.
 * @param platform NULL for the default one; its clock is what deadlines are on, its park and wake are what the thread sleeps by.
 * @param error filled when the call fails; may be NULL.
 * @return #SEAWALL_OK; #SEAWALL_INVALID (the error names field, value and bound); #SEAWALL_NO_MEMORY.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_timers_create(const seawall_timers_config *config,
                                                                    const seawall_platform *platform, seawall_timers **timers,
                                                                    seawall_error *error);

/**
 * Stops and destroys the service; NULL is allowed. Timers that are armed never fire. Waits for a running function. No other
 * thread may be in a call on it. From inside one of its own functions it does nothing: the service stays.
 */
SEAWALL_API void seawall_timers_destroy(seawall_timers *timers);

/**
 * Starts the service's thread: all signals blocked, timer slack of 1 ns, name, stack and hooks as configured.
 * @param error filled when the call fails; may be NULL.
 * @return #SEAWALL_OK; #SEAWALL_BUSY: it was started, or a host drives it at this moment; #SEAWALL_NO_RESOURCES: the system gave
 *         no thread, and nothing was changed; #SEAWALL_INVALID for NULL.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_timers_start(seawall_timers *timers, seawall_error *error);

/**
 * Ends the thread: waits for a running function and for on_stop. Timers stay armed, and it may be started again.
 * @return #SEAWALL_OK; #SEAWALL_BUSY: called from inside one of its functions or hooks, or another thread starts or stops it at
 *         this moment; nothing was changed. #SEAWALL_INVALID: NULL, or it is not started.
 */
SEAWALL_API seawall_status seawall_timers_stop(seawall_timers *timers);

/**
 * Arms a timer. Allocates nothing, reads no clock; one short lock, that of the calling thread's shard. Calls the platform's wake
 * (or writes the descriptor) only if the driver sleeps past this deadline.
 * @param at when it is due. A time that has passed is due with the next tick; #SEAWALL_FOREVER never is.
 * @param timer its handle; may be NULL. Written on #SEAWALL_OK only, and before the function can begin.
 * @return #SEAWALL_OK; #SEAWALL_FULL: no place in any shard; #SEAWALL_INVALID for NULL.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_timers_arm(seawall_timers *timers, seawall_time at,
                                                                 seawall_timer_fn function, void *user, seawall_timer *timer);

/**
 * Moves a timer that has not begun to fire; its handle stays. Costs what arming costs, without looking for a place.
 * @return #SEAWALL_OK; #SEAWALL_BUSY: its function is running; #SEAWALL_STALE: it has fired, was cancelled, or never was;
 *         #SEAWALL_INVALID for NULL.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_timers_rearm(seawall_timers *timers, seawall_timer timer, seawall_time at);

/**
 * Takes a timer out. Allocates nothing, reads no clock, wakes nobody; one short lock.
 * @return #SEAWALL_OK: removed, its function is not called any more; #SEAWALL_BUSY: its function is running now; #SEAWALL_STALE:
 *         it has fired, was cancelled, or never was; #SEAWALL_INVALID for NULL.
 */
SEAWALL_API seawall_status seawall_timers_cancel(seawall_timers *timers, seawall_timer timer);

/**
 * The same, and if its function is running, waits until that has returned: after #SEAWALL_OK or #SEAWALL_STALE the function
 * neither runs nor will, and what it uses may be freed. #SEAWALL_BUSY: called from inside that very function, which cannot be
 * waited for.
 */
SEAWALL_API seawall_status seawall_timers_cancel_wait(seawall_timers *timers, seawall_timer timer);

/**
 * For a host that drives the service: when to call seawall_timers_advance next, #SEAWALL_FOREVER if nothing is armed. Never too
 * late; perhaps too early, when there is nothing to do yet; a time that has passed means now. From this answer on, arming an
 * earlier timer makes the descriptor readable.
 * @return #SEAWALL_OK; #SEAWALL_BUSY: the service's thread or another host drives it; #SEAWALL_INVALID for NULL.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_timers_next_due(seawall_timers *timers, seawall_time *due);

/**
 * For a host that drives the service: calls, on this thread, the function of every timer that is due. Reads the clock once, and
 * once more per function. A timer that a function arms runs in a later call.
 * @param fired how many functions were called; may be NULL.
 * @return #SEAWALL_OK; #SEAWALL_BUSY: the service's thread or another host drives it, or called from inside one of its functions;
 *         #SEAWALL_INVALID for NULL.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_timers_advance(seawall_timers *timers, int32_t *fired);

/**
 * For a host that drives the service from poll(2) and the like: a descriptor that becomes readable when the next due time has
 * become earlier than seawall_timers_next_due had said; seawall_timers_advance clears it. It is made by the first call, belongs
 * to the service, and closes with it. Never read or close it. A forked child asks for one of its own.
 * @return #SEAWALL_OK; #SEAWALL_NO_RESOURCES: the system gave none; #SEAWALL_INVALID for NULL.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_timers_descriptor(seawall_timers *timers, int32_t *descriptor);

/** What a timer service looks like. Counters are exact at rest and only grow. */
typedef struct seawall_timers_snapshot {
    uint32_t size;                /**< Set to sizeof(seawall_timers_snapshot) before the call. */
    int32_t started;              /**< 1 if its thread runs. */
    int32_t capacity;             /**< Timers that can be armed at the same time. */
    int32_t armed;                /**< Timers that are armed now. */
    int32_t shards;               /**< Parts. */
    int32_t reserved;             /**< 0 */
    seawall_duration tick;        /**< As it is in truth. */
    int64_t armed_ever;           /**< Timers armed, all told. */
    int64_t fired;                /**< Of these, functions called. */
    int64_t cancelled;            /**< Of these, removed before. */
    int64_t refused;              /**< Arming refused as full. */
    int64_t wakes;                /**< How often arming had to wake the driver. */
    /** How long the function that runs now, or the turn of asynchronous calls, has been going on; 0 if none does. */
    seawall_duration running_for;
    seawall_duration lag;         /**< How long after its deadline, rounded up to a tick, the last function began. */
    seawall_duration longest_lag; /**< The longest of these. */
    seawall_duration longest_run; /**< The longest that a function, or such a turn, took. */
} seawall_timers_snapshot;

/** An empty snapshot with its size. */
#define SEAWALL_TIMERS_SNAPSHOT_INIT { sizeof(seawall_timers_snapshot), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }

/** The same as #SEAWALL_TIMERS_SNAPSHOT_INIT, for a caller whose struct has `size` bytes. Any thread. */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_timers_snapshot_init(seawall_timers_snapshot *snapshot, size_t size);

/** Takes a snapshot. One short lock per shard; reads the clock. #SEAWALL_OK; #SEAWALL_INVALID for NULL or an impossible size. */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_timers_get_snapshot(seawall_timers *timers,
                                                                          seawall_timers_snapshot *snapshot);

/** Walks over every shard as seawall_wheel_check does, each under its lock: for tests and debugging. */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_timers_check(seawall_timers *timers, seawall_error *error);

SEAWALL_END_DECLS

#endif
