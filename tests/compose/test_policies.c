/* The library's policies together, under every driver. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "chain.h"

#define MS(n) SEAWALL_MILLISECONDS(n)
#define FOREVER SEAWALL_FOREVER

static const enum world_driver drivers[] = {WORLD_STEPPING, WORLD_BLOCKING, WORLD_COARSE};
#define DRIVERS 3

static world_plan one_actor(int32_t calls)
{
    world_plan plan = {.seed = 7, .late = SEAWALL_AUTO, .actors = 1, .calls = calls, .pause = MS(1)};

    plan.limit[0] = FOREVER;
    plan.cancel[0] = FOREVER;
    return plan;
}

/* It hangs until it is stopped. */
static void hangs(const world_plan *plan, int32_t actor, int32_t call, int32_t number, seawall_time now, world_attempt *a)
{
    (void)plan, (void)actor, (void)call, (void)number, (void)now;
    a->lasts = SEAWALL_SECONDS(36000);
    a->reaction = 1;
}

static void succeeds(const world_plan *plan, int32_t actor, int32_t call, int32_t number, seawall_time now, world_attempt *a)
{
    (void)plan, (void)actor, (void)call, (void)number, (void)now;
    a->lasts = MS(1);
    a->reaction = 1;
}

static void fails(const world_plan *plan, int32_t actor, int32_t call, int32_t number, seawall_time now, world_attempt *a)
{
    succeeds(plan, actor, call, number, now, a);
    a->fault = number == 1 ? SEAWALL_FAULT_SERVICE_UNAVAILABLE : SEAWALL_FAULT_CONNECTION_TIMEOUT;
    a->code = 500 + number;
}

START_TEST(a_hung_dependency_trips_the_breaker_wherever_the_timeout_sits)
{
    static const char *const orders[] = {"BT", "TB", "BA", "RBA", "TRB", "TRBA", "BTS", "STB", "SBT"};
    size_t i;

    for (i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
        chain_config config;
        chain c;
        world_plan plan = one_actor(4);

        chain_defaults(&config);
        config.order = orders[i];
        config.timeout.request_timeout = MS(100);
        config.timeout.attempt_timeout = MS(60);
        config.shorter.request_timeout = MS(50);
        plan.attempt = hangs;
        chain_open(&c, &plan, &config);
        chain_run(&c, &config, drivers[_i], NULL);
        ck_assert_msg(world_report(c.world, 0)->status == SEAWALL_OPEN, "%s: %s", orders[i],
                      seawall_status_name(world_report(c.world, 0)->status));
        ck_assert_int_eq(chain_snapshot(&c).failures, 3);
        ck_assert_int_eq(chain_snapshot(&c).refused, 1);
        ck_assert_int_eq(chain_snapshot(&c).last_rule, SEAWALL_BREAKER_RULE_CONSECUTIVE);
        chain_close(&c);
    }
}
END_TEST

/* What must not be held against a dependency: however often it happens, the breaker stays closed and counts no failure. */
static void never_trips(const char *order, const world_plan *plan, int driver, seawall_status status)
{
    chain_config config;
    chain c;

    chain_defaults(&config);
    config.order = order;
    config.timeout.request_timeout = MS(100);
    chain_open(&c, plan, &config);
    chain_run(&c, &config, drivers[driver], NULL);
    ck_assert_msg(world_report(c.world, 0)->status == status, "%s: %s", order,
                  seawall_status_name(world_report(c.world, 0)->status));
    ck_assert_msg(chain_snapshot(&c).state == SEAWALL_BREAKER_CLOSED, "%s", order);
    ck_assert_int_eq(chain_snapshot(&c).failures, 0);
    ck_assert_int_eq(chain_snapshot(&c).consecutive_failures, 0);
    chain_close(&c);
}

