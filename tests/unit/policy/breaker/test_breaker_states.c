/* The breaker used alone: states, probes, leases, permits. */
#include "breaker_fixture.h"

static fixture f;

static void begin(void)
{
    fixture_open(&f, NULL);
}

static void end(void)
{
    fixture_close(&f);
}

static void again(const seawall_breaker_config *config)
{
    fixture_close(&f);
    fixture_open(&f, config);
}

START_TEST(a_success_breaks_the_streak)
{
    const char *results = "FFSFFF";
    int i;

    for (i = 0; results[i] != '\0'; i++) {
        expect_state(&f, SEAWALL_BREAKER_CLOSED);
        call(&f, results[i] == 'F' ? SEAWALL_FAULT_SERVICE_UNAVAILABLE : SEAWALL_FAULT_NONE);
    }
    expect_state(&f, SEAWALL_BREAKER_OPEN);
    (void)refused(&f);
}
END_TEST

START_TEST(only_counted_faults_count)
{
    seawall_fault fault;

    for (fault = SEAWALL_FAULT_IGNORED; fault < SEAWALL_FAULT_COUNT; fault++) {
        bool counts = (SEAWALL_FAULTS_COUNTED & SEAWALL_FAULT_BIT(fault)) != 0;

        ck_assert_int_eq(seawall_breaker_reset(f.breaker), SEAWALL_OK);
        call(&f, fault);
        ck_assert_int_eq(look(&f).consecutive_failures, counts);
        ck_assert_int_eq(look(&f).failures, counts);
        ck_assert_int_eq(look(&f).ignored, !counts);
    }
}
END_TEST

START_TEST(an_ignored_call_neither_counts_nor_breaks_the_streak)
{
    fail_times(&f, 2);
    call(&f, SEAWALL_FAULT_IGNORED);
    call(&f, SEAWALL_FAULT_NOT_FOUND);
    fail_times(&f, 1);
    expect_state(&f, SEAWALL_BREAKER_OPEN);
}
END_TEST

START_TEST(open_for_its_time_and_no_less)
{
    seawall_duration wait;

    advance(&f, 12345);
    fail_times(&f, 3);
    wait = refused(&f);
    ck_assert_int_ge(wait, SEAWALL_SECONDS(1));
    ck_assert_int_lt(wait, SEAWALL_SECONDS(1) + LATE);
    ck_assert_int_eq(look(&f).remaining, wait);
    advance(&f, wait - 1);
    ck_assert_int_eq(refused(&f), 1);
    ck_assert_int_eq(look(&f).refused, 2);
    advance(&f, 1);
    expect_state(&f, SEAWALL_BREAKER_HALF_OPEN);
    call(&f, SEAWALL_FAULT_NONE);
}
END_TEST

START_TEST(so_many_probes_and_no_more)
{
    seawall_permit probes[3];
    int i;

    half_open(&f, 3);
    for (i = 0; i < 3; i++) {
        probes[i] = acquire(&f);
        ck_assert_int_eq(look(&f).probes, i + 1);
        advance(&f, MS(10));
    }
    /* The first lease ends first. */
    ck_assert_int_ge(refused(&f), MS(470));
    ck_assert_int_lt(refused(&f), MS(470) + LATE);
    for (i = 0; i < 3; i++)
        ck_assert_int_eq(report(&f, &probes[i], SEAWALL_FAULT_NONE), SEAWALL_OK);
    expect_state(&f, SEAWALL_BREAKER_CLOSED);
    ck_assert_int_eq(look(&f).successes, 3);
}
END_TEST

START_TEST(one_failed_probe_reopens)
{
    seawall_permit first, second;

    half_open(&f, 3);
    first = acquire(&f);
    second = acquire(&f);
    ck_assert_int_eq(report(&f, &first, SEAWALL_FAULT_TIMEOUT), SEAWALL_OK);
    expect_state(&f, SEAWALL_BREAKER_OPEN);
    ck_assert_int_eq(look(&f).last_rule, SEAWALL_BREAKER_RULE_PROBES);
    ck_assert_int_ge(refused(&f), SEAWALL_SECONDS(1));
    ck_assert_int_eq(report(&f, &second, SEAWALL_FAULT_NONE), SEAWALL_STALE);
    expect_state(&f, SEAWALL_BREAKER_OPEN);
    ck_assert_int_eq(look(&f).stale, 1);
}
END_TEST

