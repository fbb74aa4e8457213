/*
 * A service with a loop of its own that tells how it is: epoll drives its clients and the checks alike, on one thread, with none
 * of the library's. The loop feeds a heartbeat: if it ever hangs, nobody has to find out why before the service is
 * restarted. A child process is the load balancer.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <seawall/seawall.h>
#include <sys/epoll.h>
#include <sys/wait.h>

#include "ask.h"

typedef struct service {
    seawall_health *health;
    seawall_heartbeat *heartbeat;
    int poller, listener, port;
    int database, database_port;
} service;

/* [checks] */
static seawall_status register_checks(service *it, seawall_error *error)
{
    seawall_health_check_config database = SEAWALL_HEALTH_CHECK_CONFIG_INIT, loop = SEAWALL_HEALTH_CHECK_CONFIG_INIT;
    seawall_health_binding binding = SEAWALL_HEALTH_BINDING_INIT;
    seawall_status status;

    database.check = SEAWALL_HEALTH_CONNECTION_TEST;
    snprintf(database.target, sizeof(database.target), "127.0.0.1:%d", it->database_port); /* a number: no name is looked up */
    database.interval = database.timeout = SEAWALL_MILLISECONDS(20);
    loop.check = SEAWALL_HEALTH_HEARTBEAT;
    loop.live = 1;
    loop.ready = 0;
    binding.heartbeat = it->heartbeat;
    status = seawall_health_register(it->health, "database", &database, NULL, error);
    if (status == SEAWALL_OK)
        status = seawall_health_register(it->health, "loop", &loop, &binding, error);
    return status;
}
/* [checks end] */

/* Three further paths let the load balancer play fate. */
static int play(service *it, const char *path)
{
    if (strcmp(path, "/break") == 0)
        close(it->database);
    else if (strcmp(path, "/mend") == 0)
        it->database = listen_at(&it->database_port);
    else if (strcmp(path, "/drain") == 0)
        seawall_health_drain(it->health);
    else
        return 404;
    return 200;
}

/* [answer] */
static void answer(service *it, int client)
{
    char request[1024], path[64] = "", body[8192] = "", head[160];
    ssize_t got = recv(client, request, sizeof(request) - 1, 0);
    int32_t status;

    request[got > 0 ? got : 0] = '\0'; /* a request this small comes in one piece */
    (void)sscanf(request, "GET %63s", path);
    if (seawall_health_respond(it->health, path, &status, body, sizeof(body), NULL) != SEAWALL_OK)
        status = play(it, path);
    snprintf(head, sizeof(head), "HTTP/1.0 %d\r\nContent-Type: %s\r\nContent-Length: %zu\r\n\r\n", status,
             SEAWALL_HEALTH_MEDIA_TYPE, strlen(body));
    if (send(client, head, strlen(head), MSG_NOSIGNAL) > 0)
        (void)send(client, body, strlen(body), MSG_NOSIGNAL);
    close(client);
}
/* [answer end] */

static int watch(service *it, int descriptor)
{
    struct epoll_event event = {.events = EPOLLIN, .data = {.fd = descriptor}};

    return epoll_ctl(it->poller, EPOLL_CTL_ADD, descriptor, &event);
}

static void look_at(service *it, int descriptor)
{
    int client = descriptor == it->listener ? accept4(descriptor, NULL, NULL, SOCK_CLOEXEC) : descriptor;

    if (descriptor != it->listener)
        answer(it, client);
    else if (client >= 0 && watch(it, client) != 0)
        close(client);
}

/* Until the other end of `lifeline` is closed. */
/* [loop] */
static int run(service *it, int lifeline)
{
    int32_t checks; /* readable when a check has something to do */

    if (seawall_health_descriptor(it->health, &checks) != SEAWALL_OK || watch(it, checks) != 0 || watch(it, lifeline) != 0)
        return 1;
    for (;;) {
        seawall_time next, now = seawall_platform_now(NULL);
        struct epoll_event events[16];
        int count, i;

        seawall_heartbeat_feed(it->heartbeat);
        if (seawall_health_poll_at(it->health, now, &next) != SEAWALL_OK)
            return 1;
        count = epoll_wait(it->poller, events, 16, seawall_poll_milliseconds(seawall_time_until(next, now)));
        for (i = 0; i < count; i++) {
            if (events[i].data.fd == lifeline)
                return 0;
            if (events[i].data.fd != checks)
                look_at(it, events[i].data.fd);
        }
    }
}
/* [loop end] */

/* What the load balancer sees. */
static int balance(int port)
{
    int right = becomes(port, "/health/ready", 200) & becomes(port, "/health/live", 200);

    right &= becomes(port, "/break", 200) & becomes(port, "/health/ready", 503) & becomes(port, "/health/live", 200);
    right &= becomes(port, "/mend", 200) & becomes(port, "/health/ready", 200);
    right &= becomes(port, "/drain", 200) & becomes(port, "/health/ready", 503) & becomes(port, "/health/live", 200);
    return right;
}

static pid_t begin_balancer(int port, int *lifeline)
{
    int ends[2];
    pid_t child;

    if (pipe2(ends, O_CLOEXEC) != 0)
        return -1;
    child = fork();
    if (child == 0) {
        int right = balance(port);

        (void)fflush(stdout);
        _exit(right ? 0 : 1);
    }
    close(ends[1]); /* the child's end closes with it */
    *lifeline = ends[0];
    return child;
}

int main(void)
{
    service it = {.poller = epoll_create1(EPOLL_CLOEXEC)};
    int lifeline = -1, failed, status = 1;
    seawall_error error = {0};
    pid_t child;

    it.listener = listen_at(&it.port);
    child = begin_balancer(it.port, &lifeline);
    it.database = listen_at(&it.database_port); /* after the fork: what a child holds open, nobody can close */
    if (it.poller < 0 || it.listener < 0 || it.database < 0 || child < 0 || watch(&it, it.listener) != 0)
        return 1;
    if (seawall_health_create(NULL, NULL, &it.health, &error) != SEAWALL_OK ||
        seawall_heartbeat_create(NULL, &it.heartbeat, &error) != SEAWALL_OK || register_checks(&it, &error) != SEAWALL_OK) {
        printf("%s\n", error.message);
        return 1;
    }
    failed = run(&it, lifeline);
    (void)waitpid(child, &status, 0);
    seawall_health_destroy(it.health);
    seawall_heartbeat_destroy(it.heartbeat);
    close(it.poller);
    close(it.listener);
    close(it.database);
    close(lifeline);
    return failed || status != 0;
}
