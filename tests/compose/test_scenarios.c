/* The scenario table under every driver: see the head of scenarios.txt. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compose/scenario_table.h"
#include "scenario.h"
#include "suite.h"

static scenario_row *rows;
static int row_count;

/* A process of its own for each row would take long under valgrind. */
#define AT_ONCE 24

/* Its attempts are calls of an operation: none can be disowned. */
static bool only_reports(enum scenario_driver driver)
{
    return driver == SCENARIO_BLOCKING || driver == SCENARIO_POOLED || driver == SCENARIO_FUTURE;
}

static void check_some(int first, enum scenario_driver driver)
{
    int i;

    for (i = first; i < first + AT_ONCE && i < row_count; i++) {
        if (!only_reports(driver) || scenario_blocks(&rows[i]))
            scenario_check(&rows[i], driver);
    }
}

START_TEST(on_time)
{
    check_some(_i * AT_ONCE, SCENARIO_STEPPING);
}
END_TEST

START_TEST(in_a_group)
{
    check_some(_i * AT_ONCE, SCENARIO_GROUP);
}
END_TEST

START_TEST(asynchronous)
{
    check_some(_i * AT_ONCE, SCENARIO_ASYNC);
}
END_TEST

START_TEST(late)
{
    check_some(_i * AT_ONCE, SCENARIO_COARSE);
}
END_TEST

START_TEST(blocking)
{
    check_some(_i * AT_ONCE, SCENARIO_BLOCKING);
}
END_TEST

START_TEST(on_a_pool)
{
    check_some(_i * AT_ONCE, SCENARIO_POOLED);
}
END_TEST

START_TEST(as_a_future)
{
    check_some(_i * AT_ONCE, SCENARIO_FUTURE);
}
END_TEST

/* A row that nobody reads twice: names are unique, both logs are there, and there are as many as there are to be. */
START_TEST(the_table_is_whole)
{
    int i, n;

    ck_assert_int_ge(row_count, 120);
    for (i = 0; i < row_count; i++) {
        ck_assert_msg(rows[i].log[0] != '\0' && rows[i].late[0] != '\0', "line %d: a log is missing", rows[i].line);
        ck_assert_msg(rows[i].call_count > 0, "line %d: no call", rows[i].line);
        for (n = 0; n < i; n++)
            ck_assert_msg(strcmp(rows[i].name, rows[n].name) != 0, "line %d: the name of line %d", rows[i].line, rows[n].line);
    }
}
END_TEST

static bool is_somewhere(const char *text)
{
    int i;

    for (i = 0; i < row_count; i++) {
        if (strstr(rows[i].log, text) != NULL)
            return true;
    }
    return false;
}

/* Every decision that a pipeline can tell of, every reason, and every status that a call can end with. */
START_TEST(the_table_leaves_nothing_out)
{
    static const seawall_status ends[] = {SEAWALL_OK,      SEAWALL_FAILED,    SEAWALL_OPEN,     SEAWALL_FULL,
                                          SEAWALL_LIMITED, SEAWALL_TIMED_OUT, SEAWALL_CANCELLED};
    char text[64];
    int i;

    for (i = SEAWALL_EVENT_RETRY_SCHEDULED; strcmp(seawall_event_name(i), "unknown") != 0; i++) {
        /*
         * Starved is who finds no place though he has no width: only beside policies that detach, and none of the library's does.
         */
        (void)snprintf(text, sizeof(text), "%s@", seawall_event_name(i));
        ck_assert_msg(is_somewhere(text) || i == SEAWALL_EVENT_STARVED, "no row tells of %s", text);
    }
    for (i = SEAWALL_REASON_ATTEMPTS; strcmp(seawall_reason_name(i), "unknown") != 0; i++) {
        (void)snprintf(text, sizeof(text), " for %s", seawall_reason_name(i));
        ck_assert_msg(is_somewhere(text), "no row ends%s", text);
    }
    for (i = 0; i < (int)(sizeof(ends) / sizeof(ends[0])); i++) {
        (void)snprintf(text, sizeof(text), "; %s@", seawall_status_name(ends[i]));
        ck_assert_msg(is_somewhere(text), "no row ends with%s", text + 1);
    }
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("scenarios");
    int status, parts;

    rows = scenario_read(SCENARIO_TABLE, &row_count);
    parts = (row_count + AT_ONCE - 1) / AT_ONCE;
    tcase_set_timeout(tests, 300);
    tcase_add_loop_test(tests, on_time, 0, parts);
    tcase_add_loop_test(tests, in_a_group, 0, parts);
    tcase_add_loop_test(tests, asynchronous, 0, parts);
    tcase_add_loop_test(tests, late, 0, parts);
    tcase_add_loop_test(tests, blocking, 0, parts);
    tcase_add_loop_test(tests, on_a_pool, 0, parts);
    tcase_add_loop_test(tests, as_a_future, 0, parts);
    tcase_add_test(tests, the_table_is_whole);
    tcase_add_test(tests, the_table_leaves_nothing_out);
    status = sw_test_run("scenarios", tests);
    free(rows);
    return status;
}
