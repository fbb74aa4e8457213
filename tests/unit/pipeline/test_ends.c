/* Cancellation and deadlines whatever the run is doing, and what a host may not do. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "suites.h"
#include "toy_stage.h"

#define FOREVER SEAWALL_FOREVER

START_TEST(cancelled_before_an_attempt_was_started)
{
    stage s;

    stage_open(&s, (toy_config[]){{.kind = TOY_PLAIN}}, 1);
    stage_begin(&s, 0, FOREVER);
    stage_cancel(&s, 0);
    stage_steps(&s, 0, "finished cancelled ignored x0 cancelled, drained");
    stage_heard(&s, "plain enter@0 >proceed\nplain drop@0 cancelled ignored x0\n");
    stage_close(&s);
}
END_TEST

START_TEST(cancelled_while_waiting)
{
    stage s;

    stage_open(&s, (toy_config[]){{.kind = TOY_PLAIN}, {.kind = TOY_GATE, .count = 0, .waiting = 1, .delay = FOREVER}}, 2);
    stage_begin(&s, 0, FOREVER);
    stage_steps(&s, 0, "wait");
    stage_cancel(&s, 3);
    stage_steps(&s, 3, "finished cancelled ignored x0 cancelled, drained");
    stage_heard(&s, "plain enter@0 >proceed\ngate enter@0 >wait never\n* dropped@3 by 1 x0\ngate drop@3 cancelled ignored x0\n"
                    "plain drop@3 cancelled ignored x0\n");
    stage_close(&s);
}
END_TEST

START_TEST(cancelled_while_asleep)
{
    stage s;

    stage_open(&s, (toy_config[]){{.kind = TOY_AGAIN, .count = 1, .delay = 10}}, 1);
    stage_begin(&s, 0, FOREVER);
    stage_steps(&s, 0, "start 1, wait");
    stage_end(&s, 1, SEAWALL_FAULT_OTHER, 1);
    stage_steps(&s, 1, "wait 11");
    stage_cancel(&s, 3);
    stage_steps(&s, 3, "finished cancelled ignored x1 cancelled first other 0 last other 0, drained");
    stage_heard(&s, "again enter@0 >proceed\nagain leave@1 failed other x1 >again 11\n* dropped@3 by 0 x1\nagain drop@3 "
                    "cancelled ignored x1\n");
    stage_close(&s);
}
END_TEST

START_TEST(cancelled_during_a_join)
{
    stage s;

    stage_open(&s, (toy_config[]){{.kind = TOY_PLAIN}, {.kind = TOY_CUT, .delay = 10}, {.kind = TOY_GATE, .count = 1}}, 3);
    stage_begin(&s, 0, FOREVER);
    stage_steps(&s, 0, "start 1 by 10, wait 10");
    stage_steps(&s, 10, "cancel 1, wait");
    stage_cancel(&s, 12);
    /* Told to cancel once, not twice. */
    stage_steps(&s, 12, "finished cancelled ignored x1 cancelled first timeout 0 last timeout 0 late 1, wait");
    stage_end(&s, 1, SEAWALL_FAULT_NONE, 13);
    stage_steps(&s, 13, "drained");
    stage_heard(&s,
                "plain enter@0 >proceed\ncut enter@0 >proceed tick 10 by 10\ngate enter@0 >proceed\ncut tick@10 >cut_join\n"
                "* timed_out@10 by 1 timeout x1\ngate drop@13 timed_out timeout x1 by 1\nplain drop@13 cancelled ignored x1\n");
    stage_close(&s);
}
END_TEST

START_TEST(cancelled_twice_and_after_the_end)
{
    stage s;

    stage_open(&s, (toy_config[]){{.kind = TOY_PLAIN}}, 1);
    stage_begin(&s, 0, FOREVER);
    stage_steps(&s, 0, "start 1, wait");
    stage_cancel(&s, 1);
    stage_cancel(&s, 2);
    stage_steps(&s, 2, "finished cancelled ignored x1 cancelled late 1, cancel 1, wait");
    stage_cancel(&s, 3);
    stage_steps(&s, 3, "wait");
    stage_end(&s, 1, SEAWALL_FAULT_NONE, 4);
    stage_cancel(&s, 5);
    stage_steps(&s, 5, "drained");
    stage_close(&s);
}
END_TEST

