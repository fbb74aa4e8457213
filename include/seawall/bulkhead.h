/**
 * @file bulkhead.h
 * @brief Bulkhead: at most so many calls of one kind at the same time; a few more may wait for their turn.
 *
 * It has `max_concurrent` permits. Whoever finds none free is refused, or waits: at most `max_waiting` wait at the same time,
 * each for `max_wait` at most. Those who wait are served in the order in which they came, blocked threads and executions
 * of event loops in one queue, and nobody overtakes them: while somebody waits, a try is refused even if a permit has just
 * come back.
 *
 * A waiter whose time is over, or who is called off, at the very instant of a grant either has the permit or was passed over, and
 * then the next one has it: a permit is never lost and never given twice. At the instant itself the grant comes first.
 *
 * In the child of a fork, what was in use and is held by threads that stayed in the parent stays in use for ever, and whoever was
 * waiting is out of the queue: create bulkheads after forking.
 */
#ifndef SEAWALL_BULKHEAD_H
#define SEAWALL_BULKHEAD_H

#include <seawall/permit.h>
#include <seawall/policy.h>

SEAWALL_BEGIN_DECLS

/** A bulkhead. Every function on it may be called from any thread unless it says otherwise. */
typedef struct seawall_bulkhead seawall_bulkhead;

/**
 * Settings of a bulkhead; the kind "bulkhead" of configurations. Every field may change live: see seawall_bulkhead_reconfigure.
 */
typedef struct seawall_bulkhead_config {
    uint32_t size;             /**< sizeof(seawall_bulkhead_config) */
    int32_t max_concurrent;    /**< Permits: calls at the same time. 1 to 1000000, default 25. */
    int32_t max_waiting;       /**< Callers that may wait for a permit at the same time. 0 (default: nobody) to 1000000. */
    uint32_t reserved;         /**< 0 */
    seawall_duration max_wait; /**< How long each may wait. 0 (default: nobody waits) to forever. */
} seawall_bulkhead_config;

/** Every default. */
#define SEAWALL_BULKHEAD_CONFIG_INIT { sizeof(seawall_bulkhead_config), 25, 0, 0, 0 }

/**
 * The same as #SEAWALL_BULKHEAD_CONFIG_INIT, for a caller whose struct has `size` bytes. #SEAWALL_INVALID for NULL or an
 * impossible size. Any thread.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_bulkhead_config_init(seawall_bulkhead_config *config, size_t size);

/** Creates a bulkhead with every permit free: one allocation. Parameters and answers as seawall_breaker_create's. */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_bulkhead_create(const seawall_bulkhead_config *config,
                                                                      const seawall_platform *platform,
                                                                      seawall_bulkhead **bulkhead, seawall_error *error);

/**
 * Gives up the caller's reference; NULL is allowed. Pipelines keep their own. No thread may be waiting in it; its permits become
 * worthless.
 */
SEAWALL_API void seawall_bulkhead_destroy(seawall_bulkhead *bulkhead);

/**
 * Takes a permit if one is free and nobody waits for it. Never blocks, allocates nothing, reads no clock; one locked
 * operation on the bulkhead's line, granted or refused.
 * @param permit written on #SEAWALL_OK only; release it once, on any thread.
 * @return #SEAWALL_OK; #SEAWALL_FULL (counted as refused); #SEAWALL_INVALID for NULL.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_bulkhead_try_acquire(seawall_bulkhead *bulkhead, seawall_permit *permit);

/**
 * Takes a permit, and waits for one if it must: behind those who wait already, until `deadline` (#SEAWALL_FOREVER: no limit of
 * the caller's) and for `max_wait` at most, by the platform's park. Where a permit is free it costs what a try
 * costs, whatever the deadline; who waits reads the clock, takes a short lock and allocates nothing.
 * @param permit written on #SEAWALL_OK only; release it once, on any thread.
 * @return #SEAWALL_OK; #SEAWALL_FULL: nobody may wait, as many wait as may, or it waited for max_wait; #SEAWALL_TIMED_OUT: the
 *         deadline came first, or together with the end of max_wait; #SEAWALL_INVALID for NULL.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_bulkhead_acquire_until(seawall_bulkhead *bulkhead, seawall_time deadline,
                                                                             seawall_permit *permit);

/**
 * Gives a permit back, to the first of those who wait if there are any, and clears it. Never blocks for long, allocates nothing.
 * With nobody waiting: one locked operation, no lock, no clock. Else it reads the clock, so as to pass over those
 * whose time is over, and calls the waiter's waker, or the platform's wake, on this thread and under no lock.
 * @return #SEAWALL_OK; #SEAWALL_INVALID for NULL, a cleared or foreign permit, or more permits than are out: nothing was
 *         changed. A copy of a permit that was released is believed as long as others are out: do not copy permits.
 */
