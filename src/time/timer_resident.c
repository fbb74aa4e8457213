/* Residents' turns, on the thread that drives the service. */
#include "time/timer_resident.h"

#include "time/timer_service.h"

void sw_timers_move_in(seawall_timers *timers, sw_resident *resident)
{
    sw_timers_enter(timers);
    resident->due = SEAWALL_FOREVER;
    resident->round = 0;
    sw_store_u32(&resident->called, 0);
    sw_mutex_lock(&timers->control);
    resident->previous = NULL;
    resident->next = timers->residents;
    if (resident->next != NULL)
        resident->next->previous = resident;
    timers->residents = resident;
    sw_mutex_unlock(&timers->control);
}

static uint64_t name_of(const sw_resident *resident)
{
    return (uint64_t)(uintptr_t)resident;
}

/* As for the end of a timer's function: `waiting` says so before the last look. */
static void await_turn(seawall_timers *timers, const sw_resident *resident)
{
    const seawall_platform *platform = timers->platform;

    (void)sw_add_u32(&timers->waiting, 1);
    for (;;) {
        uint32_t ticket = sw_load_u32(&timers->ended);

        if (sw_load_u64(&timers->turn) != name_of(resident))
            break;
        platform->park((const uint32_t *)(const void *)&timers->ended, ticket, SEAWALL_FOREVER, platform->clock_user);
    }
    (void)sw_sub_u32(&timers->waiting, 1);
}

void sw_timers_move_out(seawall_timers *timers, sw_resident *resident)
{
    sw_timers_enter(timers);
    sw_mutex_lock(&timers->control);
    if (resident->next != NULL)
        resident->next->previous = resident->previous;
    if (resident->previous != NULL)
        resident->previous->next = resident->next;
    else if (timers->residents == resident)
        timers->residents = resident->next;
    sw_mutex_unlock(&timers->control);
    if (!sw_timers_inside(timers))
        await_turn(timers, resident);
}

/* The marks come first: a driver that is awake looks for them before it sleeps. */
void sw_timers_call(seawall_timers *timers, sw_resident *resident)
{
    if (sw_exchange_u32(&resident->called, 1) != 0)
        return;
    sw_store_u32(&timers->calls, 1);
    sw_timers_hurry(timers, SW_TIMERS_AT_ONCE);
}

/* Who is next in this round; its turn has begun. */
static sw_resident *next_resident(seawall_timers *timers, seawall_time now)
{
    sw_resident *resident;

    sw_mutex_lock(&timers->control);
    for (resident = timers->residents; resident != NULL; resident = resident->next) {
        if (resident->round != timers->round && (resident->due <= now || sw_load_u32(&resident->called) != 0)) {
            resident->round = timers->round;
            sw_store_u64(&timers->turn, name_of(resident));
            break;
        }
    }
    sw_mutex_unlock(&timers->control);
    return resident;
}

static void look_ahead(seawall_timers *timers)
{
    seawall_time first = SEAWALL_FOREVER;
    const sw_resident *resident;

    sw_mutex_lock(&timers->control);
    for (resident = timers->residents; resident != NULL; resident = resident->next)
        first = resident->due < first ? resident->due : first;
    sw_mutex_unlock(&timers->control);
    sw_store_u64(&timers->residents_due, (uint64_t)first);
}

/* The next one's turn begins; `since` comes first, as for a timer's function. NULL: all have had theirs. */
static sw_resident *begin_turn(seawall_timers *timers, seawall_time now)
{
    sw_store_relaxed_u64(&timers->since, (uint64_t)now);
    return next_resident(timers, now);
}

/* The marks go first: who is called during the turns has another in the next round. */
seawall_time sw_timers_attend(seawall_timers *timers, seawall_time now)
{
    uint32_t process = sw_port_fork_generation();
    sw_resident *resident;

    sw_store_u32(&timers->calls, 0);
    if (++timers->round == 0)
        timers->round = 1;
    while ((resident = begin_turn(timers, now)) != NULL) {
        seawall_time begun = now;

        sw_store_u32(&resident->called, 0);
        now = resident->take_turn(resident, begun);
        if (sw_port_fork_generation() != process)
            return now;
        sw_timers_raise(&timers->longest_run, seawall_time_until(now, begun));
        sw_store_u64(&timers->turn, 0);
        sw_timers_tell_waiting(timers);
    }
    look_ahead(timers);
    return now;
}
