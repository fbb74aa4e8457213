/*
 * A pool's notice of a job that was run touched the call that the job had been an attempt of. By then the call was over, and its
 * pipeline perhaps destroyed: its end comes before the job's.
 */
#define _GNU_SOURCE
#include <sched.h>
#include <sys/mman.h>

#include <seawall/seawall.h>

#include "base/atomic.h"
#include "one_test.h"

static sw_atomic_u32 begun, may_end, drained, destroyed;

static void *allocate(size_t size, size_t alignment, void *user)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    (void)alignment; /* a page's is enough */
    (void)user;
    return memory != MAP_FAILED ? memory : NULL;
}

/* Whoever touches it from now on is found out. */
static void release(void *memory, size_t size, void *user)
{
    (void)user;
    ck_assert_int_eq(mprotect(memory, size, PROT_NONE), 0);
}

static seawall_fault stay(seawall_attempt *attempt, void *arg)
{
    (void)attempt;
    (void)arg;
    sw_store_u32(&begun, 1);
    while (sw_load_u32(&may_end) == 0)
        (void)sched_yield();
    return SEAWALL_FAULT_NONE;
}

/* On the worker: nothing of the call is left, and the pool does not know yet that its job has ended. */
static void on_drained(void *arg)
{
    (void)arg;
    sw_store_u32(&drained, 1);
    while (sw_load_u32(&destroyed) == 0)
        (void)sched_yield();
}

static void await(sw_atomic_u32 *word)
{
    while (sw_load_u32(word) == 0)
        (void)sched_yield();
}

START_TEST(the_pool_s_notice_comes_after_the_pipeline_s_end)
{
    seawall_pool_config size = SEAWALL_POOL_CONFIG_INIT;
    seawall_call_options options = SEAWALL_CALL_OPTIONS_INIT;
    seawall_policy policy = SEAWALL_POLICY_INIT;
    const seawall_policy *policies[] = {&policy};
    seawall_pool_snapshot snapshot = SEAWALL_POOL_SNAPSHOT_INIT;
    seawall_platform platform;
    seawall_pipeline *pipeline;
    seawall_pool *pool;
    seawall_future future;

    ck_assert_int_eq(seawall_platform_init(&platform, sizeof(platform)), SEAWALL_OK);
    platform.allocate = allocate;
    platform.release = release;
    size.core_size = size.max_size = 1;
    options.drained = on_drained;
    ck_assert_int_eq(seawall_pool_create(&size, &platform, &pool, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_pool_policy(pool, "pool", &policy), SEAWALL_OK);
    ck_assert_int_eq(seawall_pipeline_create(NULL, policies, 1, &platform, &pipeline, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_future_start(pipeline, &options, stay, NULL, NULL, &future), SEAWALL_OK);
    await(&begun);
    ck_assert_int_eq(seawall_future_forget(pipeline, future), SEAWALL_OK);
    sw_store_u32(&may_end, 1);
    await(&drained);
    seawall_pipeline_destroy(pipeline);
    sw_store_u32(&destroyed, 1);
    do {
        ck_assert_int_eq(seawall_pool_get_snapshot(pool, &snapshot), SEAWALL_OK);
    } while (snapshot.done == 0);
    seawall_pool_destroy(pool);
}
END_TEST

int main(void)
{
    return one_test("regress/pool_told_too_late", the_pool_s_notice_comes_after_the_pipeline_s_end);
}
