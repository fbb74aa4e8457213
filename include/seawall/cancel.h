/**
 * @file cancel.h
 * @brief Cancellation: a token that is cancelled once, from anywhere, and reaches whoever works under it.
 *
 * A token is asked ("cancelled?"), calls hooks (shutdown(fd), say, for who is blocked in recv), and has a descriptor for poll(2).
 * Tokens form trees: cancelling one cancels all below it, and nothing above.
 *
 * A token is not cancelled at first, and never again uncancelled. Its hooks and children are reached one after the other, in the
 * order in which they came, on the thread that cancels, before seawall_cancel_trigger returns there. Hooks run under no lock.
 *
 * In the child of a fork a token keeps its handle and whether it is cancelled, and nothing else: hooks, children, the descriptor
 * and the timer service are forgotten there. Hooks may be added and removed anew; taking one of the parent's out answers
 * #SEAWALL_STALE.
 */
#ifndef SEAWALL_CANCEL_H
#define SEAWALL_CANCEL_H

#include <seawall/outcome.h>
#include <seawall/timer.h>

SEAWALL_BEGIN_DECLS

/** A token. Every function on it may be called from any thread, unless it says otherwise. */
typedef struct seawall_cancel seawall_cancel;

/** The most tokens from the top of a tree to its bottom, both included. */
#define SEAWALL_CANCEL_DEPTH_MAX 64

/** Settings of a token. */
typedef struct seawall_cancel_config {
    uint32_t size;          /**< sizeof(seawall_cancel_config) */
    uint32_t reserved;      /**< 0 */
    seawall_cancel *parent; /**< Whose cancellation reaches this token too; NULL (default): nobody's. */
    /**
     * Who runs the hooks after seawall_cancel_trigger_from_signal; must outlive the token. NULL (default): the next call on the
     * token.
     */
    seawall_timers *timers;
} seawall_cancel_config;

/** Every default. */
#define SEAWALL_CANCEL_CONFIG_INIT { sizeof(seawall_cancel_config), 0, NULL, NULL }

/**
 * The same as #SEAWALL_CANCEL_CONFIG_INIT, for a caller whose struct has `size` bytes. #SEAWALL_INVALID for NULL or an impossible
 * size. Any thread.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_cancel_config_init(seawall_cancel_config *config, size_t size);

/**
 * Creates a token: one allocation; with a parent, its lock for a moment. A child of a cancelled token is cancelled from the
 * beginning.
 * @param config NULL for every default.
 * @param platform NULL for the parent's, or without a parent the default one; else it must be the parent's. Its clock says when
 *        the token was cancelled; its park and wake are what a removal waits by.
 * @param error filled when the call fails; may be NULL.
 * @return #SEAWALL_OK; #SEAWALL_INVALID (the error says what); #SEAWALL_NO_MEMORY.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_cancel_create(const seawall_cancel_config *config,
                                                                    const seawall_platform *platform, seawall_cancel **cancel,
                                                                    seawall_error *error);

/**
 * Gives the token up; NULL is allowed. Hooks that are still there are not called any more; waits for one that is running, unless
 * it is called from inside it. Children live on, under the token's own parent. No other thread may be in a call on the token.
 */
SEAWALL_API void seawall_cancel_destroy(seawall_cancel *cancel);

/**
 * Cancels the token and all below it, and calls their hooks, here and now. The first call does all of this; any other finds it
 * cancelled and returns at once, even if hooks are still being called. Reads the clock once; one short lock per hook; allocates
 * nothing.
 * @return #SEAWALL_OK, whether it was the first or not; #SEAWALL_INVALID for NULL.
 */
SEAWALL_API seawall_status seawall_cancel_trigger(seawall_cancel *cancel);

/**
 * The same from a signal handler: marks the token and makes its descriptor readable; takes no lock and leaves errno alone.
 * Children and hooks hear of it from the timer service of the config, if its thread runs or a host drives it, or else in the next
 * call on this token or one below it, a run that begins or begins to wait under it included; the questions that cost one load
 * aside. Hooks of a token that is cancelled like this must not destroy it, nor one below it. The wake of the service's platform
 * must be safe in a handler, which the default one is.
 * @return as seawall_cancel_trigger.
 */
SEAWALL_API seawall_status seawall_cancel_trigger_from_signal(seawall_cancel *cancel);

/** Whether it is cancelled. One load; safe in a signal handler; false for NULL. */
SEAWALL_API bool seawall_cancel_is_cancelled(const seawall_cancel *cancel);

/**
 * Why: 0 if it is not cancelled; #SEAWALL_CAUSE_DEADLINE for an attempt that a hard timeout cut, on a pool any deadline; else
 * #SEAWALL_CAUSE_CANCELLATION. One load; 0 for NULL.
 */
SEAWALL_API seawall_cause seawall_cancel_cause(const seawall_cancel *cancel);

/**
 * What a token calls when it is cancelled: at most once. On the thread that cancels it, which may be the timer service's: be
 * quick. It may call anything, functions on the same token included; seawall_cancel_remove_hook on itself answers #SEAWALL_BUSY.
 * Poll: seawall_cancel_is_cancelled, seawall_cancel_descriptor.
 */
typedef void (*seawall_cancel_hook_fn)(void *user);

/**
 * Room for one hook, in the caller's memory, all zero at first. It must stay where it is until it was removed or has begun to
 * run.
 */
typedef struct seawall_cancel_hook {
    uint64_t opaque[8]; /**< The library's. */
} seawall_cancel_hook;

/** An empty hook. */
#define SEAWALL_CANCEL_HOOK_INIT { { 0, 0, 0, 0, 0, 0, 0, 0 } }

/**
 * Adds a hook. One short lock; allocates nothing.
 * @param hook not in use, that is zeroed, removed, or run.
 * @return #SEAWALL_OK; #SEAWALL_CANCELLED: the token is cancelled already, so the hook was not added and is not called;
 *         #SEAWALL_BUSY: this hook is in use; #SEAWALL_INVALID for NULL.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_cancel_add_hook(seawall_cancel *cancel, seawall_cancel_hook *hook,
                                                                      seawall_cancel_hook_fn function, void *user);

/**
 * Takes a hook out, and if it is running, waits until it has returned: after #SEAWALL_OK or #SEAWALL_STALE it neither runs nor
 * will, and what it uses may be freed. One short lock.
 * @return #SEAWALL_OK: it was never called; #SEAWALL_STALE: it has run, or is none of this token's; #SEAWALL_BUSY: called from
 *         inside that very hook, which cannot be waited for; #SEAWALL_INVALID for NULL.
 */
SEAWALL_API seawall_status seawall_cancel_remove_hook(seawall_cancel *cancel, seawall_cancel_hook *hook);

/**
 * A descriptor that is readable from the cancellation on, for poll(2) and the like. It is made by the first call, belongs to the
 * token, and closes with it. Never read or close it. A forked child asks for one of its own.
 * @return #SEAWALL_OK; #SEAWALL_NO_RESOURCES: the system gave none; #SEAWALL_INVALID for NULL.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_cancel_descriptor(seawall_cancel *cancel, int32_t *descriptor);

SEAWALL_END_DECLS

#endif
