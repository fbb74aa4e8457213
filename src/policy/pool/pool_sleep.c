/* Who has to wait: for the lock, or asleep until a bell rings. */
#include "policy/pool/pool_object.h"

/*
 * How often to look at a bell before sleeping, some 20 us in all: as long as a wake of an idle CPU costs both sides. Each look
 * takes the bell's line from who is to ring it, and so there is time between two.
 */
#define LOOKS 100
#define PAUSES 10

/*
 * Who has just been woken, or has woken somebody, is to sleep at once: the other is often on this very CPU, and waits for as long
 * as this one looks. A round trip between two that sleep took 63 us for that, and takes 8. But after a look that was worth it the
 * next one is tried, and after others every second, fourth, eighth and sixteenth: if both look long enough, both stay awake.
 */
#define RARELY 4

void sw_pool_enter_late(seawall_pool *pool)
{
    sw_mutex_lock_spinning(&pool->lock);
    if (pool->locked.process != sw_port_fork_generation())
        sw_pool_adopt(pool);
}

static const uint32_t *parked_on(const sw_atomic_u32 *bell)
{
    return (const uint32_t *)(const void *)bell;
}

bool sw_pool_ring(const seawall_pool *pool, sw_atomic_u32 *bell, sw_atomic_u32 *sleepers)
{
    (void)sw_add_u32(bell, 1);
    if (sw_load_u32(sleepers) == 0)
        return false;
    pool->platform->wake(parked_on(bell), pool->platform->clock_user);
    return true;
}

bool sw_pool_is_to_look(sw_pool_patience *patience, bool woken)
{
    return !woken || ++patience->turns % (UINT32_C(1) << patience->misses) == 0;
}

void sw_pool_looked(sw_pool_patience *patience, bool seen)
{
    if (seen)
        patience->misses = 0;
    else if (patience->misses < RARELY)
        patience->misses++;
}

bool sw_pool_look(sw_atomic_u32 *bell, uint32_t ticket)
{
    int32_t i, k;

    for (i = 0; i < LOOKS; i++) {
        if (sw_load_relaxed_u32(bell) != ticket)
            return true;
        for (k = 0; k < PAUSES; k++)
            sw_pause();
    }
    return false;
}

void sw_pool_sleep(const seawall_pool *pool, sw_atomic_u32 *bell, sw_atomic_u32 *sleepers, uint32_t ticket, seawall_time until)
{
    if (sw_load_relaxed_u32(bell) != ticket)
        return;
    (void)sw_add_u32(sleepers, 1);
    pool->platform->park(parked_on(bell), ticket, until, pool->platform->clock_user);
    (void)sw_sub_u32(sleepers, 1);
}

static seawall_status status_of(seawall_job_end end)
{
    switch (end) {
    case SEAWALL_JOB_DONE:
        return SEAWALL_OK;
    case SEAWALL_JOB_QUEUE_TIME:
        return SEAWALL_FULL;
    case SEAWALL_JOB_DEADLINE:
        return SEAWALL_TIMED_OUT;
    case SEAWALL_JOB_NO_THREAD:
        return SEAWALL_NO_RESOURCES;
    default:
        return SEAWALL_CANCELLED;
    }
}

seawall_job_result sw_pool_result(const sw_job *job)
{
    int64_t value = job->end == SEAWALL_JOB_DONE ? job->value : 0;

    return (seawall_job_result){sizeof(seawall_job_result), job->end, value, status_of(job->end), 0};
}

void sw_pool_note(seawall_pool *pool, sw_job *job, sw_pool_notice *notice)
{
    notice->name = sw_pool_to_tell(&pool->locked.core, job);
    notice->bell = notice->name != 0 || job->waiters > 0 ? job : NULL;
    notice->done = job->done;
    notice->arg = job->arg;
    notice->result = sw_pool_result(job);
}

/* Whom this thread tells for; who is told may do what others are told of. */
typedef struct teller {
    const seawall_pool *pool;
    const struct teller *outer;
} teller;

static _Thread_local const teller *telling;

bool sw_pool_is_telling(const seawall_pool *pool)
{
    const teller *one = telling;

    while (one != NULL && one->pool != pool)
        one = one->outer;
    return one != NULL;
}

static void ring_for(const seawall_pool *pool, sw_job *job)
{
    if (job != NULL)
        (void)sw_pool_ring(pool, &job->bell, &job->sleepers);
}

void sw_pool_tell(seawall_pool *pool, const sw_pool_notice *notice)
{
    const teller mine = {pool, telling};
    uint32_t process = sw_port_fork_generation();

    if (notice->done == NULL) {
        ring_for(pool, notice->bell);
        return;
    }
    telling = &mine;
    notice->done(&notice->result, notice->arg);
    telling = mine.outer;
    if (process != sw_port_fork_generation())
        return; /* it has forked, and in the child the pool has begun anew */
    sw_pool_enter(pool);
    sw_pool_told(&pool->locked.core, notice->name);
    ring_for(pool, notice->bell); /* rings under the lock: afterwards the pool may be gone */
    sw_pool_changed(pool);
    sw_pool_leave(pool);
}

void sw_pool_tell_all(seawall_pool *pool, const sw_pool_notices *notices)
{
    uint32_t process = sw_port_fork_generation();
    int32_t i;

    for (i = 0; i < notices->count && process == sw_port_fork_generation(); i++) /* the rest is the parent's to tell */
        sw_pool_tell(pool, &notices->list[i]);
}

void sw_pool_changed(seawall_pool *pool)
{
    if (pool->locked.watchers > 0)
        (void)sw_pool_ring(pool, &pool->changed, &pool->changed_sleepers);
}
