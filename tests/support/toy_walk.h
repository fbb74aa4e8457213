/* What must hold inside an execution whenever a host's function has returned. */
#ifndef SEAWALL_TEST_TOY_WALK_H
#define SEAWALL_TEST_TOY_WALK_H

#include <seawall/execution.h>

/* The first invariant found broken, or NULL. `settled`: the host was just told to wait. */
const char *toy_walk(seawall_execution *execution, bool settled);

#endif
