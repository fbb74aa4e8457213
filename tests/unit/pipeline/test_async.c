/* Asynchronous calls: what is called when, who may call what, and what is refused. */
#include "async_fixture.h"

START_TEST(a_call_goes_its_way)
{
    fixture f;

    set_up(&f, 2);
    start(&f, f.bare);
    ck_assert_int_eq(seawall_async_count(f.async), 1);
    logged(&f, ""); /* nothing happens on the caller's thread */
    turn(&f);
    logged(&f, " begin 1");
    ck_assert_int_eq(f.last.deadline, SEAWALL_FOREVER);
    report(&f, f.last.id, &bad);
    logged(&f, "");
    turn(&f);
    later(&f, MS(10) - 1);
    logged(&f, "");
    later(&f, 1); /* to the nanosecond */
    logged(&f, " begin 2");
    report(&f, f.last.id, &good);
    turn(&f);
    logged(&f, " ok x2 drained");
    tear_down(&f);
}
END_TEST

START_TEST(a_host_is_told_when)
{
    seawall_time due = 0;
    fixture f;

    set_up(&f, 2);
    ck_assert_int_eq(seawall_timers_next_due(f.timers, &due), SEAWALL_OK);
    ck_assert_int_eq(due, SEAWALL_FOREVER);
    start(&f, f.bare);
    ck_assert_int_eq(seawall_timers_next_due(f.timers, &due), SEAWALL_OK);
    ck_assert_int_le(due, SW_TEST_START); /* now */
    turn(&f);
    report(&f, f.last.id, &bad);
    turn(&f);
    ck_assert_int_eq(seawall_timers_next_due(f.timers, &due), SEAWALL_OK);
    ck_assert_int_eq(due, SW_TEST_START + MS(10));
    later(&f, MS(10));
    ck_assert_int_eq(seawall_timers_next_due(f.timers, &due), SEAWALL_OK);
    ck_assert_int_eq(due, SEAWALL_FOREVER);
    report(&f, f.last.id, &good);
    turn(&f);
    tear_down(&f);
}
END_TEST

START_TEST(deadlines_and_hedges_stop_attempts)
{
    seawall_async_attempt first;
    fixture f;

    set_up(&f, 1);
    start(&f, f.hedged);
    turn(&f);
    first = f.last;
    ck_assert_int_eq(first.deadline, SW_TEST_START + MS(20));
    later(&f, MS(5));
    logged(&f, " begin 1 begin 2");
    ck_assert_int_eq(f.last.route, 1);
    report(&f, f.last.id, &good);
    turn(&f);
    logged(&f, " ok x2 stop 1");
    ck_assert_int_eq(seawall_async_count(f.async), 1); /* the first one still runs */
    report(&f, first.id, &bad);
    turn(&f);
    logged(&f, " drained");
    start(&f, f.hedged);
    turn(&f);
    first = f.last;
    later(&f, MS(5));
    later(&f, MS(15));
    logged(&f, " begin 1 begin 2 stop 1 stop 2");
    report(&f, first.id, &bad);
    ck_assert_int_eq(seawall_async_disown(f.async, f.last.id), SEAWALL_OK);
    turn(&f);
    logged(&f, " timed_out x2 drained");
    tear_down(&f);
}
END_TEST

START_TEST(who_was_reported_is_not_stopped)
{
    fixture f;

    set_up(&f, 1);
    start(&f, f.limited);
    turn(&f);
    seawall_manual_clock_advance(f.test.clock, MS(30));
    report(&f, f.last.id, &good); /* in time or not: it has ended */
    turn(&f);
    logged(&f, " begin 1 timed_out x1 drained");
    tear_down(&f);
}
END_TEST

static uint64_t loser;

static void reports_the_loser(seawall_async_call call, const seawall_report *how, void *user)
{
    fixture *f = user;

    (void)call;
    toy_note(&f->log, " %s x%d", seawall_status_name(how->status), (int)how->attempts);
    report(f, loser, &bad);
}

START_TEST(not_even_when_that_was_just_now)
{
    fixture f;

    set_up(&f, 1);
    f.operation.done = reports_the_loser;
    start(&f, f.hedged);
    turn(&f);
    loser = f.last.id;
    later(&f, MS(5));
    report(&f, f.last.id, &good);
    turn(&f);
    logged(&f, " begin 1 begin 2 ok x2 drained");
    tear_down(&f);
}
END_TEST

