/*
 * The timer service inside: shards, each a wheel under a short lock; one driver, which is the service's thread or a host; and the
 * agreement by which arming wakes the driver only when it must:
 *
 * - `next` of a shard is never later than the first timer in it. Whoever arms an earlier one lowers it, under the lock.
 * - `alarm` is how long the driver sleeps. While it is awake it is SW_TIMERS_AWAKE, which no deadline is before, and nobody
 *   rings. Before it sleeps it sets the alarm, and then looks at every `next` again.
 * - Whoever lowers `next` looks at `alarm` after that. So one of the two sees the other, and only one of all who come too early
 *   for the alarm rings: the one that sets it to awake.
 */
#ifndef SW_TIME_TIMER_SERVICE_H
#define SW_TIME_TIMER_SERVICE_H

#include <pthread.h>

#include <seawall/timer.h>

#include "base/alloc.h"
#include "base/atomic.h"
#include "port/port.h"
#include "time/platform.h"
#include "time/timer_resident.h"
#include "time/timer_visit.h"
#include "time/wheel.h"

/* Words hold times as they are, negative ones included. */
#define SW_TIMERS_AWAKE ((uint64_t)INT64_MIN)
/* Before every deadline. Who would sleep until then stays awake. */
#define SW_TIMERS_AT_ONCE INT64_MIN
#define SW_TIMERS_NAME_SIZE 16

/* Who drives: nobody, a thread that is about to say who it is, or that thread. */
#define SW_TIMERS_NOBODY 0
#define SW_TIMERS_SOMEBODY 1

enum { SW_TIMERS_STOPPED, SW_TIMERS_STARTING, SW_TIMERS_STARTED, SW_TIMERS_STOPPING };

typedef struct sw_timer_shard {
    _Alignas(SW_CACHE_LINE) sw_mutex lock;
    sw_atomic_u64 next; /* written under the lock */
    struct {
        sw_wheel wheel;              /* cookies are the functions' `user` */
        seawall_timer_fn *functions; /* one per place */
        int64_t armed, cancelled;    /* ever */
    } locked;                        /* under the lock */
} sw_timer_shard;

struct seawall_timers {
    /* Read by all, written rarely. */
    const seawall_platform *platform;
    size_t size;
    uint32_t shards;      /* a power of two */
    uint32_t shard_shift; /* of a handle's index: what is above it names the shard */
    int32_t capacity;
    int32_t stack_size;
    char name[SW_TIMERS_NAME_SIZE];
    seawall_timers_hook_fn on_start, on_stop;
    void *hook_user;
    sw_atomic_u32 process; /* whose timers these are */
    sw_atomic_u32 state;   /* of the thread */
    sw_atomic_u32 event;   /* its descriptor + 1; 0: none yet */
    sw_mutex control;      /* the change of process, the making of the event, both lists */
    sw_visitor *visitors;  /* under `control` */
    sw_resident *residents; /* likewise */
    pthread_t thread;      /* belongs to whoever changed `state` */

    _Alignas(SW_CACHE_LINE) sw_atomic_u64 alarm;
    sw_atomic_u32 bell; /* the thread parks on it; counts rings */
    sw_atomic_u32 knocked; /* visitors are to be asked */
    sw_atomic_u32 calls;   /* residents were called */
    sw_atomic_u32 wakes;
    sw_atomic_u64 refused;

    /* Written by the driver alone, but for `waiting`. */
    _Alignas(SW_CACHE_LINE) sw_atomic_u64 driver;
    sw_atomic_u64 running; /* the timer whose function runs, 0: none */
    sw_atomic_u64 turn;    /* the resident whose turn it is, 0: nobody's */
    sw_atomic_u64 residents_due; /* no resident wants a turn before this, unless it is called */
    uint32_t round;        /* of residents' turns */
    sw_atomic_u64 since;
    sw_atomic_u64 fired, lag, longest_lag, longest_run;
    sw_atomic_u32 waiting; /* who waits for the end of a function */
    sw_atomic_u32 ended;   /* and parks on this */
    uint32_t heard;        /* `bell` when the event was cleared last */

    _Alignas(SW_CACHE_LINE) sw_timer_shard shard[];
};

/* Makes the service of a parent into that of this process; out of line, as it happens once. */
void sw_timers_adopt(seawall_timers *timers);

/* Every public function begins with it. */
static inline void sw_timers_enter(seawall_timers *timers)
{
    if (sw_load_acquire_u32(&timers->process) != sw_port_fork_generation())
        sw_timers_adopt(timers);
}

/* Whether the calling thread drives it at this moment: it is inside a function, or a hook. */
static inline bool sw_timers_inside(seawall_timers *timers)
{
    return sw_load_u64(&timers->driver) == (uint64_t)sw_port_thread_self();
}

/* Whether its thread runs, and is another than this one. */
static inline bool sw_timers_elsewhere(seawall_timers *timers)
{
    if (timers == NULL)
        return false;
    sw_timers_enter(timers);
    return sw_load_u32(&timers->state) == SW_TIMERS_STARTED && !sw_timers_inside(timers);
}

/* Wakes whoever drives. */
void sw_timers_ring(seawall_timers *timers);

/* The driver must not sleep beyond `at`: wakes it if it would. */
void sw_timers_hurry(seawall_timers *timers, seawall_time at);

/* The driver alone writes it. */
static inline void sw_timers_raise(sw_atomic_u64 *most, seawall_duration value)
{
    if ((uint64_t)value > sw_load_relaxed_u64(most))
        sw_store_relaxed_u64(most, (uint64_t)value);
}

/* Something has ended: whoever waits looks again. */
void sw_timers_tell_waiting(seawall_timers *timers);

/* timer_resident.c: the turns of one round, on the driver's thread. Answers what time it is by then. */
seawall_time sw_timers_attend(seawall_timers *timers, seawall_time now);

/* timer_visit.c: visits everybody who wants it, on the driver's thread. */
void sw_timers_visit(seawall_timers *timers);

/* Runs what is due, on the driver's thread. Answers how many. Stops early if the thread is to stop, or was forked away. */
int32_t sw_timers_round(seawall_timers *timers);

/* Sets the alarm, and answers until when nothing is due. */
seawall_time sw_timers_announce(seawall_timers *timers);

#endif
