/* Several runs of one frame at once: forks, losers, and who gets a place. */
#include <check.h>
#include <string.h>

#include "suites.h"
#include "toy_stage.h"

#define FOREVER SEAWALL_FOREVER

static const toy_config hedge = {.kind = TOY_HEDGE, .width = 3, .count = 2, .delay = 10};

START_TEST(the_first_success_wins)
{
    stage s;

    stage_open(&s, (toy_config[]){hedge, {.kind = TOY_PLAIN}}, 2);
    stage_begin(&s, 0, FOREVER);
    stage_steps(&s, 0, "start 1, wait 10");
    stage_steps(&s, 10, "start 2 route 1, wait 20");
    stage_steps(&s, 20, "start 3 route 2, wait");
    stage_end(&s, 2, SEAWALL_FAULT_OTHER, 21);
    stage_steps(&s, 21, "wait");
    stage_end(&s, 3, SEAWALL_FAULT_NONE, 25);
    stage_steps(&s, 25, "finished ok x3 first other 0 last other 0 late 1, cancel 1, wait");
    stage_end(&s, 1, SEAWALL_FAULT_INTERNAL, 26);
    stage_steps(&s, 26, "drained");
    stage_heard(&s,
                "hedge enter@0 >proceed tick 10\nplain enter@0 >proceed\nhedge tick@10 >fork tick 20\nplain enter@10 >proceed\n"
                "hedge tick@20 >fork\nplain enter@20 >proceed\nplain leave@21 failed other x1 >pass\n"
                "hedge leave@21 failed other x3 inner 2 >hold\nplain leave@25 ok x1 >pass\nhedge leave@25 ok x3 inner 1 >pass\n"
                "plain drop@26 cancelled ignored x1\n");
    stage_close(&s);
}
END_TEST

START_TEST(when_all_end_the_best_is_handed_on)
{
    stage s;

    stage_open(&s, (toy_config[]){hedge, {.kind = TOY_LIMITED, .delay = 15}}, 2);
    stage_begin(&s, 0, FOREVER);
    stage_steps(&s, 0, "start 1, wait 10");
    stage_steps(&s, 10, "wait 20");
    stage_steps(&s, 20, "start 2 route 2, wait");
    stage_end(&s, 1, SEAWALL_FAULT_INTERNAL, 21);
    stage_end(&s, 2, SEAWALL_FAULT_OTHER, 22);
    stage_steps(&s, 22, "finished failed internal x2 first internal 0 last other 0, drained");
    stage_close(&s);
}
END_TEST

START_TEST(all_ended_before_the_next_fork)
{
    stage s;

    stage_open(&s, (toy_config[]){hedge}, 1);
    stage_begin(&s, 0, FOREVER);
    stage_steps(&s, 0, "start 1, wait 10");
    stage_end(&s, 1, SEAWALL_FAULT_INTERNAL, 5);
    stage_steps(&s, 5, "finished failed internal x1 first internal 0 last internal 0, drained");
    stage_close(&s);
}
END_TEST

START_TEST(no_more_forks_than_the_width)
{
    static const toy_says says[] = {{.answer = SEAWALL_PROCEED, .tick = 1}, {.answer = SEAWALL_FORK, .tick = 2},
                                    {.answer = SEAWALL_FORK, .tick = 3},    {.answer = SEAWALL_FORK}, {0}};
    stage s;

    stage_open(&s, (toy_config[]){{.kind = TOY_SCRIPT, .script = says, .width = 2}}, 1);
    stage_begin(&s, 0, FOREVER);
    stage_steps(&s, 0, "start 1, wait 1");
    stage_steps(&s, 1, "start 2 route 1, wait 2");
    stage_steps(&s, 2, "wait 3");
    stage_steps(&s, 3, "wait");
    stage_end(&s, 1, SEAWALL_FAULT_NONE, 4);
    stage_steps(&s, 4, "finished ok x2 late 1, cancel 2, wait");
    stage_disown(&s, 2, 5);
    stage_steps(&s, 5, "drained");
    stage_close(&s);
}
END_TEST

