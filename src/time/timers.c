/* The timer service as an object: making, ending, looking at it. */
#include <string.h>

#include "base/error.h"
#include "base/field.h"
#include "time/timer_service.h"
#include "time/timers_config.h"

/* A power of two, and no more than there are timers. */
static uint32_t shards_for(const seawall_timers_config *config)
{
    int32_t wanted = config->shards == SEAWALL_AUTO ? sw_port_cpus() : config->shards;
    uint32_t shards = 1;

    while ((int32_t)shards < wanted && shards < SW_TIMER_SHARDS_MAX)
        shards *= 2;
    while ((int32_t)shards > config->capacity)
        shards /= 2;
    return shards;
}

/* The capacity, shared out to the last timer. */
static uint32_t capacity_of(const seawall_timers *timers, uint32_t number)
{
    uint32_t capacity = (uint32_t)timers->capacity;

    return capacity / timers->shards + (number < capacity % timers->shards);
}

/* Service, shards, nodes of all shards, functions of all shards. */
static size_t size_for(int32_t capacity, uint32_t shards)
{
    size_t each = sizeof(sw_wheel_node) + sizeof(seawall_timer_fn);

    return sizeof(seawall_timers) + shards * (sizeof(sw_timer_shard) + sw_wheel_room(0)) + (size_t)capacity * each;
}

static void make_shards(seawall_timers *timers, uint32_t shift)
{
    sw_wheel_node *nodes = (sw_wheel_node *)(void *)&timers->shard[timers->shards];
    seawall_timer_fn *functions;
    seawall_time now = sw_now(timers->platform);
    uint32_t i;

    functions = (seawall_timer_fn *)(void *)(nodes + (size_t)timers->shards * SW_WHEEL_HEADS + (size_t)timers->capacity);
    for (i = 0; i < timers->shards; i++) {
        sw_timer_shard *shard = &timers->shard[i];
        uint32_t capacity = capacity_of(timers, i);

        sw_mutex_init(&shard->lock);
        sw_wheel_init(&shard->locked.wheel, nodes, capacity, shift, (uint64_t)i << timers->shard_shift, now);
        shard->locked.functions = functions;
        sw_store_relaxed_u64(&shard->next, (uint64_t)SEAWALL_FOREVER);
        nodes += SW_WHEEL_HEADS + capacity;
        functions += capacity;
    }
}

static void set_up(seawall_timers *timers, const seawall_timers_config *config, const seawall_platform *platform, size_t size)
{
    uint32_t shards = shards_for(config);

    timers->platform = platform;
    timers->size = size;
    timers->shards = shards;
    for (timers->shard_shift = SW_TIMER_INDEX_BITS; shards > 1; shards /= 2)
        timers->shard_shift--;
    timers->capacity = config->capacity;
    timers->stack_size = config->stack_size;
    (void)strncat(timers->name, config->name != NULL ? config->name : "seawall-timers", SW_TIMERS_NAME_SIZE - 1);
    timers->on_start = config->on_start;
    timers->on_stop = config->on_stop;
    timers->hook_user = config->hook_user;
    sw_mutex_init(&timers->control);
    sw_store_relaxed_u64(&timers->alarm, SW_TIMERS_AWAKE);
    sw_store_relaxed_u64(&timers->residents_due, (uint64_t)SEAWALL_FOREVER);
    make_shards(timers, sw_wheel_shift_of(config->tick));
    sw_store_release_u32(&timers->process, sw_port_fork_generation());
}

seawall_status seawall_timers_create(const seawall_timers_config *config, const seawall_platform *platform,
                                     seawall_timers **timers, seawall_error *error)
{
    seawall_timers_config full;
    seawall_timers *made;
    seawall_status status = sw_config_take(&sw_timers_config_kind, config, &full, error);
    size_t size;

    if (status != SEAWALL_OK)
        return status;
    if (timers == NULL)
        return sw_error(error, SEAWALL_INVALID, "timers", "timers: no place for the new object (NULL)");
    platform = sw_platform_resolve(platform, error);
    if (platform == NULL)
        return SEAWALL_INVALID;
    size = size_for(full.capacity, shards_for(&full));
    made = sw_allocate(platform, size, _Alignof(seawall_timers));
    if (made == NULL)
        return sw_error(error, SEAWALL_NO_MEMORY, "timers", "timers: no memory for %zu bytes", size);
    set_up(made, &full, platform, size);
    *timers = made;
    return SEAWALL_OK;
}

static void close_event(seawall_timers *timers)
{
    uint32_t event = sw_exchange_u32(&timers->event, 0);

    if (event != 0)
        sw_port_event_close((int32_t)event - 1);
}

void seawall_timers_destroy(seawall_timers *timers)
{
    if (timers == NULL)
        return;
    sw_timers_enter(timers);
    if (sw_timers_inside(timers))
        return;
    (void)seawall_timers_stop(timers);
    close_event(timers);
    sw_release(timers->platform, timers, timers->size);
}

