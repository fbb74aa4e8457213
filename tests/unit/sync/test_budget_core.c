/* The arithmetic of a retry budget, row by row. */
#include <check.h>

#include "policy/budget/budget_config.h"
#include "suite.h"
#include "support.h"

static const sw_budget_rules usual = {
    .step = SEAWALL_SECONDS(1), .ratio = 200000, .floor = 100000000, .purse = 10000, .reward = 100};

START_TEST(settings_come_down_to_whole_numbers)
{
    seawall_retry_budget_config config = SEAWALL_RETRY_BUDGET_CONFIG_INIT;
    sw_budget_rules rules = sw_budget_rules_from(&config);

    ck_assert_int_eq(rules.step, SEAWALL_SECONDS(1));
    ck_assert_uint_eq(rules.ratio, 200000);
    ck_assert_uint_eq(rules.floor, 100000000);
    ck_assert_uint_eq(rules.purse, 0);
    config.ratio = 0.6; /* not 100 % */
    config.floor = 1000000;
    config.window = SEAWALL_SECONDS(3600);
    config.max_tokens = 1000;
    config.token_ratio = 0.0014;
    rules = sw_budget_rules_from(&config);
    ck_assert_uint_eq(rules.ratio, 600000);
    ck_assert_uint_eq(rules.floor, UINT64_C(3600000000000000));
    ck_assert_uint_eq(rules.purse, 1000000);
    ck_assert_uint_eq(rules.reward, 1);
}
END_TEST

static const struct {
    uint64_t calls, from, to;
    uint64_t shares[4]; /* the last step first */
} spreads[] = {
    {10, 5, 5, {10, 0, 0, 0}},
    {10, 5, 6, {10, 0, 0, 0}},
    {10, 5, 7, {5, 5, 0, 0}},
    {10, 5, 8, {4, 3, 3, 0}},
    {1, 5, 8, {1, 0, 0, 0}},
    {UINT64_MAX, 0, 1, {UINT64_MAX, 0, 0, 0}},
    {1000, 0, 1000, {1, 1, 1, 1}},
    {10, 0, UINT64_MAX, {1, 0, 0, 0}},
};

START_TEST(silent_calls_are_spread_over_the_silence)
{
    uint32_t i;

    for (i = 0; i < 4; i++)
        ck_assert_uint_eq(sw_budget_share(spreads[_i].calls, spreads[_i].from, spreads[_i].to, i), spreads[_i].shares[i]);
}
END_TEST

START_TEST(shares_add_up)
{
    uint64_t calls, gap;

    for (gap = 1; gap < 40; gap++) {
        for (calls = 0; calls < 200; calls += 7) {
            uint64_t total = 0;
            uint32_t i;

            for (i = 0; i <= gap; i++)
                total += sw_budget_share(calls, 100, 100 + gap, i);
            ck_assert_uint_eq(total, calls);
        }
    }
}
END_TEST

static const struct {
    uint64_t step, due;
    uint32_t row;
    uint64_t place;
} spots[] = {
    {1000, 1000, 0, 1000},
    {1000, 999, 0, 1000}, /* it was due before */
    {1000, 1021, 0, 1021},
    {1000, 1022, 1, 1022 / 8},
    {1000, 1175, 1, 1175 / 8},
    {1000, 1176, 2, 1176 / 64},
    {0, 21, 0, 21},
    {0, 22, 1, 2},
    {0, 22 * 32768 - 1, 5, 21},
    {0, 22 * 32768, 5, 21}, /* as far as it reaches */
    {0, UINT64_MAX, 5, 21},
};

START_TEST(what_sleeps_longer_is_counted_more_coarsely)
{
    sw_budget_spot spot = sw_budget_spot_of(spots[_i].step, spots[_i].due);

    ck_assert_uint_eq(spot.row, spots[_i].row);
    ck_assert_uint_eq(spot.place, spots[_i].place);
}
END_TEST

static bool is_counted(sw_budget_spot spot, uint64_t step)
{
    sw_budget_reach reach = sw_budget_reach_of(spot.row, step);

    ck_assert_uint_le(reach.places, SW_BUDGET_PLACES);
    return reach.last - spot.place < reach.places;
}

