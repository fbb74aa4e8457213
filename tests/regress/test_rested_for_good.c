/* A check of the start alone that came after it was over rested; told to inform readiness, it was never run. */
#include "../unit/health/health_fixture.h"
#include "one_test.h"

START_TEST(it_is_run)
{
    seawall_health_check_config config = SEAWALL_HEALTH_CHECK_CONFIG_INIT;
    script orders = {.answer = SEAWALL_HEALTH_PASS};
    set s;

    set_up(&s);
    poll_for(&s, S(1)); /* the start is over */
    config.ready = 0;
    config.startup = 1;
    add(&s, "late", &orders, &config);
    poll_for(&s, S(60));
    ck_assert_int_eq(orders.runs, 0);
    config.ready = 1;
    ck_assert_int_eq(seawall_health_reconfigure(s.health, "late", &config, NULL), SEAWALL_OK);
    poll_for(&s, S(60));
    ck_assert_int_gt(orders.runs, 0);
    ck_assert_int_eq(look_at_endpoint(&s, SEAWALL_HEALTH_READY).status, SEAWALL_HEALTH_PASS);
    tear_down(&s);
}
END_TEST

int main(void)
{
    return one_test("regress/rested_for_good", it_is_run);
}
