/* Cuts that join and cuts that detach, and how what they cut comes to rest. */
#include <check.h>

#include "suites.h"
#include "toy_stage.h"

#define FOREVER SEAWALL_FOREVER

START_TEST(a_join_waits_for_what_is_below)
{
    stage s;

    stage_open(
        &s, (toy_config[]){{.kind = TOY_AGAIN, .count = 1, .delay = 5}, {.kind = TOY_CUT, .delay = 10}, {.kind = TOY_PLAIN}}, 3);
    stage_begin(&s, 0, FOREVER);
    stage_steps(&s, 0, "start 1 by 10, wait 10");
    stage_steps(&s, 10, "cancel 1, wait");
    stage_steps(&s, 11, "wait");
    ck_assert_int_eq(seawall_execution_fini(s.execution), SEAWALL_BUSY);
    stage_end(&s, 1, SEAWALL_FAULT_NONE, 14);
    /* Only now does the cut come back, and it stands, whatever the attempt said in the end. */
    stage_steps(&s, 14, "wait 19");
    stage_steps(&s, 19, "start 2 by 29, wait 29");
    stage_end(&s, 2, SEAWALL_FAULT_NONE, 20);
    stage_steps(&s, 20, "finished ok x2 first timeout 0 last timeout 0, drained");
    stage_heard(&s,
                "again enter@0 >proceed\ncut enter@0 >proceed tick 10 by 10\nplain enter@0 >proceed\ncut tick@10 >cut_join\n"
                "* timed_out@10 by 1 timeout x1\nplain drop@14 timed_out timeout x1 by 1\n"
                "again leave@14 timed_out timeout x1 by 1 >again 19\ncut enter@19 >proceed tick 29 by 29\n"
                "plain enter@19 >proceed\nplain leave@20 ok x1 >pass\ncut leave@20 ok x1 >pass\nagain leave@20 ok x2 >pass\n");
    stage_close(&s);
}
END_TEST

START_TEST(a_detach_hands_its_outcome_on_at_once)
{
    stage s;

    stage_open(&s,
               (toy_config[]){{.kind = TOY_AGAIN, .count = 1, .delay = 5},
                              {.kind = TOY_CUT, .delay = 10, .detach = true},
                              {.kind = TOY_PLAIN}},
               3);
    stage_begin(&s, 0, FOREVER);
    stage_steps(&s, 0, "start 1 by 10, wait 10");
    stage_steps(&s, 10, "cancel 1, wait 15");
    stage_steps(&s, 15, "start 2 by 25, wait 25");
    stage_end(&s, 2, SEAWALL_FAULT_NONE, 20);
    stage_steps(&s, 20, "finished ok x2 first timeout 0 last timeout 0 late 1, wait");
    ck_assert_int_eq(seawall_execution_fini(s.execution), SEAWALL_BUSY);
    ck_assert_int_eq(seawall_execution_begin_at(s.execution, 20, FOREVER), SEAWALL_BUSY);
    stage_end(&s, 1, SEAWALL_FAULT_INTERNAL, 22);
    stage_steps(&s, 22, "drained");
    stage_heard(&s,
                "again enter@0 >proceed\ncut enter@0 >proceed tick 10 by 10\nplain enter@0 >proceed\ncut tick@10 >cut_detach\n"
                "* timed_out@10 by 1 timeout x1\nagain leave@10 timed_out timeout x1 by 1 >again 15\n"
                "cut enter@15 >proceed tick 25 by 25\nplain enter@15 >proceed\nplain leave@20 ok x1 >pass\n"
                "cut leave@20 ok x1 >pass\nagain leave@20 ok x2 >pass\nplain drop@22 timed_out timeout x1 by 1\n");
    stage_close(&s);
}
END_TEST

