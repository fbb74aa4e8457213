/* The windows over recent outcomes, where they end: full and overfull, a long silence, the ends of buckets and of numbers. */
#include <check.h>
#include <stdlib.h>

#include "stat/window_count.h"
#include "stat/window_time.h"
#include "suite.h"
#include "support.h"

static void holds(sw_window_totals found, uint64_t outcomes, uint64_t failed, uint64_t slow)
{
    ck_assert_uint_eq(found.outcomes, outcomes);
    ck_assert_uint_eq(found.failed, failed);
    ck_assert_uint_eq(found.slow, slow);
}

START_TEST(one_place_holds_the_last_outcome)
{
    uint64_t marks[1];
    sw_window_count window;

    sw_window_count_init(&window, marks, 1, 100);
    holds(sw_window_count_totals(&window, 100), 0, 0, 0);
    sw_window_count_note(&window, 100, true, false);
    holds(sw_window_count_totals(&window, 100), 1, 1, 0);
    sw_window_count_note(&window, 100, true, true);
    holds(sw_window_count_totals(&window, 100), 1, 1, 1);
    holds(sw_window_count_totals(&window, 101), 1, 0, 0);
}
END_TEST

START_TEST(the_largest_window_fills_and_empties)
{
    uint64_t *marks = malloc(SW_WINDOW_COUNT_MAX * sizeof(*marks));
    sw_window_count window;
    uint64_t i;

    ck_assert_ptr_nonnull(marks);
    sw_window_count_init(&window, marks, SW_WINDOW_COUNT_MAX, 0);
    for (i = 0; i < 2 * SW_WINDOW_COUNT_MAX; i++)
        sw_window_count_note(&window, 0, true, i % 2 == 0);
    holds(sw_window_count_totals(&window, 0), SW_WINDOW_COUNT_MAX, SW_WINDOW_COUNT_MAX, SW_WINDOW_COUNT_MAX / 2);
    holds(sw_window_count_totals(&window, SW_WINDOW_COUNT_MAX - 1), SW_WINDOW_COUNT_MAX, 1, 0);
    holds(sw_window_count_totals(&window, SW_WINDOW_COUNT_MAX), SW_WINDOW_COUNT_MAX, 0, 0);
    free(marks);
}
END_TEST

START_TEST(a_bucket_leaves_as_a_whole)
{
    sw_window_totals buckets[4];
    sw_window_time window;

    sw_window_time_init(&window, buckets, 4, 400, 1000, 0); /* 100 ns each */
    sw_window_time_note(&window, 1000, 0, true, false);
    sw_window_time_note(&window, 1099, 0, true, true);
    sw_window_time_note(&window, 1100, 0, false, true);
    holds(sw_window_time_totals(&window, 1399, 0), 3, 2, 2);
    holds(sw_window_time_totals(&window, 1400, 0), 1, 0, 1);
    holds(sw_window_time_totals(&window, 1500, 0), 0, 0, 0);
}
END_TEST

START_TEST(silent_successes_are_spread_over_the_silence)
{
    sw_window_totals buckets[4];
    sw_window_time window;

    sw_window_time_init(&window, buckets, 4, 400, 0, 7);
    holds(sw_window_time_totals(&window, 400, 47), 30, 0, 0); /* the ten of the first bucket are out */
    holds(sw_window_time_totals(&window, 500, 47), 20, 0, 0);
    holds(sw_window_time_totals(&window, 899, 47), 0, 0, 0);
    holds(sw_window_time_totals(&window, SEAWALL_SECONDS(1000000), 1000047), 1, 0, 0); /* the last one comes at the end */
}
END_TEST

START_TEST(a_clock_that_stands_still_loses_nothing)
{
    sw_window_totals buckets[3];
    sw_window_time window;
    uint64_t i;

    sw_window_time_init(&window, buckets, 3, 3, 50, 0); /* a nanosecond each */
    for (i = 1; i <= 1000; i++) {
        sw_window_time_note(&window, 50, i, true, false);
        holds(sw_window_time_totals(&window, 40, 0), 2 * i, i, 0);
    }
}
END_TEST

START_TEST(the_ends_of_time_are_harmless)
{
    sw_window_totals buckets[10];
    sw_window_time window;

    sw_window_time_init(&window, buckets, 10, 10, INT64_MIN, 0);
    sw_window_time_note(&window, INT64_MIN, 5, true, false);
    holds(sw_window_time_totals(&window, INT64_MIN, 5), 6, 1, 0);
    sw_window_time_note(&window, INT64_MAX, 5, true, true);
    holds(sw_window_time_totals(&window, INT64_MAX, UINT64_MAX), UINT64_MAX - 4, 1, 1);
    sw_window_time_init(&window, buckets, 10, INT64_MAX, INT64_MAX - 1, 0);
    sw_window_time_note(&window, INT64_MAX, 3, true, false);
    holds(sw_window_time_totals(&window, INT64_MAX, 3), 4, 1, 0);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("windows");

    tcase_add_test(tests, one_place_holds_the_last_outcome);
    tcase_add_test(tests, the_largest_window_fills_and_empties);
    tcase_add_test(tests, a_bucket_leaves_as_a_whole);
    tcase_add_test(tests, silent_successes_are_spread_over_the_silence);
    tcase_add_test(tests, a_clock_that_stands_still_loses_nothing);
    tcase_add_test(tests, the_ends_of_time_are_harmless);
    return sw_test_run("windows", tests);
}
