/* Jobs of a pool: run, waited for, dropped, called off, refused. */
#include "pool_fixture.h"

#include "policy/pool/pool_object.h"
#include "suite.h"

static seawall_job submit(staying *job, seawall_priority priority, seawall_time deadline)
{
    const seawall_job_options options = {sizeof(options), priority, deadline, sw_test_told};
    seawall_job handle = 0;

    ck_assert_int_eq(seawall_pool_submit(f.pool, &options, sw_test_stay, job, &handle), SEAWALL_OK);
    ck_assert_uint_ne(handle, 0);
    return handle;
}

static void begin(int32_t core, int32_t max, int32_t queue)
{
    seawall_pool_config config = sw_test_pool_config(core, max, queue);

    sw_test_pool_begin(&config);
}

static int64_t fetch(seawall_job handle)
{
    seawall_job_result result = SEAWALL_JOB_RESULT_INIT;

    ck_assert_int_eq(seawall_pool_wait_until(f.pool, handle, SEAWALL_FOREVER, &result), SEAWALL_OK);
    ck_assert_int_eq(result.end, SEAWALL_JOB_DONE);
    ck_assert_int_eq(result.status, SEAWALL_OK);
    return result.value;
}

START_TEST(a_job_is_run_and_its_value_handed_on)
{
    seawall_job_result result = SEAWALL_JOB_RESULT_INIT;
    staying job = {.number = 7};
    seawall_job handle;

    begin(1, 1, 1);
    handle = submit(&job, SEAWALL_PRIORITY_NORMAL, SEAWALL_FOREVER);
    sw_test_await_begun(&job);
    ck_assert_int_eq(seawall_pool_poll(f.pool, handle, &result), SEAWALL_BUSY);
    ck_assert_int_eq(sw_test_pool_look().busy, 1);
    sw_test_let_go(&job);
    ck_assert_int_eq(fetch(handle), 7);
    ck_assert_uint_eq(sw_load_u32(&job.told), 1);
    ck_assert_int_eq(job.value, 7);
    ck_assert(!job.cancelled);
    ck_assert_int_eq(seawall_pool_poll(f.pool, handle, &result), SEAWALL_STALE);
    ck_assert_int_eq(seawall_pool_cancel(f.pool, handle), SEAWALL_STALE);
    ck_assert_int_eq(seawall_pool_forget(f.pool, handle), SEAWALL_STALE);
    ck_assert_int_eq(seawall_pool_run_until(f.pool, NULL, sw_test_echo, (void *)5, SEAWALL_FOREVER, &result), SEAWALL_OK);
    ck_assert_int_eq(result.value, 5);
    ck_assert_int_eq(seawall_pool_submit(f.pool, NULL, sw_test_echo, NULL, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_pool_drain_until(f.pool, SEAWALL_FOREVER), SEAWALL_OK);
    ck_assert_int_eq(sw_test_pool_look().done, 3);
    sw_test_pool_end();
}
END_TEST

START_TEST(what_finds_no_place_is_refused)
{
    staying jobs[3] = {{.number = 0}, {.number = 1}, {.number = 2}};
    seawall_job handles[3];
    int i;

    begin(1, 1, 2);
    for (i = 0; i < 3; i++) {
        handles[i] = submit(&jobs[i], SEAWALL_PRIORITY_NORMAL, SEAWALL_FOREVER);
        if (i == 0)
            sw_test_await_begun(&jobs[0]);
    }
    ck_assert_int_eq(seawall_pool_submit(f.pool, NULL, sw_test_echo, NULL, NULL), SEAWALL_FULL);
    ck_assert_int_eq(sw_test_pool_look().refused_full, 1);
    ck_assert_int_eq(sw_test_pool_look().queued[SEAWALL_PRIORITY_NORMAL], 2);
    for (i = 0; i < 3; i++) {
        sw_test_let_go(&jobs[i]);
        ck_assert_int_eq(fetch(handles[i]), i);
    }
    sw_test_pool_end();
}
END_TEST

START_TEST(a_cancelled_job_frees_its_place_at_once)
{
    staying running = {.number = 1}, waiting = {.number = 2}, next = {.number = 3};
    seawall_job first, second, third;

    begin(1, 1, 1);
    first = submit(&running, SEAWALL_PRIORITY_NORMAL, SEAWALL_FOREVER);
    sw_test_await_begun(&running);
    second = submit(&waiting, SEAWALL_PRIORITY_NORMAL, SEAWALL_FOREVER);
    ck_assert_int_eq(seawall_pool_submit(f.pool, NULL, sw_test_echo, NULL, NULL), SEAWALL_FULL);
    ck_assert_int_eq(seawall_pool_cancel(f.pool, second), SEAWALL_OK);
    ck_assert_uint_eq(sw_load_u32(&waiting.told), 1);
    ck_assert_int_eq(waiting.end, SEAWALL_JOB_CANCELLED);
    ck_assert_int_eq(waiting.status, SEAWALL_CANCELLED);
    ck_assert_int_eq(seawall_pool_poll(f.pool, second, NULL), SEAWALL_STALE);
    third = submit(&next, SEAWALL_PRIORITY_NORMAL, SEAWALL_FOREVER);
    ck_assert_int_eq(seawall_pool_cancel(f.pool, first), SEAWALL_BUSY);
    sw_test_let_go(&running);
    sw_test_let_go(&next);
    ck_assert_int_eq(fetch(first), 1);
    ck_assert(running.cancelled);
    ck_assert_int_eq(fetch(third), 3);
    ck_assert(!next.cancelled);
    ck_assert_uint_eq(sw_load_u32(&waiting.begun), 0);
    sw_test_pool_end();
}
END_TEST

START_TEST(a_job_past_its_time_is_dropped_unrun)
{
    seawall_priority_level_config levels[SEAWALL_PRIORITY_COUNT];
    seawall_pool_config config = sw_test_pool_config(1, 1, 2);
    seawall_job_result result = SEAWALL_JOB_RESULT_INIT;
    staying running = {.number = 1}, slow = {.number = 2}, dated = {.number = 3}, next = {.number = 4};
    seawall_job handles[4];

    ck_assert_int_eq(seawall_priority_levels(levels), SEAWALL_OK);
    config.levels = levels;
    sw_test_pool_begin(&config);
    handles[0] = submit(&running, SEAWALL_PRIORITY_NORMAL, SEAWALL_FOREVER);
    sw_test_await_begun(&running);
    handles[1] = submit(&slow, SEAWALL_PRIORITY_CRITICAL, SEAWALL_FOREVER); /* which waits for 1 s */
    handles[2] = submit(&dated, SEAWALL_PRIORITY_LOW, SW_TEST_START + SEAWALL_SECONDS(2));
    seawall_manual_clock_advance(f.base.clock, SEAWALL_SECONDS(1) - 1);
    ck_assert_int_eq(seawall_pool_submit(f.pool, NULL, sw_test_echo, NULL, NULL), SEAWALL_FULL);
    ck_assert_int_eq(sw_test_pool_look().oldest, SEAWALL_SECONDS(1) - 1);
    seawall_manual_clock_advance(f.base.clock, 1);
    handles[3] = submit(&next, SEAWALL_PRIORITY_NORMAL, SEAWALL_FOREVER); /* looks, and finds its place */
    ck_assert_uint_eq(sw_load_u32(&slow.told), 1);
    ck_assert_int_eq(slow.end, SEAWALL_JOB_QUEUE_TIME);
    ck_assert_int_eq(slow.status, SEAWALL_FULL);
    ck_assert_int_eq(seawall_pool_poll(f.pool, handles[1], &result), SEAWALL_OK);
    ck_assert_int_eq(result.status, SEAWALL_FULL);
    seawall_manual_clock_advance(f.base.clock, SEAWALL_SECONDS(1)); /* now a worker finds the other one */
    sw_test_let_go(&next);
    sw_test_let_go(&running);
    ck_assert_int_eq(fetch(handles[0]), 1);
    ck_assert_int_eq(fetch(handles[3]), 4);
    ck_assert_int_eq(seawall_pool_wait_until(f.pool, handles[2], SEAWALL_FOREVER, &result), SEAWALL_OK);
    ck_assert_int_eq(result.end, SEAWALL_JOB_DEADLINE);
    ck_assert_int_eq(result.status, SEAWALL_TIMED_OUT);
    ck_assert_int_eq(dated.end, SEAWALL_JOB_DEADLINE);
    ck_assert_uint_eq(sw_load_u32(&dated.begun), 0);
    ck_assert_int_eq(sw_test_pool_look().dropped_queue_time, 1);
    ck_assert_int_eq(sw_test_pool_look().dropped_deadline, 1);
    sw_test_pool_end();
}
END_TEST

/* The caller's own patience, on a clock that jumps to whatever is waited for. */
START_TEST(who_waits_goes_away_on_time)
{
    seawall_pool_config config = sw_test_pool_config(1, 1, 1);
    seawall_job_result result = SEAWALL_JOB_RESULT_INIT;
    staying hung = {.number = 1}, behind = {.number = 2};
    seawall_time deadline = SW_TEST_START + SEAWALL_SECONDS(3);
    seawall_job handle;

    sw_test_platform_init(&f.base, true);
    ck_assert_int_eq(seawall_pool_create(&config, &f.base.platform, &f.pool, NULL), SEAWALL_OK);
    handle = submit(&hung, SEAWALL_PRIORITY_NORMAL, SEAWALL_FOREVER);
    sw_test_await_begun(&hung);
    ck_assert_int_eq(seawall_pool_wait_until(f.pool, handle, deadline, &result), SEAWALL_TIMED_OUT);
    ck_assert_int_eq(seawall_platform_now(&f.base.platform), deadline);
    ck_assert_int_eq(sw_test_pool_look().abandoned, 0);
    ck_assert_int_eq(seawall_pool_forget(f.pool, handle), SEAWALL_OK);
    ck_assert_int_eq(sw_test_pool_look().busy, 1);
    ck_assert_int_eq(sw_test_pool_look().abandoned, 1);
    ck_assert_int_eq(sw_test_pool_look().stuck, 0);
    seawall_manual_clock_advance(f.base.clock, SEAWALL_SECONDS(61));
    ck_assert_int_eq(seawall_pool_run_until(f.pool, NULL, sw_test_stay, &behind, SEAWALL_SECONDS(2000), &result),
                     SEAWALL_TIMED_OUT);
    ck_assert_uint_eq(sw_load_u32(&behind.begun), 0);
    ck_assert_int_eq(sw_test_pool_look().stuck, 1);
    ck_assert_int_eq(sw_test_pool_look().queued[SEAWALL_PRIORITY_NORMAL], 0); /* its place is free */
    sw_test_let_go(&hung);
    ck_assert_int_eq(seawall_pool_drain_until(f.pool, SEAWALL_FOREVER), SEAWALL_OK);
    ck_assert(hung.cancelled);
    ck_assert_int_eq(sw_test_pool_look().abandoned, 0);
    ck_assert_int_eq(sw_test_pool_look().done, 1);
    ck_assert_int_eq(sw_test_pool_look().dropped_deadline, 1);
    sw_test_pool_end();
}
END_TEST

static sw_atomic_u32 stoppable, asked;

static void stop_for_two_seconds(void *arg)
{
    (void)arg;
    sw_store_u32(&asked, 1);
    sw_test_await_parked(1); /* its worker, which must not end it before this has returned */
    seawall_manual_clock_advance(f.base.clock, SEAWALL_SECONDS(2));
}

static int64_t until_asked(seawall_work *work, void *arg)
{
    (void)arg;
    sw_work_stoppable(work, stop_for_two_seconds);
    sw_store_u32(&stoppable, 1);
    sw_test_await(&asked, 1);
    return 0;
}

/* As it waited when the job was taken, the worker read the clock for it when the job's function had returned. */
START_TEST(what_expires_while_a_stop_is_waited_for_is_not_begun)
{
    staying first = {.number = 1}, waiting = {.number = 2, .gate = {1}};
    seawall_job asked_to_stop;

    begin(1, 1, 2);
    (void)submit(&first, SEAWALL_PRIORITY_NORMAL, SEAWALL_FOREVER);
    sw_test_await_begun(&first);
    ck_assert_int_eq(seawall_pool_submit(f.pool, NULL, until_asked, NULL, &asked_to_stop), SEAWALL_OK);
    (void)submit(&waiting, SEAWALL_PRIORITY_NORMAL, SW_TEST_START + SEAWALL_SECONDS(1));
    sw_test_let_go(&first);
    sw_test_await(&stoppable, 1);
    ck_assert_int_eq(seawall_pool_cancel(f.pool, asked_to_stop), SEAWALL_BUSY);
    sw_test_await(&waiting.told, 1);
    ck_assert_int_eq(waiting.end, SEAWALL_JOB_DEADLINE);
    ck_assert_uint_eq(sw_load_u32(&waiting.begun), 0);
    sw_test_pool_end();
}
END_TEST

START_TEST(a_handle_given_up_early_is_harmless)
{
    staying running = {.number = 1}, waiting = {.number = 2}, done = {.number = 3, .gate = {1}};
    seawall_job handles[3];

    begin(1, 2, 1);
    handles[2] = submit(&done, SEAWALL_PRIORITY_NORMAL, SEAWALL_FOREVER);
    sw_test_await(&done.told, 1);
    while (sw_test_pool_look().results != 1) {
    }
    handles[0] = submit(&running, SEAWALL_PRIORITY_NORMAL, SEAWALL_FOREVER);
    sw_test_await_begun(&running);
    ck_assert_int_eq(seawall_pool_forget(f.pool, handles[0]), SEAWALL_OK);
    ck_assert_int_eq(seawall_pool_forget(f.pool, handles[0]), SEAWALL_STALE);
    ck_assert_int_eq(sw_test_pool_look().abandoned, 1);
    ck_assert_int_eq(seawall_pool_forget(f.pool, handles[2]), SEAWALL_OK);
    ck_assert_int_eq(sw_test_pool_look().results, 0);
    handles[1] = submit(&waiting, SEAWALL_PRIORITY_NORMAL, SEAWALL_FOREVER);
    sw_test_await_begun(&waiting); /* a second worker */
    ck_assert_int_eq(sw_test_pool_look().workers, 2);
    ck_assert_int_eq(seawall_pool_forget(f.pool, handles[1]), SEAWALL_OK);
    sw_test_let_go(&running);
    sw_test_let_go(&waiting);
    sw_test_await(&running.told, 1);
    sw_test_await(&waiting.told, 1);
    sw_test_pool_end();
}
END_TEST

START_TEST(results_that_nobody_fetches_are_bounded)
{
    seawall_pool_config config = sw_test_pool_config(1, 1, 5);
    seawall_job handles[2], more = 77;
    int i;

    config.max_results = 2;
    sw_test_pool_begin(&config);
    for (i = 0; i < 2; i++)
        ck_assert_int_eq(seawall_pool_submit(f.pool, NULL, sw_test_echo, NULL, &handles[i]), SEAWALL_OK);
    while (sw_test_pool_look().results != 2) {
    }
    ck_assert_int_eq(seawall_pool_submit(f.pool, NULL, sw_test_echo, NULL, &more), SEAWALL_FULL);
    ck_assert_uint_eq(more, 77);
    ck_assert_int_eq(sw_test_pool_look().refused_results, 1);
    ck_assert_int_eq(seawall_pool_submit(f.pool, NULL, sw_test_echo, NULL, NULL), SEAWALL_OK);
    for (i = 0; i < 2; i++)
        ck_assert_int_eq(seawall_pool_poll(f.pool, handles[i], NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_pool_submit(f.pool, NULL, sw_test_echo, NULL, &more), SEAWALL_OK);
    sw_test_pool_end();
}
END_TEST

static sw_atomic_u32 turned_down;

/* A job that asks another one of its own pool, or of itself. */
static int64_t ask(seawall_work *work, void *arg)
{
    seawall_job_fn whom = arg != NULL ? ask : sw_test_echo;
    seawall_job_result result = SEAWALL_JOB_RESULT_INIT;
    seawall_status status = seawall_pool_run_until(f.pool, NULL, whom, NULL, SEAWALL_FOREVER, &result);

    (void)work;
    if (status == SEAWALL_BUSY)
        (void)sw_add_u32(&turned_down, 1);
    return status;
}

START_TEST(workers_that_all_wait_for_one_another_are_answered)
{
    seawall_job_result result = SEAWALL_JOB_RESULT_INIT;

    begin(1, 1, 5);
    ck_assert_int_eq(seawall_pool_run_until(f.pool, NULL, ask, NULL, SEAWALL_FOREVER, &result), SEAWALL_OK);
    ck_assert_int_eq(result.value, SEAWALL_BUSY);
    ck_assert_int_eq(sw_test_pool_look().dropped_cancelled, 1);
    sw_test_pool_end();
    begin(2, 2, 5); /* one is left to work */
    ck_assert_int_eq(seawall_pool_run_until(f.pool, NULL, ask, NULL, SEAWALL_FOREVER, &result), SEAWALL_OK);
    ck_assert_int_eq(result.value, SEAWALL_OK);
    sw_store_u32(&turned_down, 0);
    ck_assert_int_eq(seawall_pool_run_until(f.pool, NULL, ask, (void *)1, SEAWALL_FOREVER, &result), SEAWALL_OK);
    /* The last of the two that would wait is told so. */
    ck_assert(result.value == SEAWALL_OK || result.value == SEAWALL_BUSY);
    ck_assert_uint_eq(sw_load_u32(&turned_down), 1);
    ck_assert_int_eq(sw_test_pool_look().dropped_cancelled, result.value == SEAWALL_OK ? 1 : 0);
    sw_test_pool_end();
}
END_TEST

START_TEST(queue_first_starts_one_for_who_waits_inside)
{
    seawall_pool_config config = sw_test_pool_config(1, 2, 5);
    seawall_job_result result = SEAWALL_JOB_RESULT_INIT;

    config.growth = SEAWALL_POOL_QUEUE_FIRST;
    sw_test_pool_begin(&config);
    ck_assert_int_eq(seawall_pool_run_until(f.pool, NULL, ask, NULL, SEAWALL_FOREVER, &result), SEAWALL_OK);
    ck_assert_int_eq(result.value, SEAWALL_OK);
    ck_assert_int_eq(sw_test_pool_look().workers, 2);
    sw_test_pool_end();
}
END_TEST

static sw_atomic_u32 awake, met;
static seawall_park_fn real_park;

/* Nobody comes back from a park before `awake`. */
static void park_longer(const uint32_t *word, uint32_t expected, seawall_time until, void *user)
{
    real_park(word, expected, until, user);
    sw_test_await(&awake, 1);
}

static int64_t meet(seawall_work *work, void *arg)
{
    (void)work;
    (void)arg;
    (void)sw_add_u32(&met, 1);
    sw_test_await(&met, 2);
    return 0;
}

/* Two jobs that need each other come before the worker that was woken for the first: he wakes the other for the second. */
START_TEST(who_takes_a_job_wakes_the_next_one)
{
    seawall_pool_config config = sw_test_pool_config(2, 2, 2);

    sw_store_u32(&awake, 0);
    sw_store_u32(&met, 0);
    sw_test_platform_init(&f.base, false);
    real_park = f.base.platform.park;
    f.base.platform.park = park_longer;
    ck_assert_int_eq(seawall_pool_create(&config, &f.base.platform, &f.pool, NULL), SEAWALL_OK);
    sw_test_await_parked(2);
    ck_assert_int_eq(seawall_pool_submit(f.pool, NULL, meet, NULL, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_pool_submit(f.pool, NULL, meet, NULL, NULL), SEAWALL_OK);
    sw_store_u32(&awake, 1);
    sw_test_await(&met, 2);
    while (sw_test_pool_look().done != 2)
        (void)sched_yield();
    sw_test_pool_end();
}
END_TEST

START_TEST(nonsense_is_refused)
{
    seawall_job_options options = SEAWALL_JOB_OPTIONS_INIT;
    seawall_job_result result = {.size = 3};
    seawall_duration duration = 7;
    seawall_job job = 77;

    begin(1, 1, 1);
    options.priority = 4;
    ck_assert_int_eq(seawall_pool_submit(f.pool, &options, sw_test_echo, NULL, &job), SEAWALL_INVALID);
    options.priority = -1;
    ck_assert_int_eq(seawall_pool_submit(f.pool, &options, sw_test_echo, NULL, &job), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_pool_submit(f.pool, NULL, NULL, NULL, &job), SEAWALL_INVALID);
    ck_assert_uint_eq(job, 77);
    ck_assert_int_eq(seawall_pool_poll(f.pool, job, &result), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_pool_poll(f.pool, 0, NULL), SEAWALL_STALE);
    ck_assert_int_eq(seawall_pool_poll(f.pool, UINT64_MAX, NULL), SEAWALL_STALE);
    ck_assert_int_eq(seawall_pool_wait_until(f.pool, job, SEAWALL_FOREVER, &result), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_pool_quantile(f.pool, SEAWALL_POOL_RAN, 0.5, &duration, NULL), SEAWALL_UNSUPPORTED);
    ck_assert_int_eq(seawall_pool_quantile(f.pool, 2, 0.5, &duration, NULL), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_pool_quantile(f.pool, SEAWALL_POOL_RAN, 1.5, &duration, NULL), SEAWALL_INVALID);
    ck_assert_int_eq(duration, 7);
    ck_assert(!seawall_work_cancelled(NULL));
    ck_assert_str_eq(seawall_priority_name(SEAWALL_PRIORITY_CRITICAL), "critical");
    ck_assert_str_eq(seawall_priority_name(4), "unknown");
    ck_assert_str_eq(seawall_job_end_name(SEAWALL_JOB_NO_THREAD), "no_thread");
    ck_assert_str_eq(seawall_job_end_name(-1), "unknown");
    ck_assert_str_eq(seawall_pool_measure_name(SEAWALL_POOL_WAITED), "waited");
    ck_assert_str_eq(seawall_pool_measure_name(SEAWALL_POOL_RAN), "ran");
    ck_assert_str_eq(seawall_pool_measure_name(2), "unknown");
    sw_test_pool_end();
}
END_TEST

START_TEST(histograms_tell_of_waiting_and_running)
{
    seawall_pool_config config = sw_test_pool_config(1, 1, 5);
    staying first = {.number = 1}, second = {.number = 2};
    seawall_job handles[2];
    seawall_duration duration;
    uint64_t samples;

    config.histograms = 1;
    sw_test_pool_begin(&config);
    handles[0] = submit(&first, SEAWALL_PRIORITY_NORMAL, SEAWALL_FOREVER);
    sw_test_await_begun(&first);
    handles[1] = submit(&second, SEAWALL_PRIORITY_NORMAL, SEAWALL_FOREVER);
    seawall_manual_clock_advance(f.base.clock, SEAWALL_MILLISECONDS(80));
    sw_test_let_go(&first);
    ck_assert_int_eq(fetch(handles[0]), 1);
    sw_test_await_begun(&second);
    seawall_manual_clock_advance(f.base.clock, SEAWALL_MILLISECONDS(8));
    sw_test_let_go(&second);
    ck_assert_int_eq(fetch(handles[1]), 2);
    ck_assert_int_eq(seawall_pool_quantile(f.pool, SEAWALL_POOL_WAITED, 1, &duration, &samples), SEAWALL_OK);
    ck_assert_uint_eq(samples, 2);
    ck_assert_int_ge(duration, SEAWALL_MILLISECONDS(80));
    ck_assert_int_le(duration, SEAWALL_MILLISECONDS(90));
    ck_assert_int_eq(seawall_pool_quantile(f.pool, SEAWALL_POOL_WAITED, 0.5, &duration, NULL), SEAWALL_OK);
    ck_assert_int_lt(duration, 2000);
    ck_assert_int_eq(seawall_pool_quantile(f.pool, SEAWALL_POOL_RAN, 0.5, &duration, NULL), SEAWALL_OK);
    ck_assert_int_ge(duration, SEAWALL_MILLISECONDS(8));
    ck_assert_int_le(duration, SEAWALL_MILLISECONDS(9));
    sw_test_pool_end();
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("pool");

    tcase_add_test(tests, a_job_is_run_and_its_value_handed_on);
    tcase_add_test(tests, what_finds_no_place_is_refused);
    tcase_add_test(tests, a_cancelled_job_frees_its_place_at_once);
    tcase_add_test(tests, a_job_past_its_time_is_dropped_unrun);
    tcase_add_test(tests, who_waits_goes_away_on_time);
    tcase_add_test(tests, what_expires_while_a_stop_is_waited_for_is_not_begun);
    tcase_add_test(tests, a_handle_given_up_early_is_harmless);
    tcase_add_test(tests, results_that_nobody_fetches_are_bounded);
    tcase_add_test(tests, workers_that_all_wait_for_one_another_are_answered);
    tcase_add_test(tests, queue_first_starts_one_for_who_waits_inside);
    tcase_add_test(tests, who_takes_a_job_wakes_the_next_one);
    tcase_add_test(tests, nonsense_is_refused);
    tcase_add_test(tests, histograms_tell_of_waiting_and_running);
    return sw_test_run("pool", tests);
}
