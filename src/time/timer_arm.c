/* Arming, moving and cancelling, from any thread. */
#include "time/timer_service.h"

void sw_timers_ring(seawall_timers *timers)
{
    uint32_t event = sw_load_u32(&timers->event);
    bool threaded = sw_load_u32(&timers->state) != SW_TIMERS_STOPPED;

    (void)sw_add_u32(&timers->wakes, 1);
    if (event != 0 && !threaded)
        sw_port_event_ring((int32_t)event - 1);
    (void)sw_add_u32(&timers->bell, 1); /* after the event: who sees the bell's count change clears what was rung */
    if (threaded)
        timers->platform->wake((const uint32_t *)(const void *)&timers->bell, timers->platform->clock_user);
}

/* Of all who are too early for the alarm, one rings. */
void sw_timers_hurry(seawall_timers *timers, seawall_time at)
{
    uint64_t alarm = sw_load_u64(&timers->alarm);

    while (at < (seawall_time)alarm) {
        if (sw_cas_u64(&timers->alarm, &alarm, SW_TIMERS_AWAKE)) {
            sw_timers_ring(timers);
            return;
        }
    }
}

/* Under the lock: whether the driver must hear of it. */
static inline bool lower(sw_timer_shard *shard, seawall_time at)
{
    if (at >= (seawall_time)sw_load_relaxed_u64(&shard->next))
        return false;
    sw_store_u64(&shard->next, (uint64_t)at);
    return true;
}

static inline seawall_timer arm_in(sw_timer_shard *shard, seawall_time at, seawall_timer_fn function, void *user,
                                   seawall_timer *timer, bool *nearer)
{
    seawall_timer armed;

    sw_mutex_lock(&shard->lock);
    armed = sw_wheel_arm(&shard->locked.wheel, at, (uint64_t)(uintptr_t)user);
    if (armed != 0) {
        shard->locked.functions[sw_wheel_place_of(&shard->locked.wheel, armed)] = function;
        shard->locked.armed++;
        *nearer = lower(shard, at);
        if (timer != NULL)
            *timer = armed;
    }
    sw_mutex_unlock(&shard->lock);
    return armed;
}

seawall_status seawall_timers_arm(seawall_timers *timers, seawall_time at, seawall_timer_fn function, void *user,
                                  seawall_timer *timer)
{
    uint32_t home, i;
    bool nearer = false;

    if (timers == NULL || function == NULL)
        return SEAWALL_INVALID;
    sw_timers_enter(timers);
    home = sw_port_thread_number();
    for (i = 0; i < timers->shards; i++) {
        if (arm_in(&timers->shard[(home + i) & (timers->shards - 1)], at, function, user, timer, &nearer) == 0)
            continue;
        if (nearer)
            sw_timers_hurry(timers, at);
        return SEAWALL_OK;
    }
    (void)sw_add_u64(&timers->refused, 1);
    return SEAWALL_FULL;
}

/* NULL: no shard has such handles. */
static sw_timer_shard *shard_of(seawall_timers *timers, seawall_timer timer)
{
    uint64_t number = (timer & SW_TIMER_INDEX_MASK) >> timers->shard_shift;

    return number < timers->shards ? &timers->shard[number] : NULL;
}

/* For what was not found among those that are armed, by somebody who has held the lock since it was. */
static seawall_status running_or_stale(seawall_timers *timers, seawall_timer timer)
{
    return timer != 0 && sw_load_u64(&timers->running) == timer ? SEAWALL_BUSY : SEAWALL_STALE;
}

seawall_status seawall_timers_rearm(seawall_timers *timers, seawall_timer timer, seawall_time at)
{
    sw_timer_shard *shard;
    bool found, nearer;

    if (timers == NULL)
        return SEAWALL_INVALID;
    sw_timers_enter(timers);
    shard = shard_of(timers, timer);
    if (shard == NULL)
        return SEAWALL_STALE;
    sw_mutex_lock(&shard->lock);
    found = sw_wheel_rearm(&shard->locked.wheel, timer, at);
    nearer = found && lower(shard, at);
    sw_mutex_unlock(&shard->lock);
    if (nearer)
        sw_timers_hurry(timers, at);
    return found ? SEAWALL_OK : running_or_stale(timers, timer);
}

/* The driver will find out by itself that there is nothing to do. */
seawall_status seawall_timers_cancel(seawall_timers *timers, seawall_timer timer)
{
    sw_timer_shard *shard;
    bool found;

    if (timers == NULL)
        return SEAWALL_INVALID;
    sw_timers_enter(timers);
    shard = shard_of(timers, timer);
    if (shard == NULL)
        return SEAWALL_STALE;
    sw_mutex_lock(&shard->lock);
    found = sw_wheel_cancel(&shard->locked.wheel, timer);
    shard->locked.cancelled += found;
    sw_mutex_unlock(&shard->lock);
    return found ? SEAWALL_OK : running_or_stale(timers, timer);
}

/* `waiting` says so before the last look: whoever ends a function looks at it after that. */
static void await_end(seawall_timers *timers, seawall_timer timer)
{
    const seawall_platform *platform = timers->platform;

    (void)sw_add_u32(&timers->waiting, 1);
    for (;;) {
        uint32_t ticket = sw_load_u32(&timers->ended);

        if (sw_load_u64(&timers->running) != timer)
            break;
        platform->park((const uint32_t *)(const void *)&timers->ended, ticket, SEAWALL_FOREVER, platform->clock_user);
    }
    (void)sw_sub_u32(&timers->waiting, 1);
}

seawall_status seawall_timers_cancel_wait(seawall_timers *timers, seawall_timer timer)
{
    seawall_status status = seawall_timers_cancel(timers, timer);

    if (status != SEAWALL_BUSY || sw_timers_inside(timers))
        return status;
    await_end(timers, timer);
    return SEAWALL_STALE;
}
