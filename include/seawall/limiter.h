/**
 * @file limiter.h
 * @brief Rate limiter: so many permits in each period, and a burst after a pause.
 *
 * Think of a bucket that holds `burst` permits, is full at first, and is refilled at `rate` per `period`, evenly. Whoever takes n
 * permits takes them all at once or none. In any interval of length t, however it lies, never more than burst + rate x t / period
 * permits are given: exactly, not on average. Someone who always asks gets at least 99.9 % of the rate; with a burst of 1 that
 * holds up to a million a second, and above where a permit comes every so many whole nanoseconds. Else nobody can ask at the very
 * instant, the next permit comes that much later, and up to half of the rate is lost: have a burst of 2.
 *
 * A permit may be reserved before the bucket holds it: then it counts at the instant it is good for (told
 * rounded up to the nanosecond). Who comes late uses it late.
 * There is no queue: each reservation knows its own time, later ones come after it, and nobody can be overtaken.
 *
 * A permit that is given back is there again only if none was given after it; else a permit would be good in an interval
 * that has had its share. So when one reservation in the middle of many is called off, its place passes unused,
 * and all others keep their times.
 *
 * Times are the platform's. Where the clock stands still, nothing is refilled; where it jumps ahead, the bucket is full; where it
 * goes back, the latest instant seen counts as the current one until the clock has caught up. See seawall_limiter_reset.
 *
 * The whole state is one 64-bit word: when the next permit will be there, in units of 2^-10 ns, or coarser for slow rates; its
 * zero point moves along.
 * Refilling a whole burst may take a year at most (31,536,000 s), so a permit per year is the slowest rate.
 */
#ifndef SEAWALL_LIMITER_H
#define SEAWALL_LIMITER_H

#include <seawall/permit.h>
#include <seawall/policy.h>

SEAWALL_BEGIN_DECLS

/** A rate limiter. Every function on it may be called from any thread unless it says otherwise. */
typedef struct seawall_limiter seawall_limiter;

/**
 * Settings of a limiter; the kind "rate_limiter" of configurations. Every field may change live: see seawall_limiter_reconfigure.
 */
typedef struct seawall_limiter_config {
    uint32_t size;             /**< sizeof(seawall_limiter_config) */
    int32_t rate;              /**< Permits per period; required. 1 to 1000000000, and at most one per nanosecond. */
    seawall_duration period;   /**< 1 us to one year of 365 days, default 1 s. */
    /**
     * The most permits at once after a pause; #SEAWALL_AUTO (default): what one second brings, at least 1. 1 to 1000000000, and
     * no more than one year brings.
     */
    int32_t burst;
    uint32_t reserved;         /**< 0 */
    /** In a pipeline: how long a run may wait for its permit. 0 (default: it is refused at once) to forever. */
    seawall_duration max_wait;
} seawall_limiter_config;

/** Every default; `rate` has none and must be set. */
#define SEAWALL_LIMITER_CONFIG_INIT { sizeof(seawall_limiter_config), 0, SEAWALL_SECONDS(1), SEAWALL_AUTO, 0, 0 }

/**
 * The same as #SEAWALL_LIMITER_CONFIG_INIT, for a caller whose struct has `size` bytes. #SEAWALL_INVALID for NULL or an
 * impossible size. Any thread.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_limiter_config_init(seawall_limiter_config *config, size_t size);

/**
 * Creates a limiter with a full bucket: one allocation, one clock read. Parameters and answers as seawall_breaker_create's, but
 * that NULL is no config: `rate` is required.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_limiter_create(const seawall_limiter_config *config,
                                                                     const seawall_platform *platform,
                                                                     seawall_limiter **limiter, seawall_error *error);

/**
 * Gives up the caller's reference; NULL is allowed. Pipelines keep their own. No thread may be waiting in it; its permits become
 * worthless.
 */
SEAWALL_API void seawall_limiter_destroy(seawall_limiter *limiter);

