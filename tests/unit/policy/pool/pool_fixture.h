/* A pool on the manual clock, and jobs that wait until they are let go. */
#ifndef SEAWALL_TEST_POOL_FIXTURE_H
#define SEAWALL_TEST_POOL_FIXTURE_H

#include <check.h>
#include <seawall/pool.h>

#include "base/atomic.h"
#include "support.h"

typedef struct pool_fixture {
    sw_test_platform base;
    seawall_pool *pool;
} pool_fixture;

extern pool_fixture f;

/* A pool of `core` to `max` workers and `queue` places; levels wait for ever unless config->levels says otherwise. */
seawall_pool_config sw_test_pool_config(int32_t core, int32_t max, int32_t queue);
void sw_test_pool_begin(const seawall_pool_config *config);
void sw_test_pool_end(void);

seawall_pool_snapshot sw_test_pool_look(void);

/* A job that stays until the gate is open, then answers its number. */
typedef struct staying {
    sw_atomic_u32 begun, gate, told;
    int64_t number;
    seawall_job_end end;    /* as its completion was told */
    seawall_status status;
    int64_t value;
    bool cancelled;         /* what it saw when it was let go */
} staying;

int64_t sw_test_stay(seawall_work *work, void *arg);
void sw_test_told(const seawall_job_result *result, void *arg);
void sw_test_let_go(staying *job);
void sw_test_await_begun(staying *job);
void sw_test_await(sw_atomic_u32 *word, uint32_t value);
void sw_test_await_parked(int32_t count);

/* Answers arg as a number. */
int64_t sw_test_echo(seawall_work *work, void *arg);

#endif
