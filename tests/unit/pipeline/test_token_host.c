/* Executions under a token, driven by a host: what it is told, and when it is woken. */
#include <check.h>

#include "suite.h"
#include "token_fixture.h"
#include "toy_stage.h"

static stage s;

static void open_stage(const toy_config *configs, int32_t count)
{
    stage_open_policies(&s, token_policies(configs, count), count, &fixture.test.platform);
    ck_assert_int_eq(seawall_execution_set_cancel(s.execution, fixture.token), SEAWALL_OK);
}

#define at(t) (SW_TEST_START + (t))

static const char *steps(seawall_time t)
{
    token_move_to(t);
    return stage_steps_text(&s, at(t));
}

START_TEST(a_host_enters_nothing_once_it_is_cancelled)
{
    open_stage((toy_config[]){{.kind = TOY_PLAIN}}, 1);
    token_cancel_when(0);
    stage_begin(&s, at(0), FOREVER);
    ck_assert_str_eq(steps(0), "finished cancelled ignored x0 cancelled, drained");
    ck_assert_int_eq(fixture.toys[0].begun, 0);
    stage_close(&s);
}
END_TEST

START_TEST(a_host_is_woken_and_told_to_cancel)
{
    open_stage((toy_config[]){{.kind = TOY_PLAIN}}, 1);
    stage_begin(&s, at(0), FOREVER);
    ck_assert_str_eq(steps(0), "start 1, wait");
    ck_assert_int_eq(s.woken, 0);
    token_cancel_when(5);
    ck_assert_int_eq(s.woken, 1);
    ck_assert_str_eq(steps(6), "finished cancelled ignored x1 cancelled late 1, cancel 1, wait");
    stage_end(&s, 1, SEAWALL_FAULT_NONE, at(8));
    ck_assert_str_eq(steps(8), "drained");
    ck_assert_int_eq(s.woken, 1);
    stage_close(&s);
}
END_TEST

START_TEST(a_report_that_comes_after_the_cancellation_is_late)
{
    open_stage((toy_config[]){{.kind = TOY_PLAIN}}, 1);
    stage_begin(&s, at(0), at(20));
    ck_assert_str_eq(steps(0), "start 1 by 1000000000020, wait 1000000000020");
    token_cancel_when(5);
    token_move_to(25);
    stage_end(&s, 1, SEAWALL_FAULT_NONE, at(25)); /* nobody has asked what to do meanwhile */
    ck_assert_str_eq(steps(25), "finished cancelled ignored x1 cancelled late 1, drained");
    stage_close(&s);
}
END_TEST

START_TEST(a_host_calls_it_what_was_earlier)
{
    open_stage((toy_config[]){{.kind = TOY_PLAIN}}, 1);
    stage_begin(&s, at(0), at(10));
    ck_assert_str_eq(steps(0), "start 1 by 1000000000010, wait 1000000000010");
    token_cancel_when(11);
    ck_assert_str_eq(steps(12), "finished timed_out timeout x1 first timeout 0 last timeout 0 late 1, cancel 1, wait");
    stage_end(&s, 1, SEAWALL_FAULT_NONE, at(12));
    ck_assert_str_eq(steps(12), "drained");
    stage_close(&s);
}
END_TEST

START_TEST(a_host_that_lags_behind_cancels_now)
{
    open_stage((toy_config[]){{.kind = TOY_PLAIN}}, 1);
    stage_begin(&s, at(0), at(10));
    ck_assert_str_eq(steps(0), "start 1 by 1000000000010, wait 1000000000010");
    token_cancel_when(30); /* the host's own clock shows 10 still: it reads it once in a round */
    ck_assert_str_eq(stage_steps_text(&s, at(10)), "finished cancelled ignored x1 cancelled late 1, cancel 1, wait");
    stage_end(&s, 1, SEAWALL_FAULT_NONE, at(30));
    stage_close(&s);
}
END_TEST

START_TEST(who_has_finished_is_not_woken)
{
    open_stage((toy_config[]){{.kind = TOY_PLAIN}}, 1);
    stage_begin(&s, at(0), FOREVER);
    ck_assert_str_eq(steps(0), "start 1, wait");
    stage_end(&s, 1, SEAWALL_FAULT_NONE, at(3));
    ck_assert_str_eq(steps(3), "finished ok x1, drained");
    token_cancel_when(5);
    ck_assert_int_eq(s.woken, 0);
    stage_close(&s);
}
END_TEST

START_TEST(a_token_is_changed_between_runs_only)
{
    seawall_cancel *other = NULL;

    open_stage((toy_config[]){{.kind = TOY_PLAIN}}, 1);
    ck_assert_int_eq(seawall_execution_set_cancel(NULL, fixture.token), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_cancel_create(NULL, NULL, &other, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_execution_set_cancel(s.execution, other), SEAWALL_INVALID);
    seawall_cancel_destroy(other);
    stage_begin(&s, at(0), FOREVER);
    ck_assert_int_eq(seawall_execution_set_cancel(s.execution, NULL), SEAWALL_BUSY);
    ck_assert_str_eq(steps(0), "start 1, wait");
    stage_end(&s, 1, SEAWALL_FAULT_NONE, at(3));
    ck_assert_str_eq(steps(3), "finished ok x1, drained");
    ck_assert_int_eq(seawall_execution_set_cancel(s.execution, NULL), SEAWALL_OK);
    token_cancel_when(4);
    stage_begin(&s, at(5), FOREVER);
    ck_assert_str_eq(steps(5), "start 1, wait");
    stage_end(&s, 1, SEAWALL_FAULT_NONE, at(6));
    ck_assert_str_eq(steps(6), "finished ok x1, drained");
    stage_close(&s);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("token, host");

    tcase_add_checked_fixture(tests, token_set_up, token_tear_down);
    tcase_add_test(tests, a_host_enters_nothing_once_it_is_cancelled);
    tcase_add_test(tests, a_host_is_woken_and_told_to_cancel);
    tcase_add_test(tests, a_report_that_comes_after_the_cancellation_is_late);
    tcase_add_test(tests, a_host_calls_it_what_was_earlier);
    tcase_add_test(tests, a_host_that_lags_behind_cancels_now);
    tcase_add_test(tests, who_has_finished_is_not_woken);
    tcase_add_test(tests, a_token_is_changed_between_runs_only);
    return sw_test_run("token, host", tests);
}
