/*
 * The guarded client: the same request under Seawall. From the outside in,
 *
 *     limit      the whole call may take one second, attempts and pauses together;
 *     again      up to three attempts, with growing, jittered pauses, not before the server's Retry-After;
 *     breaker    five failures in a row, and for half a second nothing is sent; then a few probes decide;
 *     attempt    one attempt may take 400 ms.
 *
 * The breaker is inside the retry: a refusal ends the call at once, and each attempt is counted by itself. It is outside the
 * attempt's timeout: a hung upstream counts as a failure.
 */
#include <seawall/seawall.h>
#include <stdio.h>
#include <stdlib.h>

#include "client.h"

/* One pipeline per dependency, shared by all threads. */
struct guard {
    seawall_timeout *timeout;
    seawall_retry *retry;
    seawall_breaker *breaker;
    seawall_pipeline *pipeline;
};

static void guard_destroy(void *state)
{
    struct guard *guard = state;

    seawall_pipeline_destroy(guard->pipeline);
    seawall_breaker_destroy(guard->breaker);
    seawall_retry_destroy(guard->retry);
    seawall_timeout_destroy(guard->timeout);
    free(guard);
}

static bool guard_build(struct guard *guard, seawall_error *error)
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

static bool guard_create(struct record *record, void **state)
{
    seawall_error error = {.message = "no memory"};
    struct guard *guard = calloc(1, sizeof *guard);

    if (guard && guard_build(guard, &error) &&
        seawall_breaker_add_listener(guard->breaker, tell_change, record) == SEAWALL_OK) {
        *state = guard;
        return true;
    }
    fprintf(stderr, "storm: %s\n", error.message);
    if (guard)
        guard_destroy(guard);
    return false;
}

/* [classify] */
/* What went wrong, in the words that policies understand. */
static seawall_fault fault_from_curl(const struct http_answer *answer)
{
    if (answer->error == CURLE_OK)
        return seawall_fault_from_http_status((int32_t)answer->status);
    if (answer->error == CURLE_COULDNT_CONNECT && answer->os_error != 0)
        return seawall_fault_from_errno((int32_t)answer->os_error, SEAWALL_PHASE_CONNECT);
    return seawall_fault_from_curl_code((int32_t)answer->error,
                                        answer->connected ? SEAWALL_PHASE_REQUEST : SEAWALL_PHASE_CONNECT);
}
/* [classify end] */

struct request {
    struct http *http;
    int item;
};

/* [attempt] */
/* The operation: one attempt. It hands its time on to libcurl, and what the server said back to the pipeline. */
static seawall_fault fetch(seawall_attempt *attempt, void *arg)
{
    const struct request *request = arg;
    int32_t left = seawall_poll_milliseconds(seawall_attempt_remaining(attempt));
    struct http_answer answer;

    if (left == 0)
        return SEAWALL_FAULT_TIMEOUT; /* to libcurl 0 would mean: as long as you like */
    answer = http_get(request->http, request->item, left);
    seawall_attempt_set_code(attempt, answer.status);
    seawall_attempt_set_retry_after(attempt, seawall_seconds(answer.retry_after));
    return fault_from_curl(&answer);
}
/* [attempt end] */

static enum call_end call(void *state, struct http *http, int item)
{
    const struct guard *guard = state;
    struct request request = {.http = http, .item = item};

    switch (seawall_call(guard->pipeline, fetch, &request, NULL)) {
    case SEAWALL_OK:
        return CALL_OK;
    case SEAWALL_OPEN:
        return CALL_REFUSED; /* here a service would answer from a cache, or say "later" at once */
    default:
        return CALL_FAILED;
    }
}

const struct client client_guarded = {.create = guard_create, .call = call, .destroy = guard_destroy};
