/* libuv's timers: a heap of handles in the caller's memory, on one thread. */
#include <stdlib.h>
#include <uv.h>

#include "peers.h"

typedef struct state {
    uv_loop_t loop;
    uv_timer_t *timers;
    uint32_t capacity;
    peer_fired fired;
    void *user;
} state;

static void fired(uv_timer_t *timer)
{
    state *s = timer->data;

    s->fired(s->user, (uint32_t)(timer - s->timers));
}

static void destroy(void *p)
{
    state *s = p;
    uint32_t i;

    for (i = 0; i < s->capacity; i++)
        uv_close((uv_handle_t *)&s->timers[i], NULL);
    (void)uv_run(&s->loop, UV_RUN_DEFAULT);
    (void)uv_loop_close(&s->loop);
    free(s->timers);
    free(s);
}

static void *create(uint32_t capacity, peer_fired function, void *user)
{
    state *s = calloc(1, sizeof(*s));
    uint32_t i;

    if (s == NULL)
        return NULL;
    s->timers = calloc(capacity, sizeof(*s->timers));
    if (s->timers == NULL || uv_loop_init(&s->loop) != 0) {
        free(s->timers);
        free(s);
        return NULL;
    }
    for (i = 0; i < capacity; i++) {
        (void)uv_timer_init(&s->loop, &s->timers[i]);
        s->timers[i].data = s;
    }
    s->capacity = capacity;
    s->fired = function;
    s->user = user;
    return s;
}

/* Counted from the loop's time, which is the last run's: as it is where nothing but the loop runs. */
static bool arm(void *p, uint32_t timer, peer_time at)
{
    state *s = p;

    return uv_timer_start(&s->timers[timer], fired, (uint64_t)at - uv_now(&s->loop), 0) == 0;
}

static bool cancel(void *p, uint32_t timer)
{
    state *s = p;

    return uv_timer_stop(&s->timers[timer]) == 0;
}

static void run(void *p)
{
    state *s = p;

    (void)uv_run(&s->loop, UV_RUN_NOWAIT);
}

/* Its links are in it. */
static uint64_t bytes(void)
{
    return sizeof(uv_timer_t);
}

const peer peer_libuv = {"libuv", create, destroy, arm, arm, cancel, run, bytes};
