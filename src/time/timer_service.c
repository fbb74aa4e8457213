/* The service's own thread. */
#include "time/timer_service.h"

#include "base/error.h"

/* A function or a hook has forked, and this is the child. */
static bool forked_away(uint32_t process)
{
    return sw_port_fork_generation() != process;
}

static const uint32_t *parked_on(sw_atomic_u32 *word)
{
    return (const uint32_t *)(const void *)word;
}

/* The bell's count is taken before looking at anything: what rings from then on is not slept through. */
static void work(seawall_timers *timers, uint32_t process)
{
    const seawall_platform *platform = timers->platform;

    while (!forked_away(process)) {
        uint32_t ticket = sw_load_u32(&timers->bell);
        seawall_time until;

        if (sw_load_u32(&timers->state) == SW_TIMERS_STOPPING)
            return;
        sw_store_u64(&timers->alarm, SW_TIMERS_AWAKE);
        (void)sw_timers_round(timers);
        if (forked_away(process))
            return;
        until = sw_timers_announce(timers);
        if (until == SW_TIMERS_AT_ONCE)
            continue;
        platform->park(parked_on(&timers->bell), ticket, until, platform->clock_user);
    }
}

static void *run(void *user)
{
    seawall_timers *timers = user;
    uint32_t process = sw_port_fork_generation();

    sw_port_name_thread(timers->name);
    sw_port_wait_exactly();
    sw_store_u64(&timers->driver, (uint64_t)sw_port_thread_self());
    if (timers->on_start != NULL)
        timers->on_start(timers->hook_user);
    work(timers, process);
    if (!forked_away(process) && timers->on_stop != NULL)
        timers->on_stop(timers->hook_user);
    return NULL;
}

/* 0, or what pthread_create says. */
static int create_thread(seawall_timers *timers)
{
    pthread_attr_t attributes;
    sw_signals before;
    int trouble = pthread_attr_init(&attributes);

    if (trouble != 0)
        return trouble;
    trouble = pthread_attr_setstacksize(&attributes, (size_t)timers->stack_size);
    if (trouble == 0) {
        sw_port_block_signals(&before);
        trouble = pthread_create(&timers->thread, &attributes, run, timers);
        sw_port_restore_signals(&before);
    }
    (void)pthread_attr_destroy(&attributes);
    return trouble;
}

seawall_status seawall_timers_start(seawall_timers *timers, seawall_error *error)
{
    uint32_t stopped = SW_TIMERS_STOPPED;
    uint64_t nobody = SW_TIMERS_NOBODY;

    if (timers == NULL)
        return sw_error(error, SEAWALL_INVALID, "timers", "timers: there is none to start (NULL)");
    sw_timers_enter(timers);
    if (!sw_cas_u32(&timers->state, &stopped, SW_TIMERS_STARTING))
        return sw_error(error, SEAWALL_BUSY, "timers", "timers: it was started before");
    if (!sw_cas_u64(&timers->driver, &nobody, SW_TIMERS_SOMEBODY)) {
        sw_store_u32(&timers->state, SW_TIMERS_STOPPED);
        return sw_error(error, SEAWALL_BUSY, "timers", "timers: a host drives it at this moment");
    }
    if (create_thread(timers) != 0) {
        sw_store_u64(&timers->driver, SW_TIMERS_NOBODY);
        sw_store_u32(&timers->state, SW_TIMERS_STOPPED);
        return sw_error(error, SEAWALL_NO_RESOURCES, "timers", "timers: the system gave no thread");
    }
    sw_store_u32(&timers->state, SW_TIMERS_STARTED);
    return SEAWALL_OK;
}

seawall_status seawall_timers_stop(seawall_timers *timers)
{
    uint32_t state = SW_TIMERS_STARTED;

    if (timers == NULL)
        return SEAWALL_INVALID;
    sw_timers_enter(timers);
    if (sw_timers_inside(timers))
        return SEAWALL_BUSY;
    if (!sw_cas_u32(&timers->state, &state, SW_TIMERS_STOPPING))
        return state == SW_TIMERS_STOPPED ? SEAWALL_INVALID : SEAWALL_BUSY;
    (void)sw_add_u32(&timers->bell, 1);
    timers->platform->wake(parked_on(&timers->bell), timers->platform->clock_user);
    (void)pthread_join(timers->thread, NULL);
    sw_store_u64(&timers->alarm, SW_TIMERS_AWAKE);
    sw_store_u64(&timers->driver, SW_TIMERS_NOBODY);
    sw_store_u32(&timers->state, SW_TIMERS_STOPPED);
    return SEAWALL_OK;
}
