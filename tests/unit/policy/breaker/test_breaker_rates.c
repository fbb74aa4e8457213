/* What the rates make of a window, row by row: (rules, word, window) -> word. */
#include <check.h>

#include "policy/breaker/breaker_core.h"
#include "suite.h"

#define TENTH (SW_BREAKER_RATE_ONE / 10)
#define THIRD (SW_BREAKER_RATE_ONE / 3)
#define CLOSED SEAWALL_BREAKER_CLOSED
#define METRICS SEAWALL_BREAKER_METRICS_ONLY
#define WELL SEAWALL_BREAKER_RULE_NONE
#define WATCH (-1) /* closed, and watching */
#define BY_FAILURES SEAWALL_BREAKER_RULE_FAILURE_RATE
#define BY_SLOW_CALLS SEAWALL_BREAKER_RULE_SLOW_CALL_RATE

static const struct {
    uint32_t failure_rate, slow_call_rate, minimum;
    seawall_breaker_state state;
    sw_window_totals window;
    int32_t becomes, value, limit;
} rows[] = {
    {5 * TENTH, 0, 10, CLOSED, {0, 0, 0}, WELL, 0, 0},
    {5 * TENTH, 0, 10, CLOSED, {10, 4, 10}, WELL, 0, 0},
    {5 * TENTH, 0, 10, CLOSED, {10, 5, 0}, BY_FAILURES, 500000, 500000},
    {5 * TENTH, 0, 10, CLOSED, {11, 5, 0}, WELL, 0, 0},
    {5 * TENTH, 0, 10, CLOSED, {11, 6, 0}, BY_FAILURES, 545455, 500000},
    /* below the minimum: only if there are enough for it */
    {5 * TENTH, 0, 10, CLOSED, {4, 4, 0}, WELL, 0, 0},
    {5 * TENTH, 0, 10, CLOSED, {5, 5, 0}, WATCH, 0, 0},
    {5 * TENTH, 0, 10, CLOSED, {9, 5, 0}, WATCH, 0, 0},
    {5 * TENTH, 0, 1, CLOSED, {1, 1, 0}, BY_FAILURES, 1000000, 500000},
    /* decimals are what they say: 3 of 10 are 30 % */
    {3 * TENTH, 0, 10, CLOSED, {10, 3, 0}, BY_FAILURES, 300000, 300000},
    {7 * TENTH, 0, 10, CLOSED, {10, 7, 0}, BY_FAILURES, 700000, 700000},
    {THIRD, 0, 3, CLOSED, {3, 1, 0}, BY_FAILURES, 333333, 333333},
    {10 * TENTH, 0, 2, CLOSED, {100, 99, 0}, WELL, 0, 0},
    {10 * TENTH, 0, 2, CLOSED, {100, 100, 0}, BY_FAILURES, 1000000, 1000000},
    {1, 0, 2, CLOSED, {1000000000, 1, 0}, BY_FAILURES, 0, 0},
    {1, 0, 2, CLOSED, {1000000001, 1, 0}, WELL, 0, 0},
    {5 * TENTH, 0, 2, CLOSED, {UINT64_C(1) << 60, UINT64_C(1) << 59, 0}, BY_FAILURES, 500000, 500000},
    /* slow calls */
    {0, 5 * TENTH, 10, CLOSED, {10, 10, 4}, WELL, 0, 0},
    {0, 5 * TENTH, 10, CLOSED, {10, 0, 5}, BY_SLOW_CALLS, 500000, 500000},
    {0, 5 * TENTH, 10, CLOSED, {6, 0, 5}, WATCH, 0, 0},
    /* both */
    {5 * TENTH, 5 * TENTH, 10, CLOSED, {10, 5, 6}, BY_FAILURES, 500000, 500000},
    {5 * TENTH, 5 * TENTH, 10, CLOSED, {10, 4, 6}, BY_SLOW_CALLS, 600000, 500000},
    {9 * TENTH, 2 * TENTH, 10, CLOSED, {4, 3, 2}, WATCH, 0, 0},
    {0, 0, 10, CLOSED, {10, 10, 10}, WELL, 0, 0},
    /* out of play */
    {5 * TENTH, 5 * TENTH, 10, METRICS, {10, 10, 10}, WELL, 0, 0},
    {5 * TENTH, 5 * TENTH, 10, METRICS, {9, 9, 9}, WELL, 0, 0},
};

START_TEST(every_row)
{
    const sw_breaker_rules rules = {.recovery_timeout = SEAWALL_SECONDS(1), .failure_rate = rows[_i].failure_rate,
                                    .slow_call_rate = rows[_i].slow_call_rate, .minimum_calls = rows[_i].minimum};
    uint64_t calm = sw_breaker_word(rows[_i].state, 7, UINT64_C(5) << SW_TRIP_SHIFT | 2), watching;

    /* Whether it watched before makes no difference. */
    for (watching = 0; watching <= SW_WATCH; watching += SW_WATCH) {
        sw_breaker_next next;

        sw_breaker_on_window(&rules, calm | watching, &rows[_i].window, SEAWALL_SECONDS(2), &next);
        if (rows[_i].becomes == WELL || rows[_i].becomes == WATCH) {
            ck_assert_uint_eq(next.word, rows[_i].becomes == WATCH ? calm | SW_WATCH : calm);
            ck_assert_int_eq(next.rule, SEAWALL_BREAKER_RULE_NONE);
            continue;
        }
        ck_assert_uint_eq(next.word, sw_breaker_word(SEAWALL_BREAKER_OPEN, 8, sw_breaker_tick_after(0, SEAWALL_SECONDS(3))));
        ck_assert_int_eq(next.rule, rows[_i].becomes);
        ck_assert_int_eq(next.value, rows[_i].value);
        ck_assert_int_eq(next.limit, rows[_i].limit);
    }
}
END_TEST

START_TEST(only_a_closed_word_watches)
{
    ck_assert(sw_breaker_watches(sw_breaker_word(CLOSED, 7, SW_WATCH)));
    ck_assert(!sw_breaker_watches(sw_breaker_word(CLOSED, 7, SW_WATCH - 1)));
    ck_assert(!sw_breaker_watches(sw_breaker_word(SEAWALL_BREAKER_OPEN, 7, SW_WATCH)));
    ck_assert(!sw_breaker_watches(sw_breaker_word(SEAWALL_BREAKER_HALF_OPEN, 7, SW_WATCH)));
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("rates");

    tcase_add_loop_test(tests, every_row, 0, sizeof rows / sizeof rows[0]);
    tcase_add_test(tests, only_a_closed_word_watches);
    return sw_test_run("breaker_rates", tests);
}
