/* What each answer means, and what an answer means that makes no sense. */
#include <check.h>
#include <string.h>

#include "suites.h"
#include "toy_stage.h"

#define FOREVER SEAWALL_FOREVER

/* One scripted policy around one attempt: what it answers, how the attempt ends at 10, and what comes of it. */
static const struct answer_row {
    const char *what;
    toy_says says[4];
    seawall_fault fault;
    const char *steps;
} answers[] = {
    {"pass",
     {{.answer = SEAWALL_PROCEED}, {.answer = SEAWALL_PASS}},
     SEAWALL_FAULT_OTHER,
     "finished failed other x1 first other 0 last other 0, drained"},
    {"replace; a success has no fault",
     {{.answer = SEAWALL_PROCEED}, {.answer = SEAWALL_REPLACE, .status = SEAWALL_OK}},
     SEAWALL_FAULT_OTHER,
     "finished ok x1 first other 0 last other 0, drained"},
    {"replace with another failure",
     {{.answer = SEAWALL_PROCEED}, {.answer = SEAWALL_REPLACE, .status = SEAWALL_FULL}},
     SEAWALL_FAULT_NONE,
     "finished full x1, drained"},
    {"hold with none counts as pass",
     {{.answer = SEAWALL_PROCEED}, {.answer = SEAWALL_HOLD, .tick = 20}},
     SEAWALL_FAULT_OTHER,
     "finished failed other x1 first other 0 last other 0, drained"},
    {"divert without an alternative counts as pass",
     {{.answer = SEAWALL_PROCEED}, {.answer = SEAWALL_DIVERT}},
     SEAWALL_FAULT_OTHER,
     "finished failed other x1 first other 0 last other 0, drained"},
    {"an answer that does not exist counts as pass",
     {{.answer = SEAWALL_PROCEED}, {.answer = 1234}},
     SEAWALL_FAULT_NONE,
     "finished ok x1, drained"},
    {"another verb's answer counts as pass",
     {{.answer = SEAWALL_PROCEED}, {.answer = SEAWALL_CUT_JOIN}},
     SEAWALL_FAULT_NONE,
     "finished ok x1, drained"},
    {"again, at a time", {{.answer = SEAWALL_PROCEED}, {.answer = SEAWALL_AGAIN, .at = 30}}, SEAWALL_FAULT_OTHER, "wait 30"},
    {"again without its call is at once",
     {{.answer = SEAWALL_PROCEED}, {.answer = SEAWALL_AGAIN, .bare = true}},
     SEAWALL_FAULT_OTHER,
     "start 2, wait"},
    {"again, never", {{.answer = SEAWALL_PROCEED}, {.answer = SEAWALL_AGAIN, .at = FOREVER}}, SEAWALL_FAULT_OTHER, "wait"},
};

START_TEST(leave_answers)
{
    const struct answer_row *row = &answers[_i];
    stage s;

    stage_open(&s, (toy_config[]){{.kind = TOY_SCRIPT, .script = row->says}}, 1);
    stage_begin(&s, 0, FOREVER);
    stage_steps(&s, 0, "start 1, wait");
    stage_end(&s, 1, row->fault, 10);
    ck_assert_msg(strcmp(stage_steps_text(&s, 10), row->steps) == 0, "%s: %s", row->what, s.steps.text);
    stage_cancel(&s, 10);
    (void)seawall_execution_disown_at(s.execution, 2, 10);
    (void)stage_steps_text(&s, 10);
    stage_close(&s);
}
END_TEST

static const struct refusal_row {
    const char *what;
    toy_says says[2];
    const char *steps;
} refusals[] = {
    {"open", {{.answer = SEAWALL_REFUSE, .status = SEAWALL_OPEN, .retry_after = 7}}, "finished open x0 after 7 by 0, drained"},
    {"full", {{.answer = SEAWALL_REFUSE, .status = SEAWALL_FULL}}, "finished full x0 by 0, drained"},
    {"limited",
     {{.answer = SEAWALL_REFUSE, .status = SEAWALL_LIMITED, .retry_after = FOREVER}},
     "finished limited x0 after 9223372036854775807 by 0, drained"},
    {"no memory", {{.answer = SEAWALL_REFUSE, .status = SEAWALL_NO_MEMORY}}, "finished no_memory x0 by 0, drained"},
    {"timed out has its fault",
     {{.answer = SEAWALL_REFUSE, .status = SEAWALL_TIMED_OUT}},
     "finished timed_out timeout x0 by 0, drained"},
    {"ok is no refusal", {{.answer = SEAWALL_REFUSE, .status = SEAWALL_OK}}, "finished invalid x0 by 0, drained"},
    {"nor is failed", {{.answer = SEAWALL_REFUSE, .status = SEAWALL_FAILED}}, "finished invalid x0 by 0, drained"},
    {"a negative wait is none",
     {{.answer = SEAWALL_REFUSE, .status = SEAWALL_FULL, .retry_after = -1}},
     "finished full x0 by 0, drained"},
    {"an answer that does not exist", {{.answer = -3}}, "finished invalid x0 by 0, drained"},
    {"another verb's answer", {{.answer = SEAWALL_PASS}}, "finished invalid x0 by 0, drained"},
    {"a refusal without its call", {{.answer = SEAWALL_REFUSE, .bare = true}}, "finished invalid x0 by 0, drained"},
};