static void takes_long(const seawall_async_attempt *attempt, void *user)
{
    fixture *f = user;

    f->last = *attempt;
    toy_note(&f->log, " begin %d", (int)attempt->number);
    seawall_manual_clock_advance(f->test.clock, MS(30));
}

/* While a function takes its time, deadlines of others pass. */
START_TEST(time_goes_on_in_a_turn)
{
    fixture f;

    set_up(&f, 2);
    f.operation.begin = takes_long;
    start(&f, f.bare);
    start(&f, f.limited);
    turn(&f);
    logged(&f, " begin 1 timed_out x0 drained");
    report(&f, f.last.id, &good);
    turn(&f);
    logged(&f, " ok x1 drained");
    tear_down(&f);
}
END_TEST

START_TEST(permits_are_waited_for)
{
    seawall_permit permit;
    seawall_time due;
    fixture f;

    set_up(&f, 2);
    ck_assert_int_eq(seawall_bulkhead_try_acquire(f.bulkhead, &permit), SEAWALL_OK);
    start(&f, f.guarded);
    turn(&f);
    logged(&f, "");
    ck_assert_int_eq(seawall_bulkhead_release(f.bulkhead, &permit), SEAWALL_OK);
    ck_assert_int_eq(seawall_timers_next_due(f.timers, &due), SEAWALL_OK);
    ck_assert_int_le(due, SW_TEST_START);
    turn(&f);
    logged(&f, " begin 1");
    report(&f, f.last.id, &good);
    turn(&f);
    logged(&f, " ok x1 drained");
    tear_down(&f);
}
END_TEST

START_TEST(calls_are_called_off)
{
    seawall_async_call call;
    fixture f;

    set_up(&f, 3);
    call = start(&f, f.bare);
    ck_assert_int_eq(seawall_async_cancel(f.async, call), SEAWALL_OK); /* before anything was */
    ck_assert_int_eq(seawall_async_cancel(f.async, call), SEAWALL_OK); /* once is enough */
    turn(&f);
    logged(&f, " cancelled x0 drained");
    ck_assert_int_eq(seawall_async_cancel(f.async, call), SEAWALL_STALE);
    call = start(&f, f.bare);
    turn(&f);
    ck_assert_int_eq(seawall_async_cancel(f.async, call), SEAWALL_OK);
    turn(&f);
    logged(&f, " begin 1 cancelled x1 stop 1");
    ck_assert_int_eq(seawall_async_cancel(f.async, call), SEAWALL_OK); /* it has finished: for nothing */
    report(&f, f.last.id, &good);
    turn(&f);
    logged(&f, " drained");
    start(&f, f.bare);
    turn(&f);
    start(&f, f.guarded);
    ck_assert_int_eq(seawall_async_cancel_all(f.async), SEAWALL_OK);
    turn(&f);
    report(&f, f.last.id, &good);
    turn(&f);
    logged(&f, " begin 1 cancelled x0 drained cancelled x1 stop 1 drained");
    tear_down(&f);
}
END_TEST

/* What comes first counts. */
START_TEST(mail_is_read_in_the_order_in_which_it_came)
{
    seawall_async_call call;
    fixture f;

    set_up(&f, 1);
    call = start(&f, f.bare);
    turn(&f);
    report(&f, f.last.id, &good);
    ck_assert_int_eq(seawall_async_cancel(f.async, call), SEAWALL_OK);
    turn(&f);
    logged(&f, " begin 1 ok x1 drained");
    call = start(&f, f.bare);
    turn(&f);
    ck_assert_int_eq(seawall_async_cancel(f.async, call), SEAWALL_OK);
    report(&f, f.last.id, &good);
    turn(&f);
    logged(&f, " begin 1 cancelled x1 drained");
    tear_down(&f);
}
END_TEST