/**
 * Takes n permits, now or not at all. Never blocks, allocates nothing, reads the clock once. Granted: one locked operation on the
 * limiter's line; refused: none. (The counts of the snapshot have eight places. The first thread that comes to one has it to
 * itself and pays nothing; the others that come there pay one locked operation more.)
 * @param permit written on #SEAWALL_OK only; needed for seawall_limiter_refund alone; may be NULL.
 * @param retry_after how long until they could be had if nobody else came, written on #SEAWALL_LIMITED only; may be NULL.
 * @return #SEAWALL_OK; #SEAWALL_LIMITED; #SEAWALL_INVALID for NULL, n below 1, or n above the burst, which could never be had.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_limiter_try_acquire(seawall_limiter *limiter, int32_t n,
                                                                          seawall_permit *permit,
                                                                          seawall_duration *retry_after);

/** The same at the time `now`, reading no clock. */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_limiter_try_acquire_at(seawall_limiter *limiter, int32_t n,
                                                                             seawall_time now, seawall_permit *permit,
                                                                             seawall_duration *retry_after);

/**
 * Takes n permits that are good after `wait`, which is at most `max_wait`: the caller waits by itself before it uses them, or
 * gives them back. Never blocks; costs what a try costs. What lies further ahead than 19 hours and than twice the burst may be
 * refused whatever `max_wait` is.
 * @param max_wait 0 is a try; #SEAWALL_FOREVER: as long as it takes; negative counts as 0.
 * @param permit as above.
 * @param wait on #SEAWALL_OK how long to wait, 0 for at once; on #SEAWALL_LIMITED how long it would have been; else not written.
 * @return #SEAWALL_OK; #SEAWALL_LIMITED: it would take longer, and nothing was taken; #SEAWALL_INVALID as above, and for no
 *        `wait`.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_limiter_reserve(seawall_limiter *limiter, int32_t n,
                                                                      seawall_duration max_wait, seawall_permit *permit,
                                                                      seawall_duration *wait);

/** The same at the time `now`, reading no clock. */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_limiter_reserve_at(seawall_limiter *limiter, int32_t n,
                                                                         seawall_duration max_wait, seawall_time now,
                                                                         seawall_permit *permit, seawall_duration *wait);

/**
 * Takes n permits and waits until they are good, by the platform's park. Refused at once, without waiting, if that would be after
 * `deadline`. What is there now costs what a try costs; who waits allocates nothing and takes no lock.
 * @param deadline on the platform's clock; #SEAWALL_FOREVER: none.
 * @param permit, retry_after as seawall_limiter_try_acquire's.
 * @return #SEAWALL_OK; #SEAWALL_LIMITED; #SEAWALL_INVALID as there.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_limiter_acquire_until(seawall_limiter *limiter, int32_t n,
                                                                            seawall_time deadline, seawall_permit *permit,
                                                                            seawall_duration *retry_after);

/**
 * Gives back permits that will not be used, and clears the permit. Never blocks, reads no clock, one locked operation.
 * @return #SEAWALL_OK: it is as if they had never been taken. #SEAWALL_STALE: others were given after them, the limiter was
 *         reconfigured, drained or reset since, or they are some 19 hours old; they stay taken, the permit is cleared.
 *         #SEAWALL_INVALID for NULL, a cleared or foreign permit: nothing was changed. A copy of a permit given back may be
 *         believed: do not copy permits.
 */
SEAWALL_API seawall_status seawall_limiter_refund(seawall_limiter *limiter, seawall_permit *permit);

/**
 * How long one would have to wait for n permits now, 0 if they are there; takes nothing, counts nothing, no locked operation.
 * Reads the clock.
 * @return #SEAWALL_OK; #SEAWALL_INVALID for NULL or an n that a try would call invalid.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_limiter_peek(seawall_limiter *limiter, int32_t n, seawall_duration *wait);

/** The same at the time `now`, reading no clock. */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_limiter_peek_at(seawall_limiter *limiter, int32_t n, seawall_time now,
                                                                      seawall_duration *wait);

/**
 * Empties the bucket, and keeps it empty until `until` (a server said so, say): from then on it is refilled, so the first permit
 * is there 1/rate later. Reservations made before keep their times, and if one lies later, so does the end of the drain. It never
 * gives more than without. A time that has passed empties the bucket now; #SEAWALL_FOREVER lasts until a reset. Takes a short
 * lock, reads the clock. @return #SEAWALL_OK; #SEAWALL_INVALID for NULL.
 */