START_TEST(enter_refuses)
{
    const struct refusal_row *row = &refusals[_i];
    stage s;

    stage_open(&s, (toy_config[]){{.kind = TOY_SCRIPT, .script = row->says}}, 1);
    stage_begin(&s, 0, FOREVER);
    ck_assert_msg(strcmp(stage_steps_text(&s, 0), row->steps) == 0, "%s: %s", row->what, s.steps.text);
    ck_assert_int_eq(s.toys[0].begun, 0);
    stage_close(&s);
}
END_TEST

START_TEST(a_wait_without_its_call_waits_for_a_wake)
{
    static const toy_says says[] = {{.answer = SEAWALL_WAIT, .bare = true}, {.answer = SEAWALL_WAIT, .bare = true}, {0}};
    stage s;

    stage_open(&s, (toy_config[]){{.kind = TOY_SCRIPT, .script = says}}, 1);
    stage_begin(&s, 0, FOREVER);
    stage_steps(&s, 0, "wait");
    stage_steps(&s, 1, "start 1, wait");
    stage_end(&s, 1, SEAWALL_FAULT_NONE, 1);
    stage_steps(&s, 1, "finished ok x1, drained");
    stage_close(&s);
}
END_TEST

START_TEST(a_refused_frame_is_told_to_its_parent)
{
    stage s;

    stage_open(&s, (toy_config[]){{.kind = TOY_AGAIN, .count = 1, .delay = 5}, {.kind = TOY_LIMITED, .delay = 100}}, 2);
    stage_begin(&s, 0, FOREVER);
    stage_steps(&s, 0, "start 1, wait");
    stage_end(&s, 1, SEAWALL_FAULT_OTHER, 10);
    stage_steps(&s, 10, "wait 15");
    stage_steps(&s, 15, "finished limited x1 after 85 by 1 attempts first other 0 last other 0, drained");
    stage_heard(&s, "again enter@0 >proceed\nlimited enter@0 >proceed\nlimited leave@10 failed other x1 >pass\n"
                    "again leave@10 failed other x1 >again 15\nlimited enter@15 >refuse limited after 85\n"
                    "* refused@15 by 1 after 85 x1\nagain leave@15 limited x1 after 85 by 1 >replace\n");
    stage_close(&s);
}
END_TEST

START_TEST(shorten_only_shortens)
{
    static const toy_says outer[] = {{.answer = SEAWALL_PROCEED, .by = 50}, {0}};
    static const toy_says inner[] = {{.answer = SEAWALL_PROCEED, .by = 80}, {0}};
    stage s;

    stage_open(&s, (toy_config[]){{.kind = TOY_SCRIPT, .script = outer}, {.kind = TOY_SCRIPT, .script = inner}}, 2);
    stage_begin(&s, 0, 100);
    stage_steps(&s, 0, "start 1 by 50, wait 100");
    stage_end(&s, 1, SEAWALL_FAULT_NONE, 1);
    stage_steps(&s, 1, "finished ok x1, drained");
    stage_close(&s);
}
END_TEST

START_TEST(no_attempt_starts_at_a_deadline_that_has_passed)
{
    static const toy_says says[] = {{.answer = SEAWALL_PROCEED, .by = 10}, {.answer = SEAWALL_AGAIN, .at = 10}, {0}};
    stage s;

    stage_open(&s, (toy_config[]){{.kind = TOY_AGAIN, .count = 1, .delay = 0}, {.kind = TOY_SCRIPT, .script = says}}, 2);
    stage_begin(&s, 0, FOREVER);
    stage_steps(&s, 0, "start 1 by 10, wait");
    stage_end(&s, 1, SEAWALL_FAULT_OTHER, 9);
    stage_steps(&s, 9, "wait 10");
    /* The script's second run may not start, and again's new one has no limit any more. */
    stage_steps(&s, 10, "start 2, wait");
    stage_end(&s, 2, SEAWALL_FAULT_NONE, 11);
    stage_steps(&s, 11, "finished ok x2 first other 0 last other 0, drained");
    stage_heard(&s, "again enter@0 >proceed\nscript enter@0 >proceed by 10\nscript leave@9 failed other x1 >again 10\n"
                    "script leave@10 timed_out timeout x1 >pass\nagain leave@10 timed_out timeout x1 >again 10\n"
                    "script enter@10 >proceed\nscript leave@11 ok x1 >pass\nagain leave@11 ok x2 >pass\n");
    stage_close(&s);
}
END_TEST

