/* Jobs without options while the worker is busy: the short way into a pool keeps what the long one promises. */
#include <sched.h>
#include <string.h>

#include "pool_fixture.h"
#include "suite.h"

static staying held;

/* One worker, and it is busy. */
static void begin(const seawall_pool_config *config)
{
    sw_test_pool_begin(config);
    memset(&held, 0, sizeof(held));
    ck_assert_int_eq(seawall_pool_submit(f.pool, NULL, sw_test_stay, &held, NULL), SEAWALL_OK);
    sw_test_await_begun(&held);
}

static seawall_status submit(int64_t number, seawall_job *handle)
{
    return seawall_pool_submit(f.pool, NULL, sw_test_echo, (void *)(intptr_t)number, handle);
}

static void fetch(seawall_job handle, seawall_job_end end, int64_t value)
{
    seawall_job_result result = SEAWALL_JOB_RESULT_INIT;

    ck_assert_int_eq(seawall_pool_wait_until(f.pool, handle, SEAWALL_FOREVER, &result), SEAWALL_OK);
    ck_assert_int_eq(result.end, end);
    ck_assert_int_eq(result.value, value);
}

static void end(void)
{
    sw_test_let_go(&held);
    sw_test_pool_end();
}

START_TEST(it_is_run_in_its_turn)
{
    seawall_pool_config config = sw_test_pool_config(1, 1, 2);
    seawall_job first, second, third = 77;

    begin(&config);
    ck_assert_int_eq(submit(5, &first), SEAWALL_OK);
    ck_assert_int_eq(submit(6, &second), SEAWALL_OK);
    ck_assert_uint_ne(first, second);
    ck_assert_int_eq(submit(7, &third), SEAWALL_FULL);
    ck_assert_int_eq(submit(7, NULL), SEAWALL_FULL);
    ck_assert_uint_eq(third, 77);
    ck_assert_int_eq(sw_test_pool_look().refused_full, 2);
    sw_test_let_go(&held);
    fetch(first, SEAWALL_JOB_DONE, 5);
    fetch(second, SEAWALL_JOB_DONE, 6);
    end();
}
END_TEST

/* The one before it in its place was called off, and told so. */
START_TEST(nobody_is_told_of_it)
{
    seawall_pool_config config = sw_test_pool_config(1, 1, 1);
    seawall_job_options options = SEAWALL_JOB_OPTIONS_INIT;
    staying before = {.number = 3};
    seawall_job handle;

    begin(&config);
    options.done = sw_test_told;
    ck_assert_int_eq(seawall_pool_submit(f.pool, &options, sw_test_stay, &before, &handle), SEAWALL_OK);
    ck_assert_int_eq(seawall_pool_cancel(f.pool, handle), SEAWALL_OK);
    ck_assert_uint_eq(sw_load_u32(&before.told), 1);
    ck_assert_int_eq(seawall_pool_submit(f.pool, NULL, sw_test_stay, &before, &handle), SEAWALL_OK);
    sw_test_let_go(&before);
    sw_test_let_go(&held);
    fetch(handle, SEAWALL_JOB_DONE, 3);
    ck_assert_uint_eq(sw_load_u32(&before.told), 1);
    end();
}
END_TEST

/* Of a job that was dropped no value of the one before it in its place is told. */
START_TEST(what_is_dropped_has_no_value)
{
    seawall_pool_config config = sw_test_pool_config(1, 1, 1);
    seawall_job_options options = SEAWALL_JOB_OPTIONS_INIT;
    staying again = {0};
    seawall_job before, dropped;

    config.queue_size = 2;
    begin(&config);
    ck_assert_int_eq(submit(9, &before), SEAWALL_OK);
    ck_assert_int_eq(seawall_pool_submit(f.pool, NULL, sw_test_stay, &again, NULL), SEAWALL_OK);
    sw_test_let_go(&held);
    sw_test_await_begun(&again);
    fetch(before, SEAWALL_JOB_DONE, 9); /* now its place is the next one */
    options.deadline = SW_TEST_START + SEAWALL_SECONDS(1);
    ck_assert_int_eq(seawall_pool_submit(f.pool, &options, sw_test_echo, (void *)(intptr_t)4, &dropped), SEAWALL_OK);
    seawall_manual_clock_advance(f.base.clock, SEAWALL_SECONDS(1));
    fetch(dropped, SEAWALL_JOB_DEADLINE, 0);
    sw_test_let_go(&again);
    end();
}
END_TEST