START_TEST(a_retry_counts_until_it_has_left_the_window_it_began_in)
{
    uint64_t random = sw_test_seed();
    int64_t n;

    for (n = sw_test_count(20000, 1000000); n > 0; n--) {
        uint64_t step = sw_test_next(&random) % (UINT64_C(1) << sw_test_next(&random) % 40);
        uint64_t sleep = sw_test_next(&random) % (UINT64_C(1) << sw_test_next(&random) % 20) % 680000;
        sw_budget_spot spot = sw_budget_spot_of(step, step + sleep);

        ck_assert(is_counted(spot, step));
        ck_assert(is_counted(spot, step + sw_test_next(&random) % (sleep + SW_BUDGET_STEPS + 1)));
        ck_assert(is_counted(spot, step + sleep + SW_BUDGET_STEPS));
        ck_assert(!is_counted(spot, step + sleep + sleep / 2 + SW_BUDGET_STEPS + 1));
    }
}
END_TEST

START_TEST(limits_are_exact)
{
    sw_budget_rules rules = usual;

    ck_assert_uint_eq(sw_budget_limit(&rules, 0), 100);
    ck_assert_uint_eq(sw_budget_limit(&rules, 4), 100);
    ck_assert_uint_eq(sw_budget_limit(&rules, 5), 101);
    ck_assert_uint_eq(sw_budget_limit(&rules, UINT32_MAX * UINT64_C(10)), UINT32_MAX * UINT64_C(2) + 100);
    rules.floor = 0;
    ck_assert_uint_eq(sw_budget_limit(&rules, 4), 0);
    rules.ratio = 600000;
    ck_assert_uint_eq(sw_budget_limit(&rules, 1000), 600);
    rules.ratio = 1;
    ck_assert_uint_eq(sw_budget_limit(&rules, 999999), 0);
    ck_assert_uint_eq(sw_budget_limit(&rules, 1000000), 1);
}
END_TEST

/* gRPC's numbers: stop at half. */
START_TEST(the_purse_is_grpcs)
{
    uint32_t tokens = 10000;
    int i;

    for (i = 0; i < 5; i++) {
        ck_assert(sw_budget_purse_allows(&usual, tokens));
        tokens = sw_budget_purse_after(&usual, tokens, false);
    }
    ck_assert_uint_eq(tokens, 5000);
    ck_assert(!sw_budget_purse_allows(&usual, tokens));
    tokens = sw_budget_purse_after(&usual, tokens, true);
    ck_assert_uint_eq(tokens, 5100);
    ck_assert(sw_budget_purse_allows(&usual, tokens));
    ck_assert_uint_eq(sw_budget_purse_after(&usual, 9950, true), 10000);
    ck_assert_uint_eq(sw_budget_purse_after(&usual, 10000, true), 10000);
    /* By who has not heard yet that the purse is larger now. */
    ck_assert_uint_eq(sw_budget_purse_after(&usual, 1000000, true), 1000000);
    ck_assert_uint_eq(sw_budget_purse_after(&usual, 999, false), 0);
    ck_assert_uint_eq(sw_budget_purse_after(&usual, 1000, false), 0);
    ck_assert_uint_eq(sw_budget_purse_after(&usual, 0, false), 0);
    ck_assert(sw_budget_purse_allows(&(sw_budget_rules){.purse = 0}, 0));
}
END_TEST

#define ROWS(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))

int main(void)
{
    TCase *tests = tcase_create("budget core");

    tcase_add_test(tests, settings_come_down_to_whole_numbers);
    tcase_add_loop_test(tests, silent_calls_are_spread_over_the_silence, 0, ROWS(spreads));
    tcase_add_test(tests, shares_add_up);
    tcase_add_loop_test(tests, what_sleeps_longer_is_counted_more_coarsely, 0, ROWS(spots));
    tcase_add_test(tests, a_retry_counts_until_it_has_left_the_window_it_began_in);
    tcase_add_test(tests, limits_are_exact);
    tcase_add_test(tests, the_purse_is_grpcs);
    return sw_test_run("budget core", tests);
}
