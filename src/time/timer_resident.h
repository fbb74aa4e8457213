/*
 * Residents of a timer service: objects that work on its thread, now because somebody called them, now because their time has
 * come. Unlike a timer a resident needs no place, and its time is kept to the nanosecond.
 */
#ifndef SW_TIME_TIMER_RESIDENT_H
#define SW_TIME_TIMER_RESIDENT_H

#include <seawall/timer.h>

#include "base/atomic.h"

typedef struct sw_resident {
    struct sw_resident *next, *previous;
    /* Its turn: on the driver's thread, under no lock, once in each round. It sets `due`, and answers what time it is by then. */
    seawall_time (*take_turn)(struct sw_resident *resident, seawall_time now);
    seawall_time due;     /* when it wants a turn at the latest; the driver's alone */
    uint32_t round;       /* of its last turn; under the service's lock */
    sw_atomic_u32 called;
} sw_resident;

/* It wants no turn until it is called. */
void sw_timers_move_in(seawall_timers *timers, sw_resident *resident);
/* No turn begins any more, and none goes on, unless it is this thread's own. */
void sw_timers_move_out(seawall_timers *timers, sw_resident *resident);

/* It wants a turn. Any thread; wakes the driver only if that sleeps. */
void sw_timers_call(seawall_timers *timers, sw_resident *resident);

#endif
