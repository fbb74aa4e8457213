#define _GNU_SOURCE /* accept4 */
#include "upstream.h"

#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../loopback.h"
#include "capacity.h"
#include "connection.h"

#define CONNECTIONS 900 /* below the usual limit of 1024 open files */
#define LISTENER CONNECTIONS
#define EVENTS 64

struct upstream {
    const struct plan *plan;
    struct record *record;
    enum side_name side;
    int listener, poller;
    struct capacity capacity;
    struct connection connections[CONNECTIONS];
};

int upstream_reserve_port(int *port)
{
    *port = 0;
    return loopback_bind(port);
}

/*
 * Each event is asked for anew: a connection whose request is being worked on is not looked at, so that its hanging up
 * goes unnoticed until the answer is sent.
 */
static void watch(struct upstream *u, int index, int operation)
{
    struct epoll_event event = {.events = EPOLLIN | EPOLLONESHOT, .data.u32 = (uint32_t)index};

    epoll_ctl(u->poller, operation, u->connections[index].socket, &event);
}

static void accept_all(struct upstream *u)
{
    int yes = 1;
    int s;

    while ((s = accept4(u->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        int index = 0;

        while (index < CONNECTIONS && u->connections[index].socket >= 0)
            index++;
        if (index == CONNECTIONS) {
            close(s);
            continue;
        }
        setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        u->connections[index].socket = s;
        watch(u, index, EPOLL_CTL_ADD);
    }
}

static void answer(struct upstream *u, const struct job *job)
{
    struct connection *c = &u->connections[job->connection];
    bool sent = job->failed ? connection_answer_unavailable(c, PLAN_RETRY_AFTER_SECONDS)
                            : connection_answer_item(c, job->item);

    if (sent)
        watch(u, job->connection, EPOLL_CTL_MOD);
    else
        connection_close(c);
}

static void read_request(struct upstream *u, int index, enum weather_kind weather)
{
    struct job job = {.connection = index};

    switch (connection_read(&u->connections[index], &job.item)) {
    case CONNECTION_AGAIN:
        watch(u, index, EPOLL_CTL_MOD);
        return;
    case CONNECTION_CLOSED:
        connection_close(&u->connections[index]);
        return;
    case CONNECTION_REQUEST:
        break;
    }
    record_received(u->record, u->side, u->plan);
    job.item = (int)((unsigned)job.item % PLAN_ITEMS);
    job.failed = true;
    /* Sick, it answers 503 before any work is done; healthy, it does so when its queue is full. */
    if (weather == WEATHER_ERRORS || !capacity_offer(&u->capacity, job))
        answer(u, &job);
}

/* Works off what is due, and says for how many milliseconds nothing will be. */
static int work(struct upstream *u)
{
    int64_t now = clock_now();
    struct job job;
    int64_t next;

    /* Each turn may free workers for jobs that are done at once (503): until nothing moves any more. */
    do {
        while (capacity_finish(&u->capacity, now, &job))
            answer(u, &job);
        capacity_begin(&u->capacity, weather_at(&u->plan->weather, record_now(u->record)), now);
        next = capacity_next(&u->capacity);
    } while (next <= now);
    record_backlog(u->record, u->side, u->capacity.waiting + u->capacity.busy);
    next -= now;
    next = next < RECORD_TICK ? next : RECORD_TICK;
    return (int)((next + MILLISECONDS(1) - 1) / MILLISECONDS(1));
}

static void serve(struct upstream *u)
{
    struct epoll_event events[EVENTS];
    int timeout = 0;

    for (;;) {
        int count = epoll_wait(u->poller, events, EVENTS, timeout);
        enum weather_kind weather = weather_at(&u->plan->weather, record_now(u->record));

        for (int i = 0; i < count; i++) {
            if (events[i].data.u32 == LISTENER)
                accept_all(u);
            else
                read_request(u, (int)events[i].data.u32, weather);
        }
        timeout = work(u);
    }
}

int upstream_run(const struct plan *plan, struct record *record, enum side_name side, int port, bool warm)
{
    static struct upstream u; /* too large for a stack; one per process */
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = LISTENER};

    u.plan = plan;
    u.record = record;
    u.side = side;
    for (int i = 0; i < CONNECTIONS; i++)
        u.connections[i].socket = -1;
    capacity_init(&u.capacity, warm);
    u.listener = loopback_bind(&port);
    u.poller = epoll_create1(EPOLL_CLOEXEC);
    if (u.listener < 0 || u.poller < 0 || listen(u.listener, 511) != 0 ||
        epoll_ctl(u.poller, EPOLL_CTL_ADD, u.listener, &event) != 0) {
        perror("storm: upstream");
        return 1;
    }
    atomic_fetch_add(&record->ready, 1);
    serve(&u);
    return 1;
}
