/* The open loop: makes each call of the plan at its time, however the ones before it fare. */
#ifndef STORM_LOAD_H
#define STORM_LOAD_H

#include "client.h"

/* Runs the whole plan; 0 once every call has ended. Call it in a process of its own. */
int load_run(const struct plan *plan, struct record *record, enum side_name side, const struct client *client, int port);

#endif
