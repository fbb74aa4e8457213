/* What pipelines ask of a pool: places for attempts, which are told of but have no handle. */
#include "policy/pool/pool_object.h"

int32_t sw_pool_capacity(const seawall_pool *pool)
{
    return (int32_t)pool->place_count - pool->locked.core.rules.max_results;
}

void sw_pool_turn_away(seawall_pool *pool)
{
    sw_pool_enter(pool);
    sw_pool_refuse(&pool->locked.core, SW_POOL_FULL);
    sw_pool_leave(pool);
}

bool sw_pool_call_off(seawall_pool *pool, uint64_t name, seawall_job_end end)
{
    sw_job *job;

    sw_pool_enter(pool);
    job = sw_pool_waiting(&pool->locked.core, name);
    if (job != NULL) {
        sw_pool_drop(&pool->locked.core, job, end);
        sw_pool_changed(pool);
    }
    sw_pool_leave(pool);
    return job != NULL;
}

void sw_work_abandon(seawall_work *work)
{
    seawall_pool *pool = (seawall_pool *)(uintptr_t)work->pool;

    sw_pool_enter(pool);
    sw_pool_let_go(&pool->locked.core, work->job);
    sw_pool_leave(pool);
}

bool sw_pool_block(seawall_pool *pool)
{
    bool may;

    sw_pool_enter(pool);
    may = sw_pool_may_wait_in(pool, true);
    if (may)
        pool->locked.core.blocked++;
    sw_pool_leave(pool);
    return may;
}

void sw_pool_unblock(seawall_pool *pool)
{
    sw_pool_enter(pool);
    pool->locked.core.blocked--;
    sw_pool_blocks_less(pool);
    sw_pool_leave(pool);
}