START_TEST(a_timeout_in_our_own_queue_never_trips)
{
    static const char *const orders[] = {"BT*", "TB*", "T*B", "BRT*", "RBT*", "TRB*", "TBR*", "BTR*", "RTB*", "RT*B", "T*RB"};
    world_plan plan = one_actor(6);
    size_t i;

    plan.attempt = succeeds;
    plan.toy_count = 1;
    plan.toys[0] = (toy_config){.kind = TOY_GATE, .count = 0, .waiting = 9, .delay = FOREVER};
    for (i = 0; i < sizeof(orders) / sizeof(orders[0]); i++)
        never_trips(orders[i], &plan, _i, SEAWALL_TIMED_OUT);
}
END_TEST

START_TEST(a_refusal_never_trips)
{
    static const char *const orders[] = {"B*", "TB*", "BT*", "RB*", "BR*", "TRB*", "*B", "R*B", "BTR*"};
    world_plan plan = one_actor(6);
    size_t i;

    plan.attempt = fails;
    plan.toy_count = 1;
    plan.toys[0] = (toy_config){.kind = TOY_GATE, .count = 0};
    for (i = 0; i < sizeof(orders) / sizeof(orders[0]); i++)
        never_trips(orders[i], &plan, _i, SEAWALL_FULL);
}
END_TEST

/* The same of a bulkhead that is full for good, whoever ends the wait in it, or where nobody may wait. */
START_TEST(a_full_bulkhead_never_trips)
{
    static const char *const orders[] = {"TBK", "TKB", "TRBK", "TBRK", "TKRB", "TRKB", "BTK", "BRTK"};
    static const struct {
        int32_t max_waiting;
        seawall_duration max_wait;
        seawall_status status;
        int64_t full, timed_out;
    } rows[] = {{0, 0, SEAWALL_FULL, 6, 0}, {1, MS(40), SEAWALL_FULL, 0, 6}, {1, FOREVER, SEAWALL_TIMED_OUT, 0, 6}};
    size_t i, row;

    for (i = 0; i < 3 * sizeof(orders) / sizeof(orders[0]); i++) {
        seawall_bulkhead_snapshot is = SEAWALL_BULKHEAD_SNAPSHOT_INIT;
        world_plan plan = one_actor(6);
        chain_config config;
        chain c;

        row = i % 3;
        chain_defaults(&config);
        config.order = orders[i / 3];
        config.timeout.request_timeout = MS(100);
        config.bulkhead.max_waiting = rows[row].max_waiting;
        config.bulkhead.max_wait = rows[row].max_wait;
        config.taken = true;
        plan.attempt = fails;
        chain_open(&c, &plan, &config);
        chain_run(&c, &config, drivers[_i], NULL);
        ck_assert_msg(world_report(c.world, 0)->status == rows[row].status, "%s: %s", config.order,
                      seawall_status_name(world_report(c.world, 0)->status));
        ck_assert_int_eq(world_report(c.world, 0)->attempts, 0);
        ck_assert_int_eq(chain_snapshot(&c).failures, 0);
        ck_assert_int_eq(chain_snapshot(&c).state, SEAWALL_BREAKER_CLOSED);
        ck_assert_int_eq(seawall_bulkhead_get_snapshot(c.bulkhead, &is), SEAWALL_OK);
        ck_assert_int_eq(is.refused_full, rows[row].full);
        ck_assert_int_eq(is.refused_timed_out, rows[row].timed_out);
        ck_assert_int_eq(is.waiting, 0);
        chain_close(&c);
    }
}
END_TEST

START_TEST(a_cancellation_never_trips)
{
    static const char *const orders[] = {"B", "BT", "TB", "RB", "BR", "TRB", "BRT", "TBR"};
    world_plan plan = one_actor(6);
    size_t i;

    plan.attempt = hangs;
    plan.cancel[0] = MS(20);
    /* A blocking call cannot be called off from outside; see below for what cancels inside. */
    for (i = 0; i < sizeof(orders) / sizeof(orders[0]); i++)
        never_trips(orders[i], &plan, _i == 0 ? 0 : 2, SEAWALL_CANCELLED);
}
END_TEST

