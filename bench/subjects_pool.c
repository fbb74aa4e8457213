/*
 * Jobs of pools of one worker, one thread at work at a time, so that counts repeat. Either the worker is held by a job, and what
 * is submitted is called off again; or each job submits the next one, and the caller sleeps until the last.
 */
#include <signal.h>

#include "subjects.h"

static void expect(subjects *s, bool right)
{
    if (!right)
        s->wrong++;
}

static int64_t hold(seawall_work *work, void *arg)
{
    subjects *s = arg;

    (void)work;
    (void)sem_post(&s->held);
    (void)sem_wait(&s->let_go);
    return 0;
}

static int64_t never(seawall_work *work, void *arg)
{
    (void)work;
    expect(arg, false);
    return 0;
}

/* Not when it is created: a child that is forked from there on has no worker. */
static void hold_the_worker(subjects *s)
{
    if (s->holding)
        return;
    s->holding = true;
    expect(s, seawall_pool_submit(s->busy_pool, NULL, hold, s, NULL) == SEAWALL_OK);
    (void)sem_wait(&s->held);
}

void subject_pool_submit(void *state, uint64_t count)
{
    subjects *s = state;

    hold_the_worker(s);
    while (count-- > 0) {
        seawall_job job;

        expect(s, seawall_pool_submit(s->busy_pool, NULL, never, s, &job) == SEAWALL_OK);
        expect(s, seawall_pool_cancel(s->busy_pool, job) == SEAWALL_OK);
    }
}

static int64_t link_of_chain(seawall_work *work, void *arg)
{
    subjects *s = arg;

    (void)work;
    if (s->links-- > 0) {
        expect(s, seawall_pool_submit(s->chain_on, NULL, link_of_chain, s, NULL) == SEAWALL_OK);
        return 0;
    }
    if (s->chain_edge != NULL)
        s->chain_edge(false);
    (void)sem_post(&s->chain_ended);
    return 0;
}

static int64_t begin_chain(seawall_work *work, void *arg)
{
    subjects *s = arg;

    if (s->chain_edge != NULL)
        s->chain_edge(true);
    return link_of_chain(work, arg);
}

static void chain(subjects *s, seawall_pool *pool, uint64_t count)
{
    s->links = count;
    s->chain_on = pool;
    expect(s, seawall_pool_submit(pool, NULL, begin_chain, s, NULL) == SEAWALL_OK);
    (void)sem_wait(&s->chain_ended);
}

void subject_pool_job(void *state, uint64_t count)
{
    subjects *s = state;

    chain(s, s->chain_pool, count);
}

void subject_pool_plain_job(void *state, uint64_t count)
{
    subjects *s = state;

    chain(s, s->plain_pool, count);
}

seawall_status subjects_create_pools(subjects *s, const seawall_platform *platform, seawall_error *error)
{
    seawall_pool_config config = SEAWALL_POOL_CONFIG_INIT;
    seawall_priority_level_config levels[SEAWALL_PRIORITY_COUNT];
    seawall_status status = seawall_priority_levels(levels);
    int32_t i;

    (void)sem_init(&s->held, 0, 0);
    (void)sem_init(&s->let_go, 0, 0);
    (void)sem_init(&s->chain_ended, 0, 0);
    config.core_size = 0; /* its worker is started by its first job */
    config.max_size = 1;
    config.keep_alive = SEAWALL_FOREVER;
    config.signals = UINT64_C(1) << (SIGSYS - 1); /* tests/cost traps system calls by it */
    if (status == SEAWALL_OK)
        status = seawall_pool_create(&config, platform, &s->chain_pool, error);
    for (i = 0; i < SEAWALL_PRIORITY_COUNT; i++)
        levels[i].max_queue_time = SEAWALL_FOREVER;
    config.levels = levels;
    if (status == SEAWALL_OK)
        status = seawall_pool_create(&config, platform, &s->busy_pool, error);
    if (status == SEAWALL_OK)
        status = seawall_pool_create(&config, platform, &s->plain_pool, error);
    return status;
}

void subjects_destroy_pools(subjects *s)
{
    (void)sem_post(&s->let_go);
    seawall_pool_destroy(s->busy_pool);
    seawall_pool_destroy(s->chain_pool);
    seawall_pool_destroy(s->plain_pool);
    (void)sem_destroy(&s->held);
    (void)sem_destroy(&s->let_go);
    (void)sem_destroy(&s->chain_ended);
}
