/* Out of play by order: disabled, and metrics-only; every order from every state; and what is announced on time. */
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

START_TEST(disabled_it_lets_through_and_records_nothing)
{
    seawall_permit before, permit;
    int i;

    call(&f, SEAWALL_FAULT_NONE);
    before = acquire(&f);
    ck_assert_int_eq(seawall_breaker_disable(f.breaker), SEAWALL_OK);
    expect_state(&f, SEAWALL_BREAKER_DISABLED);
    for (i = 0; i < 20; i++) {
        call(&f, SEAWALL_FAULT_INTERNAL);
        call(&f, SEAWALL_FAULT_NONE);
        call(&f, SEAWALL_FAULT_IGNORED);
    }
    expect_state(&f, SEAWALL_BREAKER_DISABLED);
    ck_assert_int_eq(look(&f).failures, 0);
    ck_assert_int_eq(look(&f).successes, 1);
    ck_assert_int_eq(look(&f).ignored, 0);
    ck_assert_int_eq(report(&f, &before, SEAWALL_FAULT_NONE), SEAWALL_STALE);
    ck_assert_int_eq(look(&f).stale, 1);
    /* Its permits are permits: reported once, and of no other state. */
    permit = acquire(&f);
    ck_assert_int_eq(report(&f, &permit, SEAWALL_FAULT_NONE), SEAWALL_OK);
    ck_assert_int_eq(report(&f, &permit, SEAWALL_FAULT_NONE), SEAWALL_INVALID);
    permit = acquire(&f);
    ck_assert_int_eq(seawall_breaker_close(f.breaker), SEAWALL_OK);
    ck_assert_int_eq(report(&f, &permit, SEAWALL_FAULT_INTERNAL), SEAWALL_STALE);
    ck_assert_int_eq(look(&f).stale, 2);
    ck_assert_int_eq(look(&f).consecutive_failures, 0);
}
END_TEST

START_TEST(metrics_only_it_lets_through_and_records)
{
    seawall_permit before = acquire(&f), permit;

    ck_assert_int_eq(seawall_breaker_metrics_only(f.breaker), SEAWALL_OK);
    expect_state(&f, SEAWALL_BREAKER_METRICS_ONLY);
    fail_times(&f, 10);
    expect_state(&f, SEAWALL_BREAKER_METRICS_ONLY);
    ck_assert_int_eq(look(&f).consecutive_failures, 10);
    ck_assert_int_eq(look(&f).failures, 10);
    call(&f, SEAWALL_FAULT_NONE);
    ck_assert_int_eq(look(&f).consecutive_failures, 0);
    call(&f, SEAWALL_FAULT_NONE);
    call(&f, SEAWALL_FAULT_NOT_FOUND);
    ck_assert_int_eq(look(&f).successes, 2);
    ck_assert_int_eq(look(&f).ignored, 1);
    ck_assert_int_eq(look(&f).opened, 0);
    ck_assert_int_eq(report(&f, &before, SEAWALL_FAULT_NONE), SEAWALL_STALE);
    permit = acquire(&f);
    ck_assert_int_eq(seawall_breaker_reset(f.breaker), SEAWALL_OK);
    ck_assert_int_eq(report(&f, &permit, SEAWALL_FAULT_INTERNAL), SEAWALL_STALE);
    expect_state(&f, SEAWALL_BREAKER_CLOSED);
    fail_times(&f, 3);
    expect_state(&f, SEAWALL_BREAKER_OPEN);
}
END_TEST

START_TEST(a_streak_in_metrics_only_stays_at_the_highest)
{
    ck_assert_int_eq(seawall_breaker_metrics_only(f.breaker), SEAWALL_OK);
    fail_times(&f, 70000);
    ck_assert_int_eq(look(&f).consecutive_failures, 65535);
    ck_assert_int_eq(look(&f).failures, 70000);
}
END_TEST

