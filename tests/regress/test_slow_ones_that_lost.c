/*
 * A hedge learnt its delay from the runs that won. The slow first runs, which the extra ones beat, were not among them: the more
 * it hedged the rarer they seemed, and the sooner it hedged.
 */
#include <stdio.h>

#include "one_test.h"
#include "support.h"
#include "toy_stage.h"

#define MS(n) SEAWALL_MILLISECONDS(n)
#define PASSES 1200 /* four windows of them */
#define BETWEEN MS(2000)

static sw_test_platform on;
static seawall_hedge *hedge;
static stage s;

static seawall_duration delay_at(seawall_time now)
{
    seawall_hedge_snapshot seen = SEAWALL_HEDGE_SNAPSHOT_INIT;

    ck_assert_int_eq(seawall_hedge_get_snapshot_at(hedge, now, &seen), SEAWALL_OK);
    return seen.delay;
}

/* The first run would take so long; an extra one answers after a millisecond. */
static void pass(seawall_time now, seawall_duration lasts)
{
    long long extra = 0;

    stage_begin(&s, now, SEAWALL_FOREVER);
    if (sscanf(stage_steps_text(&s, now), "start 1, wait %lld", &extra) == 1 && extra < now + lasts) {
        (void)stage_steps_text(&s, extra);
        stage_end(&s, 2, SEAWALL_FAULT_NONE, extra + MS(1));
        (void)stage_steps_text(&s, extra + MS(1));
        ck_assert_int_eq(s.report.attempts, 2);
    }
    stage_end(&s, 1, SEAWALL_FAULT_NONE, now + lasts);
    (void)stage_steps_text(&s, now + lasts);
    ck_assert_int_eq(s.report.status, SEAWALL_OK);
}

static void open_hedge(void)
{
    seawall_hedge_config config = SEAWALL_HEDGE_CONFIG_INIT;
    seawall_policy policy = SEAWALL_POLICY_INIT;

    sw_test_platform_init(&on, false);
    config.budget = 1;
    config.window = SEAWALL_SECONDS(600);
    ck_assert_int_eq(seawall_hedge_create(&config, &on.platform, &hedge, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_hedge_policy(hedge, "hedge", &policy), SEAWALL_OK);
    stage_open_policies(&s, (const seawall_policy *const[]){&policy}, 1, &on.platform);
}

/* Of each hundred passes one takes 1 ms, one 2 ms, up to 90; then one 100 ms, one 200 ms, up to a second. */
static seawall_duration latency(int i)
{
    int rank = i * 37 % 100 + 1;

    return rank <= 90 ? MS(rank) : MS(100) * (rank - 90);
}

START_TEST(the_delay_stays_what_they_make_it)
{
    seawall_time now = SW_TEST_START;
    int i;

    open_hedge();
    for (i = 0; i < PASSES; i++, now += BETWEEN) {
        pass(now, latency(i));
        if (i < 100)
            continue;
        ck_assert_int_ge(delay_at(now), MS(500));
        ck_assert_int_le(delay_at(now), MS(563));
    }
    stage_close(&s);
    seawall_hedge_destroy(hedge);
    sw_test_platform_fini(&on);
}
END_TEST

int main(void)
{
    return one_test("regress/slow_ones_that_lost", the_delay_stays_what_they_make_it);
}
