/* What an operator orders, and what a snapshot tells. */
#include "breaker_fixture.h"
#include "suite.h"

static fixture f;

static void begin(void)
{
    fixture_open(&f, NULL);
}

static void end(void)
{
    fixture_close(&f);
}

START_TEST(forced_open_for_good)
{
    seawall_permit before = acquire(&f);

    ck_assert_int_eq(seawall_breaker_force_open(f.breaker, SEAWALL_FOREVER), SEAWALL_OK);
    expect_state(&f, SEAWALL_BREAKER_FORCED_OPEN);
    ck_assert(refused(&f) == SEAWALL_FOREVER);
    ck_assert(look(&f).remaining == SEAWALL_FOREVER);
    advance(&f, SEAWALL_SECONDS(1000000));
    ck_assert(refused(&f) == SEAWALL_FOREVER);
    ck_assert_int_eq(report(&f, &before, SEAWALL_FAULT_NONE), SEAWALL_STALE);
    ck_assert_int_eq(look(&f).last_rule, SEAWALL_BREAKER_RULE_FORCED);
    ck_assert_int_eq(look(&f).opened, 1);
}
END_TEST

START_TEST(forced_open_until)
{
    int i;

    ck_assert_int_eq(seawall_breaker_force_open(f.breaker, START + SEAWALL_SECONDS(5)), SEAWALL_OK);
    expect_state(&f, SEAWALL_BREAKER_FORCED_OPEN);
    ck_assert_int_ge(refused(&f), SEAWALL_SECONDS(5));
    advance(&f, refused(&f) - 1);
    expect_state(&f, SEAWALL_BREAKER_FORCED_OPEN);
    (void)refused(&f);
    advance(&f, 1);
    expect_state(&f, SEAWALL_BREAKER_HALF_OPEN);
    for (i = 0; i < 3; i++)
        call(&f, SEAWALL_FAULT_NONE);
    expect_state(&f, SEAWALL_BREAKER_CLOSED);
}
END_TEST

START_TEST(forced_open_until_the_past)
{
    ck_assert_int_eq(seawall_breaker_force_open(f.breaker, START - 1), SEAWALL_OK);
    expect_state(&f, SEAWALL_BREAKER_HALF_OPEN);
    (void)acquire(&f);
}
END_TEST

START_TEST(closed_by_order)
{
    seawall_permit probe;

    fail_times(&f, 3);
    ck_assert_int_eq(seawall_breaker_close(f.breaker), SEAWALL_OK);
    expect_state(&f, SEAWALL_BREAKER_CLOSED);
    ck_assert_int_eq(look(&f).failures, 3);
    ck_assert_int_eq(look(&f).last_rule, SEAWALL_BREAKER_RULE_CONSECUTIVE);
    ck_assert_int_eq(look(&f).consecutive_failures, 0);
    half_open(&f, 3);
    probe = acquire(&f);
    ck_assert_int_eq(seawall_breaker_close(f.breaker), SEAWALL_OK);
    ck_assert_int_eq(report(&f, &probe, SEAWALL_FAULT_INTERNAL), SEAWALL_STALE);
    expect_state(&f, SEAWALL_BREAKER_CLOSED);
    /* Its place is not lost to the next round. */
    half_open(&f, 3);
    (void)acquire(&f);
    (void)acquire(&f);
    (void)acquire(&f);
    (void)refused(&f);
}
END_TEST

START_TEST(closing_takes_away_the_streak)
{
    fail_times(&f, 2);
    ck_assert_int_eq(seawall_breaker_close(f.breaker), SEAWALL_OK);
    fail_times(&f, 2);
    expect_state(&f, SEAWALL_BREAKER_CLOSED);
    fail_times(&f, 1);
    expect_state(&f, SEAWALL_BREAKER_OPEN);
}
END_TEST

START_TEST(reset_forgets)
{
    seawall_breaker_snapshot fresh = SEAWALL_BREAKER_SNAPSHOT_INIT;
    seawall_breaker_snapshot is;
    seawall_permit stale = acquire(&f);

    call(&f, SEAWALL_FAULT_NONE);
    call(&f, SEAWALL_FAULT_IGNORED);
    half_open(&f, 3);
    (void)acquire(&f);
    (void)report(&f, &stale, SEAWALL_FAULT_NONE);
    advance(&f, SEAWALL_SECONDS(1));
    (void)refused(&f);
    is = look(&f);
    ck_assert(is.successes == 1 && is.failures == 3 && is.ignored == 1 && is.refused == 1 && is.stale == 1 && is.expired == 1 &&
              is.opened == 2);
    ck_assert_int_eq(seawall_breaker_reset(f.breaker), SEAWALL_OK);
    fresh.since = seawall_manual_clock_now(f.clock);
    fresh.epoch = is.epoch + 1;
    fresh.failure_rate = fresh.slow_call_rate = -1;
    is = look(&f);
    ck_assert_mem_eq(&is, &fresh, sizeof is);
    call(&f, SEAWALL_FAULT_NONE);
    ck_assert_int_eq(look(&f).successes, 1);
}
END_TEST

