/*
 * Of files with very many mistakes all were looked for, though no more than the first 1,000 are told, and each took as long as
 * the file: for every name that is not there all sections were asked, for every section without policies all lines of the
 * defaults. Both files below took minutes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <seawall/seawall.h>

#include "one_test.h"
#include "support.h"

#define SECTIONS 150000

static char *text;
static size_t length;
static int told;

static void add(const char *format, int number)
{
    length += (size_t)sprintf(text + length, format, number);
}

static void look(const seawall_problem *problem, void *user)
{
    (void)problem;
    (void)user;
    told++;
}

static void is_refused(void)
{
    seawall_loader_config config = SEAWALL_LOADER_CONFIG_INIT;

    told = 0;
    config.report = look;
    ck_assert_int_eq(seawall_loader_check_text(text, length, "t", &config, NULL, NULL), SEAWALL_INVALID);
    ck_assert_int_eq(told, SEAWALL_PROBLEMS_MAX);
}

START_TEST(mistakes_take_as_long_as_the_file)
{
    int i;

    text = malloc(SEAWALL_FILE_SIZE_MAX);
    ck_assert_ptr_nonnull(text);
    for (i = 0; i < SECTIONS; i++)
        add("[pipeline \"%d\"]\npolicies = retry \"x\"\n", i);
    is_refused();
    length = 0;
    for (i = 0; i < SECTIONS; i++)
        add("[pipeline \"%d\"]\n", i);
    add("[pipeline]\nkey%d = 1\n", 0);
    for (i = 1; i < SECTIONS; i++)
        add("key%d = 1\n", i);
    add("policies = timeout # %d\n", 0);
    is_refused();
    free(text);
}
END_TEST

int main(void)
{
    return one_test("regress/judged_for_ages", mistakes_take_as_long_as_the_file);
}