START_TEST(a_detach_without_the_flag_joins)
{
    static const toy_says says[] = {{.answer = SEAWALL_PROCEED, .tick = 10}, {.answer = SEAWALL_CUT_DETACH}, {0}};
    stage s;

    stage_open(&s, (toy_config[]){{.kind = TOY_SCRIPT, .script = says}}, 1);
    stage_begin(&s, 0, FOREVER);
    stage_steps(&s, 0, "start 1, wait 10");
    stage_steps(&s, 10, "cancel 1, wait");
    stage_end(&s, 1, SEAWALL_FAULT_NONE, 11);
    stage_steps(&s, 11, "finished timed_out timeout x1 by 0 first timeout 0 last timeout 0, drained");
    stage_close(&s);
}
END_TEST

START_TEST(late_frames_settle_innermost_first)
{
    const toy_config toys[] = {{.kind = TOY_CUT, .delay = 10, .detach = true},
                               {.kind = TOY_PLAIN, .name = "a"},
                               {.kind = TOY_GATE, .count = 1},
                               {.kind = TOY_PLAIN, .name = "b"}};
    stage s;

    stage_open(&s, toys, 4);
    stage_begin(&s, 0, FOREVER);
    stage_steps(&s, 0, "start 1 by 10, wait 10");
    stage_steps(&s, 10, "finished timed_out timeout x1 by 0 first timeout 0 last timeout 0 late 1, cancel 1, wait");
    ck_assert_int_eq(s.toys[2].held, 1);
    toy_notes_clear(&s.notes);
    stage_end(&s, 1, SEAWALL_FAULT_NONE, 30);
    ck_assert_int_eq(s.toys[2].held, 0);
    stage_heard(
        &s, "b drop@30 timed_out timeout x1 by 0\ngate drop@30 timed_out timeout x1 by 0\na drop@30 timed_out timeout x1 by 0\n");
    stage_steps(&s, 30, "drained");
    stage_close(&s);
}
END_TEST

START_TEST(a_cut_counts_the_attempts_of_ended_runs)
{
    stage s;

    /* One attempt has failed, and its repetition sleeps when the cut comes: the failure must not be lost. */
    stage_open(
        &s, (toy_config[]){{.kind = TOY_PLAIN}, {.kind = TOY_CUT, .delay = 10}, {.kind = TOY_AGAIN, .count = 3, .delay = 20}}, 3);
    stage_begin(&s, 0, FOREVER);
    stage_steps(&s, 0, "start 1 by 10, wait 10");
    stage_end(&s, 1, SEAWALL_FAULT_INTERNAL, 5);
    stage_steps(&s, 5, "wait 10");
    stage_steps(&s, 10, "finished timed_out timeout x1 by 1 first internal 0 last internal 0, drained");
    stage_heard(
        &s, "plain enter@0 >proceed\ncut enter@0 >proceed tick 10 by 10\nagain enter@0 >proceed\n"
            "again leave@5 failed internal x1 >again 25\ncut tick@10 >cut_join\n* timed_out@10 by 1 timeout x1\n"
            "* dropped@10 by 2 x1\nagain drop@10 timed_out timeout x1 by 1\nplain leave@10 timed_out timeout x1 by 1 >pass\n");
    stage_close(&s);
}
END_TEST

START_TEST(a_cut_in_our_own_queue_counts_no_attempt)
{
    const toy_config toys[] = {
        {.kind = TOY_PLAIN}, {.kind = TOY_CUT, .delay = 10}, {.kind = TOY_GATE, .count = 0, .waiting = 1, .delay = FOREVER}};
    stage s;

    stage_open(&s, toys, 3);
    stage_begin(&s, 0, FOREVER);
    stage_steps(&s, 0, "wait 10");
    stage_steps(&s, 10, "finished timed_out timeout x0 by 1, drained");
    stage_heard(&s,
                "plain enter@0 >proceed\ncut enter@0 >proceed tick 10 by 10\ngate enter@0 >wait never\ncut tick@10 >cut_join\n"
                "* timed_out@10 by 1 timeout x0\n* dropped@10 by 2 x0\ngate drop@10 timed_out timeout x0 by 1\n"
                "plain leave@10 timed_out timeout x0 by 1 >pass\n");
    stage_close(&s);
}
END_TEST

