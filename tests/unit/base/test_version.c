/* Which library serves which program, and what it says of itself. */
#include <check.h>
#include <stdio.h>

#include "base/version.h"
#include "suite.h"
#include <seawall/seawall.h>

static const struct {
    int32_t library, program;
    bool served;
} pairs[] = {
    {1000, 1000, true},       /* 0.1.0 */
    {1001, 1000, true},       /* a later patch */
    {1000, 1001, false},      /* an earlier one */
    {2000, 1000, false},      /* before 1.0 a minor version promises nothing to the one before */
    {1000, 2000, false},      /* */
    {1000000, 1000, false},   /* nor does 1.0 */
    {1000000, 999999, false}, /* */
    {1000000, 1000000, true}, /* */
    {1999999, 1000000, true}, /* from then on a major one serves all before it */
    {1002003, 1002004, false},
    {2000000, 1999999, false},
    {2147483647, 2147000000, true},
    {1000, 0, false},
    {1000, -1, false},
    {1000000, INT32_MIN, false},
    {1000, INT32_MAX, false},
};

START_TEST(a_series_serves_what_came_before)
{
    ck_assert_int_eq(sw_version_serves(pairs[_i].library, pairs[_i].program), pairs[_i].served);
}
END_TEST

START_TEST(the_version_is_the_headers)
{
    char text[32];

    snprintf(text, sizeof(text), "%d.%d.%d", SEAWALL_VERSION_MAJOR, SEAWALL_VERSION_MINOR, SEAWALL_VERSION_PATCH);
    ck_assert_str_eq(seawall_version_string(), text);
    ck_assert_int_eq(seawall_version(),
                     SEAWALL_VERSION_MAJOR * 1000000 + SEAWALL_VERSION_MINOR * 1000 + SEAWALL_VERSION_PATCH);
    ck_assert_int_eq(seawall_version(), SEAWALL_VERSION);
}
END_TEST

START_TEST(the_check_says_why_not)
{
    seawall_error error = {.status = SEAWALL_OK, .message = "untouched"};

    ck_assert_int_eq(seawall_version_check(SEAWALL_VERSION, &error), SEAWALL_OK);
    ck_assert_str_eq(error.message, "untouched");
    ck_assert_int_eq(seawall_version_check(7008009, NULL), SEAWALL_UNSUPPORTED);
    ck_assert_int_eq(seawall_version_check(7008009, &error), SEAWALL_UNSUPPORTED);
    ck_assert_str_eq(error.key, "version");
    ck_assert_str_eq(error.message, "version: this library, 0.1.0, does not serve what was built with 7.8.9");
}
END_TEST

START_TEST(a_feature_is_there_or_not)
{
    seawall_error error = {0};
    seawall_status status = seawall_loader_check_text("", 0, "nothing", NULL, NULL, &error);

    ck_assert_int_eq(seawall_has_feature(SEAWALL_FEATURE_LOADER), status == SEAWALL_OK);
    ck_assert_str_eq(seawall_feature_name(SEAWALL_FEATURE_LOADER), "loader");
    ck_assert(!seawall_has_feature(0));
    ck_assert(!seawall_has_feature(-1));
    ck_assert(!seawall_has_feature(INT32_MAX));
    ck_assert_str_eq(seawall_feature_name(0), "unknown");
    ck_assert_str_eq(seawall_feature_name(INT32_MAX), "unknown");
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("version");

    tcase_add_loop_test(tests, a_series_serves_what_came_before, 0, (int)(sizeof(pairs) / sizeof(pairs[0])));
    tcase_add_test(tests, the_version_is_the_headers);
    tcase_add_test(tests, the_check_says_why_not);
    tcase_add_test(tests, a_feature_is_there_or_not);
    return sw_test_run("version", tests);
}
