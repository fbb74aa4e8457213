/* Records of transitions: whole or not there, and never older than what stood there before. */
#include <string.h>

#include "breaker_fixture.h"
#include "policy/breaker/breaker_state.h"

static const seawall_breaker_transition full = {
    .from = SEAWALL_BREAKER_FORCED_OPEN,
    .to = SEAWALL_BREAKER_HALF_OPEN,
    .now = -0x123456789abcdef,
    .rule = SEAWALL_BREAKER_RULE_FORCED,
    .value = 0xfedcb,
    .limit = 0xabcde,
};

START_TEST(what_is_written_is_read)
{
    sw_breaker_record record = {0};
    seawall_breaker_transition is = {.sequence = 77};

    sw_breaker_write_down(&record, 5, &full);
    ck_assert_int_eq(sw_breaker_recall(&record, 5, &is), SW_FOUND);
    ck_assert_int_eq((int64_t)is.sequence, 77);
    ck_assert(is.from == full.from && is.to == full.to && is.now == full.now && is.rule == full.rule && is.value == full.value &&
              is.limit == full.limit);
    ck_assert_int_eq(sw_breaker_recall(&record, 4, &is), SW_NO_LONGER);
    ck_assert_int_eq(sw_breaker_recall(&record, 6, &is), SW_NOT_YET);
}
END_TEST

START_TEST(an_older_one_comes_too_late)
{
    const seawall_breaker_transition old = {.now = 1};
    sw_breaker_record record = {0};
    seawall_breaker_transition is = {0};

    sw_breaker_write_down(&record, 3 + SW_BREAKER_HISTORY, &full);
    sw_breaker_write_down(&record, 3, &old);
    ck_assert_int_eq(sw_breaker_recall(&record, 3 + SW_BREAKER_HISTORY, &is), SW_FOUND);
    ck_assert(is.now == full.now);
    /* The same where the epoch begins anew. */
    memset(&record, 0, sizeof record);
    sw_breaker_write_down(&record, SW_EPOCH_MASK, &old);
    sw_breaker_write_down(&record, 1, &full);
    sw_breaker_write_down(&record, SW_EPOCH_MASK, &old);
    ck_assert_int_eq(sw_breaker_recall(&record, 1, &is), SW_FOUND);
    ck_assert_int_eq(sw_breaker_recall(&record, SW_EPOCH_MASK, &is), SW_NO_LONGER);
}
END_TEST

START_TEST(half_a_record_is_none)
{
    sw_breaker_record older = {0}, mixed;
    seawall_breaker_transition is;
    int i;

    sw_breaker_write_down(&older, 5, &full);
    for (i = 0; i < 3; i++) {
        mixed = older;
        sw_breaker_write_down(&mixed, 6, &full);
        sw_store_u64(&mixed.part[i], sw_load_u64(&older.part[i]));
        ck_assert_int_eq(sw_breaker_recall(&mixed, 6, &is), SW_NOT_YET);
        ck_assert_int_ne(sw_breaker_recall(&mixed, 5, &is), SW_FOUND);
        /* Its writer goes on. */
        sw_breaker_write_down(&mixed, 6, &full);
        ck_assert_int_eq(sw_breaker_recall(&mixed, 6, &is), SW_FOUND);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("breaker_history");
    TCase *records = tcase_create("records");

    tcase_add_test(records, what_is_written_is_read);
    tcase_add_test(records, an_older_one_comes_too_late);
    tcase_add_test(records, half_a_record_is_none);
    suite_add_tcase(suite, records);
    return run_suite(suite);
}
