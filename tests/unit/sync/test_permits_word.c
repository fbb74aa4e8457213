/* The word of counted permits, row by row. */
#include <check.h>
#include <stdlib.h>

#include "suite.h"
#include "sync/permits_word.h"

#define MOST_GRANTS (UINT64_C(1) << 23)

static uint64_t word_of(uint64_t granted, uint64_t in_use, uint64_t limit, uint64_t awaited)
{
    return granted << 41 | in_use << 21 | limit << 1 | awaited;
}

static const struct {
    uint64_t granted, in_use, limit, awaited;
    bool left, free, laps;
} rows[] = {
    {0, 0, 1, 0, true, true, false},
    {1, 1, 1, 0, false, false, false},
    {1, 1, 2, 0, true, true, false},
    {1, 2, 2, 0, false, false, false},
    {1, 3, 2, 0, false, false, false}, /* the limit was lowered */
    {1, 2, 1000000, 1, true, false, false},
    {1, 2, 2, 1, false, false, false},
    {9, 0, 1, 1, true, false, false}, /* a permit on its way to a waiter */
    {9, 999999, 1000000, 0, true, true, false},
    {9, 1000000, 1000000, 0, false, false, false},
    {9, 0xFFFFF, 1000000, 0, false, false, false}, /* one too many was given back */
    {MOST_GRANTS - 2, 0, 5, 0, true, true, false},
    {MOST_GRANTS - 1, 0, 5, 0, true, true, true},
    {MOST_GRANTS - 1, 4, 5, 1, true, false, true},
};

#define ROWS ((int)(sizeof(rows) / sizeof(rows[0])))

START_TEST(a_word_says_what_is_in_it)
{
    uint64_t word = word_of(rows[_i].granted, rows[_i].in_use, rows[_i].limit, rows[_i].awaited);

    ck_assert_uint_eq(sw_permits_granted(word), rows[_i].granted);
    ck_assert_uint_eq(sw_permits_in_use(word), rows[_i].in_use);
    ck_assert_uint_eq(sw_permits_limit(word), rows[_i].limit);
    ck_assert_int_eq(sw_permits_awaited(word), rows[_i].awaited != 0);
    ck_assert_int_eq(sw_permits_left(word), rows[_i].left);
    ck_assert_int_eq(sw_permits_free(word), rows[_i].free);
    ck_assert_int_eq(sw_permits_laps(word), rows[_i].laps);
}
END_TEST

START_TEST(taking_counts_twice_and_nothing_else)
{
    uint64_t granted = rows[_i].granted;
    uint64_t word = word_of(granted, rows[_i].in_use, rows[_i].limit, rows[_i].awaited);

    if (!rows[_i].left)
        return;
    ck_assert_uint_eq(word + SW_PERMITS_TAKEN,
                      word_of((granted + 1) % MOST_GRANTS, rows[_i].in_use + 1, rows[_i].limit, rows[_i].awaited));
}
END_TEST

START_TEST(giving_back_takes_one_off)
{
    uint64_t word = word_of(rows[_i].granted, rows[_i].in_use, rows[_i].limit, rows[_i].awaited);

    if (rows[_i].in_use > 0)
        ck_assert_uint_eq(word - SW_PERMITS_ONE,
                          word_of(rows[_i].granted, rows[_i].in_use - 1, rows[_i].limit, rows[_i].awaited));
    else
        ck_assert(!sw_permits_left(word - SW_PERMITS_ONE)); /* until it is put right, nobody gets one */
    ck_assert_int_eq(sw_permits_out(word), rows[_i].in_use > 0 && rows[_i].in_use <= SW_PERMITS_MAX);
    ck_assert_uint_eq(sw_permits_righted(word), rows[_i].in_use == 0xFFFFF ? word + SW_PERMITS_ONE : word);
    if (rows[_i].in_use == 0)
        ck_assert_uint_eq(sw_permits_righted(word - 3 * SW_PERMITS_ONE), word);
    ck_assert_uint_eq(word - SW_PERMITS_ONE + SW_PERMITS_ONE, word);
}
END_TEST

START_TEST(a_new_limit_touches_nothing_else)
{
    static const uint32_t limits[] = {1, 2, 25, 999999, SW_PERMITS_MAX};
    uint64_t word = word_of(rows[_i].granted, rows[_i].in_use, rows[_i].limit, rows[_i].awaited);
    size_t i;

    for (i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
        ck_assert_uint_eq(sw_permits_limited(word, limits[i]),
                          word_of(rows[_i].granted, rows[_i].in_use, limits[i], rows[_i].awaited));
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("permits word");

    tcase_add_loop_test(tests, a_word_says_what_is_in_it, 0, ROWS);
    tcase_add_loop_test(tests, taking_counts_twice_and_nothing_else, 0, ROWS);
    tcase_add_loop_test(tests, giving_back_takes_one_off, 0, ROWS);
    tcase_add_loop_test(tests, a_new_limit_touches_nothing_else, 0, ROWS);
    return sw_test_run("permits word", tests);
}
