/* What comes first at one instant, what time does, and that nobody can spin. */
#include <check.h>
#include <stdlib.h>

#include "suites.h"
#include "toy_stage.h"

#define FOREVER SEAWALL_FOREVER

START_TEST(timers_before_now_come_before_a_report)
{
    stage s;

    stage_open(&s, (toy_config[]){{.kind = TOY_CUT, .delay = 10}}, 1);
    stage_begin(&s, 0, FOREVER);
    stage_steps(&s, 0, "start 1 by 10, wait 10");
    stage_end(&s, 1, SEAWALL_FAULT_NONE, 11);
    stage_steps(&s, 11, "finished timed_out timeout x1 by 0 first timeout 0 last timeout 0, drained");
    stage_heard(&s, "cut enter@0 >proceed tick 10 by 10\n"
                    "cut tick@10 >cut_join\n"
                    "* timed_out@10 by 0 timeout x1\n");
    stage_close(&s);
}
END_TEST

START_TEST(a_report_comes_before_timers_at_now)
{
    stage s;

    stage_open(&s, (toy_config[]){{.kind = TOY_CUT, .delay = 10}}, 1);
    stage_begin(&s, 0, 10);
    stage_steps(&s, 0, "start 1 by 10, wait 10");
    stage_end(&s, 1, SEAWALL_FAULT_NONE, 10);
    stage_steps(&s, 10, "finished ok x1, drained");
    stage_heard(&s, "cut enter@0 >proceed tick 10 by 10\ncut leave@10 ok x1 >pass\n");
    stage_close(&s);
}
END_TEST

START_TEST(reports_and_cancellations_come_as_they_arrive)
{
    stage s;
    const toy_config toys[] = {{.kind = TOY_PLAIN}};

    stage_open(&s, toys, 1);
    stage_begin(&s, 0, FOREVER);
    stage_steps(&s, 0, "start 1, wait");
    stage_end(&s, 1, SEAWALL_FAULT_NONE, 5);
    stage_cancel(&s, 5);
    stage_steps(&s, 5, "finished ok x1, drained");
    stage_begin(&s, 5, FOREVER);
    stage_steps(&s, 5, "start 1, wait");
    stage_cancel(&s, 9);
    stage_end(&s, 1, SEAWALL_FAULT_NONE, 9);
    stage_steps(&s, 9, "finished cancelled ignored x1 cancelled late 1, drained");
    stage_close(&s);
}
END_TEST

START_TEST(a_cancellation_comes_before_timers_at_now)
{
    stage s;

    stage_open(&s, (toy_config[]){{.kind = TOY_CUT, .delay = 10}}, 1);
    stage_begin(&s, 0, FOREVER);
    stage_steps(&s, 0, "start 1 by 10, wait 10");
    stage_cancel(&s, 10);
    stage_steps(&s, 10, "finished cancelled ignored x1 cancelled late 1, cancel 1, wait");
    stage_end(&s, 1, SEAWALL_FAULT_OTHER, 12);
    stage_steps(&s, 12, "drained");
    stage_heard(&s, "cut enter@0 >proceed tick 10 by 10\ncut drop@12 cancelled ignored x1\n");
    stage_close(&s);
}
END_TEST

START_TEST(a_cancellation_comes_after_timers_before_now)
{
    stage s;

    stage_open(&s, (toy_config[]){{.kind = TOY_AGAIN, .count = 1, .delay = 5}}, 1);
    stage_begin(&s, 0, FOREVER);
    stage_steps(&s, 0, "start 1, wait");
    stage_end(&s, 1, SEAWALL_FAULT_OTHER, 1);
    stage_steps(&s, 1, "wait 6");
    stage_cancel(&s, 7);
    /* The sleep was over at 6, so an attempt was about to start: called off, it never does. */
    stage_steps(&s, 7, "finished cancelled ignored x1 cancelled first other 0 last other 0, drained");
    stage_heard(&s, "again enter@0 >proceed\nagain leave@1 failed other x1 >again 6\nagain drop@7 cancelled ignored x1\n");
    stage_close(&s);
}
END_TEST