START_TEST(results_are_kept_until_taken)
{
    seawall_report how = SEAWALL_REPORT_INIT;
    seawall_async_call call, other;
    fixture f;

    set_up(&f, 1);
    f.operation.done = NULL;
    call = start(&f, f.bare);
    ck_assert_int_eq(seawall_async_take(f.async, call, &how), SEAWALL_BUSY);
    turn(&f);
    report(&f, f.last.id, &good);
    ck_assert_int_eq(seawall_async_take(f.async, call, &how), SEAWALL_BUSY);
    ck_assert_int_eq(seawall_async_take_until(f.async, call, SW_TEST_START, &how), SEAWALL_TIMED_OUT);
    ck_assert_int_eq(how.attempts, 0);
    turn(&f);
    logged(&f, " begin 1 drained");
    ck_assert_int_eq(seawall_async_count(f.async), 0);
    ck_assert_int_eq(seawall_async_drain_until(f.async, SEAWALL_FOREVER), SEAWALL_OK);
    ck_assert_int_eq(seawall_async_start(f.async, f.bare, SEAWALL_FOREVER, &f.operation, &f, NULL), SEAWALL_FULL);
    how.size = 1;
    ck_assert_int_eq(seawall_async_take(f.async, call, &how), SEAWALL_INVALID);
    how.size = sizeof(how);
    ck_assert_int_eq(seawall_async_cancel(f.async, call), SEAWALL_OK); /* for nothing */
    ck_assert_int_eq(seawall_async_take(f.async, call, &how), SEAWALL_OK);
    ck_assert_int_eq(how.status, SEAWALL_OK);
    ck_assert_int_eq(how.attempts, 1);
    ck_assert_int_eq(seawall_async_take(f.async, call, &how), SEAWALL_STALE);
    /* One that is taken while an attempt still goes on. */
    call = start(&f, f.bare);
    turn(&f);
    ck_assert_int_eq(seawall_async_cancel(f.async, call), SEAWALL_OK);
    turn(&f);
    ck_assert_int_eq(seawall_async_take_until(f.async, call, SEAWALL_FOREVER, &how), SEAWALL_OK);
    ck_assert_int_eq(how.status, SEAWALL_CANCELLED);
    ck_assert_int_eq(how.late, 1);
    ck_assert_int_eq(seawall_async_cancel(f.async, call), SEAWALL_STALE);
    ck_assert_int_eq(seawall_async_start(f.async, f.bare, SEAWALL_FOREVER, &f.operation, &f, NULL), SEAWALL_FULL);
    ck_assert_int_eq(seawall_async_destroy(f.async), SEAWALL_BUSY);
    ck_assert_int_eq(seawall_async_drain_until(f.async, SW_TEST_START), SEAWALL_TIMED_OUT);
    report(&f, f.last.id, &good);
    turn(&f);
    other = start(&f, f.bare);
    ck_assert_uint_ne(other, call);
    ck_assert_int_eq(seawall_async_cancel(f.async, other), SEAWALL_OK);
    turn(&f);
    tear_down(&f); /* with a result that nobody took */
}
END_TEST

