/* The guarded client on one thread: as many calls at a time as the other one has threads, in a group of Seawall's. */
#ifndef STORM_LOOP_H
#define STORM_LOOP_H

#include "record.h"

/* Makes all calls of the plan. 0, or 1 with a line on stderr. */
int loop_run(const struct plan *plan, struct record *record, int port);

#endif
