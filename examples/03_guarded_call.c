/* The first program: a timeout, a retry and a breaker around an operation that fails twice. */
/* [program] */
#include <seawall/seawall.h>
#include <stdio.h>

static seawall_fault fetch(seawall_attempt *attempt, void *arg)
{
    printf("attempt %d\n", seawall_attempt_number(attempt)); /* call your dependency here */
    return ++*(int *)arg < 3 ? SEAWALL_FAULT_SERVICE_UNAVAILABLE : SEAWALL_FAULT_NONE;
}

int main(void)
{
    seawall_timeout *timeout = NULL;
    seawall_retry *retry = NULL;
    seawall_breaker *breaker = NULL;
    seawall_pipeline *pipeline = NULL;
    seawall_policy limit = SEAWALL_POLICY_INIT, again = SEAWALL_POLICY_INIT, guard = SEAWALL_POLICY_INIT;
    const seawall_policy *policies[] = {&limit, &again, &guard}; /* outermost first */
    seawall_error error = {0};
    int calls = 0;

    if (seawall_timeout_create(NULL, NULL, &timeout, &error) != SEAWALL_OK || /* NULL: every default */
        seawall_retry_create(NULL, NULL, &retry, &error) != SEAWALL_OK ||
        seawall_breaker_create(NULL, NULL, &breaker, &error) != SEAWALL_OK ||
        seawall_timeout_policy(timeout, "timeout", &limit) != SEAWALL_OK ||
        seawall_retry_policy(retry, "retry", &again) != SEAWALL_OK ||
        seawall_breaker_policy(breaker, "breaker", &guard) != SEAWALL_OK ||
        seawall_pipeline_create(NULL, policies, 3, NULL, &pipeline, &error) != SEAWALL_OK) {
        fprintf(stderr, "%s\n", error.message); /* which field, its value, and the bound */
        return 1;
    }

    seawall_status status = seawall_call(pipeline, fetch, &calls, NULL);
    printf("%s\n", seawall_status_message(status));

    seawall_pipeline_destroy(pipeline);
    seawall_breaker_destroy(breaker);
    seawall_retry_destroy(retry);
    seawall_timeout_destroy(timeout);
    return status == SEAWALL_OK ? 0 : 1;
}
/* [program end] */
