/*
 * Two threads asked a retry budget at the same moment, after nobody had for an hour. The first told it the time and lost the CPU
 * before it had shared out the hour's calls. The second took them all for calls of this moment: for as long as the window, at
 * the beginning of an outage, there were hundreds of times the retries that there may be.
 */
#include "one_test.h"
#include "base/step_word.h"
#include "support.h"
#include "sync/budget.h"

#define HOUR SEAWALL_SECONDS(3600)
#define FLOOR (10 * 10) /* of a window */

static int granted(seawall_retry_budget *budget, seawall_time now)
{
    seawall_retry_charge charge = 0;
    int count = 0;

    while (seawall_retry_budget_try_charge_at(budget, now, &charge) == SEAWALL_OK)
        count++;
    return count;
}

START_TEST(an_hour_stays_an_hour_whoever_shares_it_out)
{
    seawall_retry_budget *budget;
    sw_test_platform on;
    seawall_time now;
    int i;

    sw_test_platform_init(&on, false);
    ck_assert_int_eq(seawall_retry_budget_create(NULL, &on.platform, &budget, NULL), SEAWALL_OK);
    now = SW_TEST_START + HOUR;
    for (i = 0; i < 360000; i++)
        seawall_retry_budget_begin(budget);
    /* As far as the first one came. */
    sw_store_u64(&budget->shared.latest, sw_step_of(budget->step, now));
    /* What came together in silence is taken to be old. */
    ck_assert_int_eq(granted(budget, now), FLOOR);
    /* Who learnt the time before another went on from it loses no calls. */
    sw_store_u64(&budget->shared.collected_until, sw_step_of(budget->step, now) + 3);
    for (i = 0; i < 100; i++)
        seawall_retry_budget_begin(budget);
    ck_assert_int_eq(granted(budget, now), 100 / 5);
    seawall_retry_budget_destroy(budget);
    sw_test_platform_fini(&on);
}
END_TEST

int main(void)
{
    return one_test("regress/quiet_hour_in_a_moment", an_hour_stays_an_hour_whoever_shares_it_out);
}
