/**
 * @file wheel.h
 * @brief A timing wheel: many deadlines on one thread, for a host that brings its own clock and its own loop.
 *
 * It reads no clock, takes no lock, starts no thread and makes no system call: time is an argument. Places for timers are taken
 * from a slab that is allocated once. Arming, moving and cancelling cost the same whether one timer is pending or a million; time
 * that passes costs by the timers that it moves or fires, not by its length: a jump of a year over ten timers costs ten.
 *
 * Time is cut into ticks. A timer fires when a tick has begun that does not begin before its deadline: never early, late by less
 * than one tick of what the host passes in. Timers of different ticks fire in the order of their ticks; those of one tick in the
 * order in which they were armed, except that one which was moved further out may come behind those that were armed for that tick
 * meanwhile.
 *
 * Threads: none of these functions may run while another one runs on the same wheel. timer.h has a service for many threads.
 */
#ifndef SEAWALL_WHEEL_H
#define SEAWALL_WHEEL_H

#include <seawall/platform.h>

SEAWALL_BEGIN_DECLS

/**
 * A timer that was armed: an opaque number, never 0. It means that one timer only: once that has fired or was cancelled it is
 * stale, also when the place is used again; only after 2^40 further timers in the same place would it be mistaken for one of
 * them.
 */
typedef uint64_t seawall_timer;

/** A wheel. Belongs to the thread that uses it. */
typedef struct seawall_wheel seawall_wheel;

/** The most timers that one wheel, or one service, can hold. */
#define SEAWALL_TIMERS_MAX 16000000

/**
 * Creates a wheel in one allocation: 32 bytes per timer and about 21 KiB.
 * @param capacity how many timers can be pending or due at the same time: 1 to #SEAWALL_TIMERS_MAX.
 * @param tick how exact it is: 1 us to 1 h, rounded down to a power of two of nanoseconds.
 * @param now the time at which it begins.
 * @param platform where memory comes from; NULL: the default.
 * @return #SEAWALL_OK; #SEAWALL_INVALID; #SEAWALL_NO_MEMORY.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_wheel_create(int32_t capacity, seawall_duration tick, seawall_time now,
                                                                   const seawall_platform *platform, seawall_wheel **wheel,
                                                                   seawall_error *error);

/** Destroys it, whatever is pending; NULL is allowed. */
SEAWALL_API void seawall_wheel_destroy(seawall_wheel *wheel);

/**
 * Arms a timer: 40 instructions as a rule, no allocation.
 * @param at when it is due. A time that has passed is due with the next tick; #SEAWALL_FOREVER never is.
 * @param cookie given back when it fires.
 * @param timer its handle; may be NULL. Written on #SEAWALL_OK only.
 * @return #SEAWALL_OK; #SEAWALL_FULL: as many are armed as there are places; #SEAWALL_INVALID for NULL.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_wheel_arm(seawall_wheel *wheel, seawall_time at, uint64_t cookie,
                                                                seawall_timer *timer);

/**
 * Moves a timer that has not fired yet to another time; its handle stays. Further out costs one store: it is looked at when its
 * old time comes. #SEAWALL_OK; #SEAWALL_STALE: it has fired, was cancelled, or never was; #SEAWALL_INVALID for NULL.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_wheel_rearm(seawall_wheel *wheel, seawall_timer timer, seawall_time at);

/** Takes a timer out: it does not fire any more. #SEAWALL_OK; #SEAWALL_STALE as above; #SEAWALL_INVALID for NULL. */
SEAWALL_API seawall_status seawall_wheel_cancel(seawall_wheel *wheel, seawall_timer timer);

/**
 * When to call seawall_wheel_advance next: never later than the first tick at which something fires, and perhaps earlier, a few
 * times per timer; #SEAWALL_FOREVER if nothing is pending. A time that has passed if something waits to be taken. Constant cost.
 */
SEAWALL_API seawall_time seawall_wheel_next_due(const seawall_wheel *wheel);

/** Lets time pass until `now`: what is due by then waits to be taken. A time before the last one changes nothing. */
SEAWALL_API void seawall_wheel_advance(seawall_wheel *wheel, seawall_time now);

/** A timer that fired. */
typedef struct seawall_expiry {
    seawall_timer timer; /**< Its handle, stale from now on. */
    uint64_t cookie;     /**< As it was armed with. */
    seawall_time due;    /**< The beginning of its tick: its deadline, rounded up. */
} seawall_expiry;

/** Takes the next timer that is due, and frees its place. False, and nothing written, if there is none (or for NULL). */
SEAWALL_API bool seawall_wheel_take(seawall_wheel *wheel, seawall_expiry *expiry);

/** How many timers are armed: pending, or due and not taken. 0 for NULL. */
SEAWALL_API int32_t seawall_wheel_count(const seawall_wheel *wheel);

/**
 * Walks over everything in the wheel and looks whether it belongs there: for tests and debugging; its cost grows with the
 * capacity.
 * @param error says what is wrong; may be NULL.
 * @return #SEAWALL_OK; #SEAWALL_INVALID: the wheel is broken, because somebody wrote over it or several threads used it at once.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_wheel_check(const seawall_wheel *wheel, seawall_error *error);

SEAWALL_END_DECLS

#endif
