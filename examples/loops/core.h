/*
 * What every loop does alike: a thousand calls in flight through one group of Seawall's, an upstream that is killed, slowed and
 * made to answer garbage meanwhile, and the table at the end. What differs between loops is the few functions below: how a
 * socket is watched, how the loop is woken, and how it sleeps.
 */
#ifndef LOOPS_CORE_H
#define LOOPS_CORE_H

#include "connection.h"

/* Connections have an index below this. */
#define CORE_CONNECTIONS 256

enum core_event { CORE_READ, CORE_WRITE };

/* A loop. */
struct host {
    const char *name;
    /* From now on the loop calls core_ready when this socket can be read, or else written, and for nothing else. */
    bool (*watch)(void *user, struct connection *connection, enum core_event event);
    /* No more: the socket is about to be closed. */
    void (*unwatch)(void *user, struct connection *connection);
    /* Wakes the loop, from any thread: it signals and nothing else. NULL: the loop watches core_bell. */
    void (*wake)(void *user);
    void *user;
};

struct core;

/* NULL, with a line on stderr, for want of memory, descriptors or processes. */
struct core *core_open(void);
/* The loop is there: begins. */
bool core_begin(struct core *core, const struct host *host);

/*
 * Does everything that there is to do: before each sleep of the loop. Answers until when nothing is; core_over: for ever, and the
 * loop should end.
 */
seawall_time core_look(struct core *core);
/* A socket is ready. Look before the next sleep. */
void core_ready(struct core *core, struct connection *connection);
/* Readable when somebody on another thread wants a look. -1: there is none. */
int core_bell(struct core *core);
bool core_over(const struct core *core);

/* Prints the table. The program's exit code: 0 if everything went as it should. */
int core_close(struct core *core);

#endif
