/* A set that a host drives: when checks are run, what becomes of their runs, and what the endpoints say. */
#include "health_fixture.h"
#include "suite.h"

#define PASS SEAWALL_HEALTH_PASS
#define WARN SEAWALL_HEALTH_WARN
#define FAIL SEAWALL_HEALTH_FAIL
#define UNKNOWN SEAWALL_HEALTH_UNKNOWN

static set s;

static void begin(void)
{
    set_up(&s);
}

START_TEST(a_check_is_run_every_interval)
{
    script orders = {.answer = PASS};
    seawall_health_check_snapshot seen;

    add(&s, "x", &orders, NULL);
    ck_assert_int_eq(look_at(&s, "x").status, UNKNOWN);
    ck_assert_int_eq(look_at_endpoint(&s, SEAWALL_HEALTH_READY).http_status, 503);
    poll_until(&s, SW_TEST_START);
    ck_assert_int_eq(orders.runs, 1);
    ck_assert_int_eq(orders.deadline, SW_TEST_START + MS(500));
    ck_assert_int_eq(s.next, SW_TEST_START + S(1));
    poll_until(&s, SW_TEST_START + MS(9999));
    ck_assert_int_eq(orders.runs, 10);
    seen = look_at(&s, "x");
    ck_assert_int_eq(seen.status, PASS);
    ck_assert_int_eq(seen.runs, 10);
    ck_assert_int_eq(seen.last_ok, SW_TEST_START + S(9));
    ck_assert_int_eq(seen.since, SW_TEST_START);
    ck_assert_int_eq(look_at_endpoint(&s, SEAWALL_HEALTH_READY).http_status, 200);
    tear_down(&s);
}
END_TEST

START_TEST(the_first_run_waits_for_its_delay)
{
    seawall_health_check_config config = plain();
    script orders = {.answer = PASS};

    config.initial_delay = S(30);
    add(&s, "x", &orders, &config);
    poll_until(&s, SW_TEST_START + S(30) - 1);
    ck_assert_int_eq(orders.runs, 0);
    poll_until(&s, SW_TEST_START + S(30));
    ck_assert_int_eq(orders.runs, 1);
    tear_down(&s);
}
END_TEST

START_TEST(thresholds_hold_a_verdict)
{
    seawall_health_check_config config = plain();
    script orders = {.answer = PASS, .message = "so it is"};
    seawall_health_check_snapshot seen;

    config.failure_threshold = 3;
    config.success_threshold = 2;
    add(&s, "x", &orders, &config);
    poll_until(&s, SW_TEST_START);
    ck_assert_int_eq(look_at(&s, "x").status, UNKNOWN);
    poll_until(&s, SW_TEST_START + S(1));
    ck_assert_int_eq(look_at(&s, "x").status, PASS);
    orders.answer = FAIL;
    poll_until(&s, SW_TEST_START + S(3));
    seen = look_at(&s, "x");
    ck_assert_int_eq(seen.status, PASS);
    ck_assert_int_eq(seen.last, FAIL);
    ck_assert_int_eq(seen.consecutive_failures, 2);
    poll_until(&s, SW_TEST_START + S(4));
    ck_assert_int_eq(look_at(&s, "x").status, FAIL);
    ck_assert_str_eq(look_at(&s, "x").message, "so it is");
    ck_assert_int_eq(look_at_endpoint(&s, SEAWALL_HEALTH_READY).status, FAIL);
    orders.answer = WARN;
    poll_until(&s, SW_TEST_START + S(6));
    ck_assert_int_eq(look_at(&s, "x").status, WARN);
    ck_assert_int_eq(look_at_endpoint(&s, SEAWALL_HEALTH_READY).status, WARN);
    tear_down(&s);
}
END_TEST

START_TEST(a_degrading_check_only_lowers_the_grade)
{
    seawall_health_check_config config = plain();
    script orders = {.answer = FAIL};
    seawall_health_snapshot ready;

    config.required = 0;
    config.failure_threshold = 1;
    add(&s, "x", &orders, &config);
    poll_until(&s, SW_TEST_START);
    ready = look_at_endpoint(&s, SEAWALL_HEALTH_READY);
    ck_assert_int_eq(ready.status, WARN);
    ck_assert_int_eq(ready.http_status, 200);
    ck_assert_int_eq(ready.failing, 1);
    tear_down(&s);
}
END_TEST

