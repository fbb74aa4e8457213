/* Durations counted for ever. */
#include <check.h>

#include "stat/histogram.h"
#include "suite.h"

static const struct {
    seawall_duration duration;
    int bucket;
} rows[] = {
    {-5, 0},
    {0, 0},
    {SEAWALL_MILLISECONDS(1), 0},
    {SEAWALL_MILLISECONDS(1) + 1, 1},
    {SEAWALL_MICROSECONDS(2500), 1},
    {SEAWALL_MILLISECONDS(5), 2},
    {SEAWALL_SECONDS(1), 9},
    {SEAWALL_SECONDS(1) + 1, 10},
    {SEAWALL_SECONDS(50), 14},
    {SEAWALL_SECONDS(50) + 1, 15},
    {SEAWALL_FOREVER, 15},
};

START_TEST(each_has_its_bucket)
{
    sw_histogram histogram = {0};
    seawall_histogram read;
    int i;

    sw_histogram_record(&histogram, rows[_i].duration);
    sw_histogram_read(&histogram, &read);
    for (i = 0; i < SEAWALL_HISTOGRAM_BUCKETS; i++)
        ck_assert_int_eq(read.counts[i], i == rows[_i].bucket);
    ck_assert_int_eq(read.sum, rows[_i].duration > 0 ? rows[_i].duration : 0);
}
END_TEST

START_TEST(bounds_grow_and_end)
{
    int32_t i;

    for (i = 1; i < SEAWALL_HISTOGRAM_BUCKETS; i++)
        ck_assert_int_gt(seawall_histogram_bound(i), seawall_histogram_bound(i - 1));
    ck_assert_int_eq(seawall_histogram_bound(SEAWALL_HISTOGRAM_BUCKETS - 1), SEAWALL_FOREVER);
    ck_assert_int_eq(seawall_histogram_bound(-1), 0);
    ck_assert_int_eq(seawall_histogram_bound(SEAWALL_HISTOGRAM_BUCKETS), 0);
}
END_TEST

START_TEST(a_sum_does_not_turn_negative)
{
    sw_histogram histogram = {0};
    seawall_histogram read;

    sw_histogram_record(&histogram, SEAWALL_FOREVER - 1);
    sw_histogram_record(&histogram, SEAWALL_FOREVER - 1);
    sw_histogram_read(&histogram, &read);
    ck_assert_int_eq(read.sum, INT64_MAX);
    ck_assert_int_eq(read.counts[SEAWALL_HISTOGRAM_BUCKETS - 1], 2);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("histogram");

    tcase_add_loop_test(tests, each_has_its_bucket, 0, (int)(sizeof(rows) / sizeof(rows[0])));
    tcase_add_test(tests, bounds_grow_and_end);
    tcase_add_test(tests, a_sum_does_not_turn_negative);
    return sw_test_run("histogram", tests);
}
