/*
 * An hour of outage in a few milliseconds: a manual clock and a seeded random source make a whole service's behaviour a
 * function of a number. The same seed prints the same lines.
 */
#include <seawall/seawall.h>
#include <stdio.h>

#define MINUTE SEAWALL_SECONDS(60)

typedef struct service {
    seawall_manual_clock *clock;
    int requests; /* that reached it */
} service;

/* Down from minute 10 to minute 50. Every request takes 20 ms. */
static seawall_fault ask(seawall_attempt *attempt, void *arg)
{
    service *s = arg;
    seawall_time now = seawall_manual_clock_now(s->clock);

    (void)attempt;
    s->requests++;
    seawall_manual_clock_advance(s->clock, SEAWALL_MILLISECONDS(20));
    return now >= 10 * MINUTE && now < 50 * MINUTE ? SEAWALL_FAULT_SERVICE_UNAVAILABLE : SEAWALL_FAULT_NONE;
}

/* [transition] */
static void print_transition(const seawall_breaker_transition *t, void *user)
{
    (void)user;
    if (t->from == SEAWALL_BREAKER_CLOSED || t->to == SEAWALL_BREAKER_CLOSED)
        printf("%6.1f s  %s -> %s\n", (double)t->now / 1e9, seawall_breaker_state_name(t->from),
               seawall_breaker_state_name(t->to));
}
/* [transition end] */

static int simulate(service *s, seawall_breaker *breaker, seawall_retry *retry, const seawall_platform *platform)
{
    seawall_policy again = SEAWALL_POLICY_INIT, guard = SEAWALL_POLICY_INIT;
    const seawall_policy *policies[] = {&again, &guard};
    seawall_pipeline *pipeline;
    int calls = 0, good = 0;

    if (seawall_retry_policy(retry, "retry", &again) != SEAWALL_OK ||
        seawall_breaker_policy(breaker, "breaker", &guard) != SEAWALL_OK ||
        seawall_pipeline_create(NULL, policies, 2, platform, &pipeline, NULL) != SEAWALL_OK)
        return 1;
    while (seawall_manual_clock_now(s->clock) < 60 * MINUTE) {
        calls++;
        good += seawall_call(pipeline, ask, s, NULL) == SEAWALL_OK;
        seawall_manual_clock_advance(s->clock, SEAWALL_MILLISECONDS(480));
    }
    printf("%d calls, %d succeeded, %d requests reached the service\n", calls, good, s->requests);
    seawall_pipeline_destroy(pipeline);
    return 0;
}

int main(void)
{
    seawall_breaker *breaker = NULL;
    seawall_retry *retry = NULL;
    seawall_random *random = NULL;
    service s = {0};
    seawall_platform platform;
    int rc = 1;

    /* [platform] */
    if (seawall_platform_init(&platform, sizeof(platform)) == SEAWALL_OK &&
        seawall_manual_clock_create(0, true, &s.clock, NULL) == SEAWALL_OK &&
        seawall_random_create(42, &random, NULL) == SEAWALL_OK) {
        seawall_manual_clock_install(s.clock, &platform);
        seawall_random_install(random, &platform);
    }
    /* [platform end] */
    if (random != NULL && seawall_breaker_create(NULL, &platform, &breaker, NULL) == SEAWALL_OK &&
        seawall_retry_create(NULL, &platform, &retry, NULL) == SEAWALL_OK &&
        seawall_breaker_add_listener(breaker, print_transition, NULL) == SEAWALL_OK)
        rc = simulate(&s, breaker, retry, &platform);
    seawall_retry_destroy(retry);
    seawall_breaker_destroy(breaker);
    seawall_random_destroy(random);
    seawall_manual_clock_destroy(s.clock);
    return rc;
}