/* Diverting to a pipeline of its own, with a policy and an attempt. */
START_TEST(divert_runs_the_alternative_once)
{
    static const toy_says says[] = {{.answer = SEAWALL_PROCEED}, {.answer = SEAWALL_DIVERT}, {.answer = SEAWALL_DIVERT}, {0}};
    toy inner;
    stage s;
    seawall_pipeline *alternative;

    toy_init(&inner, &(toy_config){.kind = TOY_PLAIN}, NULL);
    alternative = toy_pipeline(NULL, &inner, 1, NULL);
    stage_open(
        &s,
        (toy_config[]){{.kind = TOY_PLAIN, .name = "outer"}, {.kind = TOY_SCRIPT, .script = says, .alternative = alternative}},
        2);
    seawall_pipeline_destroy(alternative);
    stage_begin(&s, 0, FOREVER);
    stage_steps(&s, 0, "start 1, wait");
    stage_end(&s, 1, SEAWALL_FAULT_OTHER, 5);
    stage_steps(&s, 5, "start 2 alternative 2, wait");
    stage_end(&s, 2, SEAWALL_FAULT_INTERNAL, 6);
    stage_steps(&s, 6, "finished failed internal x2 first other 0 last internal 0, drained");
    stage_heard(&s, "outer enter@0 >proceed\nscript enter@0 >proceed\nscript leave@5 failed other x1 >divert\n"
                    "script leave@6 failed internal x2 diverted >divert\nouter leave@6 failed internal x2 >pass\n");
    stage_close(&s);
    ck_assert_int_eq(inner.references, 0);
    ck_assert_int_eq(inner.begun, 1);
    ck_assert_ptr_null(toy_at_rest(&inner));
    toy_fini(&inner);
}
END_TEST

START_TEST(again_after_the_alternative_goes_back_to_the_main_chain)
{
    static const toy_says says[] = {{.answer = SEAWALL_PROCEED},           {.answer = SEAWALL_DIVERT},
                                    {.answer = SEAWALL_AGAIN, .at = 9},    {.answer = SEAWALL_DIVERT}, {0}};
    toy inner;
    stage s;
    seawall_pipeline *alternative;

    toy_init(&inner, &(toy_config){.kind = TOY_LIMITED, .delay = 100}, NULL);
    alternative = toy_pipeline(NULL, &inner, 1, NULL);
    stage_open(&s, (toy_config[]){{.kind = TOY_SCRIPT, .script = says, .alternative = alternative}}, 1);
    seawall_pipeline_destroy(alternative);
    stage_begin(&s, 0, FOREVER);
    stage_steps(&s, 0, "start 1, wait");
    stage_end(&s, 1, SEAWALL_FAULT_OTHER, 5);
    stage_steps(&s, 5, "start 2 alternative 1, wait");
    stage_end(&s, 2, SEAWALL_FAULT_OTHER, 6);
    stage_steps(&s, 6, "wait 9");
    stage_steps(&s, 9, "start 3, wait");
    stage_end(&s, 3, SEAWALL_FAULT_INTERNAL, 10);
    stage_steps(&s, 10, "finished failed internal x3 first other 0 last internal 0, drained");
    stage_close(&s);
    toy_fini(&inner);
}
END_TEST

START_TEST(alternatives_of_alternatives)
{
    toy inner;
    seawall_pipeline *empty, *alternative;
    stage s;

    empty = toy_pipeline(NULL, NULL, 0, NULL);
    toy_init(&inner, &(toy_config){.kind = TOY_DIVERT, .alternative = empty}, NULL);
    alternative = toy_pipeline(NULL, &inner, 1, NULL);
    stage_open(&s, (toy_config[]){{.kind = TOY_PLAIN}, {.kind = TOY_DIVERT, .alternative = alternative}}, 2);
    seawall_pipeline_destroy(alternative);
    seawall_pipeline_destroy(empty);
    stage_begin(&s, 0, FOREVER);
    stage_steps(&s, 0, "start 1, wait");
    stage_end(&s, 1, SEAWALL_FAULT_OTHER, 1);
    /* By position: the outer one is 1, the inner one 2. */
    stage_steps(&s, 1, "start 2 alternative 2, wait");
    stage_end(&s, 2, SEAWALL_FAULT_OTHER, 2);
    stage_steps(&s, 2, "start 3 alternative 3, wait");
    stage_end(&s, 3, SEAWALL_FAULT_INTERNAL, 3);
    stage_steps(&s, 3, "finished failed internal x3 first other 0 last internal 0, drained");
    stage_close(&s);
    ck_assert_ptr_null(toy_at_rest(&inner));
    toy_fini(&inner);
}
END_TEST