START_TEST(a_fork_without_room_is_skipped)
{
    static const toy_says says[] = {
        {.answer = SEAWALL_PROCEED, .tick = 9}, {.answer = SEAWALL_FORK}, {.answer = SEAWALL_HOLD, .tick = 12},
        {.answer = SEAWALL_FORK, .tick = 14},   {.answer = SEAWALL_FORK}, {0}};
    stage s;

    /* The first run is cut and late: it and the second run hold the only two places. */
    stage_open_late(
        &s, (toy_config[]){{.kind = TOY_SCRIPT, .script = says, .width = 2}, {.kind = TOY_CUT, .delay = 10, .detach = true}}, 2,
        0);
    stage_begin(&s, 0, FOREVER);
    stage_steps(&s, 0, "start 1 by 10, wait 9");
    stage_steps(&s, 9, "start 2 route 1 by 19, wait 10");
    stage_steps(&s, 10, "cancel 1, wait 12");
    stage_steps(&s, 12, "wait 14");
    stage_end(&s, 1, SEAWALL_FAULT_TIMEOUT, 13);
    stage_steps(&s, 14, "start 3 route 2 by 24, wait 19");
    stage_end(&s, 3, SEAWALL_FAULT_NONE, 15);
    stage_steps(&s, 15, "finished ok x3 first timeout 0 last timeout 0 late 1, cancel 2, wait");
    stage_disown(&s, 2, 16);
    stage_steps(&s, 16, "drained");
    ck_assert_int_eq(s.report.starved, 0);
    stage_close(&s);
}
END_TEST

START_TEST(repetitions_starve_and_keep_their_deadlines)
{
    static const toy_says says[] = {
        {.answer = SEAWALL_PROCEED, .tick = 1}, {.answer = SEAWALL_FORK}, {.answer = SEAWALL_HOLD}, {0}};
    stage s;

    stage_open_late(&s, (toy_config[]){{.kind = TOY_SCRIPT, .script = says, .width = 2},
                                       {.kind = TOY_AGAIN, .count = 1, .delay = 1},
                                       {.kind = TOY_CUT, .delay = 10, .detach = true}}, 3, 0);
    stage_begin(&s, 0, FOREVER);
    stage_steps(&s, 0, "start 1 by 10, wait 1");
    stage_steps(&s, 1, "start 2 route 1 by 11, wait 10");
    stage_steps(&s, 10, "cancel 1, wait 11");
    stage_steps(&s, 11, "cancel 2, wait 12");
    stage_steps(&s, 12, "wait 21");
    stage_steps(&s, 21, "wait 22");
    stage_steps(&s, 22, "finished timed_out timeout x2 by 2 attempts first timeout 0 last timeout 0 starved 2 late 2, wait");
    stage_disown(&s, 1, 23);
    stage_end(&s, 2, SEAWALL_FAULT_NONE, 23);
    stage_steps(&s, 23, "drained");
    stage_close(&s);
}
END_TEST

START_TEST(again_while_others_run_counts_as_hold)
{
    static const toy_says says[] = {{.answer = SEAWALL_PROCEED, .tick = 1},  {.answer = SEAWALL_FORK, .tick = 50},
                                    {.answer = SEAWALL_AGAIN, .at = 5},      {.answer = SEAWALL_KEEP},
                                    {.answer = SEAWALL_AGAIN, .at = 70}, {.answer = SEAWALL_PASS}, {0}};
    stage s;

    stage_open(&s, (toy_config[]){{.kind = TOY_SCRIPT, .script = says, .width = 2}}, 1);
    stage_begin(&s, 0, FOREVER);
    stage_steps(&s, 0, "start 1, wait 1");
    stage_steps(&s, 1, "start 2 route 1, wait 50");
    stage_end(&s, 1, SEAWALL_FAULT_OTHER, 2);
    /* The time was for the run, not for a tick: the tick that was asked for stands. */
    stage_steps(&s, 2, "wait 50");
    stage_steps(&s, 50, "wait");
    stage_end(&s, 2, SEAWALL_FAULT_OTHER, 60);
    stage_steps(&s, 60, "wait 70");
    stage_steps(&s, 70, "start 3, wait");
    stage_end(&s, 3, SEAWALL_FAULT_NONE, 71);
    stage_steps(&s, 71, "finished ok x3 first other 0 last other 0, drained");
    stage_close(&s);
}
END_TEST

