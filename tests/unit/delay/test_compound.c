/* Compound growth: exact where it can be, near the truth elsewhere, and never shrinking. */
#include <check.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "base/random.h"
#include "delay/compound.h"
#include "suite.h"

static uint64_t seed(void)
{
    const char *text = getenv("SEAWALL_SEED");

    return text != NULL ? strtoull(text, NULL, 10) : 1;
}

static uint64_t rounds(void)
{
    const char *deep = getenv("SEAWALL_TEST_DEEP");

    return deep != NULL && deep[0] == '1' ? 1000000 : 20000;
}

static const struct {
    int64_t value;
    double factor;
    uint64_t times;
    int64_t most;
    int64_t expected;
} rows[] = {
    {100000000, 2.0, 0, INT64_MAX, 100000000},
    {100000000, 2.0, 5, INT64_MAX, 3200000000},
    {1, 2.0, 62, INT64_MAX, INT64_C(1) << 62},
    {3, 2.0, 61, INT64_MAX, INT64_C(3) << 61},
    {1, 2.0, 63, INT64_MAX, INT64_MAX},
    {1, 10.0, 18, INT64_MAX, INT64_C(1000000000000000000)},
    {5, 1000.0, 6, INT64_MAX, INT64_C(5000000000000000000)},
    {100000000, 1.5, 3, INT64_MAX, 337500000},
    {1000, 1.5, 40, INT64_MAX, 11057332321},
    {100000000, 1.1, 2, INT64_MAX, 121000000},
    {100000000, 1.7, 2, INT64_MAX, 289000000},
    {123456789, 1.01, 1000, INT64_MAX, 2587550055196},
    /* The nearest whole number, halves upwards. */
    {1, 1.25, 1, INT64_MAX, 1},
    {1, 1.5, 1, INT64_MAX, 2},
    /* The smallest growth there is. */
    {INT64_C(100000000000000000), 1 + 0x1p-52, 1, INT64_MAX, INT64_C(100000000000000022)},
    /* The bound. */
    {100, 2.0, 3, 801, 800},
    {100, 2.0, 3, 800, 800},
    {100, 2.0, 3, 799, 799},
    {100, 2.0, 0, 50, 50},
    {100, 2.0, 3, 0, 0},
    /* However often. */
    {1, 2.0, INT64_MAX, INT64_MAX, INT64_MAX},
    {1, 2.0, UINT64_MAX, 77, 77},
    {1, 1000.0, UINT64_MAX, 77, 77},
    {1, 1 + 0x1p-52, UINT64_MAX, 77, 77},
    {42, 1.0, UINT64_MAX, INT64_MAX, 42},
    {INT64_MAX, 1.0, INT64_MAX, INT64_MAX, INT64_MAX},
    {0, 1000.0, UINT64_MAX, INT64_MAX, 0},
    {0, 1.0, 0, 0, 0},
};

START_TEST(rows_are_exact)
{
    int64_t result = sw_compound(rows[_i].value, rows[_i].factor, rows[_i].times, rows[_i].most);

    ck_assert_msg(result == rows[_i].expected, "row %d: %" PRId64 " instead of %" PRId64, _i, result, rows[_i].expected);
}
END_TEST

static double some_factor(uint64_t *state)
{
    uint64_t choice = sw_random_step(state);
    double fraction = (double)(choice >> 12) * 0x1p-52;

    switch (choice & 3) {
    case 0:
        return 1 + fraction * 999;
    case 1:
        return 1 + fraction;
    case 2:
        return 1 + ldexp(fraction, -(int)(choice >> 2 & 31));
    default:
        return 1 + (double)(choice >> 2 & 7) / 4;
    }
}

/* How many times coarser than 64 bits of mantissa the plain ways reckon: valgrind has no more than a double's 53. */
static long double coarseness(void)
{
    volatile long double sum = 1;

    sum += 0x1p-63L;
    return sum > 1 ? 1 : 0x1p11L;
}

/* The plain way: one multiplication after the other. */
static long double multiplied(int64_t value, double factor, uint64_t times)
{
    long double result = (long double)value;

    while (times-- > 0)
        result *= factor;
    return result;
}

