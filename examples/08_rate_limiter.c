/* A rate limiter on the manual clock: a burst, a refusal with its hint, a wait, and a change of the rate. */
#include <seawall/seawall.h>
#include <stdio.h>

static seawall_fault send_request(seawall_attempt *attempt, void *arg)
{
    (void)attempt;
    ++*(int *)arg;
    return SEAWALL_FAULT_NONE;
}

static int in_a_pipeline(seawall_limiter *limiter, const seawall_platform *platform)
{
    int sent = 0, i;
    /* [policy] */
    seawall_policy policy = SEAWALL_POLICY_INIT;
    const seawall_policy *policies[] = {&policy};
    seawall_pipeline *pipeline;

    if (seawall_limiter_policy(limiter, "api quota", &policy) != SEAWALL_OK ||
        seawall_pipeline_create(NULL, policies, 1, platform, &pipeline, NULL) != SEAWALL_OK)
        return 1;
    for (i = 0; i < 10; i++) { /* each waits up to max_wait for its turn, and is refused at once if that is too short */
        if (seawall_call(pipeline, send_request, &sent, NULL) != SEAWALL_OK)
            break;
    }
    /* [policy end] */
    printf("%d requests sent through the pipeline\n", sent);
    seawall_pipeline_destroy(pipeline);
    return sent == 10 ? 0 : 1;
}

int main(void)
{
    seawall_platform platform;
    seawall_manual_clock *clock;
    seawall_limiter *limiter;
    int answer;

    if (seawall_platform_init(&platform, sizeof(platform)) != SEAWALL_OK ||
        seawall_manual_clock_create(0, true, &clock, NULL) != SEAWALL_OK)
        return 1;
    seawall_manual_clock_install(clock, &platform);
    /* [create] */
    seawall_limiter_config config = SEAWALL_LIMITER_CONFIG_INIT;
    config.rate = 100; /* a second; required */
    config.burst = 5;
    config.max_wait = SEAWALL_MILLISECONDS(50); /* in a pipeline */

    seawall_error error;
    if (seawall_limiter_create(&config, &platform, &limiter, &error) != SEAWALL_OK) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    /* [create end] */
    /* [try] */
    seawall_duration retry_after;
    int granted = 0;
    while (seawall_limiter_try_acquire(limiter, 1, NULL, &retry_after) == SEAWALL_OK)
        granted++;
    printf("%d at once, the next one in %d ms\n", granted, (int)seawall_poll_milliseconds(retry_after));
    /* [try end] */
    answer = in_a_pipeline(limiter, &platform);
    seawall_limiter_destroy(limiter);
    seawall_manual_clock_destroy(clock);
    return granted == 5 ? answer : 1;
}
