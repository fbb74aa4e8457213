/* How a pool grows, shrinks and ends: drains, stops, forks, threads that the system does not give. */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>

#include "pool_fixture.h"
#include "thread_refusal.h"

#include "suite.h"

static void begin(int32_t core, int32_t max, int32_t queue)
{
    seawall_pool_config config = sw_test_pool_config(core, max, queue);

    sw_test_pool_begin(&config);
}

static seawall_status submit(staying *job, seawall_job *handle)
{
    static const seawall_job_options options = {sizeof(options), SEAWALL_PRIORITY_NORMAL, SEAWALL_FOREVER, sw_test_told};

    return seawall_pool_submit(f.pool, &options, sw_test_stay, job, handle);
}

START_TEST(draining_finishes_what_there_is)
{
    staying running = {.number = 1}, waiting = {.number = 2, .gate = {1}};

    begin(1, 1, 1);
    ck_assert_int_eq(submit(&running, NULL), SEAWALL_OK);
    sw_test_await_begun(&running);
    ck_assert_int_eq(submit(&waiting, NULL), SEAWALL_OK);
    sw_test_let_go(&running);
    ck_assert_int_eq(seawall_pool_drain_until(f.pool, SEAWALL_FOREVER), SEAWALL_OK);
    ck_assert_int_eq(waiting.value, 2);
    ck_assert_int_eq(seawall_pool_submit(f.pool, NULL, sw_test_echo, NULL, NULL), SEAWALL_FULL);
    ck_assert_int_eq(sw_test_pool_look().refused_stopped, 1);
    ck_assert_int_eq(sw_test_pool_look().stopped, 1);
    while (sw_test_pool_look().workers > 0)
        (void)sched_yield();
    ck_assert_int_eq(seawall_pool_drain_until(f.pool, 0), SEAWALL_OK); /* once more is the same */
    sw_test_pool_end();
}
END_TEST

START_TEST(at_the_deadline_the_rest_is_cancelled)
{
    staying running = {.number = 1}, waiting = {.number = 2};
    seawall_job handle;
    seawall_job_result result = SEAWALL_JOB_RESULT_INIT;

    begin(1, 1, 1);
    ck_assert_int_eq(submit(&running, NULL), SEAWALL_OK);
    sw_test_await_begun(&running);
    ck_assert_int_eq(submit(&waiting, &handle), SEAWALL_OK);
    ck_assert_int_eq(seawall_pool_drain_until(f.pool, SW_TEST_START), SEAWALL_TIMED_OUT);
    ck_assert_uint_eq(sw_load_u32(&waiting.told), 1);
    ck_assert_int_eq(waiting.end, SEAWALL_JOB_STOPPED);
    ck_assert_int_eq(waiting.status, SEAWALL_CANCELLED);
    ck_assert_int_eq(seawall_pool_poll(f.pool, handle, &result), SEAWALL_OK);
    ck_assert_int_eq(result.end, SEAWALL_JOB_STOPPED);
    sw_test_let_go(&running);
    sw_test_pool_end();
    ck_assert(running.cancelled);
    ck_assert_uint_eq(sw_load_u32(&running.told), 1);
}
END_TEST

/* More than one portion of notices. */
START_TEST(stopping_drops_all_that_wait)
{
    staying jobs[21] = {{.number = 0}};
    int i;

    begin(1, 1, 20);
    for (i = 0; i < 21; i++) {
        ck_assert_int_eq(submit(&jobs[i], NULL), SEAWALL_OK);
        if (i == 0)
            sw_test_await_begun(&jobs[0]);
    }
    ck_assert_int_eq(seawall_pool_stop(f.pool), SEAWALL_OK);
    ck_assert_int_eq(seawall_pool_stop(f.pool), SEAWALL_OK);
    for (i = 1; i < 21; i++)
        ck_assert_int_eq(sw_load_u32(&jobs[i].told), 1);
    ck_assert_int_eq(sw_test_pool_look().dropped_stopped, 20);
    sw_test_let_go(&jobs[0]);
    sw_test_pool_end();
}
END_TEST

static sw_atomic_u32 waiting_ended;