/* Of what was going on in the parent nothing goes on here: no thread, no function, nobody who waits. */
static void forget(seawall_timers *timers)
{
    seawall_time now = sw_now(timers->platform);
    sw_atomic_u64 *const counts[] = {&timers->driver, &timers->running, &timers->turn, &timers->since, &timers->fired,
                                     &timers->lag, &timers->longest_lag, &timers->longest_run, &timers->refused};
    uint32_t i;

    for (i = 0; i < timers->shards; i++) {
        sw_timer_shard *shard = &timers->shard[i];

        sw_mutex_lock(&shard->lock); /* free, in the child; held so that whoever takes it next sees what was done */
        sw_wheel_clear(&shard->locked.wheel, now);
        shard->locked.armed = shard->locked.cancelled = 0;
        sw_store_u64(&shard->next, (uint64_t)SEAWALL_FOREVER);
        sw_mutex_unlock(&shard->lock);
    }
    for (i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
        sw_store_u64(counts[i], 0);
    timers->visitors = NULL;
    timers->residents = NULL;
    sw_store_u32(&timers->calls, 0);
    sw_store_u64(&timers->residents_due, (uint64_t)SEAWALL_FOREVER);
    sw_store_u32(&timers->knocked, 0);
    sw_store_u32(&timers->waiting, 0);
    sw_store_u32(&timers->wakes, 0);
    sw_store_u64(&timers->alarm, SW_TIMERS_AWAKE);
    sw_store_u32(&timers->state, SW_TIMERS_STOPPED);
    /* not closed: its number may mean something else by now, if the child closed all it inherited */
    sw_store_u32(&timers->event, 0);
}

void sw_timers_adopt(seawall_timers *timers)
{
    uint32_t process = sw_port_fork_generation();

    sw_mutex_lock(&timers->control);
    if (sw_load_u32(&timers->process) != process) {
        forget(timers);
        sw_store_release_u32(&timers->process, process);
    }
    sw_mutex_unlock(&timers->control);
}

seawall_status seawall_timers_descriptor(seawall_timers *timers, int32_t *descriptor)
{
    uint32_t event;

    if (timers == NULL || descriptor == NULL)
        return SEAWALL_INVALID;
    sw_timers_enter(timers);
    sw_mutex_lock(&timers->control);
    event = sw_load_u32(&timers->event);
    if (event == 0) {
        event = (uint32_t)(sw_port_event_open() + 1);
        sw_store_u32(&timers->event, event);
    }
    sw_mutex_unlock(&timers->control);
    if (event == 0)
        return SEAWALL_NO_RESOURCES;
    *descriptor = (int32_t)event - 1;
    return SEAWALL_OK;
}

static void add_shards(seawall_timers *timers, seawall_timers_snapshot *full)
{
    uint32_t i;

    for (i = 0; i < timers->shards; i++) {
        sw_timer_shard *shard = &timers->shard[i];

        sw_mutex_lock(&shard->lock);
        full->armed += (int32_t)shard->locked.wheel.count;
        full->armed_ever += shard->locked.armed;
        full->cancelled += shard->locked.cancelled;
        sw_mutex_unlock(&shard->lock);
    }
}

static const seawall_timers_snapshot empty_snapshot = SEAWALL_TIMERS_SNAPSHOT_INIT;

static const sw_config_kind snapshot_kind = {
    .name = "snapshot",
    .size = sizeof(seawall_timers_snapshot),
    .oldest = SW_UP_TO(seawall_timers_snapshot, longest_run),
    .defaults = &empty_snapshot,
};

seawall_status seawall_timers_snapshot_init(seawall_timers_snapshot *snapshot, size_t size)
{
    return sw_config_init(&snapshot_kind, snapshot, size);
}

seawall_status seawall_timers_get_snapshot(seawall_timers *timers, seawall_timers_snapshot *snapshot)
{
    seawall_timers_snapshot full = {0};
    seawall_time now;

    if (timers == NULL || snapshot == NULL)
        return SEAWALL_INVALID;
    sw_timers_enter(timers);
    full.started = sw_load_u32(&timers->state) != SW_TIMERS_STOPPED;
    full.capacity = timers->capacity;
    full.shards = (int32_t)timers->shards;
    full.tick = (seawall_duration)1 << timers->shard[0].locked.wheel.shift;
    add_shards(timers, &full);
    full.fired = (int64_t)sw_load_u64(&timers->fired);
    full.refused = (int64_t)sw_load_u64(&timers->refused);
    full.wakes = (int64_t)sw_load_u32(&timers->wakes);
    full.lag = (seawall_duration)sw_load_u64(&timers->lag);
    full.longest_lag = (seawall_duration)sw_load_u64(&timers->longest_lag);
    full.longest_run = (seawall_duration)sw_load_u64(&timers->longest_run);
    now = sw_now(timers->platform); /* before anything is seen to run, or it might have ended since */
    if (sw_load_u64(&timers->running) != 0 || sw_load_u64(&timers->turn) != 0)
        full.running_for = seawall_time_until(now, (seawall_time)sw_load_u64(&timers->since));
    return SW_GIVE(full, longest_run, snapshot);
}

seawall_status seawall_timers_check(seawall_timers *timers, seawall_error *error)
{
    const char *wrong = NULL;
    uint32_t i;

    if (timers == NULL)
        return sw_error(error, SEAWALL_INVALID, "timers", "timers: there is none (NULL)");
    sw_timers_enter(timers);
    for (i = 0; i < timers->shards && wrong == NULL; i++) {
        sw_timer_shard *shard = &timers->shard[i];

        sw_mutex_lock(&shard->lock);
        wrong = sw_wheel_check(&shard->locked.wheel);
        sw_mutex_unlock(&shard->lock);
    }
    return wrong == NULL ? SEAWALL_OK : sw_error(error, SEAWALL_INVALID, "timers", "timers: %s", wrong);
}
