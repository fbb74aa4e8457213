/* libevent as the host: an event for each socket, a timeout, the group's descriptor for wakes; one turn of the base at a time. */
#include <event2/event.h>
#include <stdio.h>

#include "core.h"

struct loop {
    struct core *core;
    struct event_base *base;
    struct event *timer, *bell;
    struct event *events[CORE_CONNECTIONS];
};

static struct loop loop;

/* [libevent] */
static void ready(evutil_socket_t socket, short what, void *user)
{
    (void)socket;
    (void)what;
    core_ready(loop.core, user);
}

static void unwatch(void *user, struct connection *c)
{
    (void)user;
    if (loop.events[c->index])
        event_free(loop.events[c->index]);
    loop.events[c->index] = NULL;
}

static bool watch(void *user, struct connection *c, enum core_event wanted)
{
    unwatch(user, c);
    loop.events[c->index] = event_new(loop.base, c->socket, (wanted == CORE_READ ? EV_READ : EV_WRITE) | EV_PERSIST, ready, c);
    return loop.events[c->index] && event_add(loop.events[c->index], NULL) == 0;
}

/* To have been woken is all: the look comes before the next sleep, and the group empties its descriptor itself. */
static void nothing(evutil_socket_t socket, short what, void *user)
{
    (void)socket;
    (void)what;
    (void)user;
}

/* Rounded up to a microsecond. */
static void set_timer(seawall_time until)
{
    int64_t seconds;
    int32_t microseconds;
    struct timeval left;

    evtimer_del(loop.timer);
    if (until == SEAWALL_FOREVER)
        return;
    seawall_socket_timeout(seawall_time_until(until, seawall_platform_now(NULL)), &seconds, &microseconds);
    left.tv_sec = (time_t)seconds;
    left.tv_usec = microseconds;
    evtimer_add(loop.timer, &left);
}

static void run(void)
{
    for (;;) {
        seawall_time until = core_look(loop.core);

        if (core_over(loop.core))
            return;
        set_timer(until);
        event_base_loop(loop.base, EVLOOP_ONCE);
    }
}
/* [libevent end] */

static bool open_loop(void)
{
    const struct host host = {"libevent", watch, unwatch, NULL, NULL};

    loop.base = event_base_new();
    if (!loop.base || !core_begin(loop.core, &host))
        return false;
    loop.timer = evtimer_new(loop.base, nothing, NULL);
    loop.bell = event_new(loop.base, core_bell(loop.core), EV_READ | EV_PERSIST, nothing, NULL);
    return loop.timer && loop.bell && event_add(loop.bell, NULL) == 0;
}

int main(void)
{
    int code;

    loop.core = core_open();
    if (!loop.core || !open_loop())
        return 1;
    run();
    event_free(loop.bell); /* before its descriptor closes with the group */
    event_free(loop.timer);
    code = core_close(loop.core);
    event_base_free(loop.base);
    libevent_global_shutdown();
    return code;
}
