/* libuv as the host: a poll handle for each socket, a timer, an async handle for wakes; and a look before each sleep. */
#define _GNU_SOURCE /* so that -std=c11 hides no function of the system */
#include <stdio.h>
#include <stdlib.h>
#include <uv.h>

#include "core.h"

struct loop {
    struct core *core;
    uv_loop_t uv;
    uv_prepare_t before_sleep;
    uv_timer_t timer;
    uv_async_t bell;
    uv_poll_t *polls[CORE_CONNECTIONS]; /* closed by and by, so each has memory of its own */
};

/* [libuv] */
static void ready(uv_poll_t *poll, int status, int events)
{
    struct loop *loop = poll->loop->data;

    (void)status; /* an error is found by whoever reads or writes next */
    (void)events;
    core_ready(loop->core, poll->data);
}

static bool watch(void *user, struct connection *c, enum core_event wanted)
{
    struct loop *loop = user;
    uv_poll_t *poll = loop->polls[c->index];

    if (!poll) {
        poll = malloc(sizeof *poll);
        if (!poll || uv_poll_init(&loop->uv, poll, c->socket) != 0) {
            free(poll);
            return false;
        }
        poll->data = c;
        loop->polls[c->index] = poll;
    }
    return uv_poll_start(poll, wanted == CORE_READ ? UV_READABLE : UV_WRITABLE, ready) == 0;
}

static void closed(uv_handle_t *handle)
{
    free(handle);
}

static void unwatch(void *user, struct connection *c)
{
    struct loop *loop = user;

    if (loop->polls[c->index]) {
        uv_close((uv_handle_t *)loop->polls[c->index], closed); /* stops at once, is gone later */
        loop->polls[c->index] = NULL;
    }
}

/* From any thread, under a lock of the library's: libuv's one function for that. */
static void wake(void *user)
{
    struct loop *loop = user;

    uv_async_send(&loop->bell);
}

static void nothing(uv_async_t *bell)
{
    (void)bell; /* to have been woken is all: the look comes before the next sleep */
}

static void time_has_come(uv_timer_t *timer)
{
    (void)timer;
}

/* libuv's timers are in milliseconds: rounded up, or it would wake too early and only sleep again. */
static void look(uv_prepare_t *prepare)
{
    struct loop *loop = prepare->loop->data;
    seawall_time until = core_look(loop->core);

    if (core_over(loop->core)) {
        uv_stop(&loop->uv);
        return;
    }
    uv_update_time(&loop->uv);
    if (until == SEAWALL_FOREVER)
        uv_timer_stop(&loop->timer);
    else
        uv_timer_start(&loop->timer, time_has_come,
                       (uint64_t)seawall_poll_milliseconds(seawall_time_until(until, seawall_platform_now(NULL))), 0);
}
/* [libuv end] */

static bool open_loop(struct loop *loop)
{
    const struct host host = {"libuv", watch, unwatch, wake, loop};

    if (uv_loop_init(&loop->uv) != 0 || uv_prepare_init(&loop->uv, &loop->before_sleep) != 0 ||
        uv_timer_init(&loop->uv, &loop->timer) != 0 || uv_async_init(&loop->uv, &loop->bell, nothing) != 0)
        return false;
    loop->uv.data = loop;
    return uv_prepare_start(&loop->before_sleep, look) == 0 && core_begin(loop->core, &host);
}

static void close_loop(struct loop *loop)
{
    uv_close((uv_handle_t *)&loop->before_sleep, NULL);
    uv_close((uv_handle_t *)&loop->timer, NULL);
    uv_close((uv_handle_t *)&loop->bell, NULL);
    uv_run(&loop->uv, UV_RUN_DEFAULT); /* until every handle is gone */
    uv_loop_close(&loop->uv);
}

int main(void)
{
    static struct loop loop;
    int code;

    loop.core = core_open();
    if (!loop.core || !open_loop(&loop))
        return 1;
    uv_run(&loop.uv, UV_RUN_DEFAULT);
    code = core_close(loop.core); /* before the bell is gone: wakes may come until the group is */
    close_loop(&loop);
    return code;
}