SEAWALL_API seawall_status seawall_bulkhead_release(seawall_bulkhead *bulkhead, seawall_permit *permit);

/** The same at the time `now`, reading no clock. */
SEAWALL_API seawall_status seawall_bulkhead_release_at(seawall_bulkhead *bulkhead, seawall_permit *permit, seawall_time now);

/**
 * Changes the number of permits while it is in use. Never waits for anybody. More: waiters are served at once. Fewer:
 * who has a permit keeps it, and none is given until so many have come back; the snapshot shows by how many it is over the limit.
 * No permit is given beyond the new limit once this has returned. Takes a short lock, reads the clock if somebody waits.
 * @return #SEAWALL_OK; #SEAWALL_INVALID for NULL or a number that max_concurrent may not have: nothing was changed.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_bulkhead_resize(seawall_bulkhead *bulkhead, int32_t max_concurrent);

/**
 * Changes every setting while it is in use: max_concurrent as by resize; whoever waits already goes on waiting as long as it was
 * promised, and a shorter queue or time holds for those who come after. All or nothing. If max_concurrent is what it was in the
 * config before, seawall_bulkhead_resize keeps the last word.
 * @param config NULL for every default.
 * @param error filled when the call fails; may be NULL.
 * @return #SEAWALL_OK; #SEAWALL_INVALID (the error names field, value and bound).
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_bulkhead_reconfigure(seawall_bulkhead *bulkhead,
                                                                           const seawall_bulkhead_config *config,
                                                                           seawall_error *error);

/**
 * What a bulkhead looks like. in_use, max_concurrent and over_limit belong to one moment, and so do the settings and what is
 * said of waiting; counters are exact at rest and only grow.
 */
typedef struct seawall_bulkhead_snapshot {
    uint32_t size;             /**< Set to sizeof(seawall_bulkhead_snapshot) before the call. */
    int32_t max_concurrent;    /**< The limit now. */
    int32_t in_use;            /**< Permits out. */
    int32_t over_limit;        /**< By how many that is above the limit, after it was lowered; else 0. */
    int32_t most_in_use;       /**< The most that were ever out. */
    int32_t max_waiting;       /**< The setting now. */
    int32_t waiting;           /**< Who waits now; those included whose time is over and who have not looked yet. */
    int32_t most_waiting;      /**< The most that ever waited. */
    seawall_duration max_wait; /**< The setting now. */
    int64_t granted;           /**< Permits given, all told. */
    int64_t waited;            /**< Of these, given to somebody who had to wait. */
    int64_t refused_full;      /**< Refused at once: no permit, and no place to wait. */
    int64_t refused_timed_out; /**< Waited for max_wait, or until a deadline, in vain. */
    int64_t refused_cancelled; /**< Called off while waiting. */
} seawall_bulkhead_snapshot;

/** An empty snapshot with its size. */
#define SEAWALL_BULKHEAD_SNAPSHOT_INIT { sizeof(seawall_bulkhead_snapshot), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }

/** The same as #SEAWALL_BULKHEAD_SNAPSHOT_INIT, for a caller whose struct has `size` bytes. Any thread. */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_bulkhead_snapshot_init(seawall_bulkhead_snapshot *snapshot, size_t size);

/** Takes a snapshot. Takes a short lock; reads no clock. #SEAWALL_OK; #SEAWALL_INVALID for NULL or an impossible size. */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_bulkhead_get_snapshot(seawall_bulkhead *bulkhead,
                                                                            seawall_bulkhead_snapshot *snapshot);

/**
 * Fills in the bulkhead's policy for a pipeline: a run has a permit from enter until it has ended, also when it ends late. Who
 * must wait waits through the machine and blocks no thread of a host. Refused: #SEAWALL_FULL, whether at once or after max_wait
 * in vain; no attempt was started, so no breaker counts it and no retry repeats it. Holds no reference by itself: the pipeline
 * takes one.
 * @param name see seawall_policy.
 * @return #SEAWALL_OK; #SEAWALL_INVALID for NULL or a policy whose size is not set.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_bulkhead_policy(seawall_bulkhead *bulkhead, const char *name,
                                                                      seawall_policy *policy);

SEAWALL_END_DECLS

#endif