static void *wait_for(void *arg)
{
    seawall_job_result result = SEAWALL_JOB_RESULT_INIT;
    seawall_status status = seawall_pool_wait_until(f.pool, *(seawall_job *)arg, SEAWALL_FOREVER, &result);

    sw_store_u32(&waiting_ended, status == SEAWALL_OK ? 1 : 2);
    return NULL;
}

static void *let_go_when_stopped(void *arg)
{
    while (sw_test_pool_look().stopped == 0)
        (void)sched_yield();
    sw_test_let_go(arg);
    return NULL;
}

START_TEST(destroying_waits_for_those_who_wait)
{
    staying running = {.number = 1};
    pthread_t waiter, opener;
    seawall_job handle;

    begin(1, 1, 1);
    ck_assert_int_eq(submit(&running, &handle), SEAWALL_OK);
    sw_test_await_begun(&running);
    ck_assert_int_eq(pthread_create(&waiter, NULL, wait_for, &handle), 0);
    sw_test_await_parked(1);
    ck_assert_int_eq(pthread_create(&opener, NULL, let_go_when_stopped, &running), 0);
    sw_test_pool_end();
    ck_assert_int_eq(pthread_join(opener, NULL), 0);
    ck_assert_int_eq(pthread_join(waiter, NULL), 0);
    ck_assert_uint_eq(sw_load_u32(&waiting_ended), 1);
}
END_TEST

static int64_t submit_inside(seawall_work *work, void *arg)
{
    (void)work;
    if (seawall_pool_drain_until(f.pool, SEAWALL_FOREVER) != SEAWALL_BUSY)
        return -1;
    return seawall_pool_submit(f.pool, NULL, sw_test_stay, arg, NULL);
}

START_TEST(a_job_may_submit)
{
    staying inner = {.number = 1, .gate = {1}};
    seawall_job_result result = SEAWALL_JOB_RESULT_INIT;

    begin(1, 1, 1);
    ck_assert_int_eq(seawall_pool_run_until(f.pool, NULL, submit_inside, &inner, SEAWALL_FOREVER, &result), SEAWALL_OK);
    ck_assert_int_eq(result.value, SEAWALL_OK);
    ck_assert_int_eq(seawall_pool_drain_until(f.pool, SEAWALL_FOREVER), SEAWALL_OK);
    ck_assert_int_eq(sw_test_pool_look().done, 2);
    sw_test_pool_end();
}
END_TEST

START_TEST(idle_extras_retire_and_the_core_stays)
{
    seawall_pool_config config = sw_test_pool_config(1, 3, 3);
    staying jobs[3] = {{.number = 0}};
    int i;

    sw_test_pool_begin(&config);
    sw_test_await_parked(1);
    for (i = 0; i < 3; i++) {
        ck_assert_int_eq(submit(&jobs[i], NULL), SEAWALL_OK);
        sw_test_await_begun(&jobs[i]);
    }
    ck_assert_int_eq(sw_test_pool_look().workers, 3);
    for (i = 0; i < 3; i++)
        sw_test_let_go(&jobs[i]);
    sw_test_await_parked(3);
    seawall_manual_clock_advance(f.base.clock, SEAWALL_SECONDS(60) - 1);
    ck_assert_int_eq(sw_test_pool_look().workers, 3);
    seawall_manual_clock_advance(f.base.clock, 1);
    while (sw_test_pool_look().workers != 1)
        (void)sched_yield();
    ck_assert_int_eq(sw_test_pool_look().retired, 2);
    seawall_manual_clock_advance(f.base.clock, SEAWALL_SECONDS(600));
    sw_test_await_parked(1);
    ck_assert_int_eq(sw_test_pool_look().workers, 1);
    /* Their places can be used again. */
    for (i = 0; i < 3; i++) {
        jobs[i] = (staying){.number = i};
        ck_assert_int_eq(submit(&jobs[i], NULL), SEAWALL_OK);
        sw_test_await_begun(&jobs[i]);
    }
    ck_assert_int_eq(sw_test_pool_look().started, 5);
    for (i = 0; i < 3; i++)
        sw_test_let_go(&jobs[i]);
    sw_test_pool_end();
}
END_TEST

static void touch(void *user)
{
    (void)user;
}