START_TEST(results_are_bounded)
{
    seawall_pool_config config = sw_test_pool_config(1, 1, 3);
    staying again = {0};
    seawall_job kept[2], more = 77;

    config.max_results = 1;
    begin(&config);
    ck_assert_int_eq(submit(1, &kept[0]), SEAWALL_OK);
    ck_assert_int_eq(seawall_pool_submit(f.pool, NULL, sw_test_stay, &again, NULL), SEAWALL_OK);
    sw_test_let_go(&held);
    sw_test_await_begun(&again);
    ck_assert_int_eq(sw_test_pool_look().results, 1);
    ck_assert_int_eq(submit(2, &more), SEAWALL_FULL);
    ck_assert_uint_eq(more, 77);
    ck_assert_int_eq(sw_test_pool_look().refused_results, 1);
    ck_assert_int_eq(submit(2, NULL), SEAWALL_OK);
    fetch(kept[0], SEAWALL_JOB_DONE, 1);
    ck_assert_int_eq(submit(3, &kept[1]), SEAWALL_OK);
    sw_test_let_go(&again);
    fetch(kept[1], SEAWALL_JOB_DONE, 3);
    end();
}
END_TEST

/* Those that were still to end when they were counted: then there is room in the queue, and no place. */
START_TEST(results_may_have_all_places)
{
    seawall_pool_config config = sw_test_pool_config(1, 1, 2);
    staying again = {0};
    seawall_job kept[2];

    config.max_results = 1;
    begin(&config); /* four places: this one, two that wait, one result */
    ck_assert_int_eq(submit(1, &kept[0]), SEAWALL_OK);
    ck_assert_int_eq(submit(2, &kept[1]), SEAWALL_OK);
    sw_test_let_go(&held);
    while (sw_test_pool_look().results != 2)
        (void)sched_yield();
    ck_assert_int_eq(seawall_pool_submit(f.pool, NULL, sw_test_stay, &again, NULL), SEAWALL_OK);
    sw_test_await_begun(&again);
    ck_assert_int_eq(submit(3, NULL), SEAWALL_OK);
    ck_assert_int_eq(submit(4, NULL), SEAWALL_FULL);
    ck_assert_int_eq(sw_test_pool_look().refused_full, 1);
    fetch(kept[0], SEAWALL_JOB_DONE, 1);
    ck_assert_int_eq(submit(4, NULL), SEAWALL_OK);
    fetch(kept[1], SEAWALL_JOB_DONE, 2);
    sw_test_let_go(&again);
    end();
}
END_TEST

