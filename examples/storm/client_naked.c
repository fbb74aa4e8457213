/*
 * The naked client: the loop that people write by hand. It tries up to three times, 400 ms each, with a fixed pause of
 * 100 ms between, whatever went wrong. It looks at no Retry-After and knows nothing of the calls beside it.
 */
#include "client.h"

#define PAUSE MILLISECONDS(100)

static enum call_end call(void *state, struct http *http, int item)
{
    (void)state;
    for (int attempt = 1;; attempt++) {
        struct http_answer answer = http_get(http, item, PLAN_ATTEMPT_TIMEOUT / MILLISECONDS(1));

        if (answer.error == CURLE_OK && answer.status < 400)
            return CALL_OK;
        if (attempt == PLAN_ATTEMPTS)
            return CALL_FAILED;
        clock_sleep_until(clock_now() + PAUSE);
    }
}

const struct client client_naked = {.call = call};
