/* The histogram of recent latencies: buckets row by row, quantiles beside a sorted list. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "stat/latency.h"
#include "suite.h"
#include "support.h"

static sw_latency *fresh(void)
{
    sw_latency *latency = calloc(1, sizeof(*latency));

    ck_assert_ptr_nonnull(latency);
    return latency;
}

static const struct {
    seawall_duration duration;
    uint32_t bucket;
} rows[] = {
    {INT64_MIN, 0},    {-1, 0},          {0, 0},          {1023, 0},
    {1024, 1},         {1151, 1},        {1152, 2},       {2047, 8},
    {2048, 9},         {2303, 9},        {2304, 10},      {SEAWALL_SECONDS(3600), 254},
    {INT64_C(1) << 42, 255},             {SEAWALL_FOREVER, 255},
};

START_TEST(durations_have_their_bucket)
{
    ck_assert_uint_eq(sw_latency_bucket(rows[_i].duration), rows[_i].bucket);
}
END_TEST

START_TEST(buckets_end_where_the_next_begins)
{
    uint32_t bucket;

    for (bucket = 0; bucket < SW_LATENCY_BUCKETS - 1; bucket++) {
        seawall_duration longest = sw_latency_longest(bucket);

        ck_assert_uint_eq(sw_latency_bucket(longest), bucket);
        ck_assert_uint_eq(sw_latency_bucket(longest + 1), bucket + 1);
        if (bucket > 0)
            ck_assert_int_le(longest - sw_latency_longest(bucket - 1), sw_latency_longest(bucket - 1) / 8 + 1);
    }
    ck_assert_int_eq(sw_latency_longest(SW_LATENCY_BUCKETS - 1), SEAWALL_FOREVER);
}
END_TEST

static int by_value(const void *a, const void *b)
{
    const seawall_duration *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

/* Never below the true one, and at most an eighth above it. */
START_TEST(quantiles_are_those_of_a_sorted_list)
{
    static const uint32_t shares[] = {0, 1, 500000, 900000, 950000, 999000, 1000000};
    uint64_t random = sw_test_seed();
    int round;

    for (round = 0; round < 200; round++) {
        seawall_duration values[300];
        uint64_t count = 1 + sw_test_next(&random) % 300, i, samples;
        sw_latency *latency = fresh();

        for (i = 0; i < count; i++) {
            values[i] = 1024 + (seawall_duration)(sw_test_next(&random) >> (24 + sw_test_next(&random) % 26));
            sw_latency_record(latency, 7, values[i]);
        }
        qsort(values, count, sizeof(values[0]), by_value);
        for (i = 0; i < sizeof(shares) / sizeof(shares[0]); i++) {
            uint64_t rank = (count * shares[i] + 999999) / 1000000;
            seawall_duration exact = values[rank > 0 ? rank - 1 : 0];
            seawall_duration found = sw_latency_quantile(latency, 7, shares[i], &samples);

            ck_assert_uint_eq(samples, count);
            ck_assert_int_ge(found, exact);
            ck_assert_int_le(found, exact + exact / 8);
        }
        free(latency);
    }
}
END_TEST

START_TEST(what_is_old_is_forgotten)
{
    sw_latency *latency = fresh();
    uint64_t samples;

    ck_assert_int_eq(sw_latency_quantile(latency, 100, 500000, &samples), 0);
    ck_assert_uint_eq(samples, 0);
    sw_latency_record(latency, 100, 5000);
    sw_latency_record(latency, 103, 9000);
    (void)sw_latency_quantile(latency, 105, 500000, &samples);
    ck_assert_uint_eq(samples, 2);
    ck_assert_int_eq(sw_latency_quantile(latency, 106, 0, &samples), sw_latency_longest(sw_latency_bucket(9000)));
    ck_assert_uint_eq(samples, 1);
    (void)sw_latency_quantile(latency, 109, 0, &samples);
    ck_assert_uint_eq(samples, 0);
    /* A place is used again, and an age of silence changes nothing. */
    sw_latency_record(latency, 108, 5000);
    (void)sw_latency_quantile(latency, 108, 0, &samples);
    ck_assert_uint_eq(samples, 2);
    sw_latency_record(latency, UINT64_C(1) << 40, 5000);
    (void)sw_latency_quantile(latency, UINT64_C(1) << 40, 0, &samples);
    ck_assert_uint_eq(samples, 1);
    free(latency);
}
END_TEST

typedef struct crowd {
    sw_latency *latency;
    int64_t rounds;
} crowd;

static void record(int index, void *arg)
{
    crowd *c = arg;
    int64_t i;

    for (i = 0; i < c->rounds; i++)
        sw_latency_record(c->latency, 7, 1000 << ((i + index) % 8));
}

START_TEST(many_threads_lose_nothing)
{
    crowd c = {.latency = fresh(), .rounds = sw_test_count(2000, 50000)};
    sw_test_threads threads;
    uint64_t samples;

    sw_test_start(&threads, 4, record, &c);
    sw_test_join(&threads);
    (void)sw_latency_quantile(c.latency, 7, 500000, &samples);
    ck_assert_uint_eq(samples, 4 * (uint64_t)c.rounds);
    free(c.latency);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("latency");

    tcase_add_loop_test(tests, durations_have_their_bucket, 0, (int)(sizeof(rows) / sizeof(rows[0])));
    tcase_add_test(tests, buckets_end_where_the_next_begins);
    tcase_add_test(tests, quantiles_are_those_of_a_sorted_list);
    tcase_add_test(tests, what_is_old_is_forgotten);
    tcase_add_test(tests, many_threads_lose_nothing);
    return sw_test_run("latency", tests);
}