START_TEST(the_last_trip_is_remembered_out_of_play)
{
    fail_times(&f, 3);
    ck_assert_int_eq(seawall_breaker_disable(f.breaker), SEAWALL_OK);
    ck_assert_int_eq(look(&f).last_rule, SEAWALL_BREAKER_RULE_CONSECUTIVE);
    ck_assert_int_eq(seawall_breaker_metrics_only(f.breaker), SEAWALL_OK);
    ck_assert_int_eq(look(&f).last_rule, SEAWALL_BREAKER_RULE_CONSECUTIVE);
    ck_assert_int_eq(seawall_breaker_close(f.breaker), SEAWALL_OK);
    ck_assert_int_eq(look(&f).last_rule, SEAWALL_BREAKER_RULE_CONSECUTIVE);
    ck_assert_int_eq(look(&f).last_opened, START);
    ck_assert_int_eq(look(&f).opened, 1);
}
END_TEST

static void bring_to(seawall_breaker_state state)
{
    ck_assert_int_eq(seawall_breaker_reset(f.breaker), SEAWALL_OK);
    switch (state) {
    case SEAWALL_BREAKER_OPEN:
        fail_times(&f, 3);
        break;
    case SEAWALL_BREAKER_HALF_OPEN:
        half_open(&f, 3);
        (void)acquire(&f);
        break;
    case SEAWALL_BREAKER_FORCED_OPEN:
        ck_assert_int_eq(seawall_breaker_force_open(f.breaker, SEAWALL_FOREVER), SEAWALL_OK);
        break;
    case SEAWALL_BREAKER_DISABLED:
        ck_assert_int_eq(seawall_breaker_disable(f.breaker), SEAWALL_OK);
        break;
    case SEAWALL_BREAKER_METRICS_ONLY:
        ck_assert_int_eq(seawall_breaker_metrics_only(f.breaker), SEAWALL_OK);
        break;
    default:
        break;
    }
    expect_state(&f, state);
}

static seawall_status force(seawall_breaker *breaker)
{
    return seawall_breaker_force_open(breaker, SEAWALL_FOREVER);
}

static const struct {
    seawall_status (*order)(seawall_breaker *breaker);
    seawall_breaker_state to;
} orders[] = {
    {seawall_breaker_close, SEAWALL_BREAKER_CLOSED},   {seawall_breaker_reset, SEAWALL_BREAKER_CLOSED},
    {force, SEAWALL_BREAKER_FORCED_OPEN},              {seawall_breaker_disable, SEAWALL_BREAKER_DISABLED},
    {seawall_breaker_metrics_only, SEAWALL_BREAKER_METRICS_ONLY},
};

static void remember(const seawall_breaker_transition *transition, void *user)
{
    *(seawall_breaker_transition *)user = *transition;
}

/* No order is illegal, and each is a transition of its own, even into the same state: six states by five orders. */
START_TEST(every_order_is_obeyed_from_every_state)
{
    seawall_breaker_state from;

    for (from = SEAWALL_BREAKER_CLOSED; from <= SEAWALL_BREAKER_METRICS_ONLY; from++) {
        seawall_breaker_transition told = {.sequence = 0};
        seawall_permit permit = SEAWALL_PERMIT_INIT;
        seawall_breaker_snapshot was, is;

        bring_to(from);
        if (from != SEAWALL_BREAKER_OPEN && from != SEAWALL_BREAKER_FORCED_OPEN)
            permit = acquire(&f);
        was = look(&f);
        advance(&f, MS(1));
        ck_assert_int_eq(seawall_breaker_add_listener(f.breaker, remember, &told), SEAWALL_OK);
        ck_assert_int_eq(orders[_i].order(f.breaker), SEAWALL_OK);
        ck_assert_int_eq(seawall_breaker_remove_listener(f.breaker, remember, &told), SEAWALL_OK);
        is = look(&f);
        ck_assert_int_eq(is.state, orders[_i].to);
        ck_assert_uint_eq(is.epoch, was.epoch + 1);
        ck_assert(is.since == seawall_manual_clock_now(f.clock));
        ck_assert(told.from == from && told.to == is.state && told.sequence == is.epoch && told.now == is.since);
        ck_assert(is.consecutive_failures == 0 && is.probes == 0);
        /* What opened it last: this order, or what was there; reset forgets. */
        if (orders[_i].to == SEAWALL_BREAKER_FORCED_OPEN)
            ck_assert(is.last_rule == SEAWALL_BREAKER_RULE_FORCED && is.remaining == SEAWALL_FOREVER);
        else
            ck_assert_int_eq(is.last_rule,
                             orders[_i].order == seawall_breaker_reset ? SEAWALL_BREAKER_RULE_NONE : was.last_rule);
        /* A permit from before is stale. */
        if (permit.opaque[2] != 0)
            ck_assert_int_eq(report(&f, &permit, SEAWALL_FAULT_INTERNAL), SEAWALL_STALE);
        if (orders[_i].to == SEAWALL_BREAKER_FORCED_OPEN) {
            (void)refused(&f);
        } else {
            permit = acquire(&f);
            ck_assert_int_eq(report(&f, &permit, SEAWALL_FAULT_NONE), SEAWALL_OK);
        }
    }
    ck_assert_int_eq(orders[_i].order(NULL), SEAWALL_INVALID);
}
END_TEST

