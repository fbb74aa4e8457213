/*
 * What subjects are compared with: the least work an operation can do, and rivals. Built as a shared library of its own, so
 * that a call costs what a call of Seawall costs and no compiler sees both sides.
 */
#ifndef BENCH_FLOORS_H
#define BENCH_FLOORS_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/* A call that does nothing: also the operation of every guarded call. */
int32_t floor_nothing(void *argument, void *user);

/* A breaker at its least: the state is looked at, and a success is counted on a line of its own. */
typedef struct floor_breaker {
    _Alignas(64) uint64_t state; /* 0: closed */
    _Alignas(64) uint64_t successes;
} floor_breaker;

int32_t floor_breaker_acquire(floor_breaker *breaker, uint64_t *permit);
int32_t floor_breaker_report(floor_breaker *breaker, uint64_t *permit, int32_t fault);
/* A refusal that tells how long to wait, with the time given, and with a clock read. */
int32_t floor_breaker_refuse_at(floor_breaker *breaker, int64_t now, int64_t *retry_after);
int32_t floor_breaker_refuse(floor_breaker *breaker, int64_t *retry_after);

/* A snapshot at its least: `words` words copied. */
void floor_copy(const uint64_t *from, uint64_t *to, uint32_t words);

/* A question at its least. */
uint32_t floor_load(const uint32_t *word);

/* What guards a list: a mutex taken and given back. */
typedef struct floor_mutex {
    pthread_mutex_t lock;
    uint64_t changes;
} floor_mutex;
#define FLOOR_MUTEX_INIT { PTHREAD_MUTEX_INITIALIZER, 0 }
int32_t floor_lock(floor_mutex *mutex);

/* A retry at its least: the fault is looked at. */
int32_t floor_retry_next(int32_t fault, bool *again);

/* A bulkhead at its least: a counter. Whether anybody was to be refused is the caller's business. */
typedef struct floor_bulkhead {
    _Alignas(64) uint64_t in_use;
} floor_bulkhead;

int32_t floor_bulkhead_acquire(floor_bulkhead *bulkhead);
int32_t floor_bulkhead_release(floor_bulkhead *bulkhead);

/* The rival: a mutex, a counter, and a condition for those who wait. */
typedef struct rival_bulkhead {
    pthread_mutex_t lock;
    pthread_cond_t back;
    int32_t in_use, limit;
    uint64_t granted;
} rival_bulkhead;

void rival_bulkhead_init(rival_bulkhead *bulkhead, int32_t limit);
/* Waits if it must. */
int32_t rival_bulkhead_acquire(rival_bulkhead *bulkhead);
int32_t rival_bulkhead_release(rival_bulkhead *bulkhead);

/* The rival: the breaker that anybody writes first, a mutex around a counter. */
typedef struct rival_breaker {
    pthread_mutex_t lock;
    int32_t state, streak, threshold;
    uint64_t successes, failures;
} rival_breaker;

void rival_breaker_init(rival_breaker *breaker, int32_t threshold);
int32_t rival_breaker_acquire(rival_breaker *breaker);
int32_t rival_breaker_report(rival_breaker *breaker, int32_t fault);

/* A rate limiter at its least: what time is it, and one compare-and-swap, or a look. */
typedef struct floor_limiter {
    _Alignas(64) uint64_t word;
} floor_limiter;

int32_t floor_limiter_grant(floor_limiter *limiter);
int32_t floor_limiter_refuse(floor_limiter *limiter);

/* What one writes by hand: a bucket of doubles under a mutex. */
typedef struct rival_limiter {
    _Alignas(64) pthread_mutex_t lock;
    double tokens;
    int64_t last;
} rival_limiter;

void rival_limiter_init(rival_limiter *limiter);
int32_t rival_limiter_take(rival_limiter *limiter);

#endif
