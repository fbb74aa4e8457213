/*
 * The upstream: an HTTP server on loopback, in a process of its own, which can be killed and started again, told to be slow or to
 * answer garbage, and writes down what it did.
 */
#ifndef LOOPS_SERVER_H
#define LOOPS_SERVER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum mood { MOOD_FINE, MOOD_SLOW, MOOD_GARBAGE };

/* One request. */
struct server_entry {
    int64_t received;
    _Atomic int64_t answered; /* 0: not, or not before the caller was gone */
    int mood;
};

#define SERVER_LOG_MAX 65536
#define SERVER_DEATHS_MAX 8

/* In memory that both processes share. */
struct server_log {
    atomic_int mood;
    atomic_uint count;
    struct server_entry entry[SERVER_LOG_MAX];
    /* When it was down, by whoever killed and started it. */
    int deaths;
    int64_t died[SERVER_DEATHS_MAX], rose[SERVER_DEATHS_MAX]; /* rose 0: not yet */
};

struct server {
    struct server_log *log;
    int port;
    int orders;    /* to the process that starts and kills it, and which ends with this descriptor */
    int supervisor;
};

/* Before there are threads and other descriptors: the other processes are forks of this one. False: the system gives none. */
bool server_open(struct server *server);
void server_close(struct server *server);

/* Each returns when it is done. */
bool server_start(struct server *server);
bool server_kill(struct server *server);

int64_t clock_now(void);

#endif
