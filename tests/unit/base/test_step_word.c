/* Counts of a sliding window, row by row. */
#include <check.h>

#include "base/step_word.h"
#include "suite.h"

#define WORD(step, count) ((uint64_t)(step) << 32 | (count))

START_TEST(steps_follow_time_from_its_beginning)
{
    ck_assert_uint_eq(sw_step_of(SEAWALL_SECONDS(1), INT64_MIN), 0);
    ck_assert_uint_eq(sw_step_of(SEAWALL_SECONDS(1), INT64_MIN + SEAWALL_SECONDS(1) - 1), 0);
    ck_assert_uint_eq(sw_step_of(SEAWALL_SECONDS(1), INT64_MIN + SEAWALL_SECONDS(1)), 1);
    ck_assert_uint_eq(sw_step_of(SEAWALL_SECONDS(1), SEAWALL_SECONDS(5)) - sw_step_of(SEAWALL_SECONDS(1), -SEAWALL_SECONDS(5)),
                      10);
    ck_assert_uint_eq(sw_step_of(SEAWALL_SECONDS(1), INT64_MAX), UINT64_MAX / 1000000000);
}
END_TEST

static const struct {
    uint64_t word, step, more, after;
} adds[] = {
    {0, 7, 1, WORD(7, 1)},
    {WORD(7, 3), 7, 2, WORD(7, 5)},
    {WORD(6, 3), 7, 2, WORD(7, 2)},
    {WORD(8, 3), 7, 2, WORD(8, 3)},               /* somebody comes late */
    {WORD(8, 0), 7, 2, WORD(7, 2)},
    {0, UINT32_MAX, 1, WORD(UINT32_MAX, 1)},      /* an empty word is not ahead */
    {WORD(UINT32_MAX, 3), 0x100000000, 2, WORD(0, 2)},
    {WORD(0, 3), UINT32_MAX, 2, WORD(0, 3)},
    {WORD(7, UINT32_MAX - 1), 7, 5, WORD(7, UINT32_MAX)},
    {WORD(7, 5), 7, UINT64_MAX, WORD(7, UINT32_MAX)},
    {0, UINT64_C(0xABCDEF0000000007), 1, WORD(7, 1)},
};

START_TEST(words_count_for_one_step)
{
    ck_assert_uint_eq(sw_step_word_add(adds[_i].word, adds[_i].step, adds[_i].more), adds[_i].after);
}
END_TEST

START_TEST(a_place_is_counted_in)
{
    sw_atomic_u64 place;

    sw_store_u64(&place, adds[_i].word);
    sw_step_count(&place, adds[_i].step, adds[_i].more);
    ck_assert_uint_eq(sw_load_u64(&place), adds[_i].after);
}
END_TEST

START_TEST(what_is_taken_was_there)
{
    ck_assert_uint_eq(sw_step_word_take(WORD(7, 3), 7), WORD(7, 2));
    ck_assert_uint_eq(sw_step_word_take(WORD(7, 0), 7), WORD(7, 0));
    ck_assert_uint_eq(sw_step_word_take(WORD(8, 3), 7), WORD(8, 3));
    ck_assert_uint_eq(sw_step_word_take(WORD(6, 3), 7), WORD(6, 3));
}
END_TEST

START_TEST(words_leave_the_window)
{
    ck_assert_uint_eq(sw_step_word_count(WORD(7, 3), 7, 10), 3);
    ck_assert_uint_eq(sw_step_word_count(WORD(7, 3), 16, 10), 3);
    ck_assert_uint_eq(sw_step_word_count(WORD(7, 3), 17, 10), 0);
    ck_assert_uint_eq(sw_step_word_count(WORD(7, 3), 17, 11), 3);
    ck_assert_uint_eq(sw_step_word_count(WORD(7, 3), 6, 10), 0);
    ck_assert_uint_eq(sw_step_word_count(WORD(UINT32_MAX, 3), UINT64_C(0x100000002), 10), 3);
}
END_TEST

#define ROWS(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))

int main(void)
{
    TCase *tests = tcase_create("step words");

    tcase_add_test(tests, steps_follow_time_from_its_beginning);
    tcase_add_loop_test(tests, words_count_for_one_step, 0, ROWS(adds));
    tcase_add_loop_test(tests, a_place_is_counted_in, 0, ROWS(adds));
    tcase_add_test(tests, what_is_taken_was_there);
    tcase_add_test(tests, words_leave_the_window);
    return sw_test_run("step words", tests);
}