static void emit(toy *t, char verb, seawall_turn *turn, void *user)
{
    (void)t, (void)user;
    ck_assert_int_eq(seawall_turn_deadline(turn), 100);
    ck_assert_int_eq(seawall_turn_cause(turn), verb == 'd' ? SEAWALL_CAUSE_CANCELLATION : 0);
    seawall_turn_emit(turn, SEAWALL_EVENT_RETRY_SCHEDULED, 3, SEAWALL_FAULT_OTHER, SEAWALL_REASON_ATTEMPTS);
}

static seawall_duration ran;

static void note_ran(toy *t, char verb, seawall_turn *turn, void *user)
{
    (void)t, (void)user;
    if (verb == 'l' || verb == 'd')
        ran = seawall_turn_ran(turn);
}

/* Asked of the outer of two, of which the inner one cuts at 10; the attempt starts at 4 and ends at 50. */
static seawall_duration ran_until(seawall_time deadline, seawall_time cancelled, seawall_time end)
{
    static const toy_says outer[] = {{.answer = SEAWALL_PROCEED}, {.answer = SEAWALL_PASS}, {0}};
    static const toy_says inner[] = {{.answer = SEAWALL_PROCEED, .tick = 10}, {.answer = SEAWALL_CUT_JOIN}, {0}};
    stage s;

    ran = -2;
    stage_open(&s,
               (toy_config[]){{.kind = TOY_SCRIPT, .script = outer, .hook = note_ran}, {.kind = TOY_SCRIPT, .script = inner}}, 2);
    stage_begin(&s, 0, deadline);
    (void)stage_steps_text(&s, 4);
    if (cancelled != FOREVER)
        stage_cancel(&s, cancelled);
    (void)stage_steps_text(&s, end < 20 ? end : 20); /* late as the host is */
    stage_end(&s, 1, SEAWALL_FAULT_NONE, end);
    (void)stage_steps_text(&s, end);
    stage_close(&s);
    return ran;
}

START_TEST(a_policy_may_ask_how_long_attempts_ran)
{
    ck_assert_int_eq(ran_until(FOREVER, FOREVER, 50), 6);
    ck_assert_int_eq(ran_until(7, FOREVER, 50), 3);
    ck_assert_int_eq(ran_until(FOREVER, 8, 50), -1);
    ck_assert_int_eq(ran_until(FOREVER, FOREVER, 9), 5);
}
END_TEST

START_TEST(a_policy_tells_its_decisions)
{
    static const toy_says says[] = {
        {.answer = SEAWALL_PROCEED, .tick = 3}, {.answer = SEAWALL_KEEP}, {.answer = SEAWALL_AGAIN, .at = 20}, {0}};
    stage s;

    stage_open(&s, (toy_config[]){{.kind = TOY_PLAIN}, {.kind = TOY_SCRIPT, .script = says, .hook = emit}}, 2);
    stage_begin(&s, 0, 100);
    stage_steps(&s, 0, "start 1 by 100, wait 3");
    stage_steps(&s, 3, "wait 100");
    stage_end(&s, 1, SEAWALL_FAULT_OTHER, 5);
    stage_steps(&s, 5, "wait 20");
    stage_cancel(&s, 6);
    stage_steps(&s, 6, "finished cancelled ignored x1 cancelled first other 0 last other 0, drained");
    stage_heard(&s,
                "plain enter@0 >proceed\n* retry_scheduled@0 by 1 after 3 other for attempts x0\nscript enter@0 >proceed tick 3\n"
                "* retry_scheduled@3 by 1 after 3 other for attempts x1\nscript tick@3 >keep\n"
                "* retry_scheduled@5 by 1 after 3 other for attempts x1\nscript leave@5 failed other x1 >again 20\n"
                "* dropped@6 by 1 x1\n* retry_scheduled@6 by 1 after 3 other for attempts x1\n"
                "script drop@6 cancelled ignored x1\nplain drop@6 cancelled ignored x1\n");
    stage_close(&s);
}
END_TEST

