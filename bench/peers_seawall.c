/* Seawall's wheel, for one thread, and its service, for any, driven by the host. */
#include <seawall/seawall.h>
#include <stdlib.h>

#include "peers.h"

#define TICK SEAWALL_MILLISECONDS(1)

typedef struct state {
    seawall_wheel *wheel;
    seawall_timers *timers;
    seawall_timer *handles;
    peer_fired fired;
    void *user;
} state;

static seawall_platform platform;
static int64_t allocated;

static seawall_time clock_now(void *user)
{
    (void)user;
    return SEAWALL_MILLISECONDS(peer_now);
}

static void *allocate(size_t size, size_t alignment, void *user)
{
    (void)user;
    allocated += (int64_t)size;
    return aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
}

static void release(void *memory, size_t size, void *user)
{
    (void)user;
    allocated -= (int64_t)size;
    free(memory);
}

static const seawall_platform *own_platform(void)
{
    platform = *seawall_platform_default();
    platform.now = clock_now;
    platform.allocate = allocate;
    platform.release = release;
    return &platform;
}

static void destroy(void *p)
{
    state *s = p;

    seawall_wheel_destroy(s->wheel);
    seawall_timers_destroy(s->timers);
    free(s->handles);
    free(s);
}

static state *create(uint32_t capacity, peer_fired fired, void *user)
{
    state *s = calloc(1, sizeof(*s));

    if (s == NULL)
        return NULL;
    s->handles = calloc(capacity, sizeof(*s->handles));
    s->fired = fired;
    s->user = user;
    if (s->handles != NULL)
        return s;
    free(s);
    return NULL;
}

static void *wheel_create(uint32_t capacity, peer_fired fired, void *user)
{
    state *s = create(capacity, fired, user);

    if (s == NULL ||
        seawall_wheel_create((int32_t)capacity, TICK, clock_now(NULL), own_platform(), &s->wheel, NULL) == SEAWALL_OK)
        return s;
    destroy(s);
    return NULL;
}

static bool wheel_arm(void *p, uint32_t timer, peer_time at)
{
    state *s = p;

    return seawall_wheel_arm(s->wheel, SEAWALL_MILLISECONDS(at), timer, &s->handles[timer]) == SEAWALL_OK;
}

static bool wheel_rearm(void *p, uint32_t timer, peer_time at)
{
    state *s = p;

    return seawall_wheel_rearm(s->wheel, s->handles[timer], SEAWALL_MILLISECONDS(at)) == SEAWALL_OK;
}

static bool wheel_cancel(void *p, uint32_t timer)
{
    state *s = p;

    return seawall_wheel_cancel(s->wheel, s->handles[timer]) == SEAWALL_OK;
}

static void wheel_run(void *p)
{
    state *s = p;
    seawall_expiry expiry;

    seawall_wheel_advance(s->wheel, clock_now(NULL));
    while (seawall_wheel_take(s->wheel, &expiry))
        s->fired(s->user, (uint32_t)expiry.cookie);
}

static void *service_create(uint32_t capacity, peer_fired fired, void *user)
{
    seawall_timers_config config = SEAWALL_TIMERS_CONFIG_INIT;
    state *s = create(capacity, fired, user);

    config.capacity = (int32_t)capacity;
    config.tick = TICK;
    config.shards = 1;
    if (s == NULL || seawall_timers_create(&config, own_platform(), &s->timers, NULL) == SEAWALL_OK)
        return s;
    destroy(s);
    return NULL;
}

static state *one_service; /* a function has one argument, which is the timer's number */

static void service_fired(seawall_timer timer, void *user)
{
    (void)timer;
    one_service->fired(one_service->user, (uint32_t)(uintptr_t)user);
}

static bool service_arm(void *p, uint32_t timer, peer_time at)
{
    state *s = p;

    return seawall_timers_arm(s->timers, SEAWALL_MILLISECONDS(at), service_fired, (void *)(uintptr_t)timer, &s->handles[timer]) ==
           SEAWALL_OK;
}

static bool service_rearm(void *p, uint32_t timer, peer_time at)
{
    state *s = p;

    return seawall_timers_rearm(s->timers, s->handles[timer], SEAWALL_MILLISECONDS(at)) == SEAWALL_OK;
}

static bool service_cancel(void *p, uint32_t timer)
{
    state *s = p;

    return seawall_timers_cancel(s->timers, s->handles[timer]) == SEAWALL_OK;
}

static void service_run(void *p)
{
    one_service = p;
    if (seawall_timers_advance(one_service->timers, NULL) != SEAWALL_OK)
        abort();
}

/* What a thousand more timers take, by the allocator's count, and the handle that the caller keeps. */
static uint64_t bytes_of(void *(*make)(uint32_t capacity, peer_fired fired, void *user))
{
    int64_t taken[2] = {0, 0};
    uint32_t i;

    for (i = 0; i < 2; i++) {
        int64_t before = allocated;
        void *s = make(1000 * (i + 1), NULL, NULL);

        if (s == NULL)
            return 0;
        taken[i] = allocated - before;
        destroy(s);
    }
    return (uint64_t)(taken[1] - taken[0]) / 1000 + sizeof(seawall_timer);
}

static uint64_t wheel_bytes(void)
{
    return bytes_of(wheel_create);
}

static uint64_t service_bytes(void)
{
    return bytes_of(service_create);
}

const peer peer_wheel = {"wheel", wheel_create, destroy, wheel_arm, wheel_rearm, wheel_cancel, wheel_run, wheel_bytes};
const peer peer_service = {"service",     service_create, destroy,     service_arm,
                           service_rearm, service_cancel, service_run, service_bytes};
