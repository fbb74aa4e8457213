/* The library's own policies and toys in one chain, in a world. */
#ifndef SEAWALL_TEST_CHAIN_H
#define SEAWALL_TEST_CHAIN_H

#include "world.h"

typedef struct chain {
    world *world;
    seawall_breaker *breaker;
    seawall_retry *retry;
    seawall_timeout *timeout, *shorter;
    seawall_bulkhead *bulkhead;
    seawall_limiter *limiter;
    seawall_retry_budget *budget;
    seawall_fallback *fallback;
    seawall_hedge *hedge;
    seawall_chaos *chaos;
    seawall_pipeline *stand_in; /* of a fallback to a pipeline; or NULL */
} chain;

typedef struct chain_config {
    /* Outermost first: B breaker, R retry, T timeout of the request, S another and shorter one, A timeout of the attempt, K
     * bulkhead, L rate limiter, F fallback to a constant, P fallback to a pipeline of the same retry, bulkhead and limiter,
     * H hedge, C chaos, * the next toy. Retry and hedge share the budget. */
    const char *order;
    seawall_breaker_config breaker;
    seawall_retry_config retry;
    seawall_timeout_config timeout, shorter;
    seawall_bulkhead_config bulkhead;
    seawall_limiter_config limiter;
    seawall_retry_budget_config budget;
    seawall_fallback_config fallback;
    seawall_hedge_config hedge;
    seawall_chaos_config chaos;
    bool taken; /* every permit, by somebody else and for good */
} chain_config;

/* Every default, but three failures open the breaker, and no jitter. */
void chain_defaults(chain_config *config);
void chain_open(chain *c, const world_plan *plan, const chain_config *config);
/* Makes all the calls, and checks that nothing promised was broken. `notes` may be NULL. */
void chain_run(chain *c, const chain_config *config, enum world_driver driver, toy_notes *notes);
seawall_breaker_snapshot chain_snapshot(const chain *c);
void chain_close(chain *c);

#endif
