/*
 * Both sides of a connection in one thread: a loop of checks whose time the test says, and servers that do what the test says.
 * What waits here waits for the kernel, until a guard of ten seconds ends the test.
 */
#ifndef SEAWALL_TEST_NET_FIXTURE_H
#define SEAWALL_TEST_NET_FIXTURE_H

#include "health/net_loop.h"
#include "support.h"

#define NET_LATER SEAWALL_SECONDS(2) /* a run's limit */
#define NET_RUNS 8

typedef struct net_world {
    sw_test_platform platform;
    sw_net_loop *loop;
    seawall_time now;
    int descriptors; /* how many were open before */
    sw_net_run runs[NET_RUNS];
    sw_net_check *checks[NET_RUNS];
    sw_net_result results[NET_RUNS];
    int told[NET_RUNS];
} net_world;

int net_count_descriptors(void);

void net_init(net_world *world);
/* Fails the test if a descriptor or memory is left over. */
void net_fini(net_world *world);

/* Makes check and run number `index`, and begins it with a limit of NET_LATER; `addresses` may be NULL. */
void net_begin(net_world *world, int index, const sw_net_settings *settings, const sw_net_addresses *addresses);
/* The same for a kind of check, with the defaults. */
void net_begin_kind(net_world *world, int index, int32_t kind, const char *target);
/* Begins what was made once more. */
void net_again(net_world *world, int index);

/* Waits until the loop has something to do, then lets it turn. */
void net_turn(net_world *world);
/* Turns until this run was told. */
void net_until_told(net_world *world, int index);
/* Turns now, whether or not there is anything to do. */
void net_turn_now(net_world *world);

void net_expect(const net_world *world, int index, seawall_fault fault, const char *message);

/* --- servers --- */

typedef struct net_server {
    int listener;
    int port;         /* 0 for a socket with a path */
    char target[128]; /* "127.0.0.1:port" */
    char url[160];    /* "http://127.0.0.1:port/x" */
} net_server;

/* Listens at "127.0.0.1", "::1" or an absolute path; `port` 0 for any. */
void net_listen(net_server *server, const char *where, int port, int backlog);
void net_close(net_server *server);
/* Waits for a connection. */
int net_accept(const net_server *server);
void net_say(int connection, const char *text);
/* Waits until `count` bytes have come; they must be these. */
void net_hear(int connection, const char *text);
/* Closes so that the other side is told of a reset. */
void net_reset(int connection);
/* Takes the one place in the queue of a server that listens with a backlog of 0, so that nobody else gets in. */
int net_fill(const net_server *server);

#endif
