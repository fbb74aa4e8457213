/*
 * Two permits too many were given back at the same time: the second one took the first, on its way back, for a permit that was
 * out. The count stayed below zero, and the bulkhead gave no permit any more. And a look meanwhile showed a million in use.
 */
#include <check.h>

#include "one_test.h"
#include "sync/permits.h"

START_TEST(nothing_has_changed)
{
    static sw_permits permits;
    const sw_permits_rules rules = {.limit = 2};
    sw_permits_view view;
    uint64_t before[3];
    bool serve;
    int i;

    sw_permits_init(&permits, &rules);
    for (i = 0; i < 3; i++) {
        before[i] = sw_permits_put(&permits);
        sw_permits_see(&permits, &view);
        ck_assert_int_eq(view.in_use, 0);
        ck_assert_int_eq(view.granted, 0);
    }
    for (i = 0; i < 3; i++) {
        ck_assert_msg(!sw_permits_settled(before[i]), "nothing was out");
        ck_assert(!sw_permits_settle(&permits, before[i], &serve));
        ck_assert(!serve);
    }
    ck_assert(sw_permits_try(&permits));
    ck_assert(sw_permits_try(&permits));
    ck_assert(!sw_permits_try(&permits));
    sw_permits_see(&permits, &view);
    ck_assert_int_eq(view.in_use, 2);
    ck_assert_int_eq(view.granted, 2);
}
END_TEST

int main(void)
{
    return one_test("regress/given_back_at_once", nothing_has_changed);
}
