/* The storm goes as the guide says, to the letter. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/storm/storm.h"
#include "suite.h"

#define PAGE "/docs/guide/what-stops-a-retry-storm.md"

static void read_page(char *text, size_t size)
{
    const char *source = getenv("SEAWALL_SOURCE");
    char path[1024];
    FILE *file;
    size_t length;

    ck_assert_ptr_nonnull(source);
    snprintf(path, sizeof(path), "%s%s", source, PAGE);
    file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    length = fread(text, 1, size - 1, file);
    text[length] = '\0';
    ck_assert_int_eq(fclose(file), 0);
    ck_assert_uint_lt(length, size - 1);
}

START_TEST(the_guide_shows_what_happens)
{
    static char page[32768];
    static storm_figures figures;
    char row[STORM_LINE], line[STORM_LINE];

    read_page(page, sizeof(page));
    storm_run(&storm_plans[_i], &figures);
    storm_row(&storm_plans[_i], &figures, row);
    storm_timeline(&storm_plans[_i], &figures, line);
    ck_assert_msg(strstr(page, row) != NULL, "the page has no row\n%s", row);
    ck_assert_msg(strstr(page, line) != NULL, "the page has no line\n%s", line);
}
END_TEST

/* Retries keep the overload alive, with a budget and without; whoever takes the dead work away ends it. */
START_TEST(what_ends_it)
{
    static const bool ends[STORM_PLANS] = {true, false, false, false, true, false, true, true, true};
    static storm_figures figures;

    storm_run(&storm_plans[_i], &figures);
    ck_assert_int_eq(storm_recovery(&figures) >= 0, ends[_i]);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("storm");

    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, the_guide_shows_what_happens, 0, STORM_PLANS);
    tcase_add_loop_test(tests, what_ends_it, 0, STORM_PLANS);
    return sw_test_run("storm", tests);
}
