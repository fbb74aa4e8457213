/*
 * A worker waited for a job of its own pool, as another worker was being started that would run it. The system gave no thread for
 * that one, nobody told the one that waited, and it slept for ever.
 */
#include "unit/policy/pool/pool_fixture.h"

#include <sched.h>

#include "thread_refusal.h"

#include "one_test.h"

static staying first;
static sw_atomic_u32 answered, woken_by_it;
static _Thread_local bool is_refused; /* it is the thread to which that happens */
static seawall_pipeline *pipeline;
static seawall_job inner;
static void (*wake)(const uint32_t *word, void *user);

static void count_and_wake(const uint32_t *word, void *user)
{
    if (is_refused)
        (void)sw_add_u32(&woken_by_it, 1);
    wake(word, user);
}

static seawall_fault nothing(seawall_attempt *attempt, void *arg)
{
    (void)attempt;
    (void)arg;
    return SEAWALL_FAULT_NONE;
}

static int64_t wait_by_handle(seawall_work *work, void *arg)
{
    seawall_status status;

    (void)sw_test_stay(work, arg);
    status = seawall_pool_submit(f.pool, NULL, sw_test_echo, NULL, &inner);
    if (status == SEAWALL_OK)
        status = seawall_pool_wait_until(f.pool, inner, SEAWALL_FOREVER, NULL);
    sw_store_u32(&answered, 1);
    return status;
}

static int64_t wait_by_call(seawall_work *work, void *arg)
{
    seawall_status status;

    (void)sw_test_stay(work, arg);
    status = seawall_call(pipeline, nothing, NULL, NULL);
    sw_store_u32(&answered, 1);
    return status;
}

/* A thread is about to be refused: the worker counts on it. */
static void let_it_wait(void)
{
    is_refused = true;
    sw_test_let_go(&first);
    sw_test_await_parked(1);
}

static void begin(void)
{
    seawall_pool_config config = sw_test_pool_config(1, 2, 5);

    sw_test_platform_init(&f.base, false);
    wake = f.base.platform.wake;
    f.base.platform.wake = count_and_wake;
    ck_assert_int_eq(seawall_pool_create(&config, &f.base.platform, &f.pool, NULL), SEAWALL_OK);
    sw_test_await_parked(1);
    first = (staying){0};
    sw_store_u32(&answered, 0);
    sw_store_u32(&woken_by_it, 0);
}

static seawall_status wait_inside(seawall_job_fn wait)
{
    seawall_job_result result = SEAWALL_JOB_RESULT_INIT;
    seawall_job job;

    ck_assert_int_eq(seawall_pool_submit(f.pool, NULL, wait, &first, &job), SEAWALL_OK);
    sw_test_await_begun(&first);
    sw_test_refuse_threads(0, 1);
    sw_test_at_next_refusal(let_it_wait);
    ck_assert_int_eq(seawall_pool_submit(f.pool, NULL, sw_test_echo, NULL, NULL), SEAWALL_NO_RESOURCES);
    is_refused = false;
    ck_assert_msg(sw_load_u32(&woken_by_it) > 0, "nobody woke the one that waits");
    ck_assert_int_eq(seawall_pool_wait_until(f.pool, job, SEAWALL_FOREVER, &result), SEAWALL_OK);
    return (seawall_status)result.value;
}

START_TEST(who_counted_on_it_is_told)
{
    seawall_policy policy = SEAWALL_POLICY_INIT;
    const seawall_policy *policies[] = {&policy};
    seawall_job_result result = SEAWALL_JOB_RESULT_INIT;
    seawall_job job;

    begin();
    ck_assert_int_eq(wait_inside(wait_by_handle), SEAWALL_BUSY);
    ck_assert_int_eq(seawall_pool_wait_until(f.pool, inner, SEAWALL_FOREVER, &result), SEAWALL_OK); /* it was left alone */
    ck_assert_int_eq(result.end, SEAWALL_JOB_DONE);
    sw_test_pool_end();

    begin();
    ck_assert_int_eq(seawall_pool_policy(f.pool, "pool", &policy), SEAWALL_OK);
    ck_assert_int_eq(seawall_pipeline_create(NULL, policies, 1, &f.base.platform, &pipeline, NULL), SEAWALL_OK);
    ck_assert_int_eq(wait_inside(wait_by_call), SEAWALL_NO_RESOURCES);
    ck_assert_int_eq(sw_test_pool_look().dropped_no_thread, 1);
    seawall_pipeline_destroy(pipeline);
    sw_test_pool_end();

    /* A worker whose own wait would have needed the thread is still there for what waits. */
    begin();
    sw_test_let_go(&first);
    sw_test_refuse_threads(0, 2);
    ck_assert_int_eq(seawall_pool_submit(f.pool, NULL, wait_by_handle, &first, &job), SEAWALL_OK);
    ck_assert_int_eq(seawall_pool_wait_until(f.pool, job, SEAWALL_FOREVER, &result), SEAWALL_OK);
    ck_assert_int_eq(result.value, SEAWALL_BUSY);
    ck_assert_int_eq(seawall_pool_wait_until(f.pool, inner, SEAWALL_FOREVER, &result), SEAWALL_OK);
    ck_assert_int_eq(result.end, SEAWALL_JOB_DONE);
    sw_test_refuse_threads(0, 0);
    sw_test_pool_end();
}
END_TEST

int main(void)
{
    return one_test("regress/waited_for_a_thread_not_given", who_counted_on_it_is_told);
}
