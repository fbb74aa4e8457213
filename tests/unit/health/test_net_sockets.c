/* Network checks against real servers on this machine, in every way in which they can fail. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net_fixture.h"
#include "suite.h"

#define GET_HEAD "GET /x HTTP/1.1\r\nHost: "
#define GET_TAIL "\r\nUser-Agent: Seawall-health-check\r\nAccept: */*\r\nConnection: close\r\n\r\n"
#define MIB (1 << 20)

static net_world world;
static net_server server;
static char directory[64], path[96];

static void setup(void)
{
    strcpy(directory, "/tmp/seawall-net-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(directory));
    (void)snprintf(path, sizeof(path), "%s/socket", directory);
    net_init(&world);
}

static void teardown(void)
{
    net_fini(&world);
    (void)unlink(path);
    (void)rmdir(directory);
}

/* Over IPv4, IPv6 and a path. */
#define PLACES 3

static const char *place(int index)
{
    const char *const places[PLACES] = {"127.0.0.1", "::1", path};

    return places[index];
}

static void listen_at(int index)
{
    net_listen(&server, place(index), 0, 8);
}

/* --- connection_test --- */

START_TEST(a_connection_that_stands_is_enough)
{
    char byte;
    int connection;

    listen_at(_i);
    net_begin_kind(&world, 0, SW_NET_CONNECTION_TEST, server.target);
    net_until_told(&world, 0);
    net_expect(&world, 0, SEAWALL_FAULT_NONE, "");
    connection = net_accept(&server);
    ck_assert_int_eq(recv(connection, &byte, 1, 0), 0); /* and nothing was said */
    (void)close(connection);
    net_close(&server);
}
END_TEST

START_TEST(a_closed_port_refuses)
{
    listen_at(_i);
    net_close(&server); /* the path stays behind, with nobody listening */
    net_begin_kind(&world, 0, SW_NET_CONNECTION_TEST, server.target);
    net_until_told(&world, 0);
    net_expect(&world, 0, SEAWALL_FAULT_SERVICE_UNAVAILABLE, "connection refused");
    ck_assert_int_ne(world.results[0].code, 0);
}
END_TEST

START_TEST(a_path_that_is_not_there)
{
    char target[128];

    (void)snprintf(target, sizeof(target), "unix:%s", path);
    net_begin_kind(&world, 0, SW_NET_CONNECTION_TEST, target);
    net_until_told(&world, 0);
    net_expect(&world, 0, SEAWALL_FAULT_NOT_FOUND, "there is no such socket");
}
END_TEST

START_TEST(nobody_lets_us_in)
{
    int filler;

    net_listen(&server, "127.0.0.1", 0, 0);
    filler = net_fill(&server);
    net_begin_kind(&world, 0, SW_NET_CONNECTION_TEST, server.target);
    net_turn(&world);
    ck_assert_int_eq(sw_net_loop_next(world.loop), world.now + NET_LATER);
    world.now += NET_LATER - 1;
    net_turn_now(&world);
    ck_assert_int_eq(world.told[0], 0);
    world.now++;
    net_turn_now(&world);
    net_expect(&world, 0, SEAWALL_FAULT_CONNECTION_TIMEOUT, "no connection in time");
    ck_assert_int_eq(world.results[0].duration, NET_LATER);
    (void)close(filler);
    net_close(&server);
}
END_TEST

START_TEST(a_full_queue_of_a_path_is_told_at_once)
{
    int filler;

    net_listen(&server, path, 0, 0);
    filler = net_fill(&server);
    net_begin_kind(&world, 0, SW_NET_CONNECTION_TEST, server.target);
    net_until_told(&world, 0);
    net_expect(&world, 0, SEAWALL_FAULT_CONNECTION_TIMEOUT, "the other side's queue of connections is full");
    (void)close(filler);
    net_close(&server);
}
END_TEST

/* --- ping_test and health_endpoint --- */

/* A ping, or a GET: over IPv4, IPv6, and a ping over a path too. Answers the server's side, to which all was said. */
#define ASKED 5

static int asked(int index)
{
    bool http = index >= PLACES;
    char request[512];
    int connection;

    listen_at(index % PLACES);
    net_begin_kind(&world, 0, http ? SW_NET_HEALTH_ENDPOINT : SW_NET_PING_TEST, http ? server.url : server.target);
    net_turn(&world);
    connection = net_accept(&server);
    while (world.runs[0].state != SW_NET_HEARING)
        net_turn(&world);
    (void)snprintf(request, sizeof(request), "%s%s%s", GET_HEAD, server.target, GET_TAIL);
    net_hear(connection, http ? request : "PING\r\n");
    return connection;
}

static const char *good_reply(int index)
{
    return index < PLACES ? "+PONG\r\n" : "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
}

static void over(int connection)
{
    if (connection >= 0)
        (void)close(connection);
    net_close(&server);
}

START_TEST(a_good_reply)
{
    int connection = asked(_i);

    world.now += SEAWALL_MILLISECONDS(7);
    net_say(connection, good_reply(_i));
    net_until_told(&world, 0);
    net_expect(&world, 0, SEAWALL_FAULT_NONE, _i < PLACES ? "" : "HTTP status 200");
    ck_assert_int_eq(world.results[0].duration, SEAWALL_MILLISECONDS(7));
    over(connection);
}
END_TEST

START_TEST(a_black_hole)
{
    int connection = asked(_i);

    world.now += NET_LATER - 1;
    net_turn_now(&world);
    ck_assert_int_eq(world.told[0], 0);
    ck_assert_int_eq(sw_net_loop_next(world.loop), world.now + 1);
    world.now++;
    net_turn_now(&world);
    net_expect(&world, 0, SEAWALL_FAULT_TIMEOUT, "no answer in time");
    ck_assert_int_eq(world.results[0].duration, NET_LATER);
    over(connection);
}
END_TEST

/* Byte by byte: each comes in time, and the last one may or may not. */
START_TEST(a_slow_drip)
{
    const char *reply = good_reply(_i / 2);
    bool late = _i % 2 == 1;
    size_t bytes = _i / 2 < PLACES ? strlen("+PONG") : strlen(reply), i;
    int connection = asked(_i / 2);

    for (i = 0; i + 1 < bytes; i++) {
        net_say(connection, (char[2]){reply[i], '\0'});
        net_turn(&world);
        world.now += (NET_LATER - 1) / (int64_t)bytes;
        ck_assert_int_eq(world.told[0], 0);
    }
    if (late)
        world.now += NET_LATER;
    else
        net_say(connection, reply + i);
    if (late)
        net_turn_now(&world);
    else
        net_until_told(&world, 0);
    if (late)
        net_expect(&world, 0, SEAWALL_FAULT_TIMEOUT, "the answer did not end in time");
    else
        net_expect(&world, 0, SEAWALL_FAULT_NONE, _i / 2 < PLACES ? "" : "HTTP status 200");
    over(connection);
}
END_TEST

/* What has come when time is over is heard first. */
START_TEST(a_reply_at_the_last_moment)
{
    int connection = asked(_i);

    net_say(connection, good_reply(_i));
    world.now += NET_LATER;
    net_turn(&world);
    net_expect(&world, 0, SEAWALL_FAULT_NONE, _i < PLACES ? "" : "HTTP status 200");
    over(connection);
}
END_TEST

START_TEST(a_wrong_reply)
{
    int connection = asked(_i);

    net_say(connection, "-ERR unknown command\r\n");
    net_until_told(&world, 0);
    net_expect(&world, 0, SEAWALL_FAULT_OTHER,
               _i < PLACES ? "the reply was \"-ERR unknown command\"" : "the answer is not HTTP/1");
    over(connection);
}
END_TEST

START_TEST(a_reset)
{
    net_reset(asked(_i));
    net_until_told(&world, 0);
    net_expect(&world, 0, SEAWALL_FAULT_SERVICE_UNAVAILABLE,
               _i % PLACES == 2 ? "the other side closed without an answer" : "connection reset"); /* a path knows no resets */
    over(-1);
}
END_TEST

/* The server sends no more, but goes on listening. */
START_TEST(a_half_close)
{
    bool after = _i % 2 == 1;
    int connection = asked(_i / 2);

    if (after)
        net_say(connection, _i / 2 < PLACES ? "+HTTP" : "HTTP");
    ck_assert_int_eq(shutdown(connection, SHUT_WR), 0);
    net_until_told(&world, 0);
    if (after && _i / 2 < PLACES)
        net_expect(&world, 0, SEAWALL_FAULT_OTHER, "the reply was \"+HTTP\"");
    else
        net_expect(&world, 0, SEAWALL_FAULT_SERVICE_UNAVAILABLE,
                   after ? "the other side closed in the middle of its answer" : "the other side closed without an answer");
    over(connection);
}
END_TEST

START_TEST(a_body_without_a_length_ends_with_the_connection)
{
    int connection = asked(_i);

    net_say(connection, "HTTP/1.1 200 OK\r\n\r\nfine");
    net_turn(&world);
    ck_assert_int_eq(world.told[0], 0);
    ck_assert_int_eq(shutdown(connection, SHUT_WR), 0);
    net_until_told(&world, 0);
    net_expect(&world, 0, SEAWALL_FAULT_NONE, "HTTP status 200");
    over(connection);
}
END_TEST

/* A server that talks without end is left alone as soon as enough was heard; nothing of it is kept. */
START_TEST(an_oversized_reply)
{
    static char much[MIB + 1];
    int connection = asked(_i);
    size_t sent = 0;

    memset(much, 'x', MIB);
    net_say(connection, _i < PLACES ? "+PON" : "HTTP/1.1 200 OK\r\n\r\n");
    while (world.told[0] == 0) {
        ssize_t taken = send(connection, much, MIB, MSG_NOSIGNAL | MSG_DONTWAIT);

        sent += taken > 0 ? (size_t)taken : 0;
        net_turn(&world);
    }
    if (_i < PLACES)
        ck_assert_ptr_eq(strstr(world.results[0].message, "the reply was \"+PONxxxx"), world.results[0].message);
    else
        net_expect(&world, 0, SEAWALL_FAULT_NONE, "HTTP status 200");
    ck_assert_uint_gt(sent, SW_NET_RESPONSE_LIMIT_DEFAULT);
    over(connection);
}
END_TEST

/* Bytes that a server does not take, until it hangs up in the middle: the process lives on. */
START_TEST(a_server_that_does_not_listen)
{
    sw_net_settings settings = SW_NET_SETTINGS_INIT;
    int connection;

    net_listen(&server, "127.0.0.1", 0, 8);
    settings.kind = SW_NET_PING_TEST;
    settings.target = server.target;
    settings.ping = SW_NET_PING_OWN;
    settings.send = "hello";
    net_begin(&world, 0, &settings, NULL);
    world.runs[0].addresses.count = 1;
    while (world.runs[0].state == SW_NET_FRESH)
        net_turn_now(&world);
    connection = net_accept(&server);
    net_reset(connection);
    net_until_told(&world, 0);
    net_expect(&world, 0, SEAWALL_FAULT_SERVICE_UNAVAILABLE, "connection reset");
    net_close(&server);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("sockets");

    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_loop_test(tests, a_connection_that_stands_is_enough, 0, PLACES);
    tcase_add_loop_test(tests, a_closed_port_refuses, 0, PLACES);
    tcase_add_test(tests, a_path_that_is_not_there);
    tcase_add_test(tests, nobody_lets_us_in);
    tcase_add_test(tests, a_full_queue_of_a_path_is_told_at_once);
    tcase_add_loop_test(tests, a_good_reply, 0, ASKED);
    tcase_add_loop_test(tests, a_black_hole, 0, ASKED);
    tcase_add_loop_test(tests, a_slow_drip, 0, 2 * ASKED);
    tcase_add_loop_test(tests, a_reply_at_the_last_moment, 0, ASKED);
    tcase_add_loop_test(tests, a_wrong_reply, 0, ASKED);
    tcase_add_loop_test(tests, a_reset, 0, ASKED);
    tcase_add_loop_test(tests, a_half_close, 0, 2 * ASKED);
    tcase_add_loop_test(tests, a_body_without_a_length_ends_with_the_connection, PLACES, ASKED);
    tcase_add_loop_test(tests, an_oversized_reply, 0, ASKED);
    tcase_add_test(tests, a_server_that_does_not_listen);
    return sw_test_run("net_sockets", tests);
}
