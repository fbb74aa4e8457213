/* Those who want to be called by whoever drives a timer service after a knock, which a signal handler may give. */
#ifndef SW_TIME_TIMER_VISIT_H
#define SW_TIME_TIMER_VISIT_H

#include <seawall/timer.h>

typedef struct sw_visitor {
    struct sw_visitor *next, *previous;
    /*
     * Whether it has anything to be visited for; if so it stays until the visit is over. Under a lock: quick, and no call back.
     */
    bool (*wants)(struct sw_visitor *visitor);
    void (*visit)(struct sw_visitor *visitor); /* under no lock */
} sw_visitor;

void sw_timers_enlist(seawall_timers *timers, sw_visitor *visitor);
/* A visit that has begun goes on. */
void sw_timers_delist(seawall_timers *timers, sw_visitor *visitor);
/* Safe in a signal handler, if the platform's wake is. Not in the child of a fork before the service was adopted there. */
void sw_timers_knock(seawall_timers *timers);

#endif