START_TEST(a_lost_probe_counts_as_a_failure_when_its_lease_ends)
{
    seawall_permit lost;

    half_open(&f, 3);
    lost = acquire(&f);
    advance(&f, MS(500) - 1);
    call(&f, SEAWALL_FAULT_NONE);
    ck_assert_int_eq(look(&f).expired, 0);
    advance(&f, 1 + LATE);
    ck_assert_int_ge(refused(&f), SEAWALL_SECONDS(1));
    ck_assert_int_eq(look(&f).expired, 1);
    expect_state(&f, SEAWALL_BREAKER_OPEN);
    ck_assert_int_eq(report(&f, &lost, SEAWALL_FAULT_NONE), SEAWALL_STALE);
}
END_TEST

START_TEST(a_lost_probe_frees_its_place)
{
    seawall_breaker_config config = fixture_config();
    seawall_permit lost;

    config.half_open_concurrent = 1;
    config.failures_to_reopen = 3;
    config.successes_to_close = 2;
    again(&config);
    half_open(&f, 3);
    lost = acquire(&f);
    advance(&f, refused(&f));
    call(&f, SEAWALL_FAULT_NONE);
    ck_assert_int_eq(look(&f).expired, 1);
    ck_assert_int_eq(look(&f).probe_failures, 1);
    ck_assert_int_eq(look(&f).probe_successes, 1);
    /* Its own report comes too late, although the round goes on. */
    ck_assert_int_eq(report(&f, &lost, SEAWALL_FAULT_INTERNAL), SEAWALL_STALE);
    ck_assert_int_eq(look(&f).probe_failures, 1);
    call(&f, SEAWALL_FAULT_NONE);
    expect_state(&f, SEAWALL_BREAKER_CLOSED);
}
END_TEST

START_TEST(a_late_report_counts_as_lost_even_if_nobody_has_noticed)
{
    seawall_permit late;

    half_open(&f, 3);
    late = acquire(&f);
    advance(&f, MS(500) + LATE);
    ck_assert_int_eq(report(&f, &late, SEAWALL_FAULT_NONE), SEAWALL_STALE);
    ck_assert_int_eq(look(&f).expired, 1);
    ck_assert_int_eq(look(&f).stale, 1);
    expect_state(&f, SEAWALL_BREAKER_OPEN);
}
END_TEST

START_TEST(a_free_place_does_not_hide_a_lost_probe)
{
    seawall_permit probes[3];
    int i;

    half_open(&f, 3);
    for (i = 0; i < 3; i++)
        probes[i] = acquire(&f);
    ck_assert_int_eq(report(&f, &probes[0], SEAWALL_FAULT_NONE), SEAWALL_OK);
    /* Place 1 is free, but the round is used up. */
    advance(&f, refused(&f));
    ck_assert_int_ge(refused(&f), SEAWALL_SECONDS(1));
    expect_state(&f, SEAWALL_BREAKER_OPEN);
}
END_TEST

START_TEST(an_ignored_probe_gives_its_place_back)
{
    int i;

    half_open(&f, 3);
    for (i = 0; i < 1000; i++)
        call(&f, SEAWALL_FAULT_IGNORED);
    ck_assert_int_eq(look(&f).probes, 0);
    for (i = 0; i < 3; i++)
        call(&f, SEAWALL_FAULT_NONE);
    expect_state(&f, SEAWALL_BREAKER_CLOSED);
}
END_TEST

START_TEST(an_ignored_last_probe_does_not_wedge)
{
    seawall_permit last;

    half_open(&f, 3);
    call(&f, SEAWALL_FAULT_NONE);
    call(&f, SEAWALL_FAULT_NONE);
    last = acquire(&f);
    (void)refused(&f);
    ck_assert_int_eq(report(&f, &last, SEAWALL_FAULT_CONFLICT), SEAWALL_OK);
    expect_state(&f, SEAWALL_BREAKER_HALF_OPEN);
    call(&f, SEAWALL_FAULT_NONE);
    expect_state(&f, SEAWALL_BREAKER_CLOSED);
}
END_TEST

