/*
 * Optimistic concurrency: a client reads a version and writes on the condition that it is still the same; if it is not, the call
 * fails with a conflict, and the retry waits before it reads again.
 */
#include "model/papers/papers.h"
#include "model/sim/client.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define CLIENTS_MAX 150

enum { NONE, EXPONENTIAL, EQUAL, FULL, DECORRELATED, FORMS };

static const struct form {
    const char *name;
    seawall_backoff backoff;
    seawall_jitter jitter;
    seawall_duration base;
    double calls, seconds; /* published, of 100 clients */
    double calls_band;
    double calls_error, seconds_error; /* standard deviation of one trial, as a share of the mean, as measured over 120 */
} forms[FORMS] = {
    [NONE] = {"none", SEAWALL_BACKOFF_CONSTANT, SEAWALL_JITTER_NONE, 0, 2424, 2.0, .02, .011, .021},
    [EXPONENTIAL] = {"exponential", SEAWALL_BACKOFF_EXPONENTIAL, SEAWALL_JITTER_NONE, SEAWALL_MILLISECONDS(10), 1846, 63, .02,
                     .03, .06},
    [EQUAL] = {"equal", SEAWALL_BACKOFF_EXPONENTIAL, SEAWALL_JITTER_EQUAL, SEAWALL_MILLISECONDS(10), 813, 6.7, .02, .01, .1},
    [FULL] = {"full", SEAWALL_BACKOFF_EXPONENTIAL, SEAWALL_JITTER_FULL, SEAWALL_MILLISECONDS(10), 796, 5.0, .02, .01, .12},
    [DECORRELATED] = {"decorrelated", SEAWALL_BACKOFF_EXPONENTIAL, SEAWALL_JITTER_DECORRELATED, SEAWALL_MILLISECONDS(5), 1004,
                      4.6, .03, .035, .13},
};

typedef struct trial {
    agenda agenda;
    seawall_random *random;
    int64_t version;
    int64_t calls; /* conditional writes */
    seawall_time last; /* when the last client was done */
} trial;

typedef struct writer {
    client client;
    trial *trial;
    int64_t seen; /* the version that was read; then whether it was still the same */
} writer;

/* One way over the network: |Normal(10, 2)| ms. */
static seawall_time after_a_leg(trial *t)
{
    double normal = sqrt(-2 * log(papers_chance(t->random))) * cos(2 * acos(-1) * papers_chance(t->random));

    return t->agenda.now + (seawall_duration)(fabs(10 + 2 * normal) * 1e6);
}

static void hear(void *who, uint64_t id)
{
    writer *w = who;

    client_report(&w->client, id, w->seen ? SEAWALL_FAULT_NONE : SEAWALL_FAULT_CONFLICT);
}

static void write_arrives(void *who, uint64_t id)
{
    writer *w = who;
    trial *t = w->trial;

    t->calls++;
    w->seen = w->seen == t->version;
    t->version += w->seen;
    agenda_at(&t->agenda, after_a_leg(t), hear, w, id);
}

static void read_answered(void *who, uint64_t id)
{
    writer *w = who;

    agenda_at(&w->trial->agenda, after_a_leg(w->trial), write_arrives, w, id);
}

static void read_arrives(void *who, uint64_t id)
{
    writer *w = who;

    w->seen = w->trial->version;
    agenda_at(&w->trial->agenda, after_a_leg(w->trial), read_answered, w, id);
}

static void start(client *c, const seawall_step *step)
{
    writer *w = (writer *)c;

    agenda_at(c->agenda, after_a_leg(w->trial), read_arrives, w, step->id);
}

static void ended(client *c, const seawall_report *report)
{
    papers_must(report->status);
    ((writer *)c)->trial->last = c->agenda->now;
}

static seawall_pipeline *make_pipeline(const struct form *form, const seawall_platform *platform)
{
    seawall_retry_config config = SEAWALL_RETRY_CONFIG_INIT;
    seawall_policy policy = SEAWALL_POLICY_INIT;
    seawall_pipeline *pipeline;
    seawall_retry *retry;

    config.max_attempts = INT32_MAX;
    config.backoff = form->backoff;
    config.jitter = form->jitter;
    config.base_delay = form->base;
    config.max_delay = SEAWALL_MILLISECONDS(2000);
    config.retryable_errors = SEAWALL_FAULT_BIT(SEAWALL_FAULT_CONFLICT);
    papers_must(seawall_retry_create(&config, platform, &retry, NULL));
    papers_must(seawall_retry_policy(retry, form->name, &policy));
    pipeline = papers_pipeline(&policy, platform);
    seawall_retry_destroy(retry);
    return pipeline;
}

