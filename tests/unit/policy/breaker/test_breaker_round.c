/* A half-open round whose time is bounded: by whom its end is found, and that everybody sees the same. */
#include "breaker_fixture.h"

static fixture f;
static seawall_time ends; /* of the round */
static seawall_breaker_transition last;
static int told;

static void hear(const seawall_breaker_transition *transition, void *user)
{
    (void)user;
    last = *transition;
    told++;
}

/* Half-open, with one probe that has succeeded and one that is out. */
static seawall_permit open_round(seawall_duration most, seawall_breaker_then then, seawall_duration lease)
{
    seawall_breaker_config config = fixture_config();
    seawall_permit out;

    config.half_open_max_duration = most;
    config.half_open_then = then;
    config.probe_timeout = lease;
    fixture_open(&f, &config);
    half_open(&f, 3);
    advance(&f, MS(3)); /* the round begins with the first call */
    ends = seawall_manual_clock_now(f.clock) + most;
    call(&f, SEAWALL_FAULT_NONE);
    advance(&f, MS(3));
    out = acquire(&f);
    told = 0;
    ck_assert_int_eq(seawall_breaker_add_listener(f.breaker, hear, NULL), SEAWALL_OK);
    return out;
}

static void go_to(seawall_time at)
{
    seawall_manual_clock_set(f.clock, at);
}

enum way { BY_CALL, BY_REPORT, BY_SNAPSHOT, BY_POLL, BY_RECONFIGURE, WAYS };

/* A visitor of this kind, who finds the round over or not. */
static void come(enum way way, seawall_permit *out, bool granted, bool over)
{
    seawall_breaker_config config = fixture_config();
    seawall_permit permit;
    seawall_time next;

    switch (way) {
    case BY_CALL:
        ck_assert_int_eq(seawall_breaker_try_acquire(f.breaker, &permit, NULL), granted ? SEAWALL_OK : SEAWALL_OPEN);
        break;
    case BY_REPORT:
        ck_assert_int_eq(report(&f, out, SEAWALL_FAULT_NONE), over ? SEAWALL_STALE : SEAWALL_OK);
        break;
    case BY_POLL:
        ck_assert_int_eq(seawall_breaker_poll_at(f.breaker, seawall_manual_clock_now(f.clock), &next), SEAWALL_OK);
        break;
    case BY_RECONFIGURE: /* what was due is done by the old rules */
        ck_assert_int_eq(seawall_breaker_reconfigure(f.breaker, &config, NULL), SEAWALL_OK);
        break;
    default:
        (void)look(&f);
        break;
    }
}

START_TEST(one_moment_before_it_goes_on)
{
    seawall_permit out = open_round(MS(200), _i % 2, MS(900));

    go_to(ends - 1);
    come((enum way)(_i / 2), &out, true, false);
    expect_state(&f, SEAWALL_BREAKER_HALF_OPEN);
    ck_assert_int_eq(told, 0);
    ck_assert_int_eq(look(&f).remaining, _i / 2 == BY_RECONFIGURE ? 0 : 1);
    fixture_close(&f);
}
END_TEST

START_TEST(at_its_time_it_is_over_whoever_comes)
{
    seawall_breaker_then then = _i % 2;
    seawall_permit out = open_round(MS(200), then, MS(900));
    seawall_breaker_snapshot s;

    go_to(ends);
    come((enum way)(_i / 2), &out, then == SEAWALL_BREAKER_THEN_CLOSED, true);
    ck_assert_int_eq(told, 1);
    ck_assert_int_eq(last.from, SEAWALL_BREAKER_HALF_OPEN);
    ck_assert(last.now == ends);
    s = look(&f);
    ck_assert_int_eq(told, 1);
    ck_assert_int_eq(s.state, last.to);
    ck_assert(s.since == ends);
    if (then == SEAWALL_BREAKER_THEN_CLOSED) {
        ck_assert_int_eq(s.state, SEAWALL_BREAKER_CLOSED);
        ck_assert_int_eq(s.last_rule, SEAWALL_BREAKER_RULE_CONSECUTIVE);
    } else {
        ck_assert_int_eq(s.state, SEAWALL_BREAKER_OPEN);
        ck_assert_int_ge(s.remaining, SEAWALL_SECONDS(1));
        ck_assert_int_lt(s.remaining, SEAWALL_SECONDS(1) + LATE);
        ck_assert_int_eq(last.rule, SEAWALL_BREAKER_RULE_HALF_OPEN_TIME);
        ck_assert(last.value == 1 && last.limit == 3);
        ck_assert_int_eq(s.last_rule, SEAWALL_BREAKER_RULE_HALF_OPEN_TIME);
    }
    fixture_close(&f);
}
END_TEST

/* As if somebody had been there: it opened at its time, and that opening runs from then on. */
START_TEST(who_comes_late_finds_what_a_timer_would_have_done)
{
    (void)open_round(MS(200), SEAWALL_BREAKER_THEN_OPEN, MS(900));
    go_to(ends + MS(400));
    ck_assert_int_lt(refused(&f), MS(600) + LATE);
    ck_assert(look(&f).since == ends);
    fixture_close(&f);
    (void)open_round(MS(200), SEAWALL_BREAKER_THEN_OPEN, MS(900));
    go_to(ends + SEAWALL_SECONDS(3600));
    (void)acquire(&f);
    ck_assert_int_eq(told, 2);
    ck_assert(last.to == SEAWALL_BREAKER_HALF_OPEN && last.now == ends + SEAWALL_SECONDS(3600));
    ck_assert_int_eq(look(&f).remaining, MS(200));
    ck_assert_int_eq(look(&f).opened, 2);
    fixture_close(&f);
}
END_TEST