START_TEST(an_undecided_round_reopens)
{
    seawall_breaker_config config = fixture_config();

    config.failures_to_reopen = 2;
    again(&config);
    half_open(&f, 3);
    call(&f, SEAWALL_FAULT_NONE);
    fail_times(&f, 1);
    expect_state(&f, SEAWALL_BREAKER_HALF_OPEN);
    call(&f, SEAWALL_FAULT_NONE);
    expect_state(&f, SEAWALL_BREAKER_OPEN);
    ck_assert_int_eq(look(&f).last_rule, SEAWALL_BREAKER_RULE_PROBES);
    ck_assert_int_eq(look(&f).last_value, 1);
    ck_assert_int_eq(look(&f).last_limit, 2);
}
END_TEST

START_TEST(so_many_at_once)
{
    seawall_breaker_config config = fixture_config();
    seawall_permit first, second;

    config.half_open_concurrent = 2;
    again(&config);
    half_open(&f, 3);
    first = acquire(&f);
    second = acquire(&f);
    (void)refused(&f);
    ck_assert_int_eq(report(&f, &first, SEAWALL_FAULT_NONE), SEAWALL_OK);
    first = acquire(&f);
    (void)refused(&f);
    ck_assert_int_eq(report(&f, &first, SEAWALL_FAULT_NONE), SEAWALL_OK);
    (void)refused(&f);
    ck_assert_int_eq(report(&f, &second, SEAWALL_FAULT_NONE), SEAWALL_OK);
    expect_state(&f, SEAWALL_BREAKER_CLOSED);
}
END_TEST

START_TEST(more_at_once_than_in_all)
{
    seawall_breaker_config config = fixture_config();

    config.half_open_max_calls = 1;
    config.half_open_concurrent = 1000;
    again(&config);
    half_open(&f, 3);
    (void)acquire(&f);
    (void)refused(&f);
}
END_TEST

START_TEST(an_earlier_epoch_decides_nothing)
{
    seawall_permit before = acquire(&f);
    seawall_permit failing = acquire(&f);
    seawall_breaker_snapshot was;

    half_open(&f, 3);
    was = look(&f);
    ck_assert_int_eq(report(&f, &before, SEAWALL_FAULT_NONE), SEAWALL_STALE);
    ck_assert(before.opaque[2] == 0);
    ck_assert_int_eq(report(&f, &failing, SEAWALL_FAULT_INTERNAL), SEAWALL_STALE);
    was.stale += 2;
    {
        seawall_breaker_snapshot is = look(&f);

        ck_assert_mem_eq(&was, &is, sizeof is);
    }
    before = acquire(&f);
    fail_times(&f, 1);
    advance(&f, look(&f).remaining);
    ck_assert_int_eq(report(&f, &before, SEAWALL_FAULT_NONE), SEAWALL_STALE);
    ck_assert_int_eq(look(&f).stale, 3);
}
END_TEST

START_TEST(a_permit_from_before_a_recovery_is_stale)
{
    seawall_permit before = acquire(&f);
    int i;

    half_open(&f, 3);
    for (i = 0; i < 3; i++)
        call(&f, SEAWALL_FAULT_NONE);
    expect_state(&f, SEAWALL_BREAKER_CLOSED);
    ck_assert_int_eq(report(&f, &before, SEAWALL_FAULT_INTERNAL), SEAWALL_STALE);
    ck_assert_int_eq(look(&f).consecutive_failures, 0);
}
END_TEST

START_TEST(asking_takes_nothing)
{
    int i;

    half_open(&f, 3);
    for (i = 0; i < 100; i++) {
        expect_state(&f, SEAWALL_BREAKER_HALF_OPEN);
        ck_assert_int_eq(look(&f).probes, 0);
    }
    for (i = 0; i < 3; i++)
        (void)acquire(&f);
}
END_TEST

