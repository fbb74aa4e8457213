/* A request asks a hundred leaves and is as slow as the slowest; a hedge asks a second time where a leaf is late. */
#include "model/papers/papers.h"
#include "model/sim/client.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define LEAVES 100

typedef struct leaf {
    client client;
    seawall_random *random;
    int64_t asked;
    seawall_time ended;
} leaf;

/* The published curve's survival, turned around: in milliseconds. */
static double latency(double survival)
{
    if (survival > 0.02)
        return (1 - survival) / 0.098;
    if (survival > 0.0032484)
        return 10 * pow(0.02 / survival, 1 / 0.9410);
    return 69 * pow(0.0032484 / survival, 1 / 1.7731);
}

static void answer(void *who, uint64_t id)
{
    leaf *l = who;

    client_report(&l->client, id, SEAWALL_FAULT_NONE);
}

static void start(client *c, const seawall_step *step)
{
    leaf *l = (leaf *)c;

    l->asked++;
    agenda_at(c->agenda, c->agenda->now + (seawall_duration)(latency(papers_chance(l->random)) * 1e6), answer, l, step->id);
}

static void ended(client *c, const seawall_report *report)
{
    papers_must(report->status);
    ((leaf *)c)->ended = c->agenda->now;
}

static int by_size(const void *a, const void *b)
{
    const double *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

/* The slowest of a hundred leaves, in milliseconds. They are asked one after the other, each from its own beginning. */
static double request(leaf *l)
{
    seawall_duration slowest = 0;
    int i;

    for (i = 0; i < LEAVES; i++) {
        seawall_time began = l->client.agenda->now;

        client_begin(&l->client, SEAWALL_FOREVER);
        while (!l->client.drained && agenda_step(l->client.agenda))
            continue;
        if (l->ended - began > slowest)
            slowest = l->ended - began;
    }
    return (double)slowest / 1e6;
}

/* The 99.9th percentile of so many requests, and how many questions were asked besides the first ones, as a share. */
static double simulate(const seawall_pipeline *pipeline, int requests, seawall_random *random, double *more)
{
    static const client_world world = {start, NULL, ended};
    double *took = malloc((size_t)requests * sizeof(*took)), p999;
    leaf l = {.random = random};
    agenda a;
    int i;

    if (took == NULL)
        abort();
    agenda_init(&a, SEAWALL_SECONDS(1));
    client_init(&l.client, &a, &world, pipeline);
    for (i = 0; i < requests; i++)
        took[i] = request(&l);
    while (agenda_step(&a)) /* answers that came too late */
        continue;
    client_fini(&l.client);
    agenda_fini(&a);
    qsort(took, (size_t)requests, sizeof(took[0]), by_size);
    p999 = took[requests - requests / 1000 - 1];
    free(took);
    *more = (double)l.asked / requests / LEAVES - 1;
    return p999;
}

static double hedged(seawall_duration delay, int requests, seawall_random *random, const seawall_platform *platform,
                     double *more)
{
    seawall_hedge_config config = SEAWALL_HEDGE_CONFIG_INIT;
    seawall_policy policy = SEAWALL_POLICY_INIT;
    seawall_pipeline *pipeline;
    seawall_hedge *hedge;
    double p999;

    config.delay = delay;
    papers_must(seawall_hedge_create(&config, platform, &hedge, NULL));
    papers_must(seawall_hedge_policy(hedge, "hedge", &policy));
    pipeline = papers_pipeline(&policy, platform);
    p999 = simulate(pipeline, requests, random, more);
    seawall_pipeline_destroy(pipeline);
    seawall_hedge_destroy(hedge);
    return p999;
}

/*
 * The standard error of the 99.9th percentile, as a share, is 1 / (a sqrt(requests / 1000)) where the tail falls as t^-a: 1.77
 * without a hedge, so 2.8 % of the 1,800 ms at 400,000 requests; with one about twice that, so 2 % at 200,000. Too few
 * requests say nothing of it: the small size only looks whether the hedge helps, and counts its calls, to five standard errors.
 */
void papers_tail(papers_book *book, papers_size size, uint64_t seed)
{
    bool full = size == PAPERS_FULL;
    int requests = full ? 200000 : 1000;
    double naked, early, late, more, more_early, more_late;
    seawall_platform platform;
    seawall_manual_clock *clock;
    seawall_random *random;
    seawall_pipeline *none;

    papers_must(seawall_platform_init(&platform, sizeof(platform)));
    papers_must(seawall_random_create(seed, &random, NULL));
    papers_must(seawall_manual_clock_create(0, false, &clock, NULL)); /* shows when the hedge's budget begins */
    seawall_manual_clock_install(clock, &platform);
    none = papers_pipeline(NULL, &platform);
    naked = simulate(none, full ? 400000 : 1000, random, &more);
    early = hedged(SEAWALL_MILLISECONDS(10), requests, random, &platform, &more_early);
    late = hedged(SEAWALL_MILLISECONDS(50), requests, random, &platform, &more_late);
    if (full) {
        papers_within(book, "tail, no hedge: p99.9 in ms", 1800, naked, .1);
        papers_within(book, "tail, hedge at 10 ms: p99.9 in ms", 74, early, .06);
        papers_within(book, "tail, hedge at 50 ms: p99.9 in ms", 92, late, .06);
    }
    papers_holds(book, "tail, p99.9: either hedge takes three quarters off", early < naked / 4 && late < naked / 4);
    papers_near(book, "tail, no hedge: more calls, %", 0, more * 100, 0);
    papers_near(book, "tail, hedge at 10 ms: more calls, %", 2.00, more_early * 100, full ? .05 : .25);
    papers_near(book, "tail, hedge at 50 ms: more calls, %", .44, more_late * 100, full ? .05 : .12);
    seawall_pipeline_destroy(none);
    seawall_manual_clock_destroy(clock);
    seawall_random_destroy(random);
}
