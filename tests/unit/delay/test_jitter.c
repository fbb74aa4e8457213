/* Jitter: bounds, published means, and no bias, whatever the random source does. */
#include <check.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "base/random.h"
#include "delay/backoff.h"
#include "suite.h"

#define DRAWS 400000
#define TEN_YEARS SEAWALL_SECONDS(315360000)

static uint64_t seed(void)
{
    const char *text = getenv("SEAWALL_SEED");

    return text != NULL ? strtoull(text, NULL, 10) : 1;
}

static uint64_t step(void *state)
{
    return sw_random_step(state);
}

/* Says what it was told to, and counts. */
typedef struct script {
    uint64_t says[2];
    int asked;
} script;

static uint64_t recite(void *user)
{
    script *s = user;

    ck_assert_int_lt(s->asked, 2);
    return s->says[s->asked++];
}

static seawall_duration spread(sw_jitter_fn jitter, const sw_backoff *backoff, seawall_duration delay, seawall_duration previous,
                               uint64_t first, uint64_t second, int *asked)
{
    script s = {{first, second}, 0};
    sw_random_source random = {recite, &s};
    seawall_duration result = jitter(backoff, delay, previous, &random);

    if (asked != NULL)
        *asked = s.asked;
    return result;
}

/* The ends of each range, for a base of 5 and a cap of 2000 unless the row says otherwise. */
static const struct {
    sw_jitter_fn jitter;
    seawall_duration delay, previous, cap;
    double spread;
    seawall_duration low, high;
} ranges[] = {
    {sw_jitter_none, 1000, 0, 2000, 0, 1000, 1000},
    {sw_jitter_full, 1000, 0, 2000, 0, 0, 1000},
    {sw_jitter_full, 1, 0, 2000, 0, 0, 1},
    {sw_jitter_full, 0, 0, 2000, 0, 0, 0},
    {sw_jitter_full, 2000, 0, 2000, 0, 0, 2000},
    {sw_jitter_full, TEN_YEARS, 0, TEN_YEARS, 0, 0, TEN_YEARS},
    {sw_jitter_full, INT64_MAX, 0, INT64_MAX, 0, 0, INT64_MAX},
    {sw_jitter_equal, 1000, 0, 2000, 0, 500, 1000},
    {sw_jitter_equal, 5, 0, 2000, 0, 3, 5},
    {sw_jitter_equal, 1, 0, 2000, 0, 1, 1},
    {sw_jitter_equal, 0, 0, 2000, 0, 0, 0},
    {sw_jitter_decorrelated, 77, 0, 2000, 0, 5, 15},
    {sw_jitter_decorrelated, 77, 3, 2000, 0, 5, 15},
    {sw_jitter_decorrelated, 77, 100, 2000, 0, 5, 300},
    {sw_jitter_decorrelated, 77, 2000, 2000, 0, 5, 2000},
    {sw_jitter_decorrelated, 77, INT64_MAX, 2000, 0, 5, 2000},
    {sw_jitter_decorrelated, 77, INT64_MAX / 3 + 1, INT64_MAX, 0, 5, INT64_MAX},
    {sw_jitter_proportional, 1000, 0, 2000, 0.5, 500, 1500},
    {sw_jitter_proportional, 1000, 0, 2000, 1, 0, 2000},
    {sw_jitter_proportional, 1000, 0, 2000, 0, 1000, 1000},
    {sw_jitter_proportional, 1999, 0, 2000, 0.25, 1500, 2000},
    {sw_jitter_proportional, 2000, 0, 2000, 0.25, 1500, 2000},
    {sw_jitter_proportional, 0, 0, 2000, 1, 0, 0},
    {sw_jitter_proportional, TEN_YEARS, 0, TEN_YEARS, 1, 0, TEN_YEARS},
    {sw_jitter_proportional, INT64_MAX, 0, INT64_MAX, 1, 0, INT64_MAX},
};

START_TEST(ranges_include_both_ends)
{
    sw_backoff backoff = {.base = 5, .cap = ranges[_i].cap, .spread = ranges[_i].spread};
    sw_jitter_fn jitter = ranges[_i].jitter;
    seawall_duration delay = ranges[_i].delay, previous = ranges[_i].previous;
    int asked;

    ck_assert_int_eq(spread(jitter, &backoff, delay, previous, 0, 0, &asked), ranges[_i].low);
    ck_assert_int_eq(spread(jitter, &backoff, delay, previous, UINT64_MAX, UINT64_MAX, NULL), ranges[_i].high);
    /* An empty range costs no random number. */
    ck_assert_int_eq(asked == 0, ranges[_i].low == ranges[_i].high);
}
END_TEST

/* 3 places share 2^64 numbers: 2^64 / 3 falls between two, and only a second number can say to which side. */
START_TEST(a_second_number_decides_where_the_first_cannot)
{
    sw_backoff backoff = {.base = 0, .cap = 2};
    uint64_t third = UINT64_MAX / 3;
    int asked;

    ck_assert_int_eq(spread(sw_jitter_full, &backoff, 2, 0, third - 1, UINT64_MAX, &asked), 0);
    ck_assert_int_eq(asked, 1);
    ck_assert_int_eq(spread(sw_jitter_full, &backoff, 2, 0, third, 0, &asked), 0);
    ck_assert_int_eq(asked, 2);
    ck_assert_int_eq(spread(sw_jitter_full, &backoff, 2, 0, third, UINT64_MAX, &asked), 1);
    ck_assert_int_eq(asked, 2);
    ck_assert_int_eq(spread(sw_jitter_full, &backoff, 2, 0, third + 1, 0, &asked), 1);
    ck_assert_int_eq(asked, 1);
}
END_TEST

