/* Calls that fail at a fixed rate, four attempts each, under the blocking driver: its clock jumps over every wait. */
#include "model/papers/papers.h"

#include <math.h>
#include <stdio.h>

#define ATTEMPTS 4

typedef struct service {
    seawall_random *random;
    double rate;
    int64_t calls;
} service;

static seawall_fault serve(seawall_attempt *attempt, void *arg)
{
    service *s = arg;

    (void)attempt;
    s->calls++;
    return papers_chance(s->random) < s->rate ? SEAWALL_FAULT_SERVICE_UNAVAILABLE : SEAWALL_FAULT_NONE;
}

typedef struct means {
    double success, calls;
} means;

/* A request a millisecond. */
static means measure(service *s, seawall_retry_budget *budget, int requests, const seawall_platform *platform,
                     seawall_manual_clock *clock)
{
    seawall_retry_config config = SEAWALL_RETRY_CONFIG_INIT;
    seawall_policy policy = SEAWALL_POLICY_INIT;
    seawall_pipeline *pipeline;
    seawall_retry *retry;
    int64_t succeeded = 0;
    int i;

    config.max_attempts = ATTEMPTS;
    config.base_delay = SEAWALL_MILLISECONDS(1);
    config.budget = budget;
    papers_must(seawall_retry_create(&config, platform, &retry, NULL));
    papers_must(seawall_retry_policy(retry, "retry", &policy));
    pipeline = papers_pipeline(&policy, platform);
    s->calls = 0;
    for (i = 0; i < requests; i++) {
        succeeded += seawall_call(pipeline, serve, s, NULL) == SEAWALL_OK;
        seawall_manual_clock_advance(clock, SEAWALL_MILLISECONDS(1));
    }
    seawall_pipeline_destroy(pipeline);
    seawall_retry_destroy(retry);
    return (means){(double)succeeded / requests, (double)s->calls / requests};
}

/* Five standard errors in the small size; the widest is that of the calls at a half: 0.056 % of the mean at a million. */
static void without_budget(papers_book *book, papers_size size, int requests, service *s, const seawall_platform *platform,
                           seawall_manual_clock *clock)
{
    static const double rates[] = {.1, .3, .5};
    double band = size == PAPERS_FULL ? .002 : 5 * .00056 * sqrt(1e6 / requests);
    char name[64];
    size_t i;

    for (i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
        double success = 1 - pow(rates[i], ATTEMPTS);
        means m;

        s->rate = rates[i];
        m = measure(s, NULL, requests, platform, clock);
        snprintf(name, sizeof(name), "failing at %g, 4 attempts: success", rates[i]);
        papers_within(book, name, success, m.success, band);
        snprintf(name, sizeof(name), "failing at %g, 4 attempts: calls per request", rates[i]);
        papers_within(book, name, success / (1 - rates[i]), m.calls, band);
    }
}

static void with_budget(papers_book *book, const char *name, const seawall_retry_budget_config *config, int requests, service *s,
                        const seawall_platform *platform, seawall_manual_clock *clock)
{
    seawall_retry_budget *budget;

    papers_must(seawall_retry_budget_create(config, platform, &budget, NULL));
    papers_at_most(book, name, 1.15, measure(s, budget, requests, platform, clock).calls);
    seawall_retry_budget_destroy(budget);
}

void papers_failures(papers_book *book, papers_size size, uint64_t seed)
{
    seawall_retry_budget_config window = SEAWALL_RETRY_BUDGET_CONFIG_INIT, purse = SEAWALL_RETRY_BUDGET_CONFIG_THROTTLE;
    int requests = size == PAPERS_FULL ? 1000000 : 20000;
    seawall_platform platform;
    seawall_manual_clock *clock;
    service s;

    papers_must(seawall_platform_init(&platform, sizeof(platform)));
    papers_must(seawall_random_create(seed, &s.random, NULL));
    papers_must(seawall_manual_clock_create(SEAWALL_SECONDS(1), true, &clock, NULL));
    seawall_random_install(s.random, &platform);
    seawall_manual_clock_install(clock, &platform);
    without_budget(book, size, requests, &s, &platform, clock);
    window.ratio = .1;
    window.floor = 0;
    with_budget(book, "failing at 0.5, 10 % of the calls: calls per request", &window, requests, &s, &platform, clock);
    with_budget(book, "failing at 0.5, tokens of a tenth: calls per request", &purse, requests, &s, &platform, clock);
    seawall_manual_clock_destroy(clock);
    seawall_random_destroy(s.random);
}
