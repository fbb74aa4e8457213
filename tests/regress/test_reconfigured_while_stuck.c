/* Each change of its settings, even to the same ones, was one more failure of a check that was stuck. */
#include "health/health_core.h"
#include "one_test.h"

#define S SEAWALL_SECONDS

START_TEST(its_next_failure_stays_due)
{
    const sw_health_rules rules = {.interval = S(10), .timeout = S(5), .failure_threshold = 5, .success_threshold = 1};
    const sw_health_rules shorter = {.interval = S(4), .timeout = S(4), .failure_threshold = 5, .success_threshold = 1};
    sw_health_state state;

    sw_health_begin_life(&state, 0, S(100));
    sw_health_begin(&state, &rules, 0, S(100));
    (void)sw_health_expire(&state, &rules, true, S(105)); /* stuck: once more at 115, then at 125 */
    sw_health_obey(&state, &rules);
    ck_assert_int_eq(sw_health_next(&state), S(115));
    (void)sw_health_expire(&state, &rules, true, S(115));
    sw_health_obey(&state, &rules);
    ck_assert_int_eq(sw_health_next(&state), S(125));
    sw_health_obey(&state, &shorter);
    ck_assert_int_eq(sw_health_next(&state), S(119));
}
END_TEST

int main(void)
{
    return one_test("regress/reconfigured_while_stuck", its_next_failure_stays_due);
}