/* What no thread can be given that runs already. */
START_TEST(what_its_threads_began_with_stays)
{
    static const char *const keys[] = {"thread_pool.name", "thread_pool.signals", "thread_pool.on_start", "thread_pool.on_stop",
                                       "thread_pool.hook_user"};
    seawall_pool_config config = sw_test_pool_config(1, 1, 2), other;
    char name[] = "a name of more than 15 bytes";
    seawall_error error;
    size_t i;

    config.name = name;
    config.max_size_limit = 2;
    sw_test_pool_begin(&config);
    name[20] = '!'; /* that was copied, and cut before */
    ck_assert_int_eq(seawall_pool_reconfigure(f.pool, &config, NULL), SEAWALL_OK);
    for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        other = config;
        other.max_size = 2; /* refused with the rest */
        other.name = i == 0 ? NULL : config.name;
        other.signals = i == 1;
        other.on_start = i == 2 ? touch : NULL;
        other.on_stop = i == 3 ? touch : NULL;
        other.hook_user = i == 4 ? &other : NULL;
        ck_assert_int_eq(seawall_pool_reconfigure(f.pool, &other, &error), SEAWALL_INVALID);
        ck_assert_str_eq(error.key, keys[i]);
        ck_assert_int_eq(sw_test_pool_look().max_size, 1);
    }
    sw_test_pool_end();
}
END_TEST