START_TEST(an_end_before_its_cancel_was_told)
{
    stage s;

    stage_open(&s, (toy_config[]){{.kind = TOY_PLAIN}}, 1);
    stage_begin(&s, 0, FOREVER);
    stage_steps(&s, 0, "start 1, wait");
    stage_cancel(&s, 1);
    stage_end(&s, 1, SEAWALL_FAULT_OTHER, 1);
    stage_steps(&s, 1, "finished cancelled ignored x1 cancelled late 1, drained");
    stage_close(&s);
}
END_TEST

static const struct deadline_row {
    seawall_time deadline;
    const char *steps;
} deadlines[] = {
    {INT64_MIN, "finished timed_out timeout x0, drained"},
    {-1, "finished timed_out timeout x0, drained"},
    {99, "finished timed_out timeout x0, drained"},
    {100, "finished timed_out timeout x0, drained"},
    {101, "start 1 by 101, wait 101"},
};

START_TEST(deadlines_in_the_past_and_of_no_length)
{
    const struct deadline_row *row = &deadlines[_i];
    stage s;

    stage_open(&s, (toy_config[]){{.kind = TOY_PLAIN}}, 1);
    stage_begin(&s, 100, row->deadline);
    stage_steps(&s, 100, row->steps);
    ck_assert_int_eq(s.toys[0].begun, _i == 4);
    stage_cancel(&s, 100);
    (void)seawall_execution_disown_at(s.execution, 1, 100);
    (void)stage_steps_text(&s, 100);
    stage_close(&s);
}
END_TEST

START_TEST(the_callers_deadline_while_waiting_and_asleep)
{
    stage s;

    stage_open(&s,
               (toy_config[]){{.kind = TOY_AGAIN, .count = 1, .delay = 10},
                              {.kind = TOY_GATE, .count = 1, .waiting = 1, .delay = FOREVER}},
               2);
    stage_begin(&s, 0, 5);
    stage_steps(&s, 0, "start 1 by 5, wait 5");
    stage_end(&s, 1, SEAWALL_FAULT_OTHER, 1);
    stage_steps(&s, 1, "wait 5");
    stage_steps(&s, 5, "finished timed_out timeout x1 first other 0 last other 0, drained");
    ck_assert_int_eq(s.report.elapsed, 5);
    stage_close(&s);
    stage_open(&s, (toy_config[]){{.kind = TOY_GATE, .count = 0, .waiting = 1, .delay = FOREVER}}, 1);
    stage_begin(&s, 0, 5);
    stage_steps(&s, 0, "wait 5");
    stage_steps(&s, 7, "finished timed_out timeout x0, drained");
    ck_assert_int_eq(s.report.elapsed, 7);
    stage_heard(
        &s, "gate enter@0 >wait never\n* timed_out@5 by -1 timeout x0\n* dropped@7 by 0 x0\ngate drop@7 timed_out timeout x0\n");
    stage_close(&s);
}
END_TEST

START_TEST(a_disowned_attempt_counts_neither_way)
{
    stage s;

    stage_open(&s, (toy_config[]){{.kind = TOY_PLAIN}}, 1);
    stage_begin(&s, 0, FOREVER);
    stage_steps(&s, 0, "start 1, wait");
    stage_disown(&s, 1, 3);
    stage_steps(&s, 3, "finished cancelled ignored x1, drained");
    stage_heard(&s, "plain enter@0 >proceed\nplain leave@3 cancelled ignored x1 >pass\n");
    stage_close(&s);
}
END_TEST

