/* A bulkhead: of six callers two are inside at a time, three wait for their turn, and one is told at once that it is full. */
#define _GNU_SOURCE /* so that -std=c11 hides no function of the system */
#include <pthread.h>
#include <seawall/seawall.h>
#include <stdio.h>
#include <time.h>

#define CALLERS 6

static seawall_bulkhead *bulkhead;

static void query(void)
{
    struct timespec a_while = {0, 50000000};

    (void)nanosleep(&a_while, NULL);
}

static void *caller(void *arg)
{
    seawall_status *status = arg;

    /* [wait] */
    seawall_time deadline = seawall_time_add(seawall_platform_now(NULL), SEAWALL_SECONDS(5));
    seawall_permit permit;

    *status = seawall_bulkhead_acquire_until(bulkhead, deadline, &permit);
    if (*status != SEAWALL_OK)
        return NULL; /* full, or the deadline came first: the database is spared one more */
    query();
    seawall_bulkhead_release(bulkhead, &permit);
    /* [wait end] */
    return NULL;
}

static void print_state(void)
{
    /* [snapshot] */
    seawall_bulkhead_snapshot now = SEAWALL_BULKHEAD_SNAPSHOT_INIT;

    if (seawall_bulkhead_get_snapshot(bulkhead, &now) == SEAWALL_OK)
        printf("%d of %d in use, at most %d; %lld granted, %lld of them after a wait, %lld refused\n", (int)now.in_use,
               (int)now.max_concurrent, (int)now.most_in_use, (long long)now.granted, (long long)now.waited,
               (long long)(now.refused_full + now.refused_timed_out));
    /* [snapshot end] */
}

static seawall_fault guarded_query(seawall_attempt *attempt, void *arg)
{
    (void)attempt;
    (void)arg;
    query();
    return SEAWALL_FAULT_NONE;
}

/* The same bulkhead inside a pipeline: who calls through it and who takes permits by hand share its places. */
static seawall_status call_through_pipeline(void)
{
    /* [policy] */
    seawall_policy policy = SEAWALL_POLICY_INIT;
    const seawall_policy *policies[] = {&policy};
    seawall_pipeline *pipeline;
    seawall_status status = seawall_bulkhead_policy(bulkhead, "database", &policy);

    if (status == SEAWALL_OK)
        status = seawall_pipeline_create(NULL, policies, 1, NULL, &pipeline, NULL);
    if (status != SEAWALL_OK)
        return status;
    status = seawall_call(pipeline, guarded_query, NULL, NULL);
    /* [policy end] */
    seawall_pipeline_destroy(pipeline);
    return status;
}

int main(void)
{
    seawall_status status[CALLERS];
    pthread_t thread[CALLERS];
    int i, served = 0;

    /* [create] */
    seawall_bulkhead_config config = SEAWALL_BULKHEAD_CONFIG_INIT;
    config.max_concurrent = 2;
    config.max_waiting = 3;
    config.max_wait = SEAWALL_SECONDS(2);

    seawall_error error;
    if (seawall_bulkhead_create(&config, NULL, &bulkhead, &error) != SEAWALL_OK) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    /* [create end] */

    for (i = 0; i < CALLERS; i++) {
        if (pthread_create(&thread[i], NULL, caller, &status[i]) != 0)
            return 1;
    }
    for (i = 0; i < CALLERS; i++) {
        (void)pthread_join(thread[i], NULL);
        served += status[i] == SEAWALL_OK;
    }
    printf("%d of %d were served\n", served, CALLERS);
    print_state();

    /* [resize] */
    if (seawall_bulkhead_resize(bulkhead, 10) != SEAWALL_OK) /* while it is in use */
        return 1;
    /* [resize end] */
    printf("through the pipeline: %s\n", seawall_status_name(call_through_pipeline()));
    print_state();
    seawall_bulkhead_destroy(bulkhead);
    return served >= CALLERS - 1 ? 0 : 1;
}