START_TEST(sizes_change_while_it_is_in_use)
{
    seawall_pool_config config = sw_test_pool_config(1, 1, 2);
    staying jobs[4] = {{.number = 0}};
    seawall_error error;
    int i;

    config.max_size_limit = 3;
    config.queue_size_limit = 5;
    sw_test_pool_begin(&config);
    for (i = 0; i < 3; i++) {
        ck_assert_int_eq(submit(&jobs[i], NULL), SEAWALL_OK);
        if (i == 0)
            sw_test_await_begun(&jobs[0]);
    }
    ck_assert_int_eq(submit(&jobs[3], NULL), SEAWALL_FULL);
    config.max_size = 3;
    ck_assert_int_eq(seawall_pool_reconfigure(f.pool, &config, NULL), SEAWALL_OK); /* who waits is served at once */
    sw_test_await_begun(&jobs[1]);
    sw_test_await_begun(&jobs[2]);
    config.max_size = 1;
    config.queue_size = 1;
    ck_assert_int_eq(seawall_pool_reconfigure(f.pool, &config, NULL), SEAWALL_OK);
    ck_assert_int_eq(sw_test_pool_look().workers, 3);
    ck_assert_int_eq(sw_test_pool_look().max_size, 1);
    ck_assert_int_eq(submit(&jobs[3], NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_pool_submit(f.pool, NULL, sw_test_echo, NULL, NULL), SEAWALL_FULL);
    sw_test_let_go(&jobs[0]);
    sw_test_let_go(&jobs[1]);
    while (sw_test_pool_look().workers != 1)
        (void)sched_yield();
    ck_assert_uint_eq(sw_load_u32(&jobs[3].begun), 0); /* two were too many */
    sw_test_let_go(&jobs[2]);
    sw_test_let_go(&jobs[3]);
    config.max_size = 4;
    ck_assert_int_eq(seawall_pool_reconfigure(f.pool, &config, &error), SEAWALL_INVALID);
    ck_assert_str_eq(error.message, "thread_pool.max_size: 4 is above max_size_limit, 3");
    config.max_size = 3;
    config.stack_size = 131072;
    ck_assert_int_eq(seawall_pool_reconfigure(f.pool, &config, &error), SEAWALL_INVALID);
    ck_assert_str_eq(error.key, "thread_pool.stack_size");
    ck_assert_int_eq(seawall_pool_reconfigure(NULL, &config, &error), SEAWALL_INVALID);
    sw_test_pool_end();
}
END_TEST

START_TEST(threads_that_are_not_given)
{
    seawall_pool_config config = sw_test_pool_config(4, 6, 2);
    seawall_pool *pool = NULL;
    seawall_error error;

    sw_test_platform_init(&f.base, false);
    sw_test_refuse_threads(_i, 1000);
    ck_assert_int_eq(seawall_pool_create(&config, &f.base.platform, &pool, &error), SEAWALL_NO_RESOURCES);
    ck_assert_str_eq(error.message, "thread_pool: the system gave too few threads for 4");
    ck_assert_ptr_null(pool);
    sw_test_refuse_threads(0, 0);
    sw_test_platform_fini(&f.base);
}
END_TEST

START_TEST(growth_that_fails_leaves_the_queue)
{
    staying jobs[3] = {{.number = 0}};
    seawall_job handle = 77;
    int i;

    begin(1, 2, 1);
    ck_assert_int_eq(submit(&jobs[0], NULL), SEAWALL_OK);
    sw_test_await_begun(&jobs[0]);
    sw_test_refuse_threads(0, 2);
    ck_assert_int_eq(submit(&jobs[1], NULL), SEAWALL_OK); /* it waits instead */
    ck_assert_int_eq(submit(&jobs[2], &handle), SEAWALL_NO_RESOURCES);
    ck_assert_uint_eq(handle, 77);
    ck_assert_int_eq(sw_test_pool_look().refused_no_thread, 1);
    ck_assert_int_eq(sw_test_pool_look().workers, 1);
    for (i = 0; i < 3; i++)
        sw_test_let_go(&jobs[i]);
    ck_assert_int_eq(seawall_pool_drain_until(f.pool, SEAWALL_FOREVER), SEAWALL_OK);
    ck_assert_uint_eq(sw_load_u32(&jobs[1].told), 1);
    sw_test_pool_end();
    begin(0, 2, 1); /* nobody is there at all */
    sw_test_refuse_threads(0, 1);
    ck_assert_int_eq(seawall_pool_submit(f.pool, NULL, sw_test_echo, NULL, NULL), SEAWALL_NO_RESOURCES);
    ck_assert_int_eq(seawall_pool_submit(f.pool, NULL, sw_test_echo, NULL, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_pool_drain_until(f.pool, SEAWALL_FOREVER), SEAWALL_OK);
    ck_assert_int_eq(sw_test_pool_look().done, 1);
    sw_test_pool_end();
}
END_TEST

/* It fails at the thread after `_i` others: so many run, one waits if there is somebody to wait for, and the rest is refused. */
START_TEST(growth_that_fails_at_any_thread)
{
    staying jobs[6] = {{.number = 0}};
    int32_t waits = _i > 0, i;

    begin(0, 4, 1);
    sw_test_refuse_threads(_i, 1000);
    for (i = 0; i < 6; i++) {
        seawall_status none = _i == 4 ? SEAWALL_FULL : SEAWALL_NO_RESOURCES;

        ck_assert_int_eq(submit(&jobs[i], NULL), i < _i + waits ? SEAWALL_OK : none);
        if (i < _i)
            sw_test_await_begun(&jobs[i]);
    }
    ck_assert_int_eq(sw_test_pool_look().workers, _i);
    ck_assert_int_eq(sw_test_pool_look().started, _i);
    sw_test_refuse_threads(0, 0);
    for (i = 0; i < 6; i++)
        sw_test_let_go(&jobs[i]);
    while (sw_test_pool_look().done != _i + waits)
        (void)sched_yield();
    ck_assert_int_eq(seawall_pool_run_until(f.pool, NULL, sw_test_echo, NULL, SEAWALL_FOREVER, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_pool_drain_until(f.pool, SEAWALL_FOREVER), SEAWALL_OK);
    for (i = 0; i < 6; i++)
        ck_assert_uint_eq(sw_load_u32(&jobs[i].told), i < _i + waits);
    ck_assert_int_eq(sw_test_pool_look().done, _i + waits + 1);
    sw_test_pool_end();
}
END_TEST

static sw_atomic_u32 hooks;

static void hook(void *user)
{
    (void)sw_add_u32(&hooks, *(const uint32_t *)user);
}

static int64_t name_of_thread(seawall_work *work, void *arg)
{
    (void)work;
    return prctl(PR_GET_NAME, arg);
}

START_TEST(names_and_hooks)
{
    seawall_pool_config config = sw_test_pool_config(2, 2, 1);
    static const uint32_t one = 1;
    char name[17] = "";

    config.name = "database";
    config.on_start = config.on_stop = hook;
    config.hook_user = (void *)(uintptr_t)&one;
    sw_test_pool_begin(&config);
    ck_assert_int_eq(seawall_pool_run_until(f.pool, NULL, name_of_thread, name, SEAWALL_FOREVER, NULL), SEAWALL_OK);
    ck_assert_str_eq(name, "database");
    sw_test_pool_end();
    ck_assert_uint_eq(sw_load_u32(&hooks), 4);
}
END_TEST

/* Of USR1 and USR2 the ones that are not blocked, and the stack. */
static int64_t look_at_thread(seawall_work *work, void *arg)
{
    pthread_attr_t attributes;
    sigset_t blocked;

    (void)work;
    if (pthread_getattr_np(pthread_self(), &attributes) != 0 || pthread_attr_getstacksize(&attributes, arg) != 0 ||
        pthread_attr_destroy(&attributes) != 0 || pthread_sigmask(SIG_SETMASK, NULL, &blocked) != 0)
        return -1;
    return 2 * (sigismember(&blocked, SIGUSR2) == 0) + (sigismember(&blocked, SIGUSR1) == 0);
}

START_TEST(signals_and_stack)
{
    seawall_pool_config config = sw_test_pool_config(1, 1, 1);
    seawall_job_result result = SEAWALL_JOB_RESULT_INIT;
    size_t stack = 0;

    config.stack_size = 1048576;
    if (_i == 1)
        config.signals = UINT64_C(1) << (SIGUSR2 - 1);
    sw_test_pool_begin(&config);
    ck_assert_int_eq(seawall_pool_run_until(f.pool, NULL, look_at_thread, &stack, SEAWALL_FOREVER, &result), SEAWALL_OK);
    ck_assert_int_eq(result.value, 2 * _i);
    ck_assert_uint_ge(stack, 1048576);
    sw_test_pool_end();
}
END_TEST

static bool begins_anew(void *arg)
{
    const seawall_job *handle = arg;
    seawall_job_result result = SEAWALL_JOB_RESULT_INIT;
    seawall_pool_snapshot snapshot = SEAWALL_POOL_SNAPSHOT_INIT;

    if (seawall_pool_poll(f.pool, *handle, NULL) != SEAWALL_STALE)
        return false;
    if (seawall_pool_get_snapshot(f.pool, &snapshot) != SEAWALL_OK || snapshot.workers != 0 || snapshot.submitted != 0)
        return false;
    if (sw_test_child_may_start_threads() &&
        (seawall_pool_run_until(f.pool, NULL, sw_test_echo, (void *)9, SEAWALL_FOREVER, &result) != SEAWALL_OK ||
         result.value != 9))
        return false;
    seawall_pool_destroy(f.pool);
    return true;
}

START_TEST(a_forked_child_begins_anew)
{
    staying running = {.number = 1}, waiting = {.number = 2, .gate = {1}};
    seawall_job handles[2];

    begin(1, 1, 1);
    ck_assert_int_eq(submit(&running, &handles[0]), SEAWALL_OK);
    sw_test_await_begun(&running);
    ck_assert_int_eq(submit(&waiting, &handles[1]), SEAWALL_OK);
    sw_test_in_child(begins_anew, &handles[_i]);
    sw_test_let_go(&running);
    ck_assert_int_eq(seawall_pool_wait_until(f.pool, handles[1], SEAWALL_FOREVER, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_pool_poll(f.pool, handles[0], NULL), SEAWALL_OK);
    sw_test_pool_end();
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("end of pools");

    tcase_add_test(tests, draining_finishes_what_there_is);
    tcase_add_test(tests, at_the_deadline_the_rest_is_cancelled);
    tcase_add_test(tests, stopping_drops_all_that_wait);
    tcase_add_test(tests, destroying_waits_for_those_who_wait);
    tcase_add_test(tests, a_job_may_submit);
    tcase_add_test(tests, idle_extras_retire_and_the_core_stays);
    tcase_add_test(tests, what_its_threads_began_with_stays);
    tcase_add_test(tests, sizes_change_while_it_is_in_use);
    tcase_add_loop_test(tests, threads_that_are_not_given, 0, 4);
    tcase_add_test(tests, growth_that_fails_leaves_the_queue);
    tcase_add_loop_test(tests, growth_that_fails_at_any_thread, 0, 5);
    tcase_add_test(tests, names_and_hooks);
    tcase_add_loop_test(tests, signals_and_stack, 0, 2);
    tcase_add_loop_test(tests, a_forked_child_begins_anew, 0, 2);
    return sw_test_run("end of pools", tests);
}
