/**
 * @file deadline.h
 * @brief Deadlines beyond one call: the deadline in force on a thread, and what is left of it for the next hop.
 *
 * A deadline is an instant of this machine's clock, inherited by everything below and only ever shortened. Calls nested on one
 * thread inherit it by themselves: inside an operation, seawall_call and its kin take the earliest of the attempt's deadline and
 * their own. A handler puts all its calls under one deadline with seawall_deadline_enter; on another thread it enters the same
 * deadline again. To another machine goes what is left, as a header's value.
 *
 * What a thread inherits belongs to a platform, whose clock it is read from: calls on another platform do not inherit it, nor
 * does anybody while a deadline on another platform is the innermost. An operation that leaves its stack in the middle (fibers,
 * coroutines) must not: who comes next on the thread would inherit what is not meant for him. Drive executions there, which
 * inherit nothing.
 */
#ifndef SEAWALL_DEADLINE_H
#define SEAWALL_DEADLINE_H

#include <seawall/platform.h>

SEAWALL_BEGIN_DECLS

/** What a thread goes back to. In the caller's storage, opaque; it may not move until it is left. */
typedef struct seawall_deadline_scope {
    uint64_t opaque[4]; /**< Hands off. */
} seawall_deadline_scope;

/**
 * The deadline in force on the calling thread for calls on this platform (NULL: the default); #SEAWALL_FOREVER if there is none.
 * Reads no clock, never blocks.
 */
SEAWALL_API seawall_time seawall_deadline_current(const seawall_platform *platform);

/**
 * From here on every seawall_call of this thread on this platform (NULL: the default) is under `deadline`, or the earlier one
 * that is in force. Scopes nest like brackets. Those that an operation leaves open are closed when its attempt ends, if that has
 * a deadline; without one they stay in force on the thread. Reads no clock, never blocks, allocates nothing.
 * @return #SEAWALL_OK; #SEAWALL_INVALID for NULL, or a platform that is none.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_deadline_enter(const seawall_platform *platform, seawall_time deadline,
                                                                     seawall_deadline_scope *scope);

/**
 * Goes back to what was before seawall_deadline_enter.
 * @return #SEAWALL_OK; #SEAWALL_INVALID, and nothing is changed: NULL, not the innermost scope of this thread, or left already.
 */
SEAWALL_API seawall_status seawall_deadline_leave(seawall_deadline_scope *scope);

/** Bytes that hold every header value, its NUL included. */
#define SEAWALL_DEADLINE_HEADER_SIZE 24

/**
 * What is left, as a header's value for the next hop: whole milliseconds, rounded down, so that the next hop never believes in
 * more. "0" if less than one is left, or nothing. Empty for #SEAWALL_FOREVER: there is no header to be sent.
 * @param needed NULL, or where to put the bytes that the value takes, its NUL included.
 * @return #SEAWALL_OK; #SEAWALL_TOO_SMALL: nothing but `needed` was written; #SEAWALL_INVALID: NULL. Any thread; never blocks.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_deadline_to_header(seawall_duration left, char *text, size_t size,
                                                                         size_t *needed);

/**
 * What a header's value says is left. Take it from when the request came, and enter the deadline: what the way here took is not
 * in it.
 *
 * - NULL or blank, no header was sent: #SEAWALL_FOREVER;
 * - a whole number, with or without blanks around it: so many milliseconds;
 * - one below 0: the sender had no time left, so it is 0;
 * - one that is too large for a duration: #SEAWALL_FOREVER;
 * - anything else (a sign +, a fraction, a unit, two numbers): #SEAWALL_INVALID, and `left` is untouched. Refuse the request, or
 *   go on without.
 *
 * @return #SEAWALL_OK; #SEAWALL_INVALID, also for `left` NULL. Any thread; never blocks.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_deadline_from_header(const char *value, seawall_duration *left);

SEAWALL_END_DECLS

#endif