START_TEST(dependencies_never_reach_liveness)
{
    seawall_health_check_config config = plain();
    script bad = {.answer = FAIL}, good = {.answer = PASS};

    config.failure_threshold = 1;
    add(&s, "database", &bad, &config);
    config.live = 1;
    config.ready = 0;
    add(&s, "loop", &good, &config);
    poll_for(&s, S(10));
    ck_assert_int_eq(look_at_endpoint(&s, SEAWALL_HEALTH_READY).status, FAIL);
    ck_assert_int_eq(look_at_endpoint(&s, SEAWALL_HEALTH_LIVE).status, PASS);
    ck_assert_int_eq(look_at_endpoint(&s, SEAWALL_HEALTH_LIVE).checks, 1);
    ck_assert_int_eq(look_at_endpoint(&s, SEAWALL_HEALTH_WHOLE).checks, 2);
    good.answer = FAIL;
    poll_for(&s, S(1));
    ck_assert_int_eq(look_at_endpoint(&s, SEAWALL_HEALTH_LIVE).status, FAIL);
    tear_down(&s);
}
END_TEST

START_TEST(the_start_is_over_once)
{
    seawall_health_check_config config = plain();
    script orders = {.answer = FAIL};

    config.startup = 1;
    config.ready = 0;
    add(&s, "warm", &orders, &config);
    poll_for(&s, S(5));
    ck_assert_int_eq(look_at_endpoint(&s, SEAWALL_HEALTH_STARTUP).status, FAIL);
    ck_assert_int_eq(look_at_endpoint(&s, SEAWALL_HEALTH_READY).status, FAIL); /* nothing but the start is missing */
    ck_assert_int_eq(look_at_endpoint(&s, SEAWALL_HEALTH_LIVE).status, PASS);
    orders.answer = PASS;
    poll_for(&s, S(1));
    ck_assert_int_eq(look_at_endpoint(&s, SEAWALL_HEALTH_STARTUP).status, PASS);
    ck_assert_int_eq(look_at_endpoint(&s, SEAWALL_HEALTH_READY).status, PASS);
    orders.answer = FAIL;
    orders.runs = 0;
    poll_for(&s, S(20));
    ck_assert_int_eq(orders.runs, 0); /* who informs the start alone rests after it */
    ck_assert_int_eq(seawall_health_check_now(s.health, "warm"), SEAWALL_OK);
    poll_for(&s, S(20));
    ck_assert_int_eq(look_at_endpoint(&s, SEAWALL_HEALTH_STARTUP).status, PASS);
    tear_down(&s);
}
END_TEST

START_TEST(draining_is_for_good)
{
    script orders = {.answer = PASS};

    add(&s, "x", &orders, NULL);
    poll_for(&s, S(2));
    ck_assert_int_eq(look_at_endpoint(&s, SEAWALL_HEALTH_READY).status, PASS);
    ck_assert_int_eq(seawall_health_drain(s.health), SEAWALL_OK);
    ck_assert_int_eq(look_at_endpoint(&s, SEAWALL_HEALTH_READY).http_status, 503);
    poll_for(&s, S(10));
    ck_assert_int_eq(look_at_endpoint(&s, SEAWALL_HEALTH_READY).http_status, 503);
    ck_assert_int_eq(look_at_endpoint(&s, SEAWALL_HEALTH_LIVE).http_status, 200);
    ck_assert_int_eq(look_at_endpoint(&s, SEAWALL_HEALTH_READY).draining, 1);
    ck_assert_int_eq(seawall_health_drain(NULL), SEAWALL_INVALID);
    tear_down(&s);
}
END_TEST

START_TEST(an_unbound_slot_is_unknown_and_says_so)
{
    seawall_health_check_config config = plain();
    script orders = {.answer = PASS};
    seawall_health_binding binding = bind_to(&orders);

    config.check = SEAWALL_HEALTH_CONNECTION_TEST;
    ck_assert_int_eq(seawall_health_register(s.health, "database", &config, NULL, NULL), SEAWALL_OK);
    poll_for(&s, S(10));
    ck_assert_int_eq(s.next, SEAWALL_FOREVER);
    ck_assert_int_eq(look_at(&s, "database").status, UNKNOWN);
    ck_assert_int_eq(look_at(&s, "database").bound, 0);
    ck_assert_str_eq(look_at(&s, "database").message, "no function is bound to it");
    ck_assert_int_eq(look_at_endpoint(&s, SEAWALL_HEALTH_READY).status, FAIL);
    ck_assert_int_eq(seawall_health_check_now(s.health, "database"), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_health_bind(s.health, "database", &binding, NULL), SEAWALL_OK);
    poll_for(&s, S(1));
    ck_assert_int_eq(look_at(&s, "database").status, PASS);
    ck_assert_int_eq(look_at_endpoint(&s, SEAWALL_HEALTH_READY).status, PASS);
    tear_down(&s);
}
END_TEST

