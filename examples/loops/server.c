#define _GNU_SOURCE /* accept4 */
#include "server.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../loopback.h"

#define CONNECTIONS 900 /* below the usual limit of 1024 open files */
#define EVENTS 64
#define TICK_MS 5
#define SLOW INT64_C(3000000000)  /* beyond everybody's patience */
#define HICCUP INT64_C(150000000) /* one request in fifty, in the best of times */
#define HICCUP_EVERY 50

struct peer {
    int socket; /* -1: free */
    int item;
    int64_t due; /* when it is answered; 0: nothing was asked */
    struct server_entry *entry;
};

static struct peer peers[CONNECTIONS];
static int poller;

int64_t clock_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

/* --- the server itself --- */

static void hang_up(struct peer *p)
{
    close(p->socket);
    p->socket = -1;
}

static void say(const struct peer *p, const char *text, int length)
{
    (void)!send(p->socket, text, (size_t)length, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static void say_item(const struct peer *p, int item, int too_much)
{
    char body[32], text[256];
    int length = snprintf(body, sizeof body, "item %d\n", item);

    length = snprintf(text, sizeof text, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s",
                      length + too_much, body);
    say(p, text, length);
}

/* What no client should take for an answer. */
static void say_garbage(const struct peer *p, unsigned kind)
{
    char flood[4096];

    switch (kind % 4) {
    case 0:
        say(p, "\x16\x03\x01\0\xff nothing of what was asked", 30);
        break;
    case 1: /* cut off */
        say_item(p, p->item, 1000);
        break;
    case 2: /* somebody else's */
        say_item(p, p->item + 1, 0);
        break;
    default: /* a header without an end */
        memset(flood, 'A', sizeof flood);
        memcpy(flood, "HTTP/1.1 200 OK\r\nX: ", 20);
        say(p, flood, sizeof flood);
        break;
    }
}

static void answer(struct server_log *log, struct peer *p)
{
    if (p->entry->mood == MOOD_GARBAGE)
        say_garbage(p, (unsigned)(p->entry - log->entry));
    else
        say_item(p, p->item, 0);
    atomic_store(&p->entry->answered, clock_now());
    hang_up(p);
}

static void read_request(struct server_log *log, struct peer *p)
{
    char text[1024];
    ssize_t got = recv(p->socket, text, sizeof text - 1, MSG_DONTWAIT);
    unsigned number;

    text[got > 0 ? got : 0] = '\0';
    if (got <= 0 || p->due != 0 || sscanf(text, "GET /item/%d ", &p->item) != 1) {
        hang_up(p); /* gone, or nobody we know */
        return;
    }
    number = atomic_load(&log->count);
    if (number == SERVER_LOG_MAX) {
        hang_up(p);
        return;
    }
    p->entry = &log->entry[number];
    p->entry->received = clock_now();
    p->entry->mood = atomic_load(&log->mood);
    atomic_store(&log->count, number + 1);
    p->due = p->entry->received;
    if (p->entry->mood == MOOD_SLOW)
        p->due += SLOW;
    else if (p->entry->mood == MOOD_FINE && number % HICCUP_EVERY == 0)
        p->due += HICCUP;
    else
        answer(log, p);
}

static void accept_all(int listener)
{
    int s, i = 0;

    while ((s = accept4(listener, NULL, NULL, SOCK_CLOEXEC)) >= 0) {
        struct epoll_event event = {.events = EPOLLIN};

        while (i < CONNECTIONS && peers[i].socket >= 0)
            i++;
        if (i == CONNECTIONS) {
            close(s);
            continue;
        }
        peers[i] = (struct peer){.socket = s};
        event.data.u32 = (uint32_t)i;
        epoll_ctl(poller, EPOLL_CTL_ADD, s, &event);
    }
}

static void serve(int listener, struct server_log *log)
{
    struct epoll_event events[EVENTS], self = {.events = EPOLLIN, .data.u32 = CONNECTIONS};

    poller = epoll_create1(EPOLL_CLOEXEC);
    epoll_ctl(poller, EPOLL_CTL_ADD, listener, &self);
    for (int i = 0; i < CONNECTIONS; i++)
        peers[i].socket = -1;
    for (;;) {
        int count = epoll_wait(poller, events, EVENTS, TICK_MS);
        int64_t now = clock_now();

        for (int i = 0; i < count; i++) {
            if (events[i].data.u32 == CONNECTIONS)
                accept_all(listener);
            else if (peers[events[i].data.u32].socket >= 0)
                read_request(log, &peers[events[i].data.u32]);
        }
        for (int i = 0; i < CONNECTIONS; i++) {
            if (peers[i].socket >= 0 && peers[i].due != 0 && peers[i].due <= now)
                answer(log, &peers[i]);
        }
    }
}

/* --- who starts and kills it --- */

/*
 * Listening before anybody is told that it runs. Nobody but the server keeps the socket, or connects would hang when it is dead.
 */
static int begin_server(int port, int orders, struct server_log *log)
{
    int listener = loopback_bind(&port);
    pid_t child;

    if (listener < 0 || listen(listener, 1024) != 0)
        return -1;
    child = fork();
    if (child == 0) {
        close(orders);
        serve(listener, log);
    }
    close(listener);
    return (int)child;
}

static void end_server(int child)
{
    if (child > 0 && kill(child, SIGKILL) == 0)
        waitpid(child, NULL, 0);
}

static void supervise(int orders, int port, struct server_log *log)
{
    int child = -1;
    char order;

    while (read(orders, &order, 1) == 1) {
        if (order == '+')
            child = begin_server(port, orders, log);
        else
            end_server(child);
        if (order == '-')
            child = -1;
        if (write(orders, order == '+' && child < 0 ? "!" : ".", 1) != 1)
            break;
    }
    end_server(child);
    _exit(0);
}

bool server_open(struct server *server)
{
    int pair[2], reserved;

    *server = (struct server){.port = 0};
    server->log = mmap(NULL, sizeof *server->log, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    reserved = loopback_bind(&server->port); /* and kept, by not closing it, so that nobody else gets the port */
    if (server->log == MAP_FAILED || reserved < 0 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        return false;
    server->supervisor = (int)fork();
    if (server->supervisor == 0) {
        close(pair[0]);
        supervise(pair[1], server->port, server->log);
    }
    close(pair[1]);
    server->orders = pair[0];
    return server->supervisor > 0 && server_start(server);
}

void server_close(struct server *server)
{
    close(server->orders);
    waitpid(server->supervisor, NULL, 0);
    munmap(server->log, sizeof *server->log);
}

static bool order(const struct server *server, char what)
{
    char answer = '!';

    return write(server->orders, &what, 1) == 1 && read(server->orders, &answer, 1) == 1 && answer == '.';
}

bool server_start(struct server *server)
{
    struct server_log *log = server->log;
    bool done = order(server, '+');

    if (log->deaths > 0)
        log->rose[log->deaths - 1] = clock_now();
    return done;
}

bool server_kill(struct server *server)
{
    struct server_log *log = server->log;

    log->died[log->deaths++] = clock_now();
    return order(server, '-');
}
