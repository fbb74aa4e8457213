/*
 * What guards a client: one pipeline per dependency, shared by everybody who calls it. From the outside in,
 *
 *     limit      the whole call may take one second, attempts and pauses together;
 *     again      up to three attempts, with growing, jittered pauses, not before the server's Retry-After;
 *     breaker    five failures in a row, and for half a second nothing is sent; then a few probes decide;
 *     attempt    one attempt may take 400 ms.
 *
 * The breaker is inside the retry: a refusal ends the call at once, and each attempt is counted by itself. It is outside the
 * attempt's timeout: a hung upstream counts as a failure.
 */
#ifndef STORM_GUARD_H
#define STORM_GUARD_H

#include <seawall/seawall.h>

#include "http.h"

struct guard {
    seawall_timeout *timeout;
    seawall_retry *retry;
    seawall_breaker *breaker;
    seawall_pipeline *pipeline;
};

/* Its breaker's changes go into the record. NULL, with a line on stderr, if it cannot be had. */
struct guard *guard_create(struct record *record);
void guard_destroy(struct guard *guard);

/* What went wrong, in the words that policies understand. */
seawall_fault guard_fault(const struct http_answer *answer);

/* How a call ended for whoever made it. */
enum call_end guard_end(seawall_status status);

#endif
