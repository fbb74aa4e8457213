/* Who drives the checks: a timer service, or a host's loop. */
#include <stddef.h>

#include "base/error.h"
#include "health/health_object.h"
#include "time/platform.h"
#include "time/timer_service.h"

void sw_health_wake_driver(seawall_health *health, seawall_time at)
{
    if (at >= health->sleeps_until)
        return;
    health->sleeps_until = at;
    if (health->driver != SW_HEALTH_TIMERS)
        sw_health_net_ring(health);
    else
        sw_timers_call(health->timers, &health->resident);
}

/* Under the lock, after a round. */
static seawall_time next_due(const seawall_health *health)
{
    if (sw_health_ends_start(&health->sum)) /* since that round has looked */
        return health->latest;
    return health->heap.count > 0 ? health->heap.places[0]->at : SEAWALL_FOREVER;
}

static seawall_time take_turn(sw_resident *resident, seawall_time now)
{
    seawall_health *health = (seawall_health *)(void *)((char *)resident - offsetof(seawall_health, resident));

    sw_health_round(health, now, false);
    sw_health_net_start(health);
    sw_mutex_lock(&health->lock);
    if (health->driver == SW_HEALTH_TIMERS) { /* it is not in the child of a fork, nor when it was stopped meanwhile */
        resident->due = next_due(health);
        health->sleeps_until = resident->due;
    }
    sw_mutex_unlock(&health->lock);
    return sw_now(health->platform);
}

/* As a resident it needs no place among the timers: those may be taken by others at any time. */
static seawall_status start(seawall_health *health, seawall_timers *timers, seawall_error *error)
{
    if (health->driver != SW_HEALTH_NOBODY || health->stopping || health->polling != 0)
        return sw_error(error, SEAWALL_BUSY, "health", "health: it was started before, or a host polls it at this moment");
    health->timers = timers;
    health->driver = SW_HEALTH_TIMERS;
    health->sleeps_until = SEAWALL_FOREVER;
    health->resident.take_turn = take_turn;
    sw_timers_move_in(timers, &health->resident);
    sw_health_wake_driver(health, health->latest); /* the first round: is the start over, is anything due? */
    return SEAWALL_OK;
}

seawall_status seawall_health_start(seawall_health *health, seawall_timers *timers, seawall_error *error)
{
    seawall_status status;

    if (health == NULL || timers == NULL)
        return sw_error(error, SEAWALL_INVALID, "health", "health: no set of checks, or no timer service (NULL)");
    if (health->platform != timers->platform)
        return sw_error(error, SEAWALL_INVALID, "health", "health: the timer service is on another platform");
    sw_health_enter(health);
    sw_mutex_lock(&health->lock);
    status = start(health, timers, error);
    sw_mutex_unlock(&health->lock);
    return status;
}

/* Whether this thread is one of the set's, or in a listener or a poll: in whatever it calls. Under the lock. */
static bool is_inside(seawall_health *health)
{
    uintptr_t self = sw_port_thread_self();
    int32_t i;

    if ((health->listening >= 0 && health->listener_thread == self) || health->polling == self ||
        sw_net_thread_is_this(&health->net))
        return true;
    for (i = 0; i < health->config.workers + health->config.max_stuck; i++) {
        if (health->workers[i].self == self)
            return true;
    }
    return false;
}

seawall_status seawall_health_stop(seawall_health *health)
{
    seawall_timers *timers;
    bool inside;

    if (health == NULL)
        return SEAWALL_INVALID;
    sw_health_enter(health);
    sw_mutex_lock(&health->lock);
    timers = health->timers;
    inside = is_inside(health) || (timers != NULL && sw_timers_inside(timers));
    if (health->driver == SW_HEALTH_TIMERS && !inside) {
        health->driver = SW_HEALTH_NOBODY;
        health->stopping = true;
    } else {
        timers = NULL;
    }
    sw_mutex_unlock(&health->lock);
    if (timers == NULL)
        return inside ? SEAWALL_BUSY : SEAWALL_INVALID;
    sw_timers_move_out(timers, &health->resident);
    sw_health_net_stop(health);
    sw_health_dismiss(health);
    sw_mutex_lock(&health->lock);
    health->timers = NULL;
    health->sleeps_until = SW_HEALTH_AWAKE;
    health->stopping = false;
    sw_mutex_unlock(&health->lock);
    return SEAWALL_OK;
}

static seawall_status begin_poll(seawall_health *health)
{
    bool free;

    sw_mutex_lock(&health->lock);
    free = health->driver == SW_HEALTH_NOBODY && health->polling == 0 && !health->stopping;
    if (free)
        health->polling = sw_port_thread_self();
    sw_mutex_unlock(&health->lock);
    return free ? SEAWALL_OK : SEAWALL_BUSY;
}

seawall_status seawall_health_poll_at(seawall_health *health, seawall_time now, seawall_time *next)
{
    seawall_time socket;

    if (health == NULL || next == NULL)
        return SEAWALL_INVALID;
    sw_health_enter(health);
    if (begin_poll(health) != SEAWALL_OK)
        return SEAWALL_BUSY;
    sw_health_round(health, now, true);
    sw_health_net_turn(health, now);
    socket = sw_health_net_next(health);
    sw_mutex_lock(&health->lock);
    *next = next_due(health);
    if (socket < *next)
        *next = socket;
    health->sleeps_until = *next;
    health->polling = 0;
    sw_mutex_unlock(&health->lock);
    return SEAWALL_OK;
}

seawall_status seawall_health_descriptor(seawall_health *health, int32_t *descriptor)
{
    seawall_status status;

    if (health == NULL || descriptor == NULL)
        return SEAWALL_INVALID;
    sw_health_enter(health);
    status = sw_health_net_need(health, NULL);
    return status == SEAWALL_OK ? sw_health_net_descriptor(health, descriptor) : status;
}
