/*
 * A pool was destroyed while one of its jobs submitted another and a worker was started for that: both joined the thread that had
 * been in the worker's place, and the pool was freed while the new worker was on its way.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <sched.h>

#include "policy/pool/pool_object.h"
#include "unit/policy/pool/pool_fixture.h"

#include "one_test.h"

typedef int (*join_fn)(pthread_t, void **);
extern int __interceptor_pthread_join(pthread_t, void **) __attribute__((weak));

/* The job's thread stays in its join until the pool's end waits, for whatever it may be. */
static _Thread_local bool starts;
static sw_atomic_u32 is_joining;

int pthread_join(pthread_t thread, void **result)
{
    join_fn real = __interceptor_pthread_join;

    if (real == NULL)
        *(void **)(void *)&real = dlsym(RTLD_NEXT, "pthread_join");
    if (starts) {
        sw_store_u32(&is_joining, 1);
        sw_test_await_parked(1);
        sw_store_u32(&is_joining, 0);
    }
    ck_assert_msg(sw_load_u32(&is_joining) == 0, "a thread is joined twice, or one before a worker is there");
    return real(thread, result);
}

static int64_t submit_another(seawall_work *work, void *arg)
{
    seawall_status status;

    (void)sw_test_stay(work, arg);
    starts = true;
    status = seawall_pool_submit(f.pool, NULL, sw_test_echo, NULL, NULL);
    starts = false;
    return status;
}

START_TEST(the_end_waits_for_a_worker_that_is_being_started)
{
    seawall_pool_config config = sw_test_pool_config(1, 2, 5);
    staying first = {.number = 1}, second = {.number = 2};

    config.keep_alive = 0;
    sw_test_pool_begin(&config);
    ck_assert_int_eq(seawall_pool_submit(f.pool, NULL, sw_test_stay, &first, NULL), SEAWALL_OK);
    sw_test_await_begun(&first);
    ck_assert_int_eq(seawall_pool_submit(f.pool, NULL, submit_another, &second, NULL), SEAWALL_OK);
    sw_test_await_begun(&second);
    sw_test_let_go(&first);
    while (!sw_worker_has_ended(&f.pool->workers[0].thread))
        (void)sched_yield();
    sw_test_let_go(&second);
    sw_test_await(&is_joining, 1);
    sw_test_pool_end();
}
END_TEST

int main(void)
{
    return one_test("regress/ended_during_a_start", the_end_waits_for_a_worker_that_is_being_started);
}
