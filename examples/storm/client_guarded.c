/* The guarded client: the same request under Seawall, one blocking call per thread. */
#include "client.h"
#include "guard.h"

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
    return guard_fault(&answer);
}
/* [attempt end] */

static bool create(struct record *record, void **state)
{
    *state = guard_create(record);
    return *state != NULL;
}

static enum call_end call(void *state, struct http *http, int item)
{
    const struct guard *guard = state;
    struct request request = {.http = http, .item = item};

    return guard_end(seawall_call(guard->pipeline, fetch, &request, NULL));
}

static void destroy(void *state)
{
    guard_destroy(state);
}

const struct client client_guarded = {.create = create, .call = call, .destroy = destroy};
