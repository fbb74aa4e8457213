/*
 * A hedge against the tail: requests that ask 100 servers and wait for the slowest. One answer in fifty takes longer than 10 ms;
 * with a second question after 10 ms the slowest of a hundred is rarely slow. Simulated: the times are numbers, nobody waits.
 */
#include <math.h>
#include <seawall/seawall.h>
#include <stdio.h>
#include <stdlib.h>

#define REQUESTS 2000
#define LEAVES 100

static seawall_random *dice;

/* How long a server takes, in milliseconds: the curve of "The Tail at Scale" (Dean, Barroso; CACM 56(2), 2013), table 1. */
static double latency(void)
{
    double survival = ((double)(seawall_random_next(dice) >> 11) + 0.5) / 9007199254740992.0;

    if (survival > 0.02)
        return (1 - survival) / 0.098;
    if (survival > 0.0032484)
        return 10 * pow(0.02 / survival, 1 / 0.9410);
    return 69 * pow(0.0032484 / survival, 1 / 1.7731);
}

/* [leaf] */
/* One question that begins at `now`. Answers when the first answer came; `*asked` counts the servers asked. */
static seawall_time ask(seawall_execution *x, seawall_time now, int *asked)
{
    seawall_time answers[2] = {SEAWALL_FOREVER, SEAWALL_FOREVER}, finished = 0;
    uint64_t ids[2] = {0, 0};
    seawall_step step;

    if (seawall_execution_begin_at(x, now, SEAWALL_FOREVER) != SEAWALL_OK)
        abort();
    for (;;) {
        if (seawall_execution_next_at(x, now, &step) != SEAWALL_OK)
            abort();
        if (step.kind == SEAWALL_STEP_START) {
            ids[step.route] = step.id; /* route 0: the first replica, 1: the other one */
            answers[step.route] = now + (seawall_duration)(latency() * 1e6);
            ++*asked;
        } else if (step.kind == SEAWALL_STEP_CANCEL) {
            int loser = step.id == ids[0] ? 0 : 1;

            answers[loser] = SEAWALL_FOREVER;
            (void)seawall_execution_disown_at(x, step.id, now);
        } else if (step.kind == SEAWALL_STEP_FINISHED) {
            finished = now;
        } else if (step.kind == SEAWALL_STEP_DRAINED) {
            return finished;
        } else { /* SEAWALL_STEP_WAIT: until an answer comes, or the hedge's time has come */
            int first = answers[1] < answers[0];

            now = step.until < answers[first] ? step.until : answers[first];
            if (now == answers[first]) {
                seawall_result success = {.fault = SEAWALL_FAULT_NONE};

                answers[first] = SEAWALL_FOREVER;
                (void)seawall_execution_report_at(x, ids[first], &success, now);
            }
        }
    }
}
/* [leaf end] */

static int by_size(const void *a, const void *b)
{
    const double *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

/* The 99.9th percentile of requests, in milliseconds, and how many servers were asked for one answer. */
static double simulate(seawall_pipeline *pipeline, double *cost)
{
    static double slowest[REQUESTS];
    size_t size = seawall_execution_size(pipeline);
    void *storage = malloc(size);
    seawall_time now = SEAWALL_SECONDS(1);
    seawall_execution *x;
    int asked = 0;

    if (storage == NULL || seawall_execution_init(storage, size, pipeline, NULL, &x) != SEAWALL_OK)
        abort();
    for (int request = 0; request < REQUESTS; request++) {
        slowest[request] = 0;
        for (int leaf = 0; leaf < LEAVES; leaf++) {
            double took = (double)(ask(x, now, &asked) - now) / 1e6;

            slowest[request] = fmax(slowest[request], took);
        }
        now += SEAWALL_MILLISECONDS(20); /* meanwhile others are asked too */
    }
    (void)seawall_execution_fini(x);
    free(storage);
    qsort(slowest, REQUESTS, sizeof(slowest[0]), by_size);
    *cost = (double)asked / REQUESTS / LEAVES;
    return slowest[REQUESTS - REQUESTS / 1000 - 1];
}

static seawall_pipeline *pipeline_of(const seawall_policy *policy)
{
    const seawall_policy *policies[] = {policy};
    seawall_pipeline *pipeline;

    if (seawall_pipeline_create(NULL, policies, policy != NULL, NULL, &pipeline, NULL) != SEAWALL_OK)
        exit(1);
    return pipeline;
}

int main(void)
{
    seawall_policy policy = SEAWALL_POLICY_INIT;
    seawall_error error = {0};
    double naked_cost, hedged_cost;

    if (seawall_random_create(7, &dice, NULL) != SEAWALL_OK)
        return 1;

    /* [create] */
    seawall_hedge_config config = SEAWALL_HEDGE_CONFIG_INIT;
    seawall_hedge *hedge;

    config.delay = SEAWALL_MILLISECONDS(10); /* SEAWALL_AUTO: what 95 % of the answers did not exceed of late */
    if (seawall_hedge_create(&config, NULL, &hedge, &error) != SEAWALL_OK ||
        seawall_hedge_policy(hedge, "hedge", &policy) != SEAWALL_OK) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    /* [create end] */

    seawall_pipeline *naked = pipeline_of(NULL), *hedged = pipeline_of(&policy);
    double without = simulate(naked, &naked_cost), with = simulate(hedged, &hedged_cost);

    printf("p99.9 of requests to %d servers: %.0f ms; hedged after 10 ms: %.0f ms, with %.2f %% more questions\n", LEAVES,
           without, with, (hedged_cost / naked_cost - 1) * 100);
    seawall_pipeline_destroy(naked);
    seawall_pipeline_destroy(hedged);
    seawall_hedge_destroy(hedge);
    seawall_random_destroy(dice);
    return with < without / 4 && hedged_cost < 1.03 ? 0 : 1;
}
