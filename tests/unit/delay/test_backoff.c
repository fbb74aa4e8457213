/* Backoff: how delays grow, and that whatever the attempt they stay between their bounds. */
#include <check.h>
#include <inttypes.h>
#include <stdlib.h>

#include "base/random.h"
#include "delay/backoff.h"
#include "suite.h"
#include "support.h"

#define TEN_YEARS SEAWALL_SECONDS(315360000)
#define MS(n) SEAWALL_MILLISECONDS(n)

static uint64_t seed(void)
{
    const char *text = getenv("SEAWALL_SEED");

    return text != NULL ? strtoull(text, NULL, 10) : 1;
}

static uint64_t step(void *state)
{
    return sw_random_step(state);
}

static const struct {
    sw_growth_fn growth;
    seawall_duration base, cap;
    double multiplier;
    int64_t attempt;
    seawall_duration delay;
} rows[] = {
    {sw_growth_constant, MS(100), MS(5000), 2, 1, MS(100)},
    {sw_growth_constant, MS(100), MS(5000), 2, 50, MS(100)},
    {sw_growth_constant, MS(100), MS(5000), 2, INT64_MAX, MS(100)},
    {sw_growth_constant, 0, 0, 2, 7, 0},

    {sw_growth_linear, MS(100), MS(5000), 2, 1, MS(100)},
    {sw_growth_linear, MS(100), MS(5000), 2, 2, MS(200)},
    {sw_growth_linear, MS(100), MS(5000), 2, 50, MS(5000)},
    {sw_growth_linear, MS(100), MS(5000), 2, 51, MS(5000)},
    {sw_growth_linear, MS(100), MS(4999), 2, 49, MS(4900)},
    {sw_growth_linear, MS(100), MS(4999), 2, 50, MS(4999)},
    {sw_growth_linear, MS(100), MS(5000), 2, INT64_C(1) << 40, MS(5000)},
    {sw_growth_linear, MS(100), MS(5000), 2, INT64_MAX, MS(5000)},
    {sw_growth_linear, 0, MS(5000), 2, INT64_MAX, 0},
    {sw_growth_linear, 1, TEN_YEARS, 2, INT64_MAX, TEN_YEARS},

    {sw_growth_exponential, MS(100), MS(5000), 2, 1, MS(100)},
    {sw_growth_exponential, MS(100), MS(5000), 2, 2, MS(200)},
    {sw_growth_exponential, MS(100), MS(5000), 2, 3, MS(400)},
    {sw_growth_exponential, MS(100), MS(5000), 2, 6, MS(3200)},
    {sw_growth_exponential, MS(100), MS(5000), 2, 7, MS(5000)},
    {sw_growth_exponential, MS(100), MS(5000), 2, (INT64_C(1) << 31) + 1, MS(5000)},
    {sw_growth_exponential, MS(100), MS(5000), 2, INT64_MAX, MS(5000)},
    {sw_growth_exponential, MS(100), MS(5000), 1, INT64_MAX, MS(100)},
    {sw_growth_exponential, MS(100), MS(5000), 1.5, 4, 337500000},
    {sw_growth_exponential, MS(100), MS(5000), 1000, 2, MS(5000)},
    {sw_growth_exponential, 0, MS(5000), 1000, INT64_MAX, 0},
    {sw_growth_exponential, MS(100), MS(100), 2, 2, MS(100)},
    {sw_growth_exponential, 1, TEN_YEARS, 2, 59, INT64_C(1) << 58},
    {sw_growth_exponential, 1, TEN_YEARS, 2, 60, TEN_YEARS},
    {sw_growth_exponential, TEN_YEARS, TEN_YEARS, 1000, INT64_MAX, TEN_YEARS},
};

static uint64_t never_asked(void *user)
{
    (void)user;
    ck_abort_msg("a random number was drawn for nothing");
    return 0;
}

START_TEST(delays_grow_as_the_table_says)
{
    sw_backoff backoff = {rows[_i].growth, sw_jitter_none, rows[_i].base, rows[_i].cap, rows[_i].multiplier, 0};
    sw_random_source random = {never_asked, NULL};

    ck_assert_int_eq(sw_backoff_delay(&backoff, rows[_i].attempt, 0, &random), rows[_i].delay);
}
END_TEST

static const sw_growth_fn growths[] = {sw_growth_constant, sw_growth_linear, sw_growth_exponential};
static const sw_jitter_fn jitters[] = {sw_jitter_none, sw_jitter_full, sw_jitter_equal, sw_jitter_decorrelated,
                                       sw_jitter_proportional};

static seawall_duration lower_bound(const sw_backoff *backoff, seawall_duration delay)
{
    if (backoff->jitter == sw_jitter_none)
        return delay;
    if (backoff->jitter == sw_jitter_equal)
        return delay - delay / 2;
    if (backoff->jitter == sw_jitter_decorrelated)
        return backoff->base;
    if (backoff->jitter == sw_jitter_proportional)
        return (seawall_duration)((double)delay * (1 - backoff->spread) * 0.999999);
    return 0;
}

/* Any number of bits, so that small and absurd numbers are equally likely. */
static int64_t some_number(uint64_t *state, int64_t most)
{
    uint64_t drawn = sw_random_step(state);

    return (int64_t)((drawn >> 1) >> (sw_random_step(state) % 63)) % most + 1;
}

static sw_backoff some_backoff(uint64_t *state)
{
    sw_backoff backoff = {
        .growth = growths[sw_random_step(state) % 3],
        .jitter = jitters[sw_random_step(state) % 5],
        .multiplier = 1 + (double)some_number(state, INT64_MAX) * 0x1p-63 * 999,
        .spread = (double)(sw_random_step(state) >> 11) * 0x1p-53,
    };

    backoff.cap = some_number(state, TEN_YEARS);
    backoff.base = some_number(state, TEN_YEARS) % (backoff.cap + 1);
    return backoff;
}

START_TEST(delays_stay_between_their_bounds)
{
    uint64_t state = seed();
    int64_t round, rounds = sw_test_count(100000, 1000000);
    sw_random_source random = {step, &state};

    for (round = 0; round < rounds; round++) {
        sw_backoff backoff = some_backoff(&state);
        int64_t attempt = some_number(&state, INT64_MAX);
        seawall_duration previous = some_number(&state, INT64_MAX);
        seawall_duration delay = sw_backoff_delay(&backoff, attempt, previous, &random);
        seawall_duration plain = backoff.growth(&backoff, attempt);

        ck_assert_msg(plain >= backoff.base && plain <= backoff.cap, "SEAWALL_SEED=%" PRIu64 ": grown to %" PRId64, seed(),
                      plain);
        ck_assert_msg(delay >= lower_bound(&backoff, plain) && delay <= backoff.cap,
                      "SEAWALL_SEED=%" PRIu64 ": %" PRId64 " of %" PRId64, seed(), delay, plain);
    }
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("backoff");

    tcase_add_loop_test(tests, delays_grow_as_the_table_says, 0, (int)(sizeof(rows) / sizeof(rows[0])));
    tcase_add_test(tests, delays_stay_between_their_bounds);
    tcase_set_timeout(tests, 60);
    return sw_test_run("backoff", tests);
}