START_TEST(a_cut_may_say_something_else)
{
    stage s;

    stage_open(&s, (toy_config[]){{.kind = TOY_CUT, .delay = 10, .status = SEAWALL_CANCELLED}, {.kind = TOY_PLAIN}}, 2);
    stage_begin(&s, 0, FOREVER);
    stage_steps(&s, 0, "start 1 by 10, wait 10");
    stage_steps(&s, 10, "cancel 1, wait");
    stage_end(&s, 1, SEAWALL_FAULT_OTHER, 11);
    stage_steps(&s, 11, "finished cancelled ignored x1 by 0, drained");
    stage_heard(&s, "cut enter@0 >proceed tick 10 by 10\nplain enter@0 >proceed\ncut tick@10 >cut_join\n"
                    "plain drop@11 cancelled ignored x1 by 0\n");
    stage_close(&s);
}
END_TEST

START_TEST(a_cut_that_started_nothing_is_not_repeated_at_once)
{
    static const toy_says says[] = {{.answer = SEAWALL_PROCEED, .tick = 5}, {.answer = SEAWALL_CUT_DETACH}, {0}};
    const toy_config toys[] = {{.kind = TOY_AGAIN, .count = 1},
                               {.kind = TOY_SCRIPT, .script = says, .detach = true},
                               {.kind = TOY_GATE, .waiting = 1, .delay = FOREVER}};
    stage s;

    /* The script scribbles over the attempts; the machine knows better. */
    stage_open(&s, toys, 3);
    stage_begin(&s, 0, FOREVER);
    stage_steps(&s, 0, "wait 5");
    stage_steps(&s, 5, "wait 6");
    stage_steps(&s, 6, "wait");
    stage_cancel(&s, 7);
    stage_steps(&s, 7, "finished cancelled ignored x0 cancelled, drained");
    stage_close(&s);
}
END_TEST

START_TEST(a_cut_below_a_cut)
{
    const toy_config toys[] = {{.kind = TOY_CUT, .name = "outer", .delay = 20, .detach = true},
                               {.kind = TOY_PLAIN},
                               {.kind = TOY_CUT, .name = "inner", .delay = 10}};
    stage s;

    /* The outer cut comes while the inner one joins: it frees the caller, and the inner frame, which has ended, is not ended
     * again. */
    stage_open(&s, toys, 3);
    stage_begin(&s, 0, FOREVER);
    stage_steps(&s, 0, "start 1 by 10, wait 10");
    stage_steps(&s, 10, "cancel 1, wait 20");
    stage_steps(&s, 20, "finished timed_out timeout x1 by 0 first timeout 0 last timeout 0 late 1, wait");
    stage_end(&s, 1, SEAWALL_FAULT_NONE, 25);
    stage_steps(&s, 25, "drained");
    stage_heard(&s, "outer enter@0 >proceed tick 20 by 20\nplain enter@0 >proceed\ninner enter@0 >proceed tick 10 by 10\n"
                    "inner tick@10 >cut_join\n* timed_out@10 by 2 timeout x1\nouter tick@20 >cut_detach\n"
                    "* timed_out@20 by 0 timeout x1\nplain drop@25 timed_out timeout x1 by 0\n");
    stage_close(&s);
}
END_TEST

START_TEST(what_is_late_is_ticked_no_more)
{
    static const toy_says says[] = {{.answer = SEAWALL_PROCEED, .tick = 15}, {0}};
    stage s;

    stage_open(&s, (toy_config[]){{.kind = TOY_CUT, .delay = 10}, {.kind = TOY_SCRIPT, .script = says}}, 2);
    stage_begin(&s, 0, FOREVER);
    stage_steps(&s, 0, "start 1 by 10, wait 10");
    stage_steps(&s, 10, "cancel 1, wait");
    stage_steps(&s, 30, "wait");
    stage_end(&s, 1, SEAWALL_FAULT_NONE, 40);
    stage_steps(&s, 40, "finished timed_out timeout x1 by 0 first timeout 0 last timeout 0, drained");
    stage_heard(&s, "cut enter@0 >proceed tick 10 by 10\nscript enter@0 >proceed tick 15\ncut tick@10 >cut_join\n"
                    "* timed_out@10 by 0 timeout x1\nscript drop@40 timed_out timeout x1 by 0\n");
    stage_close(&s);
}
END_TEST

