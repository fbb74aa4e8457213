/*
 * A throttle's purse was given another size while calls succeeded. Whoever told of a success by the smaller size, when the tokens
 * were those of the larger one, cut them down to the smaller: a full purse of 1000 held 10 tokens afterwards, or one of 10 a
 * tenth of one, and no retry was made although nothing had failed.
 */
#include "one_test.h"
#include "support.h"
#include "sync/budget.h"

#define SMALL ((uint64_t)10 * 1000 << 32 | 100)
#define LARGE_FULL (1000 * 1000)

START_TEST(a_success_takes_nothing_out)
{
    seawall_retry_budget_config config = SEAWALL_RETRY_BUDGET_CONFIG_THROTTLE;
    seawall_retry_budget_snapshot snapshot = SEAWALL_RETRY_BUDGET_SNAPSHOT_INIT;
    seawall_retry_budget *budget;
    sw_test_platform on;

    sw_test_platform_init(&on, false);
    config.max_tokens = 1000;
    ck_assert_int_eq(seawall_retry_budget_create(&config, &on.platform, &budget, NULL), SEAWALL_OK);
    ck_assert_uint_eq(sw_load_u32(&budget->shared.tokens), LARGE_FULL);
    /* As it is in the middle of a change to the smaller size, or for who read the rules before one to the larger. */
    sw_store_u64(&budget->throttle, SMALL);
    seawall_retry_budget_end(budget, SEAWALL_FAULT_NONE);
    ck_assert_uint_eq(sw_load_u32(&budget->shared.tokens), LARGE_FULL);
    /* Nobody sees more in a purse than it holds. */
    ck_assert_int_eq(seawall_retry_budget_get_snapshot_at(budget, SW_TEST_START, &snapshot), SEAWALL_OK);
    ck_assert_double_eq(snapshot.tokens, 10);
    seawall_retry_budget_destroy(budget);
    sw_test_platform_fini(&on);
}
END_TEST

int main(void)
{
    return one_test("regress/purse_of_another_size", a_success_takes_nothing_out);
}
