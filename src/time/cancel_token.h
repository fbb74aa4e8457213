/*
 * A token inside. `state` says whether it is cancelled, and never goes back; a signal handler changes it without the lock,
 * everybody else under it. Whoever changes it (or finds what a handler did) is the only one who ever delivers: who takes hooks
 * out of the list, one by one, and calls them under no lock. Children are hooks as well, in the children's own memory.
 *
 * The memory goes when nobody holds the token any more, neither its handle nor a child, and nobody delivers. The wake of who
 * waits is called under the lock: once it is open, who waited may make an end of the token.
 */
#ifndef SW_TIME_CANCEL_TOKEN_H
#define SW_TIME_CANCEL_TOKEN_H

#include <seawall/cancel.h>

#include "base/atomic.h"
#include "port/port.h"
#include "time/timer_visit.h"

/* A state is a cause, or 0; from a signal handler with this beside it until somebody delivers. */
#define SW_CANCEL_UNDELIVERED 4u
#define SW_CANCEL_CAUSE 3u

/* What seawall_cancel_hook has room for. */
typedef struct sw_cancel_hook {
    struct sw_cancel_hook *next, *previous;
    seawall_cancel_hook_fn function;
    void *user;
    seawall_cancel *token; /* in whose list it is, NULL: in none */
    uint32_t process;      /* and in which process's */
} sw_cancel_hook;

struct seawall_cancel {
    sw_atomic_u32 state;
    sw_atomic_u32 process; /* whose hooks these are */
    sw_atomic_u64 at;      /* when it was cancelled; valid once that is delivered, or being delivered */
    sw_atomic_u32 event;   /* the descriptor + 1; 0: none yet */
    sw_atomic_u32 ended;   /* hooks that have returned to somebody who waits, and parks on this */
    const seawall_platform *platform;
    seawall_cancel *parent; /* or NULL */
    seawall_timers *timers; /* or NULL */
    uint32_t depth;
    sw_mutex lock;
    struct {
        sw_cancel_hook *first, *last;
        sw_cancel_hook *running; /* never looked into: it may be gone */
        uintptr_t runner;        /* the thread that delivers; 0: nobody does */
        int32_t holders;         /* the handle, and children */
        int32_t waiting;
        bool listed;             /* in the timer service's list */
    } guarded;
    sw_cancel_hook link; /* in the parent's list */
    sw_visitor visitor;  /* in the timer service's */
};

/* cancel.c */
/* In memory that the caller keeps until sw_cancel_fini. SEAWALL_INVALID: too deep. */
seawall_status sw_cancel_init(seawall_cancel *token, seawall_cancel *parent, const seawall_platform *platform);
/* Nobody may be in a call on it, or cancel it from now on but for its parent; its own children must be gone. */
void sw_cancel_fini(seawall_cancel *token);
/* Makes the token of a parent process into one of this process; out of line, as it happens once. */
void sw_cancel_adopt(seawall_cancel *token);
/* Nobody holds it: gives its memory back, and lets go of its parent. */
void sw_cancel_bury(seawall_cancel *token);

/* cancel_hooks.c */
/* Cancels it, unless it is cancelled. `at`: when. */
void sw_cancel_now(seawall_cancel *token, seawall_cause cause, seawall_time at);
/* Delivers what a signal handler left, unless somebody did. */
void sw_cancel_settle(seawall_cancel *token);
/* Under the lock: the first half of settling. False: there is nothing to deliver; else call sw_cancel_deliver after unlocking. */
bool sw_cancel_begin_settling(seawall_cancel *token);
void sw_cancel_deliver(seawall_cancel *token);
/* False: it is cancelled already. */
bool sw_cancel_add(seawall_cancel *token, sw_cancel_hook *hook, seawall_cancel_hook_fn function, void *user);
/* As seawall_cancel_remove_hook. */
seawall_status sw_cancel_remove(seawall_cancel *token, sw_cancel_hook *hook);
/* Makes the token cancelled with its parent, from now on or at once. */
void sw_cancel_link(seawall_cancel *token);
/* Of hooks that are no children none is called from here on; unless this is called from inside one nobody delivers any more. */
void sw_cancel_drop_hooks(seawall_cancel *token);

/* Makes sure that it is this process's. */
static inline void sw_cancel_own(seawall_cancel *token)
{
    if (sw_load_acquire_u32(&token->process) != sw_port_fork_generation())
        sw_cancel_adopt(token);
}

/* Every public function but for the quick questions begins with it: what a handler left, here or above, is delivered. */
static inline void sw_cancel_enter(seawall_cancel *token)
{
    for (; token != NULL; token = token->parent) {
        sw_cancel_own(token);
        if ((sw_load_acquire_u32(&token->state) & SW_CANCEL_UNDELIVERED) != 0)
            sw_cancel_settle(token);
    }
}

static inline uint32_t sw_cancel_state(const seawall_cancel *token)
{
    return sw_load_acquire_u32((sw_atomic_u32 *)(uintptr_t)&token->state);
}

/* When it was cancelled, for one that is; delivers first if nobody has. */
static inline seawall_time sw_cancel_when(seawall_cancel *token)
{
    sw_cancel_enter(token);
    return (seawall_time)sw_load_acquire_u64(&token->at);
}

/* The same, but delivers nothing: what a handler left counts as seen now. */
static inline seawall_time sw_cancel_seen(seawall_cancel *token, seawall_time now)
{
    return (sw_cancel_state(token) & SW_CANCEL_UNDELIVERED) != 0 ? now : (seawall_time)sw_load_acquire_u64(&token->at);
}

#endif