START_TEST(a_starved_first_run_waits_for_a_late_end)
{
    stage s;

    stage_open_late(&s,
                    (toy_config[]){{.kind = TOY_AGAIN, .count = 1, .delay = 1},
                                   {.kind = TOY_CUT, .delay = 10, .detach = true},
                                   {.kind = TOY_PLAIN}},
                    3, 0);
    stage_begin(&s, 0, FOREVER);
    stage_steps(&s, 0, "start 1 by 10, wait 10");
    stage_steps(&s, 10, "cancel 1, wait 11");
    stage_steps(&s, 11, "wait 21");
    stage_end(&s, 1, SEAWALL_FAULT_NONE, 15);
    stage_steps(&s, 15, "start 2 by 21, wait 21");
    stage_end(&s, 2, SEAWALL_FAULT_NONE, 16);
    stage_steps(&s, 16, "finished ok x2 first timeout 0 last timeout 0 starved 1, drained");
    stage_heard(&s,
                "again enter@0 >proceed\ncut enter@0 >proceed tick 10 by 10\nplain enter@0 >proceed\ncut tick@10 >cut_detach\n"
                "* timed_out@10 by 1 timeout x1\nagain leave@10 timed_out timeout x1 by 1 >again 11\n"
                "cut enter@11 >proceed tick 21 by 21\n* starved@11 by 1 x1\nplain drop@15 timed_out timeout x1 by 1\n"
                "plain enter@15 >proceed\nplain leave@16 ok x1 >pass\ncut leave@16 ok x1 >pass\nagain leave@16 ok x2 >pass\n");
    stage_close(&s);
}
END_TEST

START_TEST(a_starved_run_keeps_its_deadlines)
{
    stage s;

    stage_open_late(
        &s, (toy_config[]){{.kind = TOY_AGAIN, .count = 1, .delay = 1}, {.kind = TOY_CUT, .delay = 10, .detach = true}}, 2, 0);
    stage_begin(&s, 0, 100);
    stage_steps(&s, 0, "start 1 by 10, wait 10");
    stage_steps(&s, 10, "cancel 1, wait 11");
    stage_steps(&s, 11, "wait 21");
    stage_steps(&s, 21, "finished timed_out timeout x1 by 1 attempts first timeout 0 last timeout 0 starved 1 late 1, wait");
    stage_disown(&s, 1, 22);
    stage_steps(&s, 22, "drained");
    stage_close(&s);
}
END_TEST

void suite_cuts(TCase *tests)
{
    tcase_add_test(tests, a_join_waits_for_what_is_below);
    tcase_add_test(tests, a_detach_hands_its_outcome_on_at_once);
    tcase_add_test(tests, a_detach_without_the_flag_joins);
    tcase_add_test(tests, late_frames_settle_innermost_first);
    tcase_add_test(tests, a_cut_counts_the_attempts_of_ended_runs);
    tcase_add_test(tests, a_cut_in_our_own_queue_counts_no_attempt);
    tcase_add_test(tests, a_cut_may_say_something_else);
    tcase_add_test(tests, a_cut_that_started_nothing_is_not_repeated_at_once);
    tcase_add_test(tests, a_cut_below_a_cut);
    tcase_add_test(tests, what_is_late_is_ticked_no_more);
    tcase_add_test(tests, a_starved_first_run_waits_for_a_late_end);
    tcase_add_test(tests, a_starved_run_keeps_its_deadlines);
}
