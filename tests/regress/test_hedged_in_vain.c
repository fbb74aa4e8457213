/*
 * An extra run that began no attempt, because it was refused or still waited for its turn when another won, had spent the
 * budgets: a hedge around a full bulkhead left the retries that shared its budget nothing, and counted runs that never were.
 */
#include "one_test.h"
#include "support.h"
#include "toy_stage.h"

#define AT(ms) (SW_TEST_START + SEAWALL_MILLISECONDS(ms))
#define CALLS 10

static sw_test_platform on;
static seawall_retry_budget *budget;
static seawall_hedge *hedge;
static seawall_bulkhead *bulkhead;
static stage s;

/* A hedge of 50 ms in front of one place and a queue. */
static void set_up(int32_t max_waiting)
{
    seawall_retry_budget_config floor = SEAWALL_RETRY_BUDGET_CONFIG_INIT;
    seawall_hedge_config config = SEAWALL_HEDGE_CONFIG_INIT;
    seawall_bulkhead_config narrow = SEAWALL_BULKHEAD_CONFIG_INIT;
    seawall_policy policies[2] = {SEAWALL_POLICY_INIT, SEAWALL_POLICY_INIT};

    sw_test_platform_init(&on, false);
    floor.ratio = 0;
    floor.floor = 1;
    ck_assert_int_eq(seawall_retry_budget_create(&floor, &on.platform, &budget, NULL), SEAWALL_OK);
    config.delay = SEAWALL_MILLISECONDS(50);
    config.budget = 0.5;
    config.retry_budget = budget;
    ck_assert_int_eq(seawall_hedge_create(&config, &on.platform, &hedge, NULL), SEAWALL_OK);
    narrow.max_concurrent = 1;
    narrow.max_waiting = max_waiting;
    narrow.max_wait = max_waiting > 0 ? SEAWALL_SECONDS(1) : 0;
    ck_assert_int_eq(seawall_bulkhead_create(&narrow, &on.platform, &bulkhead, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_hedge_policy(hedge, "hedge", &policies[0]), SEAWALL_OK);
    ck_assert_int_eq(seawall_bulkhead_policy(bulkhead, "bulkhead", &policies[1]), SEAWALL_OK);
    stage_open_policies(&s, (const seawall_policy *const[]){&policies[0], &policies[1]}, 2, &on.platform);
}

static void tear_down(void)
{
    stage_close(&s);
    seawall_bulkhead_destroy(bulkhead);
    seawall_hedge_destroy(hedge);
    seawall_retry_budget_destroy(budget);
    sw_test_platform_fini(&on);
}

/* One call that lasts for 60 ms, alone. */
static void call_at(int ms)
{
    stage_begin(&s, AT(ms), SEAWALL_FOREVER);
    (void)stage_steps_text(&s, AT(ms));
    (void)stage_steps_text(&s, AT(ms + 50));
    stage_end(&s, 1, SEAWALL_FAULT_NONE, AT(ms + 60));
    (void)stage_steps_text(&s, AT(ms + 60));
    ck_assert_int_eq(s.report.status, SEAWALL_OK);
    ck_assert_int_eq(s.report.attempts, 1);
}

/* Each of them wanted an extra run, which is counted neither as one nor as one that a budget did not allow. */
static void nothing_was_spent(int ms)
{
    seawall_retry_budget_snapshot left = SEAWALL_RETRY_BUDGET_SNAPSHOT_INIT;
    seawall_hedge_snapshot seen = SEAWALL_HEDGE_SNAPSHOT_INIT;

    ck_assert_int_eq(seawall_hedge_get_snapshot_at(hedge, AT(ms), &seen), SEAWALL_OK);
    ck_assert_int_eq(seen.started, 0);
    ck_assert_int_eq(seen.won, 0);
    ck_assert_int_eq(seen.over_budget, 1); /* of the first pass, which had earned half of one */
    ck_assert_int_eq(seawall_retry_budget_get_snapshot_at(budget, AT(ms), &left), SEAWALL_OK);
    ck_assert_int_eq(left.retries, 0);
    ck_assert_int_eq(left.available, 10);
}

START_TEST(what_began_no_attempt_costs_nothing)
{
    int32_t waiting;
    int i;

    for (waiting = 0; waiting <= 1; waiting++) {
        set_up(waiting);
        for (i = 0; i < CALLS; i++)
            call_at(100 * i);
        nothing_was_spent(100 * CALLS);
        tear_down();
    }
}
END_TEST

int main(void)
{
    return one_test("regress/hedged_in_vain", what_began_no_attempt_costs_nothing);
}