START_TEST(it_obeys_new_rules)
{
    seawall_priority_level_config levels[SEAWALL_PRIORITY_COUNT];
    seawall_pool_config config = sw_test_pool_config(1, 1, 3), limited, larger;
    staying second = {0};
    seawall_job handle;

    config.max_size_limit = 2;
    begin(&config);
    ck_assert_int_eq(seawall_priority_levels(levels), SEAWALL_OK);
    limited = config;
    limited.levels = levels;
    levels[SEAWALL_PRIORITY_NORMAL].max_queue_time = SEAWALL_SECONDS(2);
    ck_assert_int_eq(seawall_pool_reconfigure(f.pool, &limited, NULL), SEAWALL_OK);
    ck_assert_int_eq(submit(1, &handle), SEAWALL_OK);
    seawall_manual_clock_advance(f.base.clock, SEAWALL_SECONDS(2));
    fetch(handle, SEAWALL_JOB_QUEUE_TIME, 0);
    larger = config;
    larger.max_size = 2;
    ck_assert_int_eq(seawall_pool_reconfigure(f.pool, &larger, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_pool_submit(f.pool, NULL, sw_test_stay, &second, NULL), SEAWALL_OK);
    sw_test_await_begun(&second); /* another worker was started for it */
    sw_test_let_go(&second);
    end();
}
END_TEST

START_TEST(a_closed_pool_takes_none)
{
    seawall_pool_config config = sw_test_pool_config(1, 1, 3);

    begin(&config);
    ck_assert_int_eq(seawall_pool_stop(f.pool), SEAWALL_OK);
    ck_assert_int_eq(submit(1, NULL), SEAWALL_FULL);
    ck_assert_int_eq(sw_test_pool_look().refused_stopped, 1);
    end();
}
END_TEST

START_TEST(histograms_see_it)
{
    seawall_pool_config config = sw_test_pool_config(1, 1, 3);
    seawall_duration waited;
    seawall_job handle;

    config.histograms = 1;
    begin(&config);
    ck_assert_int_eq(submit(1, &handle), SEAWALL_OK);
    seawall_manual_clock_advance(f.base.clock, SEAWALL_MILLISECONDS(80));
    sw_test_let_go(&held);
    fetch(handle, SEAWALL_JOB_DONE, 1);
    ck_assert_int_eq(seawall_pool_quantile(f.pool, SEAWALL_POOL_WAITED, 1, &waited, NULL), SEAWALL_OK);
    ck_assert_int_ge(waited, SEAWALL_MILLISECONDS(80));
    end();
}
END_TEST

#define MANY 12

static char turns[2 * MANY + 1];
static size_t turn;

static int64_t take_turn(seawall_work *work, void *arg)
{
    (void)work;
    turns[turn++] = arg != NULL ? 'p' : 'h'; /* one worker */
    return 0;
}

/* While its level was empty another one was served; now both have their shares, and not more. */
START_TEST(an_empty_level_has_saved_nothing_up)
{
    seawall_pool_config config = sw_test_pool_config(1, 1, 2 * MANY);
    seawall_job_options high = {sizeof(high), SEAWALL_PRIORITY_HIGH, SEAWALL_FOREVER, NULL};
    staying again = {0};
    int i;

    begin(&config);
    for (i = 0; i < MANY; i++)
        ck_assert_int_eq(seawall_pool_submit(f.pool, &high, take_turn, NULL, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_pool_submit(f.pool, &high, sw_test_stay, &again, NULL), SEAWALL_OK);
    sw_test_let_go(&held);
    sw_test_await_begun(&again);
    memset(turns, 0, sizeof(turns));
    turn = 0;
    for (i = 0; i < MANY; i++) {
        ck_assert_int_eq(seawall_pool_submit(f.pool, &high, take_turn, NULL, NULL), SEAWALL_OK);
        ck_assert_int_eq(seawall_pool_submit(f.pool, NULL, take_turn, turns, NULL), SEAWALL_OK);
    }
    sw_test_let_go(&again);
    ck_assert_int_eq(seawall_pool_drain_until(f.pool, SEAWALL_FOREVER), SEAWALL_OK);
    turns[6] = '\0';
    ck_assert_ptr_nonnull(strchr(turns, 'p'));
    ck_assert_ptr_nonnull(strchr(turns, 'h'));
    ck_assert_ptr_nonnull(strchr(strchr(turns, 'h') + 1, 'h'));
    end();
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("plain");

    tcase_add_test(tests, it_is_run_in_its_turn);
    tcase_add_test(tests, nobody_is_told_of_it);
    tcase_add_test(tests, what_is_dropped_has_no_value);
    tcase_add_test(tests, results_are_bounded);
    tcase_add_test(tests, results_may_have_all_places);
    tcase_add_test(tests, it_obeys_new_rules);
    tcase_add_test(tests, a_closed_pool_takes_none);
    tcase_add_test(tests, histograms_see_it);
    tcase_add_test(tests, an_empty_level_has_saved_nothing_up);
    return sw_test_run("pool_plain", tests);
}
