#include "guard.h"

#include <stdio.h>
#include <stdlib.h>

void guard_destroy(struct guard *guard)
{
    seawall_pipeline_destroy(guard->pipeline);
    seawall_breaker_destroy(guard->breaker);
    seawall_retry_destroy(guard->retry);
    seawall_timeout_destroy(guard->timeout);
    free(guard);
}

static bool build(struct guard *guard, seawall_error *error)
{
    seawall_timeout_config timeout = SEAWALL_TIMEOUT_CONFIG_INIT;
    seawall_retry_config retry = SEAWALL_RETRY_CONFIG_INIT;
    seawall_breaker_config breaker = SEAWALL_BREAKER_CONFIG_INIT;
    seawall_policy limit = SEAWALL_POLICY_INIT, again = SEAWALL_POLICY_INIT;
    seawall_policy circuit = SEAWALL_POLICY_INIT, attempt = SEAWALL_POLICY_INIT;
    const seawall_policy *outermost_first[] = {&limit, &again, &circuit, &attempt};

    timeout.request_timeout = SEAWALL_SECONDS(1);
    timeout.attempt_timeout = PLAN_ATTEMPT_TIMEOUT;
    retry.max_attempts = PLAN_ATTEMPTS;
    breaker.failure_threshold = 5;
    breaker.recovery_timeout = SEAWALL_MILLISECONDS(500);

    return seawall_timeout_create(&timeout, NULL, &guard->timeout, error) == SEAWALL_OK &&
           seawall_retry_create(&retry, NULL, &guard->retry, error) == SEAWALL_OK &&
           seawall_breaker_create(&breaker, NULL, &guard->breaker, error) == SEAWALL_OK &&
           seawall_timeout_policy(guard->timeout, "limit", &limit) == SEAWALL_OK &&
           seawall_retry_policy(guard->retry, "again", &again) == SEAWALL_OK &&
           seawall_breaker_policy(guard->breaker, "breaker", &circuit) == SEAWALL_OK &&
           seawall_timeout_attempt_policy(guard->timeout, "attempt", &attempt) == SEAWALL_OK &&
           seawall_pipeline_create(NULL, outermost_first, 4, NULL, &guard->pipeline, error) == SEAWALL_OK;
}

static void tell_change(const seawall_breaker_transition *transition, void *user)
{
    record_change(user, SIDE_GUARDED, transition->to);
}

struct guard *guard_create(struct record *record)
{
    seawall_error error = {.message = "no memory"};
    struct guard *guard = calloc(1, sizeof *guard);

    if (guard && build(guard, &error) && seawall_breaker_add_listener(guard->breaker, tell_change, record) == SEAWALL_OK)
        return guard;
    fprintf(stderr, "storm: %s\n", error.message);
    if (guard)
        guard_destroy(guard);
    return NULL;
}

/* [classify] */
seawall_fault guard_fault(const struct http_answer *answer)
{
    if (answer->error == CURLE_OK)
        return seawall_fault_from_http_status((int32_t)answer->status);
    if (answer->error == CURLE_COULDNT_CONNECT && answer->os_error != 0)
        return seawall_fault_from_errno((int32_t)answer->os_error, SEAWALL_PHASE_CONNECT);
    return seawall_fault_from_curl_code((int32_t)answer->error,
                                        answer->connected ? SEAWALL_PHASE_REQUEST : SEAWALL_PHASE_CONNECT);
}
/* [classify end] */

enum call_end guard_end(seawall_status status)
{
    switch (status) {
    case SEAWALL_OK:
        return CALL_OK;
    case SEAWALL_OPEN:
        return CALL_REFUSED; /* here a service would answer from a cache, or say "later" at once */
    default:
        return CALL_FAILED;
    }
}