/* Each run of the outer one has two routes of its own. */
START_TEST(nested_runs_have_routes_of_their_own)
{
    static const toy_config two = {.kind = TOY_HEDGE, .width = 2, .count = 1, .delay = 4};
    stage s;

    stage_open(&s, (toy_config[]){hedge, {.kind = TOY_AGAIN, .count = 1, .delay = 1}, two}, 3);
    stage_begin(&s, 0, FOREVER);
    stage_steps(&s, 0, "start 1, wait 4");
    stage_steps(&s, 4, "start 2 route 1, wait 10");
    stage_steps(&s, 10, "start 3 route 2, wait 14");
    stage_steps(&s, 14, "start 4 route 3, wait 20");
    stage_steps(&s, 20, "start 5 route 4, wait 24");
    stage_steps(&s, 24, "start 6 route 5, wait");
    /* A repetition keeps the place of what it repeats. */
    stage_end(&s, 3, SEAWALL_FAULT_OTHER, 25);
    stage_end(&s, 4, SEAWALL_FAULT_OTHER, 25);
    stage_steps(&s, 26, "start 7 route 2, wait 30");
    stage_end(&s, 7, SEAWALL_FAULT_NONE, 27);
    stage_steps(&s, 27, "finished ok x7 first other 0 last other 0 late 4, cancel 1, cancel 2, cancel 5, cancel 6, wait");
    stage_end(&s, 1, SEAWALL_FAULT_NONE, 28);
    stage_end(&s, 2, SEAWALL_FAULT_NONE, 28);
    stage_end(&s, 5, SEAWALL_FAULT_NONE, 28);
    stage_end(&s, 6, SEAWALL_FAULT_NONE, 28);
    stage_steps(&s, 28, "drained");
    stage_close(&s);
}
END_TEST

/* What the frame is told of its runs: "l2" in leave, the room before a fork in tick. */
static void tell_runs(toy *t, char verb, seawall_turn *turn, void *user)
{
    toy_notes *told = user;

    (void)t;
    if (verb == 'l')
        toy_note(told, "l%d ", (int)seawall_turn_run(turn));
    if (verb == 't')
        toy_note(told, "t%s ", seawall_turn_can_fork(turn) ? "+" : "-");
}

START_TEST(a_frame_is_told_which_run_ended_and_whether_there_is_room)
{
    static const toy_says says[] = {{.answer = SEAWALL_PROCEED, .tick = 1},
                                    {.answer = SEAWALL_FORK, .tick = 2},
                                    {.answer = SEAWALL_FORK, .tick = 3},
                                    {.answer = SEAWALL_KEEP},
                                    {.answer = SEAWALL_HOLD, .tick = 5},
                                    {.answer = SEAWALL_FORK},
                                    {.answer = SEAWALL_HOLD},
                                    {.answer = SEAWALL_HOLD},
                                    {.answer = SEAWALL_AGAIN, .at = 10},
                                    {.answer = SEAWALL_PASS},
                                    {0}};
    toy_notes told = {0};
    stage s;

    stage_open(&s,
               (toy_config[]){{.kind = TOY_PLAIN},
                              {.kind = TOY_SCRIPT, .script = says, .width = 3, .hook = tell_runs, .hook_user = &told},
                              {.kind = TOY_PLAIN}},
               3);
    stage_begin(&s, 0, FOREVER);
    stage_steps(&s, 0, "start 1, wait 1");
    stage_steps(&s, 1, "start 2 route 1, wait 2");
    stage_steps(&s, 2, "start 3 route 2, wait 3");
    stage_steps(&s, 3, "wait");
    stage_end(&s, 2, SEAWALL_FAULT_OTHER, 4);
    stage_steps(&s, 5, "start 4 route 3, wait");
    stage_end(&s, 4, SEAWALL_FAULT_OTHER, 6);
    stage_end(&s, 1, SEAWALL_FAULT_OTHER, 7);
    stage_end(&s, 3, SEAWALL_FAULT_OTHER, 8);
    stage_steps(&s, 10, "start 5, wait");
    stage_end(&s, 5, SEAWALL_FAULT_OTHER, 11);
    stage_steps(&s, 11, "finished failed other x5 first other 0 last other 0, drained");
    ck_assert_str_eq(told.text, "t+ t+ t- l1 t+ l3 l0 l2 l0 ");
    toy_notes_free(&told);
    stage_close(&s);
}
END_TEST

