/*
 * Isolation: two dependencies, each behind a pool of its own. One of them hangs for good. Its callers are answered on time; those
 * of the other notice nothing.
 */
#define _GNU_SOURCE /* so that -std=c11 hides no function of the system */
#include <seawall/seawall.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define CALLS 200

typedef struct dependency {
    seawall_pool *pool;
    seawall_pipeline *pipeline;
} dependency;

typedef struct request {
    int question, answer;
} request;

static atomic_bool let_go; /* at the end of the program */

static void pause_for(long nanoseconds)
{
    struct timespec a_while = {0, nanoseconds};

    (void)nanosleep(&a_while, NULL);
}

static seawall_fault healthy(seawall_attempt *attempt, void *arg)
{
    (void)attempt;
    (void)arg;
    pause_for(1000000);
    return SEAWALL_FAULT_NONE;
}

/* It heeds no deadline and no cancellation, and writes to its argument when the caller has long gone. */
static seawall_fault hanging(seawall_attempt *attempt, void *arg)
{
    request *asked = arg;

    (void)attempt;
    while (!atomic_load(&let_go))
        pause_for(1000000);
    asked->answer = 42;
    return SEAWALL_FAULT_NONE;
}

/* [drained] */
/* Called when nothing of the call uses its argument any more: perhaps long after the call, but once, whatever that answered. */
static void free_request(void *arg)
{
    free(arg);
}

static seawall_status ask(const seawall_pipeline *pipeline, int question)
{
    seawall_call_options options = SEAWALL_CALL_OPTIONS_INIT;
    request *asked = malloc(sizeof(*asked)); /* not on the stack: who hangs may outlive it */

    if (asked == NULL)
        return SEAWALL_NO_MEMORY;
    asked->question = question;
    options.drained = free_request;
    return seawall_call_with(pipeline, &options, hanging, asked, NULL);
}
/* [drained end] */

/* [pipeline] */
/* Leaves what hangs to itself after 20 ms. */
static seawall_status make(dependency *made)
{
    seawall_pool_config size = SEAWALL_POOL_CONFIG_INIT;
    seawall_timeout_config limit = SEAWALL_TIMEOUT_CONFIG_INIT;
    seawall_policy outer = SEAWALL_POLICY_INIT, inner = SEAWALL_POLICY_INIT;
    const seawall_policy *policies[] = {&outer, &inner};
    seawall_timeout *timeout = NULL;
    seawall_status status;

    size.core_size = size.max_size = 4;
    size.queue_size = 4;
    limit.request_timeout = SEAWALL_MILLISECONDS(20);
    limit.mode = SEAWALL_TIMEOUT_ABANDON;
    status = seawall_pool_create(&size, NULL, &made->pool, NULL);
    if (status == SEAWALL_OK)
        status = seawall_timeout_create(&limit, NULL, &timeout, NULL);
    if (status == SEAWALL_OK)
        status = seawall_timeout_policy(timeout, "timeout", &outer);
    if (status == SEAWALL_OK)
        status = seawall_pool_policy(made->pool, "pool", &inner);
    if (status == SEAWALL_OK)
        status = seawall_pipeline_create(NULL, policies, 2, NULL, &made->pipeline, NULL);
    seawall_timeout_destroy(timeout);
    return status;
}
/* [pipeline end] */

static int by_size(const void *a, const void *b)
{
    seawall_duration x = *(const seawall_duration *)a, y = *(const seawall_duration *)b;

    return (x > y) - (x < y);
}

/* How many succeeded, and how long 99 of 100 of them took at most. */
static int measure(const dependency *it, const char *when)
{
    static seawall_duration took[CALLS];
    int i, served = 0;

    for (i = 0; i < CALLS; i++) {
        seawall_report report = SEAWALL_REPORT_INIT;

        if (seawall_call(it->pipeline, healthy, NULL, &report) == SEAWALL_OK)
            took[served++] = report.elapsed;
    }
    if (served > 0) {
        qsort(took, (size_t)served, sizeof(took[0]), by_size);
        printf("%s: %d of %d served, 99 of 100 within %.1f ms\n", when, served, CALLS,
               (double)took[(served - 1) * 99 / 100] / 1e6);
    }
    return served;
}

int main(void)
{
    dependency alive = {0}, dead = {0};
    int i, before, after, timed_out = 0, refused = 0;

    if (make(&alive) != SEAWALL_OK || make(&dead) != SEAWALL_OK)
        return 1;
    before = measure(&alive, "before");
    /* [hang] */
    for (i = 0; i < 12; i++) {
        seawall_status status = ask(dead.pipeline, i);

        timed_out += status == SEAWALL_TIMED_OUT;
        refused += status == SEAWALL_FULL;
    }
    /* [hang end] */
    printf("the other one hangs: %d calls timed out, %d refused\n", timed_out, refused);
    after = measure(&alive, "meanwhile");
    atomic_store(&let_go, true);
    seawall_pipeline_destroy(alive.pipeline);
    seawall_pipeline_destroy(dead.pipeline); /* waits for what was abandoned */
    seawall_pool_destroy(alive.pool);
    seawall_pool_destroy(dead.pool);
    return before > 0 && after > 0 && timed_out + refused == 12 ? 0 : 1;
}