START_TEST(a_cut_that_cancels_never_trips)
{
    static const char *const orders[] = {"B*", "*B", "TB*", "T*B", "RB*", "R*B", "*RB", "*BT"};
    world_plan plan = one_actor(6);
    size_t i;

    plan.attempt = hangs;
    plan.toy_count = 1;
    plan.toys[0] = (toy_config){.kind = TOY_CUT, .delay = MS(20), .status = SEAWALL_CANCELLED};
    for (i = 0; i < sizeof(orders) / sizeof(orders[0]); i++)
        never_trips(orders[i], &plan, _i, SEAWALL_CANCELLED);
}
END_TEST

static void run_once(chain *c, const chain_config *config, const world_plan *plan, int driver, seawall_report *report)
{
    chain_open(c, plan, config);
    chain_run(c, config, drivers[driver], NULL);
    *report = *world_report(c->world, 0);
}

START_TEST(retry_stops_rather_than_sleeping_past_the_deadline)
{
    chain_config config;
    chain c;
    seawall_report report;
    world_plan plan = one_actor(1);

    chain_defaults(&config);
    config.order = "TR";
    config.timeout.request_timeout = MS(1000);
    config.retry.base_delay = config.retry.max_delay = MS(600);
    config.retry.max_attempts = 5;
    plan.attempt = fails;
    run_once(&c, &config, &plan, _i, &report);
    /* The second attempt at 601 ms fits; the third would begin at 1202 ms. */
    ck_assert_int_eq(report.status, SEAWALL_FAILED);
    ck_assert_int_eq(report.reason, SEAWALL_REASON_DEADLINE);
    ck_assert_int_eq(report.fault, SEAWALL_FAULT_CONNECTION_TIMEOUT);
    ck_assert_int_eq(report.attempts, 2);
    ck_assert_int_eq(report.first_fault, SEAWALL_FAULT_SERVICE_UNAVAILABLE);
    ck_assert_int_eq(report.first_code, 501);
    ck_assert_int_eq(report.last_fault, SEAWALL_FAULT_CONNECTION_TIMEOUT);
    ck_assert_int_eq(report.last_code, 502);
    if (drivers[_i] != WORLD_COARSE)
        ck_assert_int_eq(report.elapsed, MS(602));
    ck_assert_int_lt(report.elapsed, MS(700));
    chain_close(&c);
}
END_TEST

static void asks_for_patience(const world_plan *plan, int32_t actor, int32_t call, int32_t number, seawall_time now,
                              world_attempt *a)
{
    succeeds(plan, actor, call, number, now, a);
    if (number == 1) {
        a->fault = SEAWALL_FAULT_RATE_LIMIT_EXCEEDED;
        a->code = 429;
        a->retry_after = SEAWALL_SECONDS(2);
    }
}

START_TEST(the_servers_own_delay_is_honoured)
{
    static const seawall_duration longest[] = {SEAWALL_SECONDS(60), SEAWALL_SECONDS(1), 0};
    static const seawall_duration expected[] = {MS(2002), MS(1002), MS(102)};
    size_t i;

    for (i = 0; i < 3; i++) {
        chain_config config;
        chain c;
        seawall_report report;
        world_plan plan = one_actor(1);

        chain_defaults(&config);
        config.order = "TRB";
        config.retry.max_retry_after = longest[i];
        plan.attempt = asks_for_patience;
        run_once(&c, &config, &plan, _i, &report);
        ck_assert_int_eq(report.status, SEAWALL_OK);
        ck_assert_int_eq(report.attempts, 2);
        ck_assert_int_ge(report.elapsed, expected[i]);
        ck_assert_int_le(report.elapsed, expected[i] + (drivers[_i] == WORLD_COARSE ? MS(30) : 0));
        ck_assert_int_eq(chain_snapshot(&c).failures, 0);
        chain_close(&c);
    }
}
END_TEST

