/* A thread pool: jobs that block on threads of their own, by priority, and callers that do not wait longer than they want to. */
#define _GNU_SOURCE /* so that -std=c11 hides no function of the system */
#include <seawall/seawall.h>
#include <stdio.h>
#include <time.h>

static seawall_pool *pool;

/* [job] */
/* The disk, which takes as long as it takes. */
static int64_t read_page(seawall_work *work, void *arg)
{
    struct timespec a_while = {0, 2000000};
    int64_t page = *(const int64_t *)arg;

    if (seawall_work_cancelled(work))
        return -1; /* nobody waits for it any more */
    (void)nanosleep(&a_while, NULL);
    return page * 4096;
}
/* [job end] */

static int wait_for_one(void)
{
    static const int64_t page = 7; /* lives as long as the job may */

    /* [run] */
    seawall_time deadline = seawall_time_add(seawall_platform_now(NULL), SEAWALL_SECONDS(5));
    seawall_job_result result = SEAWALL_JOB_RESULT_INIT;
    seawall_status status = seawall_pool_run_until(pool, NULL, read_page, (void *)&page, deadline, &result);

    if (status != SEAWALL_OK)
        return 1; /* full, or not in time: then the job is left to itself */
    printf("page 7 is at %lld\n", (long long)result.value);
    /* [run end] */
    return 0;
}

static int wait_for_several(void)
{
    static const int64_t pages[3] = {1, 2, 3};
    int failed = 0;

    /* [handles] */
    seawall_job_options options = SEAWALL_JOB_OPTIONS_INIT;
    seawall_job jobs[3];
    int i, submitted;

    options.priority = SEAWALL_PRIORITY_HIGH;
    for (submitted = 0; submitted < 3; submitted++) {
        if (seawall_pool_submit(pool, &options, read_page, (void *)&pages[submitted], &jobs[submitted]) != SEAWALL_OK)
            break;
    }
    for (i = 0; i < submitted; i++) {
        seawall_job_result result = SEAWALL_JOB_RESULT_INIT;

        if (seawall_pool_wait_until(pool, jobs[i], SEAWALL_FOREVER, &result) != SEAWALL_OK)
            failed++;
    }
    /* [handles end] */
    return failed + (3 - submitted);
}

static void print_state(void)
{
    /* [snapshot] */
    seawall_pool_snapshot now = SEAWALL_POOL_SNAPSHOT_INIT;

    if (seawall_pool_get_snapshot(pool, &now) == SEAWALL_OK)
        printf("%d workers, %d busy, %d abandoned, %d stuck; %lld jobs done, %lld refused for want of a place\n",
               (int)now.workers, (int)now.busy, (int)now.abandoned, (int)now.stuck, (long long)now.done,
               (long long)now.refused_full);
    /* [snapshot end] */
}

int main(void)
{
    int failed;

    /* [create] */
    seawall_pool_config config = SEAWALL_POOL_CONFIG_INIT;
    config.core_size = 2;
    config.max_size = 4;
    config.queue_size = 50;
    config.name = "disk";

    seawall_error error;
    if (seawall_pool_create(&config, NULL, &pool, &error) != SEAWALL_OK) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    /* [create end] */

    failed = wait_for_one() + wait_for_several();
    print_state();

    /* [end] */
    seawall_time patience = seawall_time_add(seawall_platform_now(NULL), SEAWALL_SECONDS(5));

    if (seawall_pool_drain_until(pool, patience) != SEAWALL_OK)
        fprintf(stderr, "jobs still hang\n"); /* and destroy would wait for them */
    seawall_pool_destroy(pool);
    /* [end end] */
    return failed;
}