START_TEST(what_is_stale_or_wrong_is_a_status)
{
    const seawall_result nonsense = {.fault = SEAWALL_FAULT_COUNT};
    seawall_report how = SEAWALL_REPORT_INIT;
    seawall_async_call call, left = 7;
    fixture f;

    set_up(&f, 1);
    call = start(&f, f.bare);
    ck_assert_int_eq(seawall_async_start(f.async, f.bare, SEAWALL_FOREVER, &f.operation, &f, &left), SEAWALL_FULL);
    ck_assert_uint_eq(left, 7);
    ck_assert_int_eq(seawall_async_take(f.async, call, &how), SEAWALL_INVALID); /* it has a function to be told */
    turn(&f);
    ck_assert_int_eq(seawall_async_report(f.async, f.last.id, &nonsense), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_async_report(f.async, f.last.id, NULL), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_async_report(f.async, 0, &good), SEAWALL_STALE);
    ck_assert_int_eq(seawall_async_report(f.async, f.last.id ^ UINT64_C(1) << 33, &good), SEAWALL_STALE);
    ck_assert_int_eq(seawall_async_report(f.async, f.last.id + 1, &good), SEAWALL_STALE);
    ck_assert_int_eq(seawall_async_report(f.async, f.last.id + 1000, &good), SEAWALL_STALE);
    report(&f, f.last.id, &good);
    ck_assert_int_eq(seawall_async_report(f.async, f.last.id, &good), SEAWALL_STALE);
    ck_assert_int_eq(seawall_async_disown(f.async, f.last.id), SEAWALL_STALE);
    turn(&f);
    ck_assert_int_eq(seawall_async_report(f.async, f.last.id, &good), SEAWALL_STALE);
    ck_assert_int_eq(seawall_async_cancel(f.async, call | 0xfffff), SEAWALL_STALE);
    ck_assert_int_eq(seawall_async_cancel(f.async, 0), SEAWALL_STALE);
    f.operation.begin = NULL;
    ck_assert_int_eq(seawall_async_start(f.async, f.bare, SEAWALL_FOREVER, &f.operation, &f, &left), SEAWALL_INVALID);
    f.operation.size = 3;
    ck_assert_int_eq(seawall_async_start(f.async, f.bare, SEAWALL_FOREVER, &f.operation, &f, &left), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_async_operation_init(&f.operation, sizeof(f.operation)), SEAWALL_OK);
    ck_assert(f.operation.begin == NULL && f.operation.stop == NULL && f.operation.done == NULL && f.operation.drained == NULL);
    ck_assert_int_eq(seawall_async_count(f.async), 0);
    tear_down(&f);
}
END_TEST