START_TEST(ids_that_are_not_running_are_invalid)
{
    stage s;
    seawall_result result = {.fault = SEAWALL_FAULT_OTHER};

    stage_open(&s, (toy_config[]){{.kind = TOY_AGAIN, .count = 1}}, 1);
    stage_begin(&s, 0, FOREVER);
    ck_assert_int_eq(seawall_execution_report_at(s.execution, 1, &result, 0), SEAWALL_INVALID);
    stage_steps(&s, 0, "start 1, wait");
    ck_assert_int_eq(seawall_execution_report_at(s.execution, 0, &result, 0), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_execution_report_at(s.execution, 2, &result, 0), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_execution_report_at(s.execution, UINT64_MAX, &result, 0), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_execution_disown_at(s.execution, (UINT64_C(1) << 32) + 1, 0), SEAWALL_INVALID);
    stage_end(&s, 1, SEAWALL_FAULT_OTHER, 1);
    ck_assert_int_eq(seawall_execution_report_at(s.execution, 1, &result, 1), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_execution_disown_at(s.execution, 1, 1), SEAWALL_INVALID);
    stage_steps(&s, 1, "start 2, wait");
    ck_assert_int_eq(seawall_execution_report_at(s.execution, 1, &result, 1), SEAWALL_INVALID);
    stage_disown(&s, 2, 1);
    ck_assert_int_eq(seawall_execution_disown_at(s.execution, 2, 1), SEAWALL_INVALID);
    stage_steps(&s, 1, "finished cancelled ignored x2 first other 0 last other 0, drained");
    stage_close(&s);
}
END_TEST

START_TEST(arguments_that_make_no_sense)
{
    stage s;
    seawall_step step;
    seawall_report report = SEAWALL_REPORT_INIT;
    seawall_result result = {.fault = SEAWALL_FAULT_COUNT};

    stage_open(&s, (toy_config[]){{.kind = TOY_PLAIN}}, 1);
    ck_assert_int_eq(seawall_execution_next_at(s.execution, 0, &step), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_execution_cancel_at(s.execution, 0), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_execution_disown_at(s.execution, 1, 0), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_execution_begin_at(NULL, 0, 0), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_execution_fini(NULL), SEAWALL_INVALID);
    stage_begin(&s, 0, FOREVER);
    ck_assert_int_eq(seawall_execution_begin_at(s.execution, 0, FOREVER), SEAWALL_BUSY);
    ck_assert_int_eq(seawall_execution_next_at(s.execution, 0, NULL), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_execution_next_at(NULL, 0, &step), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_execution_report(s.execution, &report), SEAWALL_BUSY);
    ck_assert_int_eq(seawall_execution_report(s.execution, NULL), SEAWALL_INVALID);
    stage_steps(&s, 0, "start 1, wait");
    ck_assert_int_eq(seawall_execution_report_at(s.execution, 1, NULL, 0), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_execution_report_at(s.execution, 1, &result, 0), SEAWALL_INVALID);
    result.fault = -1;
    ck_assert_int_eq(seawall_execution_report_at(s.execution, 1, &result, 0), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_execution_report_at(NULL, 1, &result, 0), SEAWALL_INVALID);
    stage_end(&s, 1, SEAWALL_FAULT_NONE, 0);
    ck_assert_int_eq(seawall_execution_fini(s.execution), SEAWALL_OK);
    report.size = 4;
    ck_assert_int_eq(seawall_execution_report(s.execution, &report), SEAWALL_INVALID);
    stage_close(&s);
}
END_TEST

/* Tries every function of the execution it is called from. */
static void meddle(seawall_execution *x)
{
    seawall_step step;
    seawall_result result = {.fault = SEAWALL_FAULT_NONE};

    ck_assert_int_eq(seawall_execution_begin_at(x, 0, 0), SEAWALL_BUSY);
    ck_assert_int_eq(seawall_execution_next_at(x, 0, &step), SEAWALL_BUSY);
    ck_assert_int_eq(seawall_execution_report_at(x, 1, &result, 0), SEAWALL_BUSY);
    ck_assert_int_eq(seawall_execution_disown_at(x, 1, 0), SEAWALL_BUSY);
    ck_assert_int_eq(seawall_execution_cancel_at(x, 0), SEAWALL_BUSY);
    ck_assert_int_eq(seawall_execution_fini(x), SEAWALL_BUSY);
}

static char meddled[8];

static void meddle_in_verb(toy *t, char verb, seawall_turn *turn, void *user)
{
    const stage *s = user;

    (void)t, (void)turn;
    if (strchr(meddled, verb) == NULL)
        strncat(meddled, &verb, 1);
    meddle(s->execution);
}