typedef struct heard {
    int count;
    seawall_breaker_transition last;
} heard;

static void hear(const seawall_breaker_transition *transition, void *user)
{
    heard *h = user;

    h->count++;
    h->last = *transition;
}

START_TEST(polling_announces_on_time)
{
    seawall_time next = 0;
    seawall_permit lost;
    heard h = {0};

    ck_assert_int_eq(seawall_breaker_poll_at(f.breaker, START, &next), SEAWALL_OK);
    ck_assert(next == SEAWALL_FOREVER);
    fail_times(&f, 3);
    ck_assert_int_eq(seawall_breaker_add_listener(f.breaker, hear, &h), SEAWALL_OK);
    ck_assert_int_eq(seawall_breaker_poll_at(f.breaker, START, &next), SEAWALL_OK);
    ck_assert(next >= START + SEAWALL_SECONDS(1) && next < START + SEAWALL_SECONDS(1) + LATE);
    ck_assert_int_eq(seawall_breaker_poll_at(f.breaker, next - 1, &next), SEAWALL_OK);
    ck_assert_int_eq(h.count, 0);
    ck_assert_int_eq(seawall_breaker_poll_at(f.breaker, next, &next), SEAWALL_OK);
    ck_assert_int_eq(h.count, 1);
    ck_assert_int_eq(h.last.to, SEAWALL_BREAKER_HALF_OPEN);
    ck_assert(next == SEAWALL_FOREVER); /* nobody has a probe */

    /* A probe that never reports is found out without another call. */
    advance(&f, SEAWALL_SECONDS(2));
    lost = acquire(&f);
    (void)lost;
    ck_assert_int_eq(seawall_breaker_poll_at(f.breaker, START + SEAWALL_SECONDS(2), &next), SEAWALL_OK);
    ck_assert(next >= START + MS(2500) && next < START + MS(2500) + LATE);
    ck_assert_int_eq(seawall_breaker_poll_at(f.breaker, next, &next), SEAWALL_OK);
    ck_assert_int_eq(h.count, 2);
    ck_assert_int_eq(h.last.to, SEAWALL_BREAKER_OPEN);
    ck_assert(next > START + MS(3500));
    ck_assert_int_eq(seawall_breaker_force_open(f.breaker, SEAWALL_FOREVER), SEAWALL_OK);
    ck_assert_int_eq(seawall_breaker_poll_at(f.breaker, next, &next), SEAWALL_OK);
    ck_assert(next == SEAWALL_FOREVER);
    ck_assert_int_eq(seawall_breaker_poll_at(NULL, 0, &next), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_breaker_poll_at(f.breaker, 0, NULL), SEAWALL_INVALID);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("breaker_aside");
    TCase *tests = tcase_create("aside"), *many = sw_test_many_turns(suite);

    tcase_add_checked_fixture(tests, begin, end);
    tcase_add_test(tests, disabled_it_lets_through_and_records_nothing);
    tcase_add_test(tests, metrics_only_it_lets_through_and_records);
    tcase_add_test(tests, the_last_trip_is_remembered_out_of_play);
    tcase_add_loop_test(tests, every_order_is_obeyed_from_every_state, 0, (int)(sizeof(orders) / sizeof(orders[0])));
    tcase_add_test(tests, polling_announces_on_time);
    tcase_add_checked_fixture(many, begin, end);
    tcase_add_test(many, a_streak_in_metrics_only_stays_at_the_highest);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
