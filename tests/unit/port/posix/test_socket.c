/* Connections: what cannot be shown through a check of the network. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "port/socket.h"
#include "suite.h"
#include "support.h"

/* A connection from a port of this machine to itself stands, though nobody listens there. */
START_TEST(a_connection_that_met_itself_is_refused)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    struct sockaddr *address = _i == 0 ? (struct sockaddr *)&v4 : (struct sockaddr *)&v6;
    socklen_t length = _i == 0 ? sizeof(v4) : sizeof(v6);
    int descriptor = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    char byte = 0;

    ck_assert_int_eq(bind(descriptor, address, length), 0);
    ck_assert_int_eq(getsockname(descriptor, address, &length), 0);
    ck_assert_int_eq(connect(descriptor, address, length), 0);
    ck_assert_int_eq(send(descriptor, "x", 1, 0), 1);
    ck_assert_int_eq(recv(descriptor, &byte, 1, 0), 1);
    ck_assert_int_eq(byte, 'x');
    ck_assert_int_eq(sw_port_connected(descriptor), ECONNREFUSED);
    (void)close(descriptor);
}
END_TEST

START_TEST(a_socket_that_is_not_connected_is_not_yet)
{
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    ck_assert_int_eq(sw_port_connected(descriptor), EINPROGRESS);
    (void)close(descriptor);
    ck_assert_int_eq(sw_port_connected(descriptor), EBADF);
}
END_TEST

START_TEST(only_addresses_are_read)
{
    static const struct {
        const char *text;
        bool good, v6;
    } rows[] = {
        {"127.0.0.1", true, false}, {"0.0.0.0", true, false},    {"::1", true, true},         {"::ffff:1.2.3.4", true, true},
        {"127.1", false, false},    {"127.0.0.256", false, false}, {"fe80::1%lo", false, false}, {"localhost", false, false},
        {"", false, false},         {"[::1]", false, false},
    };
    sw_port_ip ip = {.scope = 77};
    size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        ip.scope = 77;
        ck_assert_int_eq(sw_port_parse_ip(rows[i].text, &ip), rows[i].good);
        ck_assert_uint_eq(ip.scope, rows[i].good ? 0 : 77);
        if (rows[i].good)
            ck_assert_int_eq(ip.v6, rows[i].v6);
    }
}
END_TEST

START_TEST(a_path_has_its_limit)
{
    char path[SW_PORT_SOCKET_PATH_MAX + 2];
    bool pending;
    int32_t error = 0;

    memset(path, 'x', sizeof(path));
    path[SW_PORT_SOCKET_PATH_MAX] = '\0';
    ck_assert_int_eq(sw_port_connect_path(path, &pending, &error), -1);
    ck_assert_int_eq(error, ENOENT);
    path[SW_PORT_SOCKET_PATH_MAX] = 'x';
    path[SW_PORT_SOCKET_PATH_MAX + 1] = '\0';
    ck_assert_int_eq(sw_port_connect_path(path, &pending, &error), -1);
    ck_assert_int_eq(error, ENAMETOOLONG);
}
END_TEST

/* As with parking: it may come back early, but a wait whose end is rounded down does so again and again until its time comes. */
#define WAITS 20
#define EARLY_MAX 3

START_TEST(a_wait_comes_back_at_its_time)
{
    int32_t poller = _i == 0 ? sw_port_poller_open() : -1;
    int waits, early = 0;

    for (waits = 0; waits < WAITS; waits++) {
        seawall_time until = sw_port_now() + SEAWALL_MICROSECONDS(1900);
        seawall_time now;

        while ((now = sw_port_now()) < until) {
            sw_port_poller_wait(poller, until - now);
            early += sw_port_now() < until;
        }
    }
    ck_assert_int_le(early, EARLY_MAX);
    if (poller >= 0)
        sw_port_close(poller);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("sockets");

    tcase_add_loop_test(tests, a_connection_that_met_itself_is_refused, 0, 2);
    tcase_add_test(tests, a_socket_that_is_not_connected_is_not_yet);
    tcase_add_test(tests, only_addresses_are_read);
    tcase_add_test(tests, a_path_has_its_limit);
    tcase_add_loop_test(tests, a_wait_comes_back_at_its_time, 0, 2);
    return sw_test_run("socket", tests);
}