START_TEST(permits_that_are_none)
{
    seawall_permit empty = SEAWALL_PERMIT_INIT;
    seawall_permit permit = acquire(&f);
    seawall_permit kept = permit;
    seawall_permit forged = permit;
    fixture other;

    ck_assert_int_eq(report(&f, &empty, SEAWALL_FAULT_NONE), SEAWALL_INVALID);
    fixture_open(&other, NULL);
    ck_assert_int_eq(report(&other, &permit, SEAWALL_FAULT_NONE), SEAWALL_INVALID);
    ck_assert_int_eq(report(&other, &permit, SEAWALL_FAULT_INTERNAL), SEAWALL_INVALID);
    ck_assert_mem_eq(&permit, &kept, sizeof permit);
    fixture_close(&other);
    ck_assert_int_eq(report(&f, &permit, SEAWALL_FAULT_COUNT), SEAWALL_INVALID);
    ck_assert_int_eq(report(&f, &permit, -1), SEAWALL_INVALID);
    ck_assert_mem_eq(&permit, &kept, sizeof permit);
    ck_assert_int_eq(report(&f, &permit, SEAWALL_FAULT_NONE), SEAWALL_OK);
    ck_assert_int_eq(report(&f, &permit, SEAWALL_FAULT_NONE), SEAWALL_INVALID);
    forged.opaque[2] |= UINT64_C(4) << 16;
    ck_assert_int_eq(report(&f, &forged, SEAWALL_FAULT_NONE), SEAWALL_INVALID);
    ck_assert_int_eq(look(&f).successes, 1);
}
END_TEST

START_TEST(a_copy_of_a_probe_is_found_out)
{
    seawall_permit probe, copy;

    half_open(&f, 3);
    probe = acquire(&f);
    copy = probe;
    ck_assert_int_eq(report(&f, &probe, SEAWALL_FAULT_IGNORED), SEAWALL_OK);
    /* Another one in the same place, at the same time. */
    probe = acquire(&f);
    ck_assert_int_eq(report(&f, &copy, SEAWALL_FAULT_INTERNAL), SEAWALL_STALE);
    expect_state(&f, SEAWALL_BREAKER_HALF_OPEN);
    ck_assert_int_eq(report(&f, &probe, SEAWALL_FAULT_NONE), SEAWALL_OK);
    ck_assert_int_eq(look(&f).probe_successes, 1);
}
END_TEST

START_TEST(null_is_refused)
{
    seawall_permit permit = SEAWALL_PERMIT_INIT;
    seawall_breaker_snapshot snapshot = {0};

    ck_assert_int_eq(seawall_breaker_try_acquire(NULL, &permit, NULL), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_breaker_try_acquire(f.breaker, NULL, NULL), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_breaker_try_acquire_at(NULL, 0, &permit, NULL), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_breaker_try_acquire_at(f.breaker, 0, NULL, NULL), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_breaker_report(NULL, &permit, 0), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_breaker_report(f.breaker, NULL, 0), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_breaker_report_at(NULL, &permit, 0, 0), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_breaker_report_at(f.breaker, NULL, 0, 0), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_breaker_force_open(NULL, 0), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_breaker_close(NULL), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_breaker_reset(NULL), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_breaker_get_snapshot(NULL, &snapshot), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_breaker_get_snapshot(f.breaker, NULL), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_breaker_get_snapshot(f.breaker, &snapshot), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_breaker_get_snapshot_at(NULL, 0, &snapshot), SEAWALL_INVALID);
    seawall_breaker_destroy(NULL);
}
END_TEST

START_TEST(the_forms_with_a_time_read_no_clock)
{
    seawall_breaker_snapshot snapshot = SEAWALL_BREAKER_SNAPSHOT_INIT;
    seawall_permit permit;
    seawall_duration wait;
    int i;

    /* The clock stands still; only the times given move. */
    for (i = 0; i < 3; i++) {
        ck_assert_int_eq(seawall_breaker_try_acquire_at(f.breaker, START + i, &permit, NULL), SEAWALL_OK);
        ck_assert_int_eq(seawall_breaker_report_at(f.breaker, &permit, SEAWALL_FAULT_OTHER, START + i), SEAWALL_OK);
    }
    ck_assert_int_eq(seawall_breaker_try_acquire_at(f.breaker, START + 10, &permit, &wait), SEAWALL_OPEN);
    ck_assert_int_eq(seawall_breaker_get_snapshot_at(f.breaker, START + 10, &snapshot), SEAWALL_OK);
    ck_assert_int_eq(snapshot.since, START + 2);
    ck_assert_int_eq(snapshot.last_opened, START + 2);
    ck_assert_int_eq(snapshot.remaining, wait);
    for (i = 0; i < 3; i++) {
        ck_assert_int_eq(seawall_breaker_try_acquire_at(f.breaker, START + 10 + wait, &permit, NULL), SEAWALL_OK);
        ck_assert_int_eq(seawall_breaker_report_at(f.breaker, &permit, SEAWALL_FAULT_NONE, START + 11 + wait), SEAWALL_OK);
    }
    ck_assert_int_eq(seawall_breaker_get_snapshot_at(f.breaker, START, &snapshot), SEAWALL_OK);
    ck_assert_int_eq(snapshot.state, SEAWALL_BREAKER_CLOSED);
    ck_assert_int_eq(snapshot.since, START + 11 + wait);
}
END_TEST