START_TEST(a_larger_pipeline_does_not_fit)
{
    seawall_async_config config = SEAWALL_ASYNC_CONFIG_INIT;
    seawall_async *small = NULL;
    seawall_async_call call = 5;
    fixture f;

    set_up(&f, 1);
    config.capacity = 1;
    ck_assert_int_eq(seawall_async_create(&config, f.guarded, f.timers, &small, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_async_start(small, f.hedged, SEAWALL_FOREVER, &f.operation, &f, &call), SEAWALL_TOO_SMALL);
    ck_assert_uint_eq(call, 5);
    ck_assert_int_eq(seawall_async_count(small), 0);
    ck_assert_int_eq(seawall_async_destroy(small), SEAWALL_OK);
    tear_down(&f);
}
END_TEST

/* Everything there is to call, from inside each function. */
static void call_everything(fixture *f, seawall_async_call call)
{
    seawall_report how = SEAWALL_REPORT_INIT;

    ck_assert_int_eq(seawall_async_destroy(f->async), SEAWALL_BUSY);
    ck_assert_int_eq(seawall_async_drain_until(f->async, SEAWALL_FOREVER), SEAWALL_BUSY);
    ck_assert_int_eq(seawall_timers_advance(f->timers, NULL), SEAWALL_BUSY);
    ck_assert_int_ge(seawall_async_count(f->async), 1);
    (void)!seawall_async_take(f->async, call, &how);
}

static void ends_at_once(const seawall_async_attempt *attempt, void *user)
{
    fixture *f = user;

    toy_note(&f->log, " begin %d", (int)attempt->number);
    report(f, attempt->id, attempt->number == 1 ? &bad : &good);
    call_everything(f, attempt->call);
}

static void starts_another(seawall_async_call call, const seawall_report *how, void *user)
{
    fixture *f = user;

    toy_note(&f->log, " %s x%d", seawall_status_name(how->status), (int)how->attempts);
    call_everything(f, call);
    ck_assert_int_eq(seawall_async_cancel(f->async, call), SEAWALL_OK);
}

static void starts_in_its_place(seawall_async_call call, void *user)
{
    fixture *f = user;

    toy_note(&f->log, " drained");
    call_everything(f, call);
    f->operation.drained = NULL;
    f->operation.done = NULL;
    ck_assert_int_eq(seawall_async_cancel(f->async, call), SEAWALL_STALE);
    ck_assert_int_eq(seawall_async_start(f->async, f->bare, SEAWALL_FOREVER, &f->operation, f, NULL), SEAWALL_FULL);
    ck_assert_int_eq(seawall_async_start(f->async, f->bare, SEAWALL_FOREVER, &f->operation, f, NULL), SEAWALL_FULL);
}

START_TEST(functions_may_call_back)
{
    fixture f;

    set_up(&f, 1);
    f.operation.begin = ends_at_once;
    f.operation.done = starts_another; /* which also calls it off, so that its place is held by that mail */
    f.operation.drained = starts_in_its_place;
    start(&f, f.bare);
    turn(&f);
    later(&f, MS(10));
    logged(&f, " begin 1 begin 2 ok x2 drained");
    f.operation.begin = ends_at_once;
    start(&f, f.bare); /* the place is free now */
    turn(&f);
    later(&f, MS(10));
    logged(&f, " begin 1 begin 2");
    tear_down(&f);
}
END_TEST

static void *seen_by_policy;

static seawall_answer sees_user(void *frame, seawall_turn *turn, void *self)
{
    (void)frame;
    (void)self;
    seen_by_policy = seawall_turn_user(turn);
    return SEAWALL_PROCEED;
}

static seawall_answer passes(void *frame, seawall_turn *turn, seawall_outcome *outcome, void *self)
{
    (void)frame;
    (void)turn;
    (void)outcome;
    (void)self;
    return SEAWALL_PASS;
}

START_TEST(policies_see_the_user)
{
    seawall_policy policy = SEAWALL_POLICY_INIT;
    const seawall_policy *list[] = {&policy};
    seawall_pipeline *watched = NULL;
    fixture f;

    set_up(&f, 1);
    policy.name = "watch";
    policy.enter = sees_user;
    policy.leave = passes;
    ck_assert_int_eq(seawall_pipeline_create(NULL, list, 1, &f.test.platform, &watched, NULL), SEAWALL_OK);
    start(&f, watched);
    seawall_pipeline_destroy(watched); /* the call keeps it */
    turn(&f);
    ck_assert_ptr_eq(seen_by_policy, &f);
    report(&f, f.last.id, &good);
    turn(&f);
    logged(&f, " begin 1 ok x1 drained");
    tear_down(&f);
}
END_TEST

/* Large frames make no room for attempts. */
START_TEST(more_attempts_do_not_fit_either)
{
    seawall_policy policy = SEAWALL_POLICY_INIT;
    const seawall_policy *list[] = {&policy, &policy, &policy, &policy, &policy, &policy, &policy, &policy};
    seawall_async_call call = 5;
    seawall_pipeline *large = NULL;
    seawall_async *async = NULL;
    fixture f;

    set_up(&f, 1);
    policy.name = "large";
    policy.enter = sees_user;
    policy.leave = passes;
    policy.frame_size = SEAWALL_FRAME_SIZE_MAX;
    ck_assert_int_eq(seawall_pipeline_create(NULL, list, 8, &f.test.platform, &large, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_async_create(NULL, large, f.timers, &async, NULL), SEAWALL_OK);
    ck_assert_uint_gt(seawall_execution_size(large), seawall_execution_size(f.hedged));
    ck_assert_int_eq(seawall_async_start(async, f.hedged, SEAWALL_FOREVER, &f.operation, &f, &call), SEAWALL_TOO_SMALL);
    ck_assert_uint_eq(call, 5);
    ck_assert_int_eq(seawall_async_destroy(async), SEAWALL_OK);
    seawall_pipeline_destroy(large);
    tear_down(&f);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("async");

    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, a_call_goes_its_way);
    tcase_add_test(tests, a_host_is_told_when);
    tcase_add_test(tests, deadlines_and_hedges_stop_attempts);
    tcase_add_test(tests, who_was_reported_is_not_stopped);
    tcase_add_test(tests, not_even_when_that_was_just_now);
    tcase_add_test(tests, time_goes_on_in_a_turn);
    tcase_add_test(tests, permits_are_waited_for);
    tcase_add_test(tests, calls_are_called_off);
    tcase_add_test(tests, mail_is_read_in_the_order_in_which_it_came);
    tcase_add_test(tests, results_are_kept_until_taken);
    tcase_add_test(tests, what_is_stale_or_wrong_is_a_status);
    tcase_add_test(tests, a_larger_pipeline_does_not_fit);
    tcase_add_test(tests, functions_may_call_back);
    tcase_add_test(tests, policies_see_the_user);
    tcase_add_test(tests, more_attempts_do_not_fit_either);
    return sw_test_run("async", tests);
}
