/* The dependency: a small HTTP/1.1 server in a process of its own, on loopback. It serves GET /item/N. */
#ifndef STORM_UPSTREAM_H
#define STORM_UPSTREAM_H

#include "record.h"

/*
 * Takes a free port of 127.0.0.1 and keeps it, without listening: while no upstream runs, connects are refused, and nobody
 * else gets the port. Returns the socket to keep open, or -1.
 */
int upstream_reserve_port(int *port);

/* Serves until it is killed; returns only if it could not begin. Call it in a process of its own. */
int upstream_run(const struct plan *plan, struct record *record, enum side_name side, int port, bool warm);

#endif
