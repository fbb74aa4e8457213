/* Both sides of a connection in one thread. */
#include "net_fixture.h"

#include <arpa/inet.h>
#include <check.h>
#include <dirent.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define GUARD 10000 /* ms */

int net_count_descriptors(void)
{
    DIR *directory = opendir("/proc/self/fd");
    int count = 0;

    ck_assert_ptr_nonnull(directory);
    while (readdir(directory) != NULL)
        count++;
    (void)closedir(directory);
    return count;
}

void net_init(net_world *world)
{
    memset(world, 0, sizeof(*world));
    world->descriptors = net_count_descriptors();
    sw_test_platform_init(&world->platform, false);
    world->now = SW_TEST_START;
    ck_assert_int_eq(sw_net_loop_create(&world->platform.platform, &world->loop, NULL), SEAWALL_OK);
}

void net_fini(net_world *world)
{
    int i;

    sw_net_loop_destroy(world->loop);
    for (i = 0; i < NET_RUNS; i++)
        sw_net_check_destroy(world->checks[i]);
    sw_test_platform_fini(&world->platform);
    ck_assert_int_eq(net_count_descriptors(), world->descriptors);
}

static void told(sw_net_run *run, const sw_net_result *result, void *user)
{
    net_world *world = user;
    int index = (int)(run - world->runs);

    world->results[index] = *result;
    world->told[index]++;
}

void net_begin(net_world *world, int index, const sw_net_settings *settings, const sw_net_addresses *addresses)
{
    seawall_error error = {.message = ""};
    seawall_status status = sw_net_check_create(settings, &world->platform.platform, &world->checks[index], &error);

    ck_assert_msg(status == SEAWALL_OK, "%s", error.message);
    sw_net_run_init(&world->runs[index], world->checks[index], told, world);
    sw_net_loop_begin_at(world->loop, &world->runs[index], addresses, world->now, world->now + NET_LATER);
}

void net_begin_kind(net_world *world, int index, int32_t kind, const char *target)
{
    sw_net_settings settings = SW_NET_SETTINGS_INIT;

    settings.kind = kind;
    settings.target = target;
    net_begin(world, index, &settings, NULL);
}

void net_again(net_world *world, int index)
{
    sw_net_loop_begin_at(world->loop, &world->runs[index], NULL, world->now, world->now + NET_LATER);
}

static void wait_for(int descriptor, short what)
{
    struct pollfd one = {.fd = descriptor, .events = what};

    ck_assert_int_eq(poll(&one, 1, GUARD), 1);
}

void net_turn_now(net_world *world)
{
    sw_net_loop_turn_at(world->loop, world->now);
}

void net_turn(net_world *world)
{
    int32_t descriptor;

    ck_assert_int_eq(sw_net_loop_descriptor(world->loop, &descriptor), SEAWALL_OK);
    if (sw_net_loop_next(world->loop) > world->now)
        wait_for(descriptor, POLLIN);
    net_turn_now(world);
}

void net_until_told(net_world *world, int index)
{
    int before = world->told[index];

    while (world->told[index] == before)
        net_turn(world);
    ck_assert_int_eq(world->told[index], before + 1);
}

void net_expect(const net_world *world, int index, seawall_fault fault, const char *message)
{
    ck_assert_str_eq(world->results[index].message, message);
    ck_assert_int_eq(world->results[index].fault, fault);
}

/* --- servers --- */

typedef union any_address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    struct sockaddr_un path;
} any_address;

static socklen_t address_of(any_address *address, const char *where, int port)
{
    memset(address, 0, sizeof(*address));
    if (where[0] == '/') {
        address->path.sun_family = AF_UNIX;
        strcpy(address->path.sun_path, where);
        return sizeof(address->path);
    }
    if (strchr(where, ':') != NULL) {
        address->v6.sin6_family = AF_INET6;
        address->v6.sin6_port = htons((uint16_t)port);
        ck_assert_int_eq(inet_pton(AF_INET6, where, &address->v6.sin6_addr), 1);
        return sizeof(address->v6);
    }
    address->v4.sin_family = AF_INET;
    address->v4.sin_port = htons((uint16_t)port);
    ck_assert_int_eq(inet_pton(AF_INET, where, &address->v4.sin_addr), 1);
    return sizeof(address->v4);
}

void net_listen(net_server *server, const char *where, int port, int backlog)
{
    any_address address;
    socklen_t length = address_of(&address, where, port);
    const char *form = where[0] == '/' ? "unix:%s" : strchr(where, ':') != NULL ? "[%s]:%d" : "%s:%d";

    server->listener = socket(address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    ck_assert_int_ge(server->listener, 0);
    ck_assert_int_eq(bind(server->listener, &address.any, length), 0);
    ck_assert_int_eq(listen(server->listener, backlog), 0);
    ck_assert_int_eq(getsockname(server->listener, &address.any, &length), 0);
    server->port = where[0] == '/' ? 0 : ntohs(address.v4.sin_port); /* at the same place in IPv6 */
    (void)snprintf(server->target, sizeof(server->target), form, where, server->port);
    (void)snprintf(server->url, sizeof(server->url), "http://%s/x", server->target);
}

void net_close(net_server *server)
{
    (void)close(server->listener);
}

int net_accept(const net_server *server)
{
    int connection;

    wait_for(server->listener, POLLIN);
    connection = accept(server->listener, NULL, NULL);
    ck_assert_int_ge(connection, 0);
    return connection;
}

void net_say(int connection, const char *text)
{
    ck_assert_int_eq(send(connection, text, strlen(text), MSG_NOSIGNAL), (ssize_t)strlen(text));
}

void net_hear(int connection, const char *text)
{
    char heard[4096];
    size_t length = strlen(text), at = 0;

    while (at < length) {
        ssize_t got;

        wait_for(connection, POLLIN);
        got = recv(connection, heard + at, length - at, 0);
        ck_assert_int_gt(got, 0);
        at += (size_t)got;
    }
    ck_assert_mem_eq(heard, text, length);
}

void net_reset(int connection)
{
    struct linger at_once = {.l_onoff = 1, .l_linger = 0};

    (void)setsockopt(connection, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    (void)close(connection);
}

int net_fill(const net_server *server)
{
    any_address address;
    socklen_t length = sizeof(address);
    int filler;

    ck_assert_int_eq(getsockname(server->listener, &address.any, &length), 0);
    filler = socket(address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(connect(filler, &address.any, length), 0);
    return filler;
}