START_TEST(calls_from_inside_a_verb_are_busy)
{
    stage s;
    const toy_config cut = {.kind = TOY_CUT, .delay = 5, .hook = meddle_in_verb, .hook_user = &s};
    const toy_config again = {.kind = TOY_AGAIN, .count = 1, .hook = meddle_in_verb, .hook_user = &s};

    memset(meddled, 0, sizeof(meddled));
    stage_open(&s, (toy_config[]){cut, again}, 2);
    stage_begin(&s, 0, FOREVER);
    stage_steps(&s, 0, "start 1 by 5, wait 5");
    stage_end(&s, 1, SEAWALL_FAULT_OTHER, 1);
    stage_steps(&s, 1, "start 2 by 5, wait 5");
    stage_steps(&s, 5, "cancel 2, wait");
    stage_end(&s, 2, SEAWALL_FAULT_OTHER, 6);
    stage_steps(&s, 6, "finished timed_out timeout x2 by 0 first other 0 last timeout 0, drained");
    ck_assert_str_eq(meddled, "eltd");
    stage_close(&s);
}
END_TEST

static stage *listened;
static int heard;

static void meddle_in_listener(const seawall_event *event, void *user)
{
    (void)event, (void)user;
    heard++;
    meddle(listened->execution);
}

START_TEST(calls_from_inside_a_listener_are_busy)
{
    seawall_pipeline_config config = SEAWALL_PIPELINE_CONFIG_INIT;
    const seawall_policy *policy;
    seawall_pipeline *own;
    stage s;

    stage_open(&s, (toy_config[]){{.kind = TOY_GATE}}, 1);
    own = s.pipeline;
    policy = &s.toys[0].policy;
    config.listener = meddle_in_listener;
    ck_assert_int_eq(seawall_pipeline_create(&config, &policy, 1, NULL, &s.pipeline, NULL), SEAWALL_OK);
    seawall_pipeline_destroy(own);
    ck_assert_int_eq(seawall_execution_init(s.storage, seawall_execution_size(s.pipeline), s.pipeline, NULL, &s.execution),
                     SEAWALL_OK);
    listened = &s;
    heard = 0;
    stage_begin(&s, 0, FOREVER);
    stage_steps(&s, 0, "finished full x0 by 0, drained");
    ck_assert_int_eq(heard, 1);
    stage_close(&s);
}
END_TEST

START_TEST(an_execution_runs_as_often_as_you_like)
{
    stage s;
    int i;

    stage_open(&s, (toy_config[]){{.kind = TOY_AGAIN, .count = 1}, {.kind = TOY_CUT, .delay = 10}}, 2);
    for (i = 0; i < 5; i++) {
        stage_begin(&s, 0, FOREVER);
        stage_steps(&s, 0, "start 1 by 10, wait 10");
        stage_end(&s, 1, SEAWALL_FAULT_OTHER, 100);
        stage_steps(&s, 100, "start 2 by 110, wait 110");
        stage_end(&s, 2, SEAWALL_FAULT_NONE, 101);
        stage_steps(&s, 101, "finished ok x2 first timeout 0 last timeout 0, drained");
        stage_steps(&s, 101, "drained");
    }
    stage_close(&s);
}
END_TEST

void suite_ends(TCase *tests)
{
    tcase_add_test(tests, cancelled_before_an_attempt_was_started);
    tcase_add_test(tests, cancelled_while_waiting);
    tcase_add_test(tests, cancelled_while_asleep);
    tcase_add_test(tests, cancelled_during_a_join);
    tcase_add_test(tests, cancelled_twice_and_after_the_end);
    tcase_add_test(tests, an_end_before_its_cancel_was_told);
    tcase_add_loop_test(tests, deadlines_in_the_past_and_of_no_length, 0, (int)(sizeof(deadlines) / sizeof(deadlines[0])));
    tcase_add_test(tests, the_callers_deadline_while_waiting_and_asleep);
    tcase_add_test(tests, a_disowned_attempt_counts_neither_way);
    tcase_add_test(tests, ids_that_are_not_running_are_invalid);
    tcase_add_test(tests, arguments_that_make_no_sense);
    tcase_add_test(tests, calls_from_inside_a_verb_are_busy);
    tcase_add_test(tests, calls_from_inside_a_listener_are_busy);
    tcase_add_test(tests, an_execution_runs_as_often_as_you_like);
}