/* The host's own: whatever it set last, before the run or in the middle of it; from inside it is refused. */
static void ask_user(toy *t, char verb, seawall_turn *turn, void *user)
{
    stage *s = user;

    (void)t;
    ck_assert_ptr_eq(seawall_turn_user(turn), verb == 'e' ? NULL : &s->steps);
    ck_assert_int_eq(seawall_execution_set_user(s->execution, s), SEAWALL_BUSY);
}

START_TEST(a_policy_can_ask_for_the_hosts_own)
{
    static const toy_says says[] = {{.answer = SEAWALL_PROCEED}, {.answer = SEAWALL_PASS}, {0}};
    stage s;

    stage_open(&s, (toy_config[]){{.kind = TOY_SCRIPT, .script = says, .hook = ask_user, .hook_user = &s}}, 1);
    stage_begin(&s, 0, FOREVER);
    stage_steps(&s, 0, "start 1, wait");
    ck_assert_int_eq(seawall_execution_set_user(s.execution, &s.steps), SEAWALL_OK);
    stage_end(&s, 1, SEAWALL_FAULT_NONE, 1);
    stage_steps(&s, 1, "finished ok x1, drained");
    ck_assert_int_eq(seawall_execution_set_user(NULL, &s), SEAWALL_INVALID);
    stage_close(&s);
}
END_TEST

START_TEST(without_drop_leave_is_called_and_its_answer_ignored)
{
    stage s;

    stage_open(&s, (toy_config[]){{.kind = TOY_CUT, .delay = 10, .dropless = true}}, 1);
    stage_begin(&s, 0, FOREVER);
    stage_steps(&s, 0, "start 1 by 10, wait 10");
    stage_cancel(&s, 5);
    stage_steps(&s, 5, "finished cancelled ignored x1 cancelled late 1, cancel 1, wait");
    stage_end(&s, 1, SEAWALL_FAULT_NONE, 6);
    stage_steps(&s, 6, "drained");
    stage_heard(&s, "cut enter@0 >proceed tick 10 by 10\ncut leave@6 cancelled ignored x1 >pass\n");
    stage_close(&s);
}
END_TEST

START_TEST(the_result_carries_what_the_host_reported)
{
    stage s;
    seawall_result result = {.fault = SEAWALL_FAULT_RATE_LIMIT_EXCEEDED, .code = 429, .retry_after = 33};

    stage_open(&s, (toy_config[]){{.kind = TOY_AGAIN, .count = 1, .delay = 5}}, 1);
    stage_begin(&s, 0, FOREVER);
    stage_steps(&s, 0, "start 1, wait");
    ck_assert_int_eq(seawall_execution_report_at(s.execution, 1, &result, 1), SEAWALL_OK);
    stage_steps(&s, 1, "wait 34");
    stage_steps(&s, 34, "start 2, wait");
    result = (seawall_result){.fault = SEAWALL_FAULT_IGNORED, .code = -4, .retry_after = -5};
    ck_assert_int_eq(seawall_execution_report_at(s.execution, 2, &result, 40), SEAWALL_OK);
    stage_steps(
        &s, 40,
        "finished failed ignored x2 code -4 attempts first rate_limit_exceeded 429 last rate_limit_exceeded 429, drained");
    ck_assert_int_eq(s.report.elapsed, 40);
    stage_close(&s);
}
END_TEST

void suite_answers(TCase *tests)
{
    tcase_add_loop_test(tests, leave_answers, 0, (int)(sizeof(answers) / sizeof(answers[0])));
    tcase_add_loop_test(tests, enter_refuses, 0, (int)(sizeof(refusals) / sizeof(refusals[0])));
    tcase_add_test(tests, a_wait_without_its_call_waits_for_a_wake);
    tcase_add_test(tests, a_refused_frame_is_told_to_its_parent);
    tcase_add_test(tests, shorten_only_shortens);
    tcase_add_test(tests, no_attempt_starts_at_a_deadline_that_has_passed);
    tcase_add_test(tests, divert_runs_the_alternative_once);
    tcase_add_test(tests, again_after_the_alternative_goes_back_to_the_main_chain);
    tcase_add_test(tests, alternatives_of_alternatives);
    tcase_add_test(tests, a_policy_may_ask_how_long_attempts_ran);
    tcase_add_test(tests, a_policy_tells_its_decisions);
    tcase_add_test(tests, a_policy_can_ask_for_the_hosts_own);
    tcase_add_test(tests, without_drop_leave_is_called_and_its_answer_ignored);
    tcase_add_test(tests, the_result_carries_what_the_host_reported);
}