START_TEST(a_clock_that_goes_back_or_stands_still_is_harmless)
{
    seawall_permit probe;
    int i;

    fail_times(&f, 3);
    seawall_manual_clock_set(f.clock, START - SEAWALL_SECONDS(50));
    (void)refused(&f);
    seawall_manual_clock_set(f.clock, INT64_MIN);
    (void)refused(&f);
    (void)look(&f);
    seawall_manual_clock_set(f.clock, START + SEAWALL_SECONDS(1) + LATE);
    probe = acquire(&f);
    seawall_manual_clock_set(f.clock, START);
    call(&f, SEAWALL_FAULT_NONE);
    ck_assert_int_eq(report(&f, &probe, SEAWALL_FAULT_NONE), SEAWALL_OK);
    for (i = 0; i < 300; i++)
        call(&f, SEAWALL_FAULT_IGNORED);
    call(&f, SEAWALL_FAULT_NONE);
    expect_state(&f, SEAWALL_BREAKER_CLOSED);
    /* A year, and the end of time. */
    advance(&f, SEAWALL_SECONDS(31536000));
    half_open(&f, 3);
    seawall_manual_clock_set(f.clock, INT64_MAX - 1);
    for (i = 0; i < 3; i++)
        call(&f, SEAWALL_FAULT_NONE);
    expect_state(&f, SEAWALL_BREAKER_CLOSED);
    fail_times(&f, 3);
    for (i = 0; i < 3; i++)
        call(&f, SEAWALL_FAULT_NONE);
    expect_state(&f, SEAWALL_BREAKER_CLOSED);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("breaker_states");
    TCase *states = tcase_create("states");

    tcase_add_checked_fixture(states, begin, end);
    tcase_add_test(states, a_success_breaks_the_streak);
    tcase_add_test(states, only_counted_faults_count);
    tcase_add_test(states, an_ignored_call_neither_counts_nor_breaks_the_streak);
    tcase_add_test(states, open_for_its_time_and_no_less);
    tcase_add_test(states, so_many_probes_and_no_more);
    tcase_add_test(states, one_failed_probe_reopens);
    tcase_add_test(states, a_lost_probe_counts_as_a_failure_when_its_lease_ends);
    tcase_add_test(states, a_lost_probe_frees_its_place);
    tcase_add_test(states, a_late_report_counts_as_lost_even_if_nobody_has_noticed);
    tcase_add_test(states, a_free_place_does_not_hide_a_lost_probe);
    tcase_add_test(states, an_ignored_probe_gives_its_place_back);
    tcase_add_test(states, an_ignored_last_probe_does_not_wedge);
    tcase_add_test(states, an_undecided_round_reopens);
    tcase_add_test(states, so_many_at_once);
    tcase_add_test(states, more_at_once_than_in_all);
    tcase_add_test(states, an_earlier_epoch_decides_nothing);
    tcase_add_test(states, a_permit_from_before_a_recovery_is_stale);
    tcase_add_test(states, asking_takes_nothing);
    tcase_add_test(states, permits_that_are_none);
    tcase_add_test(states, a_copy_of_a_probe_is_found_out);
    tcase_add_test(states, null_is_refused);
    tcase_add_test(states, the_forms_with_a_time_read_no_clock);
    tcase_add_test(states, a_clock_that_goes_back_or_stands_still_is_harmless);
    suite_add_tcase(suite, states);
    return run_suite(suite);
}