/* A gate with one permit that another execution gives back. */
static void granted_at(seawall_time until, seawall_time back, seawall_time look, const char *steps, const char *notes)
{
    stage holder, s;
    const toy_config gate = {.kind = TOY_GATE, .count = 1, .waiting = 1, .delay = until};
    seawall_pipeline *shared;
    seawall_pipeline *own;

    stage_open(&holder, &gate, 1);
    stage_open(&s, &gate, 1);
    /* Both go through the first stage's gate. */
    own = s.pipeline;
    shared = toy_pipeline(NULL, holder.toys, 1, NULL);
    s.pipeline = shared;
    ck_assert_int_eq(seawall_execution_init(s.storage, seawall_execution_size(shared), shared,
                                            &(seawall_waker){NULL, 0, NULL}, &s.execution),
                     SEAWALL_OK);
    stage_begin(&holder, 0, FOREVER);
    stage_steps(&holder, 0, "start 1, wait");
    stage_begin(&s, 0, FOREVER);
    toy_notes_clear(&holder.notes);
    stage_end(&holder, 1, SEAWALL_FAULT_NONE, back);
    stage_steps(&holder, back, "finished ok x1, drained");
    toy_notes_clear(&holder.notes);
    stage_steps(&s, look, steps);
    stage_heard(&holder, notes);
    stage_cancel(&s, look);
    (void)stage_steps_text(&s, look);
    (void)seawall_execution_disown_at(s.execution, 1, look);
    (void)stage_steps_text(&s, look);
    seawall_pipeline_destroy(own);
    stage_close(&s);
    stage_close(&holder);
}

START_TEST(granted_beats_timed_out_at_one_instant)
{
    granted_at(10, 10, 10, "start 1, wait", "gate enter@10 >proceed\n");
}
END_TEST

START_TEST(granted_beats_timed_out_however_late_one_looks)
{
    granted_at(10, 12, 15, "start 1, wait", "gate enter@15 >proceed\n");
}
END_TEST

START_TEST(wakes_come_before_timers_at_now)
{
    stage s;
    static const toy_says gate[] = {{.answer = SEAWALL_WAIT, .at = FOREVER}, {.answer = SEAWALL_PROCEED}, {0}};

    /* The inner one waits for a wake; the outer one's tick is due at the same instant. */
    stage_open(&s, (toy_config[]){{.kind = TOY_CUT, .delay = 10}, {.kind = TOY_SCRIPT, .script = gate}}, 2);
    stage_begin(&s, 0, FOREVER);
    stage_steps(&s, 10, "finished timed_out timeout x0 by 0, drained");
    stage_heard(&s, "cut enter@0 >proceed tick 10 by 10\nscript enter@0 >wait never\nscript enter@10 >proceed\n"
                    "cut tick@10 >cut_join\n* timed_out@10 by 0 timeout x0\nscript drop@10 timed_out timeout x0 by 0\n");
    stage_close(&s);
}
END_TEST

START_TEST(timers_at_one_instant_come_outermost_first)
{
    stage s;
    const toy_config toys[] = {{.kind = TOY_CUT, .name = "outer", .delay = 10}, {.kind = TOY_CUT, .name = "inner", .delay = 10}};

    stage_open(&s, toys, 2);
    stage_begin(&s, 0, FOREVER);
    stage_steps(&s, 0, "start 1 by 10, wait 10");
    stage_steps(&s, 10, "cancel 1, wait");
    stage_end(&s, 1, SEAWALL_FAULT_TIMEOUT, 11);
    stage_steps(&s, 11, "finished timed_out timeout x1 by 0 first timeout 0 last timeout 0, drained");
    stage_heard(&s, "outer enter@0 >proceed tick 10 by 10\ninner enter@0 >proceed tick 10 by 10\nouter tick@10 >cut_join\n"
                    "* timed_out@10 by 0 timeout x1\ninner drop@11 timed_out timeout x1 by 0\n");
    stage_close(&s);
}
END_TEST

START_TEST(the_callers_deadline_is_outermost_of_all)
{
    stage s;

    stage_open(&s, (toy_config[]){{.kind = TOY_CUT, .delay = 10}}, 1);
    stage_begin(&s, 0, 10);
    stage_steps(&s, 0, "start 1 by 10, wait 10");
    stage_steps(&s, 10, "finished timed_out timeout x1 first timeout 0 last timeout 0 late 1, cancel 1, wait");
    stage_end(&s, 1, SEAWALL_FAULT_NONE, 11);
    stage_steps(&s, 11, "drained");
    stage_heard(&s, "cut enter@0 >proceed tick 10 by 10\n* timed_out@10 by -1 timeout x1\ncut drop@11 timed_out timeout x1\n");
    stage_close(&s);
}
END_TEST

