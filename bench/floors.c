#define _POSIX_C_SOURCE 200809L /* clock_gettime */
#include "floors.h"

#include <time.h>

int32_t floor_nothing(void *argument, void *user)
{
    (void)argument;
    (void)user;
    return 0;
}

int32_t floor_breaker_acquire(floor_breaker *breaker, uint64_t *permit)
{
    uint64_t state = __atomic_load_n(&breaker->state, __ATOMIC_ACQUIRE);

    if (state != 0)
        return 2;
    *permit = state;
    return 0;
}

int32_t floor_breaker_report(floor_breaker *breaker, uint64_t *permit, int32_t fault)
{
    if (fault != 0 || *permit != 0)
        return 7;
    (void)__atomic_fetch_add(&breaker->successes, 1, __ATOMIC_SEQ_CST);
    return 0;
}

int32_t floor_breaker_refuse_at(floor_breaker *breaker, int64_t now, int64_t *retry_after)
{
    uint64_t until = __atomic_load_n(&breaker->state, __ATOMIC_ACQUIRE);

    if (until == 0)
        return 0;
    *retry_after = (int64_t)until - now;
    return 2;
}

int32_t floor_breaker_refuse(floor_breaker *breaker, int64_t *retry_after)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return floor_breaker_refuse_at(breaker, (int64_t)t.tv_sec * 1000000000 + t.tv_nsec, retry_after);
}

void floor_copy(const uint64_t *from, uint64_t *to, uint32_t words)
{
    uint32_t i;

    for (i = 0; i < words; i++)
        to[i] = __atomic_load_n(&from[i], __ATOMIC_RELAXED);
}

uint32_t floor_load(const uint32_t *word)
{
    return __atomic_load_n(word, __ATOMIC_ACQUIRE);
}

int32_t floor_lock(floor_mutex *mutex)
{
    (void)pthread_mutex_lock(&mutex->lock);
    mutex->changes++;
    (void)pthread_mutex_unlock(&mutex->lock);
    return 0;
}

int32_t floor_retry_next(int32_t fault, bool *again)
{
    *again = fault != 0;
    return fault != 0;
}

int32_t floor_bulkhead_acquire(floor_bulkhead *bulkhead)
{
    return __atomic_fetch_add(&bulkhead->in_use, 1, __ATOMIC_SEQ_CST) >= UINT64_MAX / 2;
}

int32_t floor_bulkhead_release(floor_bulkhead *bulkhead)
{
    return __atomic_fetch_sub(&bulkhead->in_use, 1, __ATOMIC_SEQ_CST) == 0;
}

void rival_bulkhead_init(rival_bulkhead *bulkhead, int32_t limit)
{
    (void)pthread_mutex_init(&bulkhead->lock, NULL);
    (void)pthread_cond_init(&bulkhead->back, NULL);
    bulkhead->in_use = 0;
    bulkhead->limit = limit;
    bulkhead->granted = 0;
}

int32_t rival_bulkhead_acquire(rival_bulkhead *bulkhead)
{
    (void)pthread_mutex_lock(&bulkhead->lock);
    while (bulkhead->in_use >= bulkhead->limit)
        (void)pthread_cond_wait(&bulkhead->back, &bulkhead->lock);
    bulkhead->in_use++;
    bulkhead->granted++;
    (void)pthread_mutex_unlock(&bulkhead->lock);
    return 0;
}

int32_t rival_bulkhead_release(rival_bulkhead *bulkhead)
{
    (void)pthread_mutex_lock(&bulkhead->lock);
    bulkhead->in_use--;
    (void)pthread_cond_signal(&bulkhead->back);
    (void)pthread_mutex_unlock(&bulkhead->lock);
    return 0;
}

void rival_breaker_init(rival_breaker *breaker, int32_t threshold)
{
    (void)pthread_mutex_init(&breaker->lock, NULL);
    breaker->state = 0;
    breaker->streak = 0;
    breaker->threshold = threshold;
    breaker->successes = 0;
    breaker->failures = 0;
}

int32_t rival_breaker_acquire(rival_breaker *breaker)
{
    int32_t state;

    (void)pthread_mutex_lock(&breaker->lock);
    state = breaker->state;
    (void)pthread_mutex_unlock(&breaker->lock);
    return state != 0 ? 2 : 0;
}

int32_t rival_breaker_report(rival_breaker *breaker, int32_t fault)
{
    (void)pthread_mutex_lock(&breaker->lock);
    if (fault == 0) {
        breaker->successes++;
        breaker->streak = 0;
    } else {
        breaker->failures++;
        if (++breaker->streak >= breaker->threshold)
            breaker->state = 1;
    }
    (void)pthread_mutex_unlock(&breaker->lock);
    return 0;
}

static int64_t time_stamp(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int32_t floor_limiter_grant(floor_limiter *limiter)
{
    uint64_t word = __atomic_load_n(&limiter->word, __ATOMIC_ACQUIRE);
    uint64_t now = (uint64_t)time_stamp();

    return __atomic_compare_exchange_n(&limiter->word, &word, now, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

int32_t floor_limiter_refuse(floor_limiter *limiter)
{
    return __atomic_load_n(&limiter->word, __ATOMIC_ACQUIRE) > (uint64_t)time_stamp();
}

void rival_limiter_init(rival_limiter *limiter)
{
    (void)pthread_mutex_init(&limiter->lock, NULL);
    limiter->tokens = 1e9;
    limiter->last = time_stamp();
}

int32_t rival_limiter_take(rival_limiter *limiter)
{
    int64_t now;
    int32_t granted;

    (void)pthread_mutex_lock(&limiter->lock);
    now = time_stamp();
    limiter->tokens += (double)(now - limiter->last);
    limiter->last = now;
    if (limiter->tokens > 1e9)
        limiter->tokens = 1e9;
    granted = limiter->tokens >= 1;
    limiter->tokens -= granted;
    (void)pthread_mutex_unlock(&limiter->lock);
    return granted;
}
