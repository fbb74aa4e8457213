/*
 * The manual clock. A parked thread is a node on its own stack, in a list under the lock: parking allocates nothing. Whoever
 * wakes a node rings it and wakes it under the lock, and its owner takes the lock before it leaves, so that no node is
 * touched after its thread has gone.
 */
#include "base/alloc.h"
#include "base/atomic.h"
#include "base/error.h"
#include "port/port.h"
#include "time/clock_manual.h"

typedef struct sleeper {
    struct sleeper *next;
    const uint32_t *word;
    seawall_time until;
    sw_atomic_u32 rung;
} sleeper;

struct seawall_manual_clock {
    sw_mutex lock;
    const seawall_platform *memory;
    bool auto_advance;
    struct {
        seawall_time now;
        sleeper *sleepers;
        int32_t count;
        uint32_t process; /* fork generation of the sleepers */
    } locked; /* under the lock */
};

static void enter(seawall_manual_clock *clock)
{
    uint32_t process = sw_port_fork_generation();

    sw_mutex_lock(&clock->lock);
    if (clock->locked.process == process)
        return;
    /* Who slept stayed behind in the parent of a fork; the stack he slept on may be somebody else's by now. */
    clock->locked.sleepers = NULL;
    clock->locked.count = 0;
    clock->locked.process = process;
}

static void leave(seawall_manual_clock *clock)
{
    sw_mutex_unlock(&clock->lock);
}

static void ring(sleeper *one)
{
    sw_store_u32(&one->rung, 1);
    sw_port_wake((const uint32_t *)(const void *)&one->rung);
}

static void ring_due(const seawall_manual_clock *clock)
{
    sleeper *one;

    for (one = clock->locked.sleepers; one != NULL; one = one->next) {
        if (one->until <= clock->locked.now)
            ring(one);
    }
}

static void set(seawall_manual_clock *clock, seawall_time now)
{
    clock->locked.now = now;
    ring_due(clock);
}

static void lie_down(seawall_manual_clock *clock, sleeper *one)
{
    one->next = clock->locked.sleepers;
    clock->locked.sleepers = one;
    clock->locked.count++;
}

/* He is not there in the child that a handler of signals forked while he slept. */
static void get_up(seawall_manual_clock *clock, const sleeper *one)
{
    sleeper **link;

    for (link = &clock->locked.sleepers; *link != NULL; link = &(*link)->next) {
        if (*link == one) {
            *link = one->next;
            clock->locked.count--;
            return;
        }
    }
}

/* A 32-bit atomic of the caller's, who may not have declared it as ours. */
static uint32_t read_word(const uint32_t *word)
{
    return sw_load_u32((sw_atomic_u32 *)(uintptr_t)word);
}

/* Under the lock: must the thread really sleep? With auto_advance a time limit is reached at once. */
static bool must_sleep(seawall_manual_clock *clock, const uint32_t *word, uint32_t expected, seawall_time until)
{
    if (read_word(word) != expected || until <= clock->locked.now)
        return false;
    if (!clock->auto_advance || until == SEAWALL_FOREVER)
        return true;
    set(clock, until);
    return false;
}

static void park(const uint32_t *word, uint32_t expected, seawall_time until, void *user)
{
    seawall_manual_clock *clock = user;
    sleeper self = {.word = word, .until = until};
    bool sleep;

    enter(clock);
    sleep = must_sleep(clock, word, expected, until);
    if (sleep)
        lie_down(clock, &self);
    leave(clock);
    if (!sleep)
        return;
    while (sw_load_u32(&self.rung) == 0)
        sw_port_park((const uint32_t *)(const void *)&self.rung, 0, SEAWALL_FOREVER);
    enter(clock);
    get_up(clock, &self);
    leave(clock);
}

static void wake(const uint32_t *word, void *user)
{
    seawall_manual_clock *clock = user;
    sleeper *one;

    enter(clock);
    for (one = clock->locked.sleepers; one != NULL; one = one->next) {
        if (one->word == word)
            ring(one);
    }
    leave(clock);
}

static seawall_time show(void *user)
{
    return seawall_manual_clock_now(user);
}

seawall_status sw_manual_clock_create_in(const seawall_platform *platform, seawall_time start, bool auto_advance,
                                         seawall_manual_clock **clock, seawall_error *error)
{
    seawall_manual_clock *made;

    if (clock == NULL)
        return sw_error(error, SEAWALL_INVALID, "manual_clock", "manual_clock: NULL instead of a place for the clock");
    made = sw_allocate(platform, sizeof(*made), _Alignof(seawall_manual_clock));
    if (made == NULL)
        return sw_error(error, SEAWALL_NO_MEMORY, "manual_clock", "manual_clock: no memory for %zu bytes", sizeof(*made));
    sw_mutex_init(&made->lock);
    made->memory = platform;
    made->auto_advance = auto_advance;
    made->locked.now = start;
    made->locked.process = sw_port_fork_generation();
    *clock = made;
    return SEAWALL_OK;
}

seawall_status seawall_manual_clock_create(seawall_time start, bool auto_advance, seawall_manual_clock **clock,
                                           seawall_error *error)
{
    return sw_manual_clock_create_in(seawall_platform_default(), start, auto_advance, clock, error);
}

void seawall_manual_clock_destroy(seawall_manual_clock *clock)
{
    if (clock == NULL)
        return;
    sw_release(clock->memory, clock, sizeof(*clock));
}

void seawall_manual_clock_install(seawall_manual_clock *clock, seawall_platform *platform)
{
    const seawall_platform *system = seawall_platform_default();

    if (platform == NULL)
        return;
    platform->now = clock != NULL ? show : system->now;
    platform->park = clock != NULL ? park : system->park;
    platform->wake = clock != NULL ? wake : system->wake;
    platform->clock_user = clock;
}

seawall_time seawall_manual_clock_now(seawall_manual_clock *clock)
{
    seawall_time now;

    if (clock == NULL)
        return seawall_platform_now(NULL);
    enter(clock);
    now = clock->locked.now;
    leave(clock);
    return now;
}

void seawall_manual_clock_advance(seawall_manual_clock *clock, seawall_duration by)
{
    if (clock == NULL || by < 0)
        return;
    enter(clock);
    set(clock, seawall_time_add(clock->locked.now, by));
    leave(clock);
}

void seawall_manual_clock_set(seawall_manual_clock *clock, seawall_time now)
{
    if (clock == NULL)
        return;
    enter(clock);
    set(clock, now);
    leave(clock);
}

int32_t seawall_manual_clock_parked(seawall_manual_clock *clock)
{
    int32_t count;

    if (clock == NULL)
        return 0;
    enter(clock);
    count = clock->locked.count;
    leave(clock);
    return count;
}
