/* See pool_fixture.h. */
#include "pool_fixture.h"

#include <sched.h>

pool_fixture f;

static const seawall_priority_level_config patient[SEAWALL_PRIORITY_COUNT] = {
    {sizeof(seawall_priority_level_config), 100, SEAWALL_FOREVER},
    {sizeof(seawall_priority_level_config), 75, SEAWALL_FOREVER},
    {sizeof(seawall_priority_level_config), 50, SEAWALL_FOREVER},
    {sizeof(seawall_priority_level_config), 25, SEAWALL_FOREVER},
};

seawall_pool_config sw_test_pool_config(int32_t core, int32_t max, int32_t queue)
{
    seawall_pool_config config = SEAWALL_POOL_CONFIG_INIT;

    config.core_size = core;
    config.max_size = max;
    config.queue_size = queue;
    config.max_results = 100;
    config.levels = patient;
    return config;
}

void sw_test_pool_begin(const seawall_pool_config *config)
{
    sw_test_platform_init(&f.base, false);
    ck_assert_int_eq(seawall_pool_create(config, &f.base.platform, &f.pool, NULL), SEAWALL_OK);
}

void sw_test_pool_end(void)
{
    seawall_pool_destroy(f.pool);
    sw_test_platform_fini(&f.base);
}

seawall_pool_snapshot sw_test_pool_look(void)
{
    seawall_pool_snapshot snapshot = SEAWALL_POOL_SNAPSHOT_INIT;

    ck_assert_int_eq(seawall_pool_get_snapshot(f.pool, &snapshot), SEAWALL_OK);
    return snapshot;
}

int64_t sw_test_stay(seawall_work *work, void *arg)
{
    staying *job = arg;

    sw_store_u32(&job->begun, 1);
    while (sw_load_u32(&job->gate) == 0)
        (void)sched_yield();
    job->cancelled = seawall_work_cancelled(work);
    return job->number;
}

void sw_test_told(const seawall_job_result *result, void *arg)
{
    staying *job = arg;

    job->end = result->end;
    job->status = result->status;
    job->value = result->value;
    (void)sw_add_u32(&job->told, 1);
}

void sw_test_let_go(staying *job)
{
    sw_store_u32(&job->gate, 1);
}

void sw_test_await(sw_atomic_u32 *word, uint32_t value)
{
    while (sw_load_u32(word) != value)
        (void)sched_yield();
}

void sw_test_await_begun(staying *job)
{
    sw_test_await(&job->begun, 1);
}

void sw_test_await_parked(int32_t count)
{
    while (seawall_manual_clock_parked(f.base.clock) != count)
        (void)sched_yield();
}

int64_t sw_test_echo(seawall_work *work, void *arg)
{
    (void)work;
    return (int64_t)(intptr_t)arg;
}