START_TEST(a_heartbeat_fails_without_food_and_never_early)
{
    seawall_health_check_config config = plain();
    seawall_health_binding binding = SEAWALL_HEALTH_BINDING_INIT;
    seawall_time fed;
    int i;

    config.check = SEAWALL_HEALTH_HEARTBEAT;
    config.failure_threshold = 1;
    config.max_silence = S(5);
    config.live = 1;
    ck_assert_int_eq(seawall_heartbeat_create(&s.test.platform, &binding.heartbeat, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_health_register(s.health, "worker", &config, &binding, NULL), SEAWALL_OK);
    for (i = 0; i < 20; i++) {
        seawall_heartbeat_feed(binding.heartbeat);
        poll_for(&s, MS(900));
        ck_assert_int_eq(look_at(&s, "worker").status, PASS);
    }
    seawall_heartbeat_feed(binding.heartbeat);
    fed = seawall_manual_clock_now(s.test.clock);
    poll_until(&s, fed + S(5));
    ck_assert_int_eq(look_at(&s, "worker").status, PASS);
    poll_until(&s, fed + S(7)); /* the silence, and two intervals */
    ck_assert_int_eq(look_at(&s, "worker").status, FAIL);
    ck_assert_str_eq(look_at(&s, "worker").message, "it was not fed in time");
    ck_assert_int_eq(look_at_endpoint(&s, SEAWALL_HEALTH_LIVE).status, FAIL);
    seawall_heartbeat_feed(binding.heartbeat);
    poll_for(&s, S(1));
    ck_assert_int_eq(look_at(&s, "worker").status, PASS);
    seawall_heartbeat_destroy(binding.heartbeat); /* the check has its own reference */
    poll_for(&s, S(1));
    tear_down(&s);
}
END_TEST

START_TEST(a_source_is_only_read)
{
    seawall_health_check_config config = plain();
    script orders = {.answer = PASS};

    config.check = SEAWALL_HEALTH_SOURCE;
    add(&s, "breaker", &orders, &config);
    poll_for(&s, S(3));
    ck_assert_int_eq(orders.runs, 4);
    ck_assert_int_eq(look_at(&s, "breaker").status, PASS);
    tear_down(&s);
}
END_TEST

START_TEST(a_result_may_come_later)
{
    script orders = {.answer = SEAWALL_HEALTH_LATER};
    uint64_t first;

    add(&s, "x", &orders, NULL);
    poll_until(&s, SW_TEST_START);
    first = orders.ticket;
    ck_assert_int_eq(look_at(&s, "x").running, 1);
    ck_assert_int_eq(seawall_health_check_now(s.health, "x"), SEAWALL_BUSY);
    ck_assert_int_eq(seawall_health_report(s.health, first, SEAWALL_HEALTH_LATER, NULL), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_health_report(s.health, first, PASS, "well"), SEAWALL_OK);
    ck_assert_int_eq(seawall_health_report(s.health, first, FAIL, NULL), SEAWALL_STALE);
    ck_assert_int_eq(look_at(&s, "x").status, PASS);
    ck_assert_int_eq(look_at(&s, "x").running, 0);
    ck_assert_str_eq(look_at(&s, "x").message, "well");
    poll_until(&s, SW_TEST_START + S(1) + MS(499));
    ck_assert_int_eq(look_at(&s, "x").running, 1);
    ck_assert_int_eq(s.next, SW_TEST_START + S(1) + MS(500));
    poll_until(&s, SW_TEST_START + S(1) + MS(500)); /* nobody reports: it has failed, and the next run comes on time */
    ck_assert_int_eq(look_at(&s, "x").running, 0);
    ck_assert_int_eq(look_at(&s, "x").stuck, 0);
    ck_assert_int_eq(look_at(&s, "x").consecutive_failures, 1);
    ck_assert_str_eq(look_at(&s, "x").message, "timed out: nothing was reported");
    ck_assert_int_eq(seawall_health_report(s.health, orders.ticket, PASS, NULL), SEAWALL_STALE);
    poll_until(&s, SW_TEST_START + S(2));
    ck_assert_int_eq(orders.runs, 3);
    tear_down(&s);
}
END_TEST

START_TEST(nonsense_is_a_failure)
{
    seawall_health_check_config config = plain();
    script orders = {.answer = 7};

    config.failure_threshold = 1;
    add(&s, "x", &orders, &config);
    poll_until(&s, SW_TEST_START);
    ck_assert_int_eq(look_at(&s, "x").status, FAIL);
    ck_assert_str_eq(look_at(&s, "x").message, "the function returned no status that there is");
    tear_down(&s);
}
END_TEST

START_TEST(what_takes_long_says_how_long)
{
    script orders = {.answer = PASS, .takes = MS(30), .of = &s};

    add(&s, "x", &orders, NULL);
    poll_until(&s, SW_TEST_START);
    ck_assert_int_eq(look_at(&s, "x").duration, MS(30));
    poll_for(&s, S(5));
    ck_assert_int_eq(look_at(&s, "x").since, SW_TEST_START + MS(30));
    tear_down(&s);
}
END_TEST

START_TEST(a_check_can_be_made_due_at_once)
{
    script orders = {.answer = PASS};

    add(&s, "x", &orders, NULL);
    poll_until(&s, SW_TEST_START);
    ck_assert_int_eq(seawall_health_check_now(s.health, "x"), SEAWALL_OK);
    ck_assert_int_eq(seawall_health_check_now(s.health, "y"), SEAWALL_INVALID);
    poll_until(&s, SW_TEST_START);
    ck_assert_int_eq(orders.runs, 2);
    tear_down(&s);
}
END_TEST

START_TEST(settings_change_and_results_stay)
{
    seawall_health_check_config config = plain();
    script orders = {.answer = PASS};
    seawall_error error = {0};

    add(&s, "x", &orders, NULL);
    poll_for(&s, S(5));
    config.interval = MS(100);
    config.timeout = MS(50);
    ck_assert_int_eq(seawall_health_reconfigure(s.health, "x", &config, NULL), SEAWALL_OK);
    ck_assert_int_eq(look_at(&s, "x").runs, 6);
    ck_assert_int_eq(look_at(&s, "x").interval, MS(100));
    orders.runs = 0;
    poll_for(&s, S(1));
    ck_assert_int_ge(orders.runs, 10);
    config.required = 0;
    orders.answer = FAIL;
    poll_for(&s, S(1));
    ck_assert_int_eq(look_at_endpoint(&s, SEAWALL_HEALTH_READY).status, FAIL);
    ck_assert_int_eq(seawall_health_reconfigure(s.health, "x", &config, NULL), SEAWALL_OK);
    ck_assert_int_eq(look_at_endpoint(&s, SEAWALL_HEALTH_READY).status, WARN);
    config.check = SEAWALL_HEALTH_SOURCE;
    ck_assert_int_eq(seawall_health_reconfigure(s.health, "x", &config, &error), SEAWALL_INVALID);
    ck_assert_str_eq(error.message, "health_check.check: cannot change from function to source while in use");
    ck_assert_int_eq(seawall_health_reconfigure(s.health, "y", &config, &error), SEAWALL_INVALID);
    tear_down(&s);
}
END_TEST

START_TEST(who_drives_is_one_alone)
{
    seawall_timers *timers = NULL;
    seawall_platform other = s.test.platform;
    seawall_error error = {0};
    seawall_time next = 77;

    ck_assert_int_eq(seawall_timers_create(NULL, &s.test.platform, &timers, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_health_start(s.health, timers, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_health_start(s.health, timers, &error), SEAWALL_BUSY);
    ck_assert_int_eq(seawall_health_poll_at(s.health, SW_TEST_START, &next), SEAWALL_BUSY);
    ck_assert_int_eq(next, 77);
    ck_assert_int_eq(seawall_health_stop(s.health), SEAWALL_OK);
    ck_assert_int_eq(seawall_health_stop(s.health), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_health_poll_at(s.health, SW_TEST_START, &next), SEAWALL_OK);
    seawall_timers_destroy(timers);
    ck_assert_int_eq(seawall_timers_create(NULL, &other, &timers, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_health_start(s.health, timers, &error), SEAWALL_INVALID);
    ck_assert_str_eq(error.message, "health: the timer service is on another platform");
    seawall_timers_destroy(timers);
    tear_down(&s);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("schedule");

    tcase_add_checked_fixture(tests, begin, NULL);
    tcase_add_test(tests, a_check_is_run_every_interval);
    tcase_add_test(tests, the_first_run_waits_for_its_delay);
    tcase_add_test(tests, thresholds_hold_a_verdict);
    tcase_add_test(tests, a_degrading_check_only_lowers_the_grade);
    tcase_add_test(tests, dependencies_never_reach_liveness);
    tcase_add_test(tests, the_start_is_over_once);
    tcase_add_test(tests, draining_is_for_good);
    tcase_add_test(tests, an_unbound_slot_is_unknown_and_says_so);
    tcase_add_test(tests, a_heartbeat_fails_without_food_and_never_early);
    tcase_add_test(tests, a_source_is_only_read);
    tcase_add_test(tests, a_result_may_come_later);
    tcase_add_test(tests, nonsense_is_a_failure);
    tcase_add_test(tests, what_takes_long_says_how_long);
    tcase_add_test(tests, a_check_can_be_made_due_at_once);
    tcase_add_test(tests, settings_change_and_results_stay);
    tcase_add_test(tests, who_drives_is_one_alone);
    return sw_test_run("health schedule", tests);
}
