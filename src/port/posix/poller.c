/* Pollers: Linux's epoll, told of each descriptor as long as it is ready. */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "port/socket.h"

#define TAKEN_AT_ONCE 64

int32_t sw_port_poller_open(void)
{
    return epoll_create1(EPOLL_CLOEXEC);
}

static int32_t control(int32_t poller, int what, int32_t descriptor, sw_port_interest interest, void *key)
{
    struct epoll_event event = {.events = interest == SW_PORT_READ ? EPOLLIN : EPOLLOUT, .data = {.ptr = key}};

    return epoll_ctl(poller, what, descriptor, &event) == 0 ? 0 : errno;
}

int32_t sw_port_poller_add(int32_t poller, int32_t descriptor, sw_port_interest interest, void *key)
{
    return control(poller, EPOLL_CTL_ADD, descriptor, interest, key);
}

int32_t sw_port_poller_change(int32_t poller, int32_t descriptor, sw_port_interest interest, void *key)
{
    return control(poller, EPOLL_CTL_MOD, descriptor, interest, key);
}

void sw_port_poller_remove(int32_t poller, int32_t descriptor)
{
    (void)control(poller, EPOLL_CTL_DEL, descriptor, SW_PORT_READ, NULL);
}

int32_t sw_port_poller_take(int32_t poller, void **keys, int32_t room)
{
    struct epoll_event events[TAKEN_AT_ONCE];
    int count = epoll_wait(poller, events, room < TAKEN_AT_ONCE ? room : TAKEN_AT_ONCE, 0);
    int i;

    for (i = 0; i < count; i++)
        keys[i] = events[i].data.ptr;
    return count > 0 ? count : 0;
}

/* poll counts in milliseconds: rounded up, so that nobody comes back a little early again and again. */
void sw_port_poller_wait(int32_t poller, seawall_duration most)
{
    struct pollfd one = {.fd = poller, .events = POLLIN};
    int64_t milliseconds = most > 0 ? most / SEAWALL_MILLISECONDS(1) + (most % SEAWALL_MILLISECONDS(1) > 0) : 0;
    int limit = milliseconds > INT32_MAX ? INT32_MAX : (int)milliseconds;

    (void)poll(&one, 1, most == SEAWALL_FOREVER ? -1 : limit);
}