START_TEST(late_timers_come_in_their_own_order)
{
    stage s;
    const toy_config toys[] = {{.kind = TOY_CUT, .name = "outer", .delay = 20}, {.kind = TOY_CUT, .name = "inner", .delay = 10}};

    stage_open(&s, toys, 2);
    stage_begin(&s, 0, FOREVER);
    stage_steps(&s, 0, "start 1 by 10, wait 10");
    stage_steps(&s, 100, "cancel 1, wait");
    stage_end(&s, 1, SEAWALL_FAULT_TIMEOUT, 101);
    stage_steps(&s, 101, "finished timed_out timeout x1 by 0 first timeout 0 last timeout 0, drained");
    stage_heard(&s, "outer enter@0 >proceed tick 20 by 20\ninner enter@0 >proceed tick 10 by 10\n"
                    "inner tick@10 >cut_join\n* timed_out@10 by 1 timeout x1\n"
                    "outer tick@20 >cut_join\n* timed_out@20 by 0 timeout x1\n");
    stage_close(&s);
}
END_TEST

START_TEST(a_smaller_now_is_the_last_one)
{
    stage s;
    seawall_result result = {.fault = SEAWALL_FAULT_OTHER};

    stage_open(&s, (toy_config[]){{.kind = TOY_AGAIN, .count = 1, .delay = 5}}, 1);
    stage_begin(&s, 100, FOREVER);
    stage_steps(&s, 90, "start 1, wait");
    ck_assert_int_eq(seawall_execution_report_at(s.execution, 1, &result, INT64_MIN), SEAWALL_OK);
    stage_steps(&s, 50, "wait 105");
    stage_steps(&s, 105, "start 2, wait");
    stage_steps(&s, 0, "wait");
    stage_end(&s, 2, SEAWALL_FAULT_NONE, 20);
    stage_steps(&s, 0, "finished ok x2 first other 0 last other 0, drained");
    ck_assert_int_eq(s.report.elapsed, 5);
    stage_heard(&s, "again enter@100 >proceed\nagain leave@100 failed other x1 >again 105\nagain leave@105 ok x2 >pass\n");
    stage_close(&s);
}
END_TEST

START_TEST(the_ends_of_time_are_times)
{
    stage s;

    stage_open(&s, (toy_config[]){{.kind = TOY_CUT, .delay = 10}, {.kind = TOY_AGAIN, .count = 1, .delay = 1}}, 2);
    stage_begin(&s, INT64_MIN, FOREVER);
    (void)stage_steps_text(&s, INT64_MIN);
    stage_end(&s, 1, SEAWALL_FAULT_NONE, INT64_MIN);
    stage_steps(&s, INT64_MIN, "finished ok x1, drained");
    stage_begin(&s, INT64_MAX - 1, FOREVER);
    stage_steps(&s, INT64_MAX - 1, "start 1, wait");
    stage_end(&s, 1, SEAWALL_FAULT_OTHER, INT64_MAX);
    /* There is no later time to go again at. */
    stage_steps(&s, INT64_MAX, "wait");
    stage_cancel(&s, INT64_MAX);
    stage_steps(&s, INT64_MAX, "finished cancelled ignored x1 cancelled first other 0 last other 0, drained");
    stage_close(&s);
}
END_TEST

START_TEST(a_wait_not_after_now_is_one_nanosecond)
{
    static const toy_says says[] = {{.answer = SEAWALL_WAIT, .at = 5},  {.answer = SEAWALL_WAIT, .at = INT64_MIN},
                                    {.answer = SEAWALL_WAIT, .at = 12}, {.answer = SEAWALL_PROCEED}, {0}};
    stage s;

    stage_open(&s, (toy_config[]){{.kind = TOY_SCRIPT, .script = says}}, 1);
    stage_begin(&s, 10, FOREVER);
    /* Asked again by the look, at the same instant; and so it goes on, a nanosecond at a time. */
    stage_steps(&s, 10, "wait 11");
    stage_steps(&s, 11, "wait 12");
    stage_steps(&s, 12, "start 1, wait");
    stage_end(&s, 1, SEAWALL_FAULT_NONE, 12);
    stage_steps(&s, 12, "finished ok x1, drained");
    stage_close(&s);
}
END_TEST