/* So wide a range that a modulo, or one multiplication alone, would favour some places by half. */
START_TEST(wide_ranges_are_not_biased)
{
    uint64_t state = seed();
    sw_random_source random = {step, &state};
    seawall_duration widest = (INT64_C(3) << 61) - 1;
    sw_backoff backoff = {.base = 0, .cap = widest};
    int residues[3] = {0}, thirds[3] = {0}, i;

    for (i = 0; i < DRAWS; i++) {
        seawall_duration drawn = sw_jitter_full(&backoff, widest, 0, &random);

        residues[drawn % 3]++;
        thirds[drawn >> 61]++;
    }
    for (i = 0; i < 3; i++) {
        ck_assert_msg(abs(residues[i] - DRAWS / 3) < DRAWS / 100, "SEAWALL_SEED=%" PRIu64, seed());
        ck_assert_msg(abs(thirds[i] - DRAWS / 3) < DRAWS / 100, "SEAWALL_SEED=%" PRIu64, seed());
    }
}
END_TEST

/* Every place of a narrow range is as likely as the others. */
START_TEST(narrow_ranges_are_uniform)
{
    uint64_t state = seed();
    sw_random_source random = {step, &state};
    sw_backoff backoff = {.base = 0, .cap = 6};
    int places[7] = {0}, i;

    for (i = 0; i < DRAWS; i++)
        places[sw_jitter_full(&backoff, 6, 0, &random)]++;
    for (i = 0; i < 7; i++)
        ck_assert_msg(abs(places[i] - DRAWS / 7) < DRAWS / 100, "SEAWALL_SEED=%" PRIu64 ": place %d", seed(), i);
}
END_TEST

static double mean(sw_jitter_fn jitter, const sw_backoff *backoff, seawall_duration delay)
{
    uint64_t state = seed();
    sw_random_source random = {step, &state};
    double sum = 0;
    int i;

    for (i = 0; i < DRAWS; i++)
        sum += (double)jitter(backoff, delay, 0, &random);
    return sum / DRAWS;
}

static bool within_one_percent(double value, double expected)
{
    return fabs(value - expected) <= expected / 100;
}

START_TEST(means_are_the_published_ones)
{
    seawall_duration delay = SEAWALL_MILLISECONDS(100);
    sw_backoff backoff = {.base = delay, .cap = SEAWALL_SECONDS(5), .spread = 0.5};

    ck_assert(within_one_percent(mean(sw_jitter_full, &backoff, delay), 50e6));
    ck_assert(within_one_percent(mean(sw_jitter_equal, &backoff, delay), 75e6));
    ck_assert(within_one_percent(mean(sw_jitter_proportional, &backoff, delay), 100e6));
    /* At the cap nothing is lost, and nothing piles up: a quarter of 5 s below it on average. */
    ck_assert(within_one_percent(mean(sw_jitter_full, &backoff, backoff.cap), 2500e6));
    ck_assert(within_one_percent(mean(sw_jitter_proportional, &backoff, backoff.cap), 3750e6));
}
END_TEST

START_TEST(decorrelated_means_are_the_published_ones)
{
    static const double published[] = {10.00, 17.50, 28.75, 45.6, 70.9, 108.8, 163.4, 231.8};
    sw_backoff backoff = {.base = SEAWALL_MILLISECONDS(5), .cap = SEAWALL_MILLISECONDS(2000)};
    double sums[8] = {0};
    uint64_t state = seed();
    sw_random_source random = {step, &state};
    int i, n;

    for (i = 0; i < DRAWS; i++) {
        seawall_duration delay = 0;

        for (n = 0; n < 8; n++) {
            delay = sw_jitter_decorrelated(&backoff, 0, delay, &random);
            sums[n] += (double)delay;
        }
    }
    for (n = 0; n < 8; n++)
        ck_assert_msg(within_one_percent(sums[n] / DRAWS / 1e6, published[n]), "SEAWALL_SEED=%" PRIu64 ": attempt %d: %f", seed(),
                      n + 1, sums[n] / DRAWS / 1e6);
}
END_TEST

/* Clients that all sit at the cap must not come back in step. */
START_TEST(the_cap_is_no_meeting_point)
{
    static const sw_jitter_fn jitters[] = {sw_jitter_full, sw_jitter_equal, sw_jitter_proportional};
    sw_backoff backoff = {.base = 1, .cap = SEAWALL_SECONDS(5), .spread = 0.5};
    uint64_t state = seed();
    sw_random_source random = {step, &state};
    int at_cap = 0, i;

    for (i = 0; i < DRAWS; i++)
        at_cap += jitters[i % 3](&backoff, backoff.cap, 0, &random) == backoff.cap;
    ck_assert_int_lt(at_cap, 10);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("jitter");

    tcase_add_loop_test(tests, ranges_include_both_ends, 0, (int)(sizeof(ranges) / sizeof(ranges[0])));
    tcase_add_test(tests, a_second_number_decides_where_the_first_cannot);
    tcase_add_test(tests, wide_ranges_are_not_biased);
    tcase_add_test(tests, narrow_ranges_are_uniform);
    tcase_add_test(tests, means_are_the_published_ones);
    tcase_add_test(tests, decorrelated_means_are_the_published_ones);
    tcase_add_test(tests, the_cap_is_no_meeting_point);
    tcase_set_timeout(tests, 60);
    return sw_test_run("jitter", tests);
}
