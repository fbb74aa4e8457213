#include "guard.h"

#define POLICIES 6

static void note_transition(const seawall_breaker_transition *transition, void *user)
{
    struct guard *guard = user;

    if (guard->transition_count < GUARD_TRANSITIONS)
        guard->transitions[guard->transition_count++] = *transition;
}

static void count_events(const seawall_event *event, void *user)
{
    struct guard *guard = user;

    guard->retries += event->kind == SEAWALL_EVENT_RETRY_SCHEDULED;
    guard->hedges += event->kind == SEAWALL_EVENT_HEDGE_STARTED;
    guard->hedges_won += event->kind == SEAWALL_EVENT_HEDGE_WON;
}

/* [guard] */
/* The limiter paces, the bulkhead bounds, and both let wait; what they let in may be hedged, and each run asks the breaker. */
static bool create(struct guard *guard)
{
    seawall_retry_config retry = SEAWALL_RETRY_CONFIG_INIT;
    seawall_limiter_config limiter = SEAWALL_LIMITER_CONFIG_INIT;
    seawall_bulkhead_config bulkhead = SEAWALL_BULKHEAD_CONFIG_INIT;
    seawall_hedge_config hedge = SEAWALL_HEDGE_CONFIG_INIT;
    seawall_breaker_config breaker = SEAWALL_BREAKER_CONFIG_INIT;
    seawall_timeout_config timeout = SEAWALL_TIMEOUT_CONFIG_INIT;

    retry.base_delay = SEAWALL_MILLISECONDS(20);
    limiter.rate = 1000;
    limiter.burst = 50;
    limiter.max_wait = SEAWALL_FOREVER;
    bulkhead.max_concurrent = GUARD_ROOM;
    bulkhead.max_waiting = 1000;
    bulkhead.max_wait = SEAWALL_FOREVER;
    hedge.delay = SEAWALL_MILLISECONDS(60);
    breaker.failure_threshold = 20;
    breaker.recovery_timeout = SEAWALL_MILLISECONDS(100);
    breaker.half_open_max_calls = GUARD_PROBES;
    timeout.attempt_timeout = GUARD_ATTEMPT_TIMEOUT;
    return seawall_retry_create(&retry, NULL, &guard->retry, NULL) == SEAWALL_OK &&
           seawall_limiter_create(&limiter, NULL, &guard->limiter, NULL) == SEAWALL_OK &&
           seawall_bulkhead_create(&bulkhead, NULL, &guard->bulkhead, NULL) == SEAWALL_OK &&
           seawall_hedge_create(&hedge, NULL, &guard->hedge, NULL) == SEAWALL_OK &&
           seawall_breaker_create(&breaker, NULL, &guard->breaker, NULL) == SEAWALL_OK &&
           seawall_timeout_create(&timeout, NULL, &guard->timeout, NULL) == SEAWALL_OK;
}
/* [guard end] */

bool guard_open(struct guard *guard)
{
    seawall_pipeline_config config = SEAWALL_PIPELINE_CONFIG_INIT;
    seawall_policy policies[POLICIES];
    const seawall_policy *outermost_first[POLICIES];

    *guard = (struct guard){.retry = NULL};
    for (int i = 0; i < POLICIES; i++) {
        policies[i] = (seawall_policy)SEAWALL_POLICY_INIT;
        outermost_first[i] = &policies[i];
    }
    config.listener = count_events;
    config.listener_user = guard;
    return create(guard) && seawall_breaker_add_listener(guard->breaker, note_transition, guard) == SEAWALL_OK &&
           seawall_retry_policy(guard->retry, "retry", &policies[0]) == SEAWALL_OK &&
           seawall_limiter_policy(guard->limiter, "limiter", &policies[1]) == SEAWALL_OK &&
           seawall_bulkhead_policy(guard->bulkhead, "bulkhead", &policies[2]) == SEAWALL_OK &&
           seawall_hedge_policy(guard->hedge, "hedge", &policies[3]) == SEAWALL_OK &&
           seawall_breaker_policy(guard->breaker, "breaker", &policies[4]) == SEAWALL_OK &&
           seawall_timeout_attempt_policy(guard->timeout, "attempt", &policies[5]) == SEAWALL_OK &&
           seawall_pipeline_create(&config, outermost_first, POLICIES, NULL, &guard->pipeline, NULL) == SEAWALL_OK;
}

void guard_close(struct guard *guard)
{
    seawall_pipeline_destroy(guard->pipeline);
    seawall_retry_destroy(guard->retry);
    seawall_limiter_destroy(guard->limiter);
    seawall_bulkhead_destroy(guard->bulkhead);
    seawall_hedge_destroy(guard->hedge);
    seawall_breaker_destroy(guard->breaker);
    seawall_timeout_destroy(guard->timeout);
}