START_TEST(who_is_refused_is_told_what_ends_first)
{
    seawall_time next;
    int i;

    for (i = 0; i < 2; i++) {
        (void)open_round(MS(200), SEAWALL_BREAKER_THEN_OPEN, i == 0 ? MS(900) : MS(50));
        (void)acquire(&f); /* the last one */
        ck_assert_int_eq(seawall_breaker_poll_at(f.breaker, seawall_manual_clock_now(f.clock), &next), SEAWALL_OK);
        ck_assert_int_eq(refused(&f), next - seawall_manual_clock_now(f.clock));
        if (i == 0)
            ck_assert(next == ends);
        else
            ck_assert(next < ends - MS(100));
        fixture_close(&f);
    }
}
END_TEST

/* A lease that ended before the round counts first, as of the round's end at the latest. */
START_TEST(a_lease_that_ended_before_comes_first)
{
    (void)open_round(MS(200), SEAWALL_BREAKER_THEN_CLOSED, MS(50));
    go_to(ends + MS(1));
    expect_state(&f, SEAWALL_BREAKER_OPEN);
    ck_assert_int_eq(look(&f).last_rule, SEAWALL_BREAKER_RULE_PROBES);
    ck_assert_int_eq(look(&f).expired, 1);
    fixture_close(&f);
}
END_TEST

START_TEST(a_round_decided_in_time_is_not_touched)
{
    seawall_permit out = open_round(MS(200), SEAWALL_BREAKER_THEN_OPEN, MS(900));

    ck_assert_int_eq(report(&f, &out, SEAWALL_FAULT_NONE), SEAWALL_OK);
    call(&f, SEAWALL_FAULT_NONE);
    expect_state(&f, SEAWALL_BREAKER_CLOSED);
    go_to(ends + SEAWALL_SECONDS(5));
    expect_state(&f, SEAWALL_BREAKER_CLOSED);
    ck_assert_int_eq(told, 1);
    fixture_close(&f);
}
END_TEST

/* Openings in a row grow by such ends as by others. */
START_TEST(an_end_by_time_reopens_in_a_row)
{
    seawall_breaker_config config = fixture_config();

    config.half_open_max_duration = MS(100);
    config.recovery_multiplier = 2;
    fixture_open(&f, &config);
    half_open(&f, 3);
    (void)acquire(&f);
    advance(&f, MS(100));
    ck_assert_int_ge(refused(&f), SEAWALL_SECONDS(2));
    ck_assert_int_eq(look(&f).reopenings, 1);
    fixture_close(&f);
}
END_TEST

START_TEST(the_bound_may_come_and_go)
{
    seawall_breaker_config config = fixture_config();

    (void)open_round(MS(200), SEAWALL_BREAKER_THEN_OPEN, MS(900));
    config.probe_timeout = MS(900);
    ck_assert_int_eq(seawall_breaker_reconfigure(f.breaker, &config, NULL), SEAWALL_OK);
    go_to(ends + MS(1));
    expect_state(&f, SEAWALL_BREAKER_HALF_OPEN);
    config.half_open_max_duration = MS(300);
    config.half_open_then = SEAWALL_BREAKER_THEN_CLOSED;
    ck_assert_int_eq(seawall_breaker_reconfigure(f.breaker, &config, NULL), SEAWALL_OK);
    ck_assert_int_eq(look(&f).remaining, MS(99));
    config.half_open_max_duration = MS(100); /* that is in the past: it is over at once */
    ck_assert_int_eq(seawall_breaker_reconfigure(f.breaker, &config, NULL), SEAWALL_OK);
    expect_state(&f, SEAWALL_BREAKER_CLOSED);
    fixture_close(&f);
}
END_TEST

START_TEST(a_clock_that_goes_back_ends_nothing)
{
    seawall_permit out = open_round(MS(200), SEAWALL_BREAKER_THEN_OPEN, MS(900));

    go_to(0);
    expect_state(&f, SEAWALL_BREAKER_HALF_OPEN);
    ck_assert_int_eq(report(&f, &out, SEAWALL_FAULT_NONE), SEAWALL_OK);
    go_to(SEAWALL_FOREVER - 1);
    expect_state(&f, SEAWALL_BREAKER_HALF_OPEN); /* of a later round: that opening is over, too */
    ck_assert_int_eq(look(&f).last_rule, SEAWALL_BREAKER_RULE_HALF_OPEN_TIME);
    fixture_close(&f);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("breaker_round");
    TCase *rounds = tcase_create("rounds");

    tcase_add_loop_test(rounds, one_moment_before_it_goes_on, 0, 2 * WAYS);
    tcase_add_loop_test(rounds, at_its_time_it_is_over_whoever_comes, 0, 2 * WAYS);
    tcase_add_test(rounds, who_comes_late_finds_what_a_timer_would_have_done);
    tcase_add_test(rounds, who_is_refused_is_told_what_ends_first);
    tcase_add_test(rounds, a_lease_that_ended_before_comes_first);
    tcase_add_test(rounds, a_round_decided_in_time_is_not_touched);
    tcase_add_test(rounds, an_end_by_time_reopens_in_a_row);
    tcase_add_test(rounds, the_bound_may_come_and_go);
    tcase_add_test(rounds, a_clock_that_goes_back_ends_nothing);
    suite_add_tcase(suite, rounds);
    return run_suite(suite);
}