static void run_trial(trial *t, const seawall_pipeline *pipeline, int clients)
{
    static const client_world world = {start, NULL, ended};
    writer writers[CLIENTS_MAX];
    int i;

    agenda_init(&t->agenda, SEAWALL_SECONDS(1));
    t->version = t->calls = 0;
    for (i = 0; i < clients; i++) {
        writers[i].trial = t;
        client_init(&writers[i].client, &t->agenda, &world, pipeline);
        client_begin(&writers[i].client, SEAWALL_FOREVER);
    }
    while (agenda_step(&t->agenda))
        continue;
    for (i = 0; i < clients; i++)
        client_fini(&writers[i].client);
    agenda_fini(&t->agenda);
}

typedef struct means {
    double calls[FORMS], seconds[FORMS];
} means;

/* Means of that many trials for each form of waiting. */
static means measure(int clients, int trials, seawall_random *random, const seawall_platform *platform)
{
    means m = {{0}, {0}};
    int form, i;

    for (form = 0; form < FORMS; form++) {
        seawall_pipeline *pipeline = make_pipeline(&forms[form], platform);
        trial t = {.random = random};

        for (i = 0; i < trials; i++) {
            run_trial(&t, pipeline, clients);
            m.calls[form] += (double)t.calls / trials;
            m.seconds[form] += (double)(t.last - SEAWALL_SECONDS(1)) / 1e9 / trials;
        }
        seawall_pipeline_destroy(pipeline);
    }
    return m;
}

static void tell_numbers(papers_book *book, const means *m, papers_size size, int trials)
{
    char name[64];
    int i;

    for (i = 0; i < FORMS; i++) {
        snprintf(name, sizeof(name), "contention, 100 clients, %s: calls", forms[i].name);
        papers_within(book, name, forms[i].calls, m->calls[i],
                      forms[i].calls_band + (size == PAPERS_FULL ? 0 : 5 * forms[i].calls_error / sqrt(trials)));
        snprintf(name, sizeof(name), "contention, 100 clients, %s: seconds", forms[i].name);
        papers_within(book, name, forms[i].seconds, m->seconds[i],
                      .08 + (size == PAPERS_FULL ? 0 : 5 * forms[i].seconds_error / sqrt(trials)));
    }
}

static void tell_orders(papers_book *book, const means *m, int clients, papers_size size)
{
    const double *calls = m->calls, *seconds = m->seconds;
    bool fewer = true, slowest = true, fastest = true;
    char name[72];
    int i;

    for (i = EQUAL; i < FORMS; i++)
        fewer = fewer && calls[i] < calls[NONE] && calls[i] < calls[EXPONENTIAL];
    for (i = 0; i < FORMS; i++) {
        slowest = slowest && (i == EXPONENTIAL || seconds[i] < seconds[EXPONENTIAL]);
        fastest = fastest && (i == NONE || seconds[i] > seconds[NONE]);
    }
    snprintf(name, sizeof(name), "contention, %d clients: any jitter takes fewer calls", clients);
    papers_holds(book, name, fewer);
    snprintf(name, sizeof(name), "contention, %d clients: exponential is slowest, none fastest", clients);
    papers_holds(book, name, slowest && fastest);
    if (size == PAPERS_SMALL)
        return;
    snprintf(name, sizeof(name), "contention, %d clients: equal is slower than full", clients);
    papers_holds(book, name, seconds[EQUAL] > seconds[FULL]);
    if (clients != 50 && clients != 100)
        return;
    snprintf(name, sizeof(name), "contention, %d clients: calls none > exp. > decorr. > equal > full", clients);
    papers_holds(book, name, calls[NONE] > calls[EXPONENTIAL] && calls[EXPONENTIAL] > calls[DECORRELATED] &&
                                 calls[DECORRELATED] > calls[EQUAL] && calls[EQUAL] > calls[FULL]);
}

void papers_contention(papers_book *book, papers_size size, uint64_t seed)
{
    static const int crowds[] = {10, 20, 50, 100, 150};
    int trials = size == PAPERS_FULL ? 100 : 2;
    seawall_platform platform;
    seawall_random *random;
    size_t i;

    papers_must(seawall_platform_init(&platform, sizeof(platform)));
    papers_must(seawall_random_create(seed, &random, NULL));
    seawall_random_install(random, &platform);
    for (i = 0; i < sizeof(crowds) / sizeof(crowds[0]); i++) {
        means m = measure(crowds[i], trials, random, &platform);

        if (crowds[i] == 100)
            tell_numbers(book, &m, size, trials);
        if (size == PAPERS_FULL || crowds[i] >= 50)
            tell_orders(book, &m, crowds[i], size);
    }
    seawall_random_destroy(random);
}