SEAWALL_API seawall_status seawall_limiter_drain_until(seawall_limiter *limiter, seawall_time until);

/**
 * Fills the bucket now and forgets drains, reservations that are still ahead and times seen: the bound on what is given begins
 * anew. For a clock that went far ahead and came back, and for tests. Takes a short lock, reads the clock. @return #SEAWALL_OK;
 * #SEAWALL_INVALID for NULL.
 */
SEAWALL_API seawall_status seawall_limiter_reset(seawall_limiter *limiter);

/**
 * Changes every setting while it is in use. All or nothing; takes a short lock, reads the clock, stops nobody.
 *
 * Who has a reservation keeps its time, and the new settings hold from the last of these times on, from an empty bucket; at once
 * if there are none. Then as many permits are missing in the bucket as were missing before, a fraction rounded up, but no more
 * than it can hold. So over any interval around the change never more is given than the larger of the two bursts, plus what the
 * old rate brings until the change and the new rate after it. Permits taken before can no longer be given back.
 * @param config NULL is refused as by create.
 * @param error filled when the call fails; may be NULL.
 * @return #SEAWALL_OK; #SEAWALL_INVALID (the error names field, value and bound).
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_limiter_reconfigure(seawall_limiter *limiter,
                                                                          const seawall_limiter_config *config,
                                                                          seawall_error *error);

/**
 * What a limiter looks like. Rate, period, burst, available and wait belong to one moment; counters are exact at rest and only
 * grow.
 */
typedef struct seawall_limiter_snapshot {
    uint32_t size;             /**< Set to sizeof(seawall_limiter_snapshot) before the call. */
    int32_t rate;              /**< Permits per period. */
    seawall_duration period;   /**< The setting now. */
    int32_t burst;             /**< The setting now, with #SEAWALL_AUTO resolved. */
    int32_t available;         /**< Permits that could be taken at once. */
    seawall_duration wait;     /**< How long until there is one; 0 if there is. */
    seawall_duration max_wait; /**< The setting now. */
    int32_t waiting;           /**< Who waits in acquire_until and in pipelines now. */
    int32_t reserved;          /**< 0 */
    int64_t granted;           /**< Permits given, all told, those reserved and those given back included. */
    int64_t refused;           /**< Requests refused as limited. */
    int64_t waited;            /**< Requests that had to wait, in acquire_until and in pipelines. */
    int64_t refunded;          /**< Refunds that made their permits available again. */
    int64_t lost;              /**< Refunds that came too late. */
} seawall_limiter_snapshot;

/** An empty snapshot with its size. */
#define SEAWALL_LIMITER_SNAPSHOT_INIT { sizeof(seawall_limiter_snapshot), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }

/** The same as #SEAWALL_LIMITER_SNAPSHOT_INIT, for a caller whose struct has `size` bytes. Any thread. */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_limiter_snapshot_init(seawall_limiter_snapshot *snapshot, size_t size);

/** Takes a snapshot. Never blocks; reads the clock. #SEAWALL_OK; #SEAWALL_INVALID for NULL or an impossible size. */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_limiter_get_snapshot(seawall_limiter *limiter,
                                                                           seawall_limiter_snapshot *snapshot);
/** The same at the time `now`, reading no clock. */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_limiter_get_snapshot_at(seawall_limiter *limiter, seawall_time now,
                                                                              seawall_limiter_snapshot *snapshot);

/**
 * Fills in the limiter's policy for a pipeline: each run inside it takes one permit, and reads the clock for it. If there is none
 * the run waits through the machine, blocking no thread of a host, for `max_wait` at most; if that is too short, or the deadline
 * in force would come first, it is refused at once: #SEAWALL_LIMITED with the time to wait as the hint. Cancelled or timed out
 * while it waits, it gives its permit back, as by seawall_limiter_refund; once it was let in the permit is spent. No attempt was
 * started, so no breaker counts a refusal. Holds no reference by itself: the pipeline takes one.
 * @param name see seawall_policy.
 * @return #SEAWALL_OK; #SEAWALL_INVALID for NULL or a policy whose size is not set.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_limiter_policy(seawall_limiter *limiter, const char *name,
                                                                     seawall_policy *policy);

SEAWALL_END_DECLS

#endif
