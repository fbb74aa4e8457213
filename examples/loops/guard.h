/* What stands between the calls and the upstream, shared by all of them and by a neighbour on a thread of its own. */
#ifndef LOOPS_GUARD_H
#define LOOPS_GUARD_H

#include <seawall/seawall.h>

#define GUARD_ATTEMPT_TIMEOUT SEAWALL_MILLISECONDS(400)
#define GUARD_ROOM 100      /* attempts' places in the bulkhead */
#define GUARD_PROBES 3      /* successes that close the breaker */
#define GUARD_TRANSITIONS 256

struct guard {
    seawall_retry *retry;
    seawall_limiter *limiter;
    seawall_bulkhead *bulkhead;
    seawall_hedge *hedge;
    seawall_breaker *breaker;
    seawall_timeout *timeout;
    seawall_pipeline *pipeline;
    seawall_breaker_transition transitions[GUARD_TRANSITIONS]; /* of the breaker */
    int transition_count;
    int retries, hedges, hedges_won;
};

/* False: no memory. */
bool guard_open(struct guard *guard);
void guard_close(struct guard *guard);

#endif