START_TEST(hold_may_ask_for_a_tick)
{
    static const toy_says says[] = {{.answer = SEAWALL_PROCEED, .tick = 1},
                                    {.answer = SEAWALL_FORK},
                                    {.answer = SEAWALL_HOLD, .tick = 9},
                                    {.answer = SEAWALL_FORK},
                                    {0}};
    stage s;

    stage_open(&s, (toy_config[]){{.kind = TOY_SCRIPT, .script = says, .width = 2}}, 1);
    stage_begin(&s, 0, FOREVER);
    stage_steps(&s, 0, "start 1, wait 1");
    stage_steps(&s, 1, "start 2 route 1, wait");
    stage_end(&s, 2, SEAWALL_FAULT_OTHER, 2);
    stage_steps(&s, 2, "wait 9");
    stage_steps(&s, 9, "start 3 route 2, wait");
    stage_end(&s, 3, SEAWALL_FAULT_NONE, 10);
    stage_steps(&s, 10, "finished ok x3 first other 0 last other 0 late 1, cancel 1, wait");
    stage_end(&s, 1, SEAWALL_FAULT_NONE, 11);
    stage_steps(&s, 11, "drained");
    stage_close(&s);
}
END_TEST

START_TEST(divert_while_others_run_counts_as_hold)
{
    static const toy_says says[] = {{.answer = SEAWALL_PROCEED, .tick = 1}, {.answer = SEAWALL_FORK}, {.answer = SEAWALL_DIVERT},
                                    {.answer = SEAWALL_DIVERT}, {0}};
    seawall_pipeline *alternative;
    stage s;

    alternative = toy_pipeline(NULL, NULL, 0, NULL);
    stage_open(&s, (toy_config[]){{.kind = TOY_SCRIPT, .script = says, .width = 2, .alternative = alternative}}, 1);
    seawall_pipeline_destroy(alternative);
    stage_begin(&s, 0, FOREVER);
    stage_steps(&s, 0, "start 1, wait 1");
    stage_steps(&s, 1, "start 2 route 1, wait");
    stage_end(&s, 1, SEAWALL_FAULT_OTHER, 2);
    stage_steps(&s, 2, "wait");
    stage_end(&s, 2, SEAWALL_FAULT_OTHER, 3);
    stage_steps(&s, 3, "start 3 alternative 1, wait");
    stage_end(&s, 3, SEAWALL_FAULT_NONE, 4);
    stage_steps(&s, 4, "finished ok x3 first other 0 last other 0, drained");
    stage_close(&s);
}
END_TEST

START_TEST(losers_that_wait_or_sleep_are_dropped_at_once)
{
    const toy_config toys[] = {
        hedge, {.kind = TOY_GATE, .count = 1, .waiting = 2, .delay = FOREVER}, {.kind = TOY_AGAIN, .count = 1, .delay = 100}};
    stage s;

    stage_open(&s, toys, 3);
    stage_begin(&s, 0, FOREVER);
    stage_steps(&s, 0, "start 1, wait 10");
    stage_steps(&s, 10, "wait 20");
    stage_end(&s, 1, SEAWALL_FAULT_NONE, 11);
    /* The permit is handed to the waiting run, which is dropped and gives it back. */
    stage_steps(&s, 11, "finished ok x1, drained");
    ck_assert_int_eq(s.woken, 1);
    stage_heard(
        &s,
        "hedge enter@0 >proceed tick 10\ngate enter@0 >proceed\nagain enter@0 >proceed\nhedge tick@10 >fork tick 20\n"
        "gate enter@10 >wait never\nagain leave@11 ok x1 >pass\ngate leave@11 ok x1 >pass\nhedge leave@11 ok x1 inner 1 >pass\n"
        "* dropped@11 by 1 x1\ngate drop@11 cancelled ignored x0\n");
    stage_close(&s);
}
END_TEST

START_TEST(a_fork_that_is_refused_comes_back_inside_the_tick)
{
    stage s;

    stage_open(&s, (toy_config[]){{.kind = TOY_HEDGE, .width = 2, .count = 1, .delay = 10}, {.kind = TOY_LIMITED, .delay = 100}},
               2);
    stage_begin(&s, 0, FOREVER);
    stage_steps(&s, 0, "start 1, wait 10");
    stage_steps(&s, 10, "wait");
    stage_end(&s, 1, SEAWALL_FAULT_OTHER, 12);
    stage_steps(&s, 12, "finished failed other x1 first other 0 last other 0, drained");
    stage_heard(&s, "hedge enter@0 >proceed tick 10\nlimited enter@0 >proceed\nhedge tick@10 >fork\nlimited enter@10 >refuse "
                    "limited after 90\n"
                    "* refused@10 by 1 after 90 x1\nhedge leave@10 limited x1 after 90 by 1 inner 1 >hold\nlimited leave@12 "
                    "failed other x1 >pass\n"
                    "hedge leave@12 failed other x1 >replace\n");
    stage_close(&s);
}
END_TEST