START_TEST(a_breaker_that_opens_ends_the_retrying)
{
    chain_config config;
    chain c;
    seawall_report report;
    world_plan plan = one_actor(1);

    chain_defaults(&config);
    config.order = "TRB";
    config.breaker.failure_threshold = 2;
    config.retry.max_attempts = 5;
    plan.attempt = fails;
    run_once(&c, &config, &plan, _i, &report);
    ck_assert_int_eq(report.status, SEAWALL_OPEN);
    ck_assert_int_eq(report.policy, 2);
    ck_assert_int_eq(report.reason, SEAWALL_REASON_REFUSED);
    ck_assert_int_eq(report.attempts, 2);
    ck_assert_int_gt(report.retry_after, 0);
    ck_assert_int_le(report.retry_after, SEAWALL_SECONDS(30) + MS(2));
    ck_assert_int_eq(report.first_fault, SEAWALL_FAULT_SERVICE_UNAVAILABLE);
    ck_assert_int_eq(report.last_fault, SEAWALL_FAULT_CONNECTION_TIMEOUT);
    chain_close(&c);
}
END_TEST

START_TEST(nested_timeouts_take_the_minimum)
{
    static const struct {
        const char *order;
        int32_t by;
    } rows[] = {{"TS", 1}, {"ST", 0}, {"TRS", 2}, {"SRT", 0}, {"STA", 0}, {"TSA", 1}};
    size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        chain_config config;
        chain c;
        seawall_report report;
        world_plan plan = one_actor(1);

        chain_defaults(&config);
        config.order = rows[i].order;
        config.timeout.request_timeout = MS(300);
        config.timeout.attempt_timeout = MS(200);
        config.shorter.request_timeout = MS(100);
        plan.attempt = hangs;
        run_once(&c, &config, &plan, _i, &report);
        ck_assert_int_eq(report.status, SEAWALL_TIMED_OUT);
        ck_assert_int_eq(report.fault, SEAWALL_FAULT_TIMEOUT);
        ck_assert_msg(report.policy == rows[i].by, "%s: by %d", rows[i].order, (int)report.policy);
        ck_assert_int_eq(report.first_fault, SEAWALL_FAULT_TIMEOUT);
        ck_assert_int_ge(report.elapsed, MS(100));
        ck_assert_int_le(report.elapsed, drivers[_i] == WORLD_COARSE ? MS(130) : MS(100) + 1);
        chain_close(&c);
    }
}
END_TEST

START_TEST(the_callers_deadline_is_the_shortest_of_all)
{
    chain_config config;
    chain c;
    seawall_report report;
    world_plan plan = one_actor(1);

    chain_defaults(&config);
    config.order = "TRBA";
    config.timeout.attempt_timeout = MS(200);
    plan.limit[0] = MS(50);
    plan.attempt = hangs;
    run_once(&c, &config, &plan, _i, &report);
    ck_assert_int_eq(report.status, SEAWALL_TIMED_OUT);
    ck_assert_int_eq(report.policy, -1);
    ck_assert_int_eq(report.attempts, 1);
    ck_assert_int_eq(chain_snapshot(&c).failures, 1);
    chain_close(&c);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("compose/policies");
    TCase *tests = tcase_create("policies");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tests);
    tcase_add_loop_test(tests, a_hung_dependency_trips_the_breaker_wherever_the_timeout_sits, 0, DRIVERS);
    tcase_add_loop_test(tests, a_timeout_in_our_own_queue_never_trips, 0, DRIVERS);
    tcase_add_loop_test(tests, a_refusal_never_trips, 0, DRIVERS);
    tcase_add_loop_test(tests, a_full_bulkhead_never_trips, 0, DRIVERS);
    tcase_add_loop_test(tests, a_cancellation_never_trips, 0, 2);
    tcase_add_loop_test(tests, a_cut_that_cancels_never_trips, 0, DRIVERS);
    tcase_add_loop_test(tests, retry_stops_rather_than_sleeping_past_the_deadline, 0, DRIVERS);
    tcase_add_loop_test(tests, the_servers_own_delay_is_honoured, 0, DRIVERS);
    tcase_add_loop_test(tests, a_breaker_that_opens_ends_the_retrying, 0, DRIVERS);
    tcase_add_loop_test(tests, nested_timeouts_take_the_minimum, 0, DRIVERS);
    tcase_add_loop_test(tests, the_callers_deadline_is_the_shortest_of_all, 0, DRIVERS);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
