/* A connection that takes a few bytes at a time, gives one at a time, and now and then neither. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net_fixture.h"
#include "suite.h"

static net_world world;
static net_server server;
static int calls;  /* of the library's */
static bool broken; /* nothing is taken any more, but what has come can be read */

/* Those of the library alone say that they will not wait. Every other one finds that there is no room, or nothing to read. */
static bool is_turned_away(int flags)
{
    if ((flags & MSG_DONTWAIT) == 0 || broken || ++calls % 2 != 0)
        return false;
    errno = EAGAIN;
    return true;
}

/* In the place of the system's. */
ssize_t send(int descriptor, const void *bytes, size_t count, int flags)
{
    if (is_turned_away(flags))
        return -1;
    if (broken && (flags & MSG_DONTWAIT) != 0) {
        errno = EPIPE;
        return -1;
    }
    if ((flags & MSG_DONTWAIT) != 0 && count > 3)
        count = 3;
    return sendto(descriptor, bytes, count, flags, NULL, 0);
}

ssize_t recv(int descriptor, void *bytes, size_t room, int flags)
{
    if (is_turned_away(flags))
        return -1;
    return recvfrom(descriptor, bytes, (flags & MSG_DONTWAIT) != 0 && !broken ? 1 : room, flags, NULL, NULL);
}

static void setup(void)
{
    calls = 0;
    broken = false;
    net_init(&world);
    net_listen(&server, "127.0.0.1", 0, 8);
}

static void teardown(void)
{
    net_close(&server);
    net_fini(&world);
}

/* Until all of this has been sent: that is what comes, and not a byte more. */
static void hear_all(int connection, const char *request)
{
    int there;

    while (world.runs[0].state != SW_NET_HEARING)
        net_turn(&world);
    net_hear(connection, request);
    ck_assert_int_eq(ioctl(connection, FIONREAD, &there), 0);
    ck_assert_int_eq(there, 0);
}

START_TEST(a_request_goes_out_and_an_answer_comes_in_pieces)
{
    char request[256];
    int connection;

    (void)snprintf(request, sizeof(request),
                   "GET /x HTTP/1.1\r\nHost: %s\r\nUser-Agent: Seawall-health-check\r\nAccept: */*\r\nConnection: close\r\n\r\n",
                   server.target);
    net_begin_kind(&world, 0, SW_NET_HEALTH_ENDPOINT, server.url);
    net_turn(&world);
    connection = net_accept(&server);
    hear_all(connection, request);
    net_say(connection, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX: y\r\n\r\nhello");
    net_until_told(&world, 0);
    net_expect(&world, 0, SEAWALL_FAULT_NONE, "HTTP status 200");
    ck_assert_int_gt(calls, 100);
    (void)close(connection);
}
END_TEST

START_TEST(a_ping_too)
{
    int connection;

    net_begin_kind(&world, 0, SW_NET_PING_TEST, server.target);
    net_turn(&world);
    connection = net_accept(&server);
    hear_all(connection, "PING\r\n");
    net_say(connection, "+PONG\r\n");
    net_until_told(&world, 0);
    net_expect(&world, 0, SEAWALL_FAULT_NONE, "");
    (void)close(connection);
}
END_TEST

/* A server that has heard enough says so, and hangs up before all was said: that it did says less than its answer. */
START_TEST(a_refusal_in_the_middle_of_the_request)
{
    struct pollfd readable = {.events = POLLIN};
    int connection;

    net_begin_kind(&world, 0, SW_NET_HEALTH_ENDPOINT, server.url);
    while (world.runs[0].state != SW_NET_SENDING)
        net_turn(&world);
    connection = net_accept(&server);
    net_say(connection, "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
    readable.fd = world.runs[0].descriptor;
    ck_assert_int_eq(poll(&readable, 1, -1), 1);
    broken = true;
    net_until_told(&world, 0);
    net_expect(&world, 0, SEAWALL_FAULT_SERVICE_UNAVAILABLE, "HTTP status 503");
    (void)close(connection);
}
END_TEST

/* ... and who says nothing has failed to take it. */
START_TEST(a_break_in_the_middle_of_the_request)
{
    int connection;

    net_begin_kind(&world, 0, SW_NET_HEALTH_ENDPOINT, server.url);
    while (world.runs[0].state != SW_NET_SENDING)
        net_turn(&world);
    connection = net_accept(&server);
    broken = true;
    net_until_told(&world, 0);
    net_expect(&world, 0, SEAWALL_FAULT_SERVICE_UNAVAILABLE, "connection closed by the other side");
    (void)close(connection);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("pieces");

    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, a_request_goes_out_and_an_answer_comes_in_pieces);
    tcase_add_test(tests, a_ping_too);
    tcase_add_test(tests, a_refusal_in_the_middle_of_the_request);
    tcase_add_test(tests, a_break_in_the_middle_of_the_request);
    return sw_test_run("network checks in pieces", tests);
}
