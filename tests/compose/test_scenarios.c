/* The scenario table under every driver: see the head of scenarios.txt. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "compose/scenario_table.h"
#include "scenario.h"
#include "suite.h"

static scenario_row *rows;
static int row_count;

START_TEST(on_time)
{
    scenario_check(&rows[_i], SCENARIO_STEPPING);
}
END_TEST

START_TEST(late)
{
    scenario_check(&rows[_i], SCENARIO_COARSE);
}
END_TEST

START_TEST(blocking)
{
    if (scenario_blocks(&rows[_i]))
        scenario_check(&rows[_i], SCENARIO_BLOCKING);
}
END_TEST

/* A row that nobody reads twice: names are unique, both logs are there, and there are as many as there are to be. */
START_TEST(the_table_is_whole)
{
    int i, n;

    ck_assert_int_ge(row_count, 60);
    for (i = 0; i < row_count; i++) {
        ck_assert_msg(rows[i].log[0] != '\0' && rows[i].late[0] != '\0', "line %d: a log is missing", rows[i].line);
        ck_assert_msg(rows[i].call_count > 0, "line %d: no call", rows[i].line);
        for (n = 0; n < i; n++)
            ck_assert_msg(strcmp(rows[i].name, rows[n].name) != 0, "line %d: the name of line %d", rows[i].line, rows[n].line);
    }
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("scenarios");
    int status;

    rows = scenario_read(SCENARIO_TABLE, &row_count);
    tcase_set_timeout(tests, 300);
    tcase_add_loop_test(tests, on_time, 0, row_count);
    tcase_add_loop_test(tests, late, 0, row_count);
    tcase_add_loop_test(tests, blocking, 0, row_count);
    tcase_add_test(tests, the_table_is_whole);
    status = sw_test_run("scenarios", tests);
    free(rows);
    return status;
}