START_TEST(it_is_near_the_plain_way)
{
    uint64_t state = seed(), round;

    for (round = 0; round < rounds(); round++) {
        double factor = some_factor(&state);
        int64_t value = (int64_t)(sw_random_step(&state) >> (1 + (sw_random_step(&state) & 31)));
        uint64_t times = sw_random_step(&state) & 127;
        long double plain = multiplied(value, factor, times);
        int64_t result = sw_compound(value, factor, times, INT64_MAX);
        long double slack = 1 + plain * (long double)(times + 1) * 0x1p-61L * coarseness();

        if (plain >= 0x1p63L)
            plain = 0x1p63L;
        ck_assert_msg(fabsl((long double)result - plain) <= slack,
                      "SEAWALL_SEED=%" PRIu64 ": %" PRId64 " x %a^%" PRIu64 " is not %" PRId64, seed(), value, factor, times,
                      result);
    }
}
END_TEST

/* Very often, by very little: the other plain way. */
START_TEST(it_is_near_the_exponential_function)
{
    uint64_t state = seed(), round;

    for (round = 0; round < rounds(); round++) {
        int bits = (int)(sw_random_step(&state) & 31);
        double factor = 1 + ldexp((double)(1 + (sw_random_step(&state) & 15)), bits - 52);
        uint64_t times = sw_random_step(&state) >> (17 + bits);
        long double plain = expl((long double)times * log1pl((long double)factor - 1)) * 1000000007;
        int64_t result = sw_compound(1000000007, factor, times, INT64_MAX);

        ck_assert_msg(fabsl((long double)result - plain) <= 1 + plain * (long double)(times + 64) * 0x1p-62L * coarseness(),
                      "SEAWALL_SEED=%" PRIu64 ": %a^%" PRIu64 " is not %" PRId64 "e-9", seed(), factor, times, result);
    }
}
END_TEST

/* Carries happen where the number of times passes a power of two: that is where roundings could add up to a step back. */
static void climb_past_powers_of_two(double factor, int64_t value)
{
    int bit;

    for (bit = 1; bit < 63; bit++) {
        uint64_t around = UINT64_C(1) << bit, times;
        int64_t last = 0;

        for (times = around - 2; times <= around + 2; times++) {
            int64_t now = sw_compound(value, factor, times, INT64_MAX);

            ck_assert_msg(now >= last, "%" PRId64 " x %a^n shrinks at n = %" PRIu64, value, factor, times);
            last = now;
        }
    }
}

START_TEST(it_never_shrinks)
{
    static const double factors[] = {1, 1 + 0x1p-52, 1 + 0x1p-51, 1 + 0x3p-52, 1 + 0x1p-40, 1 + 0x1.8p-30, 1.000001,
                                     1.0001, 1.1, 1.5, 1.7, 2, 3, 10, 999.9, 1000};
    size_t i;

    for (i = 0; i < sizeof(factors) / sizeof(factors[0]); i++) {
        climb_past_powers_of_two(factors[i], INT64_C(1) << 62);
        climb_past_powers_of_two(factors[i], 1);
    }
}
END_TEST

START_TEST(it_never_shrinks_anywhere)
{
    uint64_t state = seed(), round;

    for (round = 0; round < rounds(); round++) {
        double factor = some_factor(&state);
        int64_t value = (int64_t)(sw_random_step(&state) >> 2);
        uint64_t times = sw_random_step(&state) >> (1 + (sw_random_step(&state) & 63) % 63);
        int64_t before = sw_compound(value, factor, times, INT64_MAX);
        int64_t after = sw_compound(value, factor, times + 1, INT64_MAX);

        ck_assert_msg(after >= before, "SEAWALL_SEED=%" PRIu64 ": %" PRId64 " x %a^n shrinks after n = %" PRIu64, seed(), value,
                      factor, times);
    }
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("compound growth");

    tcase_add_loop_test(tests, rows_are_exact, 0, (int)(sizeof(rows) / sizeof(rows[0])));
    tcase_add_test(tests, it_is_near_the_plain_way);
    tcase_add_test(tests, it_is_near_the_exponential_function);
    tcase_add_test(tests, it_never_shrinks);
    tcase_add_test(tests, it_never_shrinks_anywhere);
    tcase_set_timeout(tests, 60);
    return sw_test_run("compound growth", tests);
}
