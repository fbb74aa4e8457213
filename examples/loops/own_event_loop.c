/* A loop of one's own: epoll for sockets, a timerfd for the time, the group's eventfd for wakes from other threads. */
#define _GNU_SOURCE /* so that -std=c11 hides no function of the system */
#include <stdint.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "core.h"

#define EVENTS 64
#define TIMER CORE_CONNECTIONS
#define BELL (CORE_CONNECTIONS + 1)

struct loop {
    struct core *core;
    int epoll, timer;
    struct connection *watched[CORE_CONNECTIONS];
};

/* [epoll] */
static bool watch(void *user, struct connection *c, enum core_event wanted)
{
    struct loop *loop = user;
    struct epoll_event event = {.events = wanted == CORE_READ ? EPOLLIN : EPOLLOUT, .data.u32 = (uint32_t)c->index};
    int operation = loop->watched[c->index] ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;

    loop->watched[c->index] = c;
    return epoll_ctl(loop->epoll, operation, c->socket, &event) == 0;
}

static void unwatch(void *user, struct connection *c)
{
    struct loop *loop = user;

    loop->watched[c->index] = NULL;
    (void)epoll_ctl(loop->epoll, EPOLL_CTL_DEL, c->socket, NULL);
}

/* Exact to the nanosecond, which epoll_wait's milliseconds are not. */
static void set_timer(struct loop *loop, seawall_time until)
{
    struct itimerspec at = {.it_value = {0, 0}}; /* for ever */

    if (until != SEAWALL_FOREVER) {
        until = until > 0 ? until : 1;
        at.it_value.tv_sec = until / SEAWALL_SECONDS(1);
        at.it_value.tv_nsec = until % SEAWALL_SECONDS(1);
    }
    (void)timerfd_settime(loop->timer, TFD_TIMER_ABSTIME, &at, NULL);
}

static void turn(struct loop *loop)
{
    struct epoll_event events[EVENTS];
    int count = epoll_wait(loop->epoll, events, EVENTS, -1);
    uint64_t times;

    for (int i = 0; i < count; i++) {
        uint32_t which = events[i].data.u32;

        if (which == TIMER)
            (void)!read(loop->timer, &times, sizeof times);
        else if (which != BELL && loop->watched[which]) /* the group empties its own; an event before may have closed this one */
            core_ready(loop->core, loop->watched[which]);
    }
}
/* [epoll end] */

static bool open_loop(struct loop *loop)
{
    struct epoll_event timer = {.events = EPOLLIN, .data.u32 = TIMER}, bell = {.events = EPOLLIN, .data.u32 = BELL};
    const struct host host = {"own event loop", watch, unwatch, NULL, loop};

    loop->epoll = epoll_create1(EPOLL_CLOEXEC);
    loop->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    return loop->epoll >= 0 && loop->timer >= 0 && core_begin(loop->core, &host) &&
           epoll_ctl(loop->epoll, EPOLL_CTL_ADD, loop->timer, &timer) == 0 &&
           epoll_ctl(loop->epoll, EPOLL_CTL_ADD, core_bell(loop->core), &bell) == 0;
}

int main(void)
{
    static struct loop loop;

    loop.core = core_open();
    if (!loop.core || !open_loop(&loop))
        return 1;
    for (;;) {
        seawall_time until = core_look(loop.core);

        if (core_over(loop.core))
            break;
        set_timer(&loop, until);
        turn(&loop);
    }
    close(loop.epoll);
    close(loop.timer);
    return core_close(loop.core);
}