START_TEST(a_snapshot_explains_the_trip)
{
    seawall_breaker_snapshot s;

    advance(&f, 777);
    fail_times(&f, 3);
    advance(&f, 333);
    s = look(&f);
    ck_assert_int_eq(s.state, SEAWALL_BREAKER_OPEN);
    ck_assert_int_eq((int64_t)s.epoch, 1);
    ck_assert_int_eq(s.since, START + 777);
    ck_assert_int_eq(s.last_opened, START + 777);
    ck_assert_int_eq(s.last_rule, SEAWALL_BREAKER_RULE_CONSECUTIVE);
    ck_assert_int_eq(s.last_value, 3);
    ck_assert_int_eq(s.last_limit, 3);
    ck_assert_int_eq(s.opened, 1);
}
END_TEST

START_TEST(a_new_breaker)
{
    seawall_breaker_snapshot expected = SEAWALL_BREAKER_SNAPSHOT_INIT;
    seawall_breaker_snapshot is = look(&f);

    expected.since = START;
    expected.failure_rate = expected.slow_call_rate = -1;
    ck_assert_mem_eq(&is, &expected, sizeof is);
}
END_TEST

START_TEST(times_survive_their_packing)
{
    const seawall_time times[] = {INT64_MIN, -1, 0, INT64_MAX - 1, 0x123456789abcdef0};
    size_t i;

    for (i = 0; i < sizeof times / sizeof times[0]; i++) {
        seawall_manual_clock_set(f.clock, times[i]);
        ck_assert_int_eq(seawall_breaker_force_open(f.breaker, SEAWALL_FOREVER), SEAWALL_OK);
        ck_assert(look(&f).since == times[i] && look(&f).last_opened == times[i]);
        ck_assert_int_eq(seawall_breaker_close(f.breaker), SEAWALL_OK);
        ck_assert(look(&f).since == times[i]);
    }
}
END_TEST

START_TEST(a_large_threshold_is_told)
{
    seawall_breaker_config config = fixture_config();
    seawall_breaker_snapshot s;

    fixture_close(&f);
    config.failure_threshold = 65535;
    fixture_open(&f, &config);
    fail_times(&f, 65534);
    ck_assert_int_eq(look(&f).consecutive_failures, 65534);
    fail_times(&f, 1);
    s = look(&f);
    ck_assert_int_eq(s.last_value, 65535);
    ck_assert_int_eq(s.last_limit, 65535);
}
END_TEST

START_TEST(state_names)
{
    ck_assert_str_eq(seawall_breaker_state_name(SEAWALL_BREAKER_CLOSED), "closed");
    ck_assert_str_eq(seawall_breaker_state_name(SEAWALL_BREAKER_OPEN), "open");
    ck_assert_str_eq(seawall_breaker_state_name(SEAWALL_BREAKER_HALF_OPEN), "half_open");
    ck_assert_str_eq(seawall_breaker_state_name(SEAWALL_BREAKER_FORCED_OPEN), "forced_open");
    ck_assert_str_eq(seawall_breaker_state_name(-1), "unknown");
    ck_assert_str_eq(seawall_breaker_state_name(SEAWALL_BREAKER_DISABLED), "disabled");
    ck_assert_str_eq(seawall_breaker_state_name(SEAWALL_BREAKER_METRICS_ONLY), "metrics_only");
    ck_assert_str_eq(seawall_breaker_state_name(6), "unknown");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("breaker_orders");
    TCase *orders = tcase_create("orders"), *many = sw_test_many_turns(suite);

    tcase_add_checked_fixture(orders, begin, end);
    tcase_add_test(orders, forced_open_for_good);
    tcase_add_test(orders, forced_open_until);
    tcase_add_test(orders, forced_open_until_the_past);
    tcase_add_test(orders, closed_by_order);
    tcase_add_test(orders, closing_takes_away_the_streak);
    tcase_add_test(orders, reset_forgets);
    tcase_add_test(orders, a_snapshot_explains_the_trip);
    tcase_add_test(orders, a_new_breaker);
    tcase_add_test(orders, times_survive_their_packing);
    tcase_add_test(orders, state_names);
    tcase_add_checked_fixture(many, begin, end);
    tcase_add_test(many, a_large_threshold_is_told);
    suite_add_tcase(suite, orders);
    return run_suite(suite);
}