START_TEST(a_cut_around_several_runs)
{
    stage s;

    stage_open(&s, (toy_config[]){{.kind = TOY_CUT, .delay = 15}, hedge, {.kind = TOY_PLAIN}}, 3);
    stage_begin(&s, 0, FOREVER);
    stage_steps(&s, 0, "start 1 by 15, wait 10");
    stage_steps(&s, 10, "start 2 route 1 by 15, wait 15");
    stage_steps(&s, 15, "cancel 1, cancel 2, wait");
    stage_end(&s, 2, SEAWALL_FAULT_TIMEOUT, 16);
    stage_steps(&s, 16, "wait");
    stage_end(&s, 1, SEAWALL_FAULT_TIMEOUT, 17);
    stage_steps(&s, 17, "finished timed_out timeout x2 by 0 first timeout 0 last timeout 0, drained");
    stage_heard(&s, "cut enter@0 >proceed tick 15 by 15\nhedge enter@0 >proceed tick 10\nplain enter@0 >proceed\nhedge tick@10 "
                    ">fork tick 20\n"
                    "plain enter@10 >proceed\ncut tick@15 >cut_join\n* timed_out@15 by 0 timeout x2\n"
                    "plain drop@16 timed_out timeout x1 by 0\nplain drop@17 timed_out timeout x1 by 0\nhedge drop@17 timed_out "
                    "timeout x2 by 0\n");
    stage_close(&s);
}
END_TEST

/* Somebody who starves must be let in when a place comes free, even if that happens while timers are served. */
START_TEST(room_that_a_timer_makes_is_used_at_once)
{
    static const toy_says forks[] = {
        {.answer = SEAWALL_PROCEED, .tick = 5}, {.answer = SEAWALL_FORK}, {.answer = SEAWALL_HOLD}, {0}};
    const toy_config toys[] = {{.kind = TOY_SCRIPT, .script = forks, .width = 2},
                               {.kind = TOY_AGAIN, .count = 1, .delay = 3},
                               {.kind = TOY_CUT, .delay = 10, .detach = true},
                               {.kind = TOY_GATE, .count = 1, .waiting = 9, .delay = 4}};
    stage s;

    stage_open_late(&s, toys, 4, 0);
    stage_begin(&s, 0, FOREVER);
    stage_steps(&s, 0, "start 1 by 10, wait 5");
    /* The second run waits at the gate until 9, then until 16: two places, both taken. */
    stage_steps(&s, 5, "wait 9");
    stage_steps(&s, 9, "wait 10");
    stage_steps(&s, 10, "cancel 1, wait 12");
    stage_steps(&s, 12, "wait 13");
    stage_steps(&s, 13, "wait 16");
    ck_assert_int_eq(s.toys[3].queued, 1);
    /* Its second refusal comes at 16 by a timer, and the first run gets the place. */
    stage_steps(&s, 16, "wait 20");
    ck_assert_int_eq(s.toys[3].queued, 1);
    stage_cancel(&s, 17);
    (void)stage_steps_text(&s, 17);
    stage_disown(&s, 1, 18);
    stage_steps(&s, 18, "drained");
    ck_assert_int_eq(s.report.starved, 1);
    stage_close(&s);
}
END_TEST

void suite_side_by_side(TCase *tests)
{
    tcase_add_test(tests, the_first_success_wins);
    tcase_add_test(tests, when_all_end_the_best_is_handed_on);
    tcase_add_test(tests, all_ended_before_the_next_fork);
    tcase_add_test(tests, no_more_forks_than_the_width);
    tcase_add_test(tests, a_fork_without_room_is_skipped);
    tcase_add_test(tests, repetitions_starve_and_keep_their_deadlines);
    tcase_add_test(tests, again_while_others_run_counts_as_hold);
    tcase_add_test(tests, nested_runs_have_routes_of_their_own);
    tcase_add_test(tests, a_frame_is_told_which_run_ended_and_whether_there_is_room);
    tcase_add_test(tests, hold_may_ask_for_a_tick);
    tcase_add_test(tests, divert_while_others_run_counts_as_hold);
    tcase_add_test(tests, losers_that_wait_or_sleep_are_dropped_at_once);
    tcase_add_test(tests, a_fork_that_is_refused_comes_back_inside_the_tick);
    tcase_add_test(tests, a_cut_around_several_runs);
    tcase_add_test(tests, room_that_a_timer_makes_is_used_at_once);
}
