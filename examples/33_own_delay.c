/*
 * Delays of your own between the attempts of a retry: here those of Fibonacci. The operation says after each fault how long to
 * wait, as if a server had said so, and the retry adds nothing of its own.
 *
 * The clock is the manual one, so that the waiting takes no time; with NULL for the platform it is the system's.
 */
#include <seawall/seawall.h>
#include <stdio.h>

static seawall_manual_clock *manual;

/* [operation] */
static const int32_t steps[] = {1, 1, 2, 3, 5, 8};

static seawall_fault fetch(seawall_attempt *attempt, void *arg)
{
    int32_t number = seawall_attempt_number(attempt); /* from 1; of all attempts of this call */

    (void)arg;
    printf("attempt %d at %.1f s\n", number, (double)seawall_manual_clock_now(manual) / 1e9);
    if (number > 6)
        return SEAWALL_FAULT_NONE;
    seawall_attempt_set_retry_after(attempt, SEAWALL_MILLISECONDS(100) * steps[number - 1]);
    return SEAWALL_FAULT_SERVICE_UNAVAILABLE;
}
/* [operation end] */

int main(void)
{
    seawall_policy again = SEAWALL_POLICY_INIT;
    const seawall_policy *policies[] = {&again};
    seawall_pipeline *pipeline = NULL;
    seawall_retry *retry = NULL;
    seawall_platform platform;
    seawall_error error = {0};

    if (seawall_manual_clock_create(0, true, &manual, &error) != SEAWALL_OK ||
        seawall_platform_init(&platform, sizeof(platform)) != SEAWALL_OK)
        return 1;
    seawall_manual_clock_install(manual, &platform);

    /* [config] */
    seawall_retry_config config = SEAWALL_RETRY_CONFIG_INIT;
    config.max_attempts = 7;
    config.base_delay = 0;
    config.jitter = SEAWALL_JITTER_NONE;
    config.max_retry_after = SEAWALL_FOREVER;
    /* [config end] */

    if (seawall_retry_create(&config, &platform, &retry, &error) != SEAWALL_OK ||
        seawall_retry_policy(retry, "retry", &again) != SEAWALL_OK ||
        seawall_pipeline_create(NULL, policies, 1, &platform, &pipeline, &error) != SEAWALL_OK) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    seawall_status status = seawall_call(pipeline, fetch, NULL, NULL);
    seawall_time end = seawall_manual_clock_now(manual);

    seawall_pipeline_destroy(pipeline);
    seawall_retry_destroy(retry);
    seawall_manual_clock_destroy(manual);
    return status == SEAWALL_OK && end == SEAWALL_SECONDS(2) ? 0 : 1;
}