START_TEST(again_after_no_attempt_is_one_nanosecond)
{
    static const toy_says outer[] = {{.answer = SEAWALL_PROCEED},           {.answer = SEAWALL_AGAIN, .at = 10},
                                     {.answer = SEAWALL_AGAIN, .at = 3},    {.answer = SEAWALL_AGAIN, .at = 20}, {0}};
    static const toy_says inner[] = {{.answer = SEAWALL_REFUSE, .status = SEAWALL_FULL},
                                     {.answer = SEAWALL_REFUSE, .status = SEAWALL_FULL},
                                     {.answer = SEAWALL_REFUSE, .status = SEAWALL_FULL}, {0}};
    stage s;

    stage_open(&s, (toy_config[]){{.kind = TOY_SCRIPT, .script = outer}, {.kind = TOY_SCRIPT, .script = inner}}, 2);
    stage_begin(&s, 10, FOREVER);
    stage_steps(&s, 10, "wait 11");
    stage_steps(&s, 11, "wait 12");
    stage_steps(&s, 12, "wait 20");
    stage_steps(&s, 20, "start 1, wait");
    stage_end(&s, 1, SEAWALL_FAULT_NONE, 20);
    stage_steps(&s, 20, "finished ok x1, drained");
    stage_close(&s);
}
END_TEST

START_TEST(again_after_an_attempt_may_be_at_once)
{
    static const toy_says says[] = {{.answer = SEAWALL_PROCEED}, {.answer = SEAWALL_AGAIN, .at = INT64_MIN}, {0}};
    stage s;

    stage_open(&s, (toy_config[]){{.kind = TOY_SCRIPT, .script = says}}, 1);
    stage_begin(&s, 10, FOREVER);
    stage_steps(&s, 10, "start 1, wait");
    stage_end(&s, 1, SEAWALL_FAULT_OTHER, 15);
    stage_steps(&s, 15, "start 2, wait");
    stage_end(&s, 2, SEAWALL_FAULT_NONE, 15);
    stage_steps(&s, 15, "finished ok x2 first other 0 last other 0, drained");
    stage_close(&s);
}
END_TEST

START_TEST(a_tick_not_after_now_is_one_nanosecond)
{
    static const toy_says says[] = {{.answer = SEAWALL_PROCEED, .tick = 3}, {.answer = SEAWALL_KEEP, .tick = INT64_MIN},
                                    {.answer = SEAWALL_KEEP, .tick = FOREVER}, {0}};
    stage s;

    stage_open(&s, (toy_config[]){{.kind = TOY_SCRIPT, .script = says}}, 1);
    stage_begin(&s, 10, FOREVER);
    stage_steps(&s, 10, "start 1, wait 11");
    stage_steps(&s, 11, "wait 12");
    stage_steps(&s, 12, "wait");
    stage_end(&s, 1, SEAWALL_FAULT_NONE, 13);
    stage_steps(&s, 13, "finished ok x1, drained");
    stage_heard(&s, "script enter@10 >proceed tick 3\nscript tick@3 >keep tick -9223372036854775808\n"
                    "script tick@-9223372036854775808 >keep tick never\nscript leave@13 ok x1 >pass\n");
    stage_close(&s);
}
END_TEST

void suite_order(TCase *tests)
{
    tcase_add_test(tests, timers_before_now_come_before_a_report);
    tcase_add_test(tests, a_report_comes_before_timers_at_now);
    tcase_add_test(tests, reports_and_cancellations_come_as_they_arrive);
    tcase_add_test(tests, a_cancellation_comes_before_timers_at_now);
    tcase_add_test(tests, a_cancellation_comes_after_timers_before_now);
    tcase_add_test(tests, granted_beats_timed_out_at_one_instant);
    tcase_add_test(tests, granted_beats_timed_out_however_late_one_looks);
    tcase_add_test(tests, wakes_come_before_timers_at_now);
    tcase_add_test(tests, timers_at_one_instant_come_outermost_first);
    tcase_add_test(tests, the_callers_deadline_is_outermost_of_all);
    tcase_add_test(tests, late_timers_come_in_their_own_order);
    tcase_add_test(tests, a_smaller_now_is_the_last_one);
    tcase_add_test(tests, the_ends_of_time_are_times);
    tcase_add_test(tests, a_wait_not_after_now_is_one_nanosecond);
    tcase_add_test(tests, again_after_no_attempt_is_one_nanosecond);
    tcase_add_test(tests, again_after_an_attempt_may_be_at_once);
    tcase_add_test(tests, a_tick_not_after_now_is_one_nanosecond);
}
