/* A host that polled at the end of all times had the function of a slot called, which has none. */
#include "../unit/health/health_fixture.h"
#include "one_test.h"

START_TEST(nothing_is_due)
{
    set s;

    set_up(&s);
    ck_assert_int_eq(seawall_health_register(s.health, "slot", NULL, NULL, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_health_poll_at(s.health, SEAWALL_FOREVER, &s.next), SEAWALL_OK);
    ck_assert_int_eq(s.next, SEAWALL_FOREVER);
    tear_down(&s);
}
END_TEST

int main(void)
{
    return one_test("regress/polled_at_forever", nothing_is_due);
}
