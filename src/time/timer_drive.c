/* Running what is due: what the service's thread and a host do alike. */
#include "time/timer_service.h"

/* So many timers are moved before others may have the lock: a moment, even if a million become due at once. */
#define MOVED_AT_ONCE 256

static seawall_time next_of(sw_timer_shard *shard)
{
    return (seawall_time)sw_load_u64(&shard->next);
}

static seawall_time earliest(seawall_timers *timers)
{
    seawall_time first = (seawall_time)sw_load_u64(&timers->residents_due);
    uint32_t i;

    if (sw_load_u32(&timers->calls) != 0 || sw_load_u32(&timers->knocked) != 0)
        return SW_TIMERS_AT_ONCE;
    for (i = 0; i < timers->shards; i++) {
        seawall_time next = next_of(&timers->shard[i]);

        first = next < first ? next : first;
    }
    return first;
}

seawall_time sw_timers_announce(seawall_timers *timers)
{
    seawall_time until;

    do {
        until = earliest(timers);
        sw_store_u64(&timers->alarm, (uint64_t)until);
    } while (earliest(timers) < until);
    return until;
}

static void advance_shard(sw_timer_shard *shard, seawall_time now)
{
    bool done;

    do {
        sw_mutex_lock(&shard->lock);
        done = sw_wheel_advance(&shard->locked.wheel, now, MOVED_AT_ONCE);
        sw_mutex_unlock(&shard->lock);
    } while (!done);
}

/* From the moment it is taken out its timer is running, for whoever looks for it under the lock. */
static bool take(seawall_timers *timers, sw_timer_shard *shard, seawall_expiry *expiry, seawall_timer_fn *function)
{
    sw_wheel *wheel = &shard->locked.wheel;
    bool taken;

    sw_mutex_lock(&shard->lock);
    taken = sw_wheel_take(wheel, expiry);
    if (taken) {
        *function = shard->locked.functions[sw_wheel_place_of(wheel, expiry->timer)];
        sw_store_u64(&timers->running, expiry->timer);
    } else {
        sw_store_u64(&shard->next, (uint64_t)sw_wheel_next_due(wheel));
    }
    sw_mutex_unlock(&shard->lock);
    return taken;
}

static void note_begin(seawall_timers *timers, seawall_time due, seawall_time now)
{
    seawall_duration lag = seawall_time_until(now, due);

    sw_store_relaxed_u64(&timers->lag, (uint64_t)lag);
    sw_timers_raise(&timers->longest_lag, lag);
    sw_store_relaxed_u64(&timers->fired, sw_load_relaxed_u64(&timers->fired) + 1);
}

void sw_timers_tell_waiting(seawall_timers *timers)
{
    if (sw_load_u32(&timers->waiting) == 0)
        return;
    (void)sw_add_u32(&timers->ended, 1);
    timers->platform->wake((const uint32_t *)(const void *)&timers->ended, timers->platform->clock_user);
}

static void note_end(seawall_timers *timers)
{
    sw_store_u64(&timers->running, 0);
    sw_timers_tell_waiting(timers);
}

/*
 * Runs the shard's next one, if there is one. *now moves on to its end. False: it was the last, or nothing here is ours any more.
 * `since` comes first: who sees a timer run must not take the time of the one before for its own.
 */
static bool run_one(seawall_timers *timers, sw_timer_shard *shard, seawall_time *now)
{
    uint32_t process = sw_port_fork_generation();
    seawall_time begun = *now;
    seawall_timer_fn function;
    seawall_expiry expiry;

    sw_store_relaxed_u64(&timers->since, (uint64_t)begun);
    if (!take(timers, shard, &expiry, &function))
        return false;
    note_begin(timers, expiry.due, begun);
    function(expiry.timer, (void *)(uintptr_t)expiry.cookie);
    if (sw_port_fork_generation() != process)
        return false;
    *now = sw_now(timers->platform);
    sw_timers_raise(&timers->longest_run, seawall_time_until(*now, begun));
    note_end(timers);
    return true;
}

/* In a child that was forked meanwhile the service may be gone. */
static bool goes_on(seawall_timers *timers, uint32_t process)
{
    return sw_port_fork_generation() == process && sw_load_u32(&timers->state) != SW_TIMERS_STOPPING;
}

/* Those who work here without a timer; *now moves on to their end. False: the round ends with them. */
static bool let_others(seawall_timers *timers, seawall_time *now, uint32_t process)
{
    if (sw_load_u32(&timers->knocked) != 0) {
        sw_timers_visit(timers);
        if (!goes_on(timers, process))
            return false;
    }
    if (sw_load_u32(&timers->calls) != 0 || (seawall_time)sw_load_u64(&timers->residents_due) <= *now) {
        *now = sw_timers_attend(timers, *now);
        return goes_on(timers, process);
    }
    return true;
}

/*
 * Every shard moves on first and none again, so that what a function arms is left for the next round. Then one of each in turn.
 */
int32_t sw_timers_round(seawall_timers *timers)
{
    uint32_t process = sw_port_fork_generation(), i;
    seawall_time start = sw_now(timers->platform), now = start;
    uint32_t due = 0, left;
    int32_t ran = 0;

    if (!let_others(timers, &now, process))
        return ran;
    for (i = 0; i < timers->shards; i++) {
        if (next_of(&timers->shard[i]) <= start) {
            advance_shard(&timers->shard[i], start);
            due |= 1u << i;
        }
    }
    for (left = due; left != 0; left = due) {
        for (i = 0; left >> i != 0; i++) {
            if ((left >> i & 1) == 0)
                continue;
            if (run_one(timers, &timers->shard[i], &now))
                ran++;
            else
                due &= ~(1u << i);
            if (!goes_on(timers, process))
                return ran;
        }
    }
    return ran;
}

/* The calling thread becomes the driver, unless there is one. */
static bool take_over(seawall_timers *timers)
{
    uint64_t nobody = SW_TIMERS_NOBODY;

    return sw_cas_u64(&timers->driver, &nobody, (uint64_t)sw_port_thread_self());
}

seawall_status seawall_timers_next_due(seawall_timers *timers, seawall_time *due)
{
    if (timers == NULL || due == NULL)
        return SEAWALL_INVALID;
    sw_timers_enter(timers);
    if (!take_over(timers))
        return SEAWALL_BUSY;
    *due = sw_timers_announce(timers);
    sw_store_u64(&timers->driver, SW_TIMERS_NOBODY);
    return SEAWALL_OK;
}

static void clear_event(seawall_timers *timers)
{
    uint32_t bell = sw_load_u32(&timers->bell); /* before the event: what rang one that was just made is cleared next time */
    uint32_t event = sw_load_u32(&timers->event);

    if (event != 0 && bell != timers->heard)
        sw_port_event_clear((int32_t)event - 1);
    timers->heard = bell;
}

seawall_status seawall_timers_advance(seawall_timers *timers, int32_t *fired)
{
    uint32_t process = sw_port_fork_generation();
    int32_t ran;

    if (timers == NULL)
        return SEAWALL_INVALID;
    sw_timers_enter(timers);
    if (!take_over(timers))
        return SEAWALL_BUSY;
    clear_event(timers);
    sw_store_u64(&timers->alarm, SW_TIMERS_AWAKE);
    ran = sw_timers_round(timers);
    if (sw_port_fork_generation() == process)
        sw_store_u64(&timers->driver, SW_TIMERS_NOBODY);
    if (fired != NULL)
        *fired = ran;
    return SEAWALL_OK;
}
