/* Knocks at the timer service, and the visits that follow. */
#include "time/timer_service.h"

void sw_timers_enlist(seawall_timers *timers, sw_visitor *visitor)
{
    sw_timers_enter(timers);
    sw_mutex_lock(&timers->control);
    visitor->previous = NULL;
    visitor->next = timers->visitors;
    if (visitor->next != NULL)
        visitor->next->previous = visitor;
    timers->visitors = visitor;
    sw_mutex_unlock(&timers->control);
}

void sw_timers_delist(seawall_timers *timers, sw_visitor *visitor)
{
    sw_timers_enter(timers);
    sw_mutex_lock(&timers->control);
    if (visitor->next != NULL)
        visitor->next->previous = visitor->previous;
    if (visitor->previous != NULL)
        visitor->previous->next = visitor->next;
    else if (timers->visitors == visitor)
        timers->visitors = visitor->next;
    sw_mutex_unlock(&timers->control);
}

/* The mark comes first: who hears the bell looks for it. */
void sw_timers_knock(seawall_timers *timers)
{
    sw_store_u32(&timers->knocked, 1);
    sw_timers_ring(timers);
}

static sw_visitor *first_who_wants(seawall_timers *timers)
{
    sw_visitor *visitor;

    sw_mutex_lock(&timers->control);
    for (visitor = timers->visitors; visitor != NULL; visitor = visitor->next) {
        if (visitor->wants(visitor))
            break;
    }
    sw_mutex_unlock(&timers->control);
    return visitor;
}

/* The mark goes first: who knocks during the visits is visited in the next round. */
void sw_timers_visit(seawall_timers *timers)
{
    uint32_t process = sw_port_fork_generation();
    sw_visitor *visitor;

    sw_store_u32(&timers->knocked, 0);
    while ((visitor = first_who_wants(timers)) != NULL) {
        visitor->visit(visitor);
        if (sw_port_fork_generation() != process)
            return;
    }
}
