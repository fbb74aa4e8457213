/* Text into a buffer of somebody's. */
#include <check.h>
#include <string.h>

#include "base/writer.h"
#include "suite.h"

static const struct {
    int64_t value;
    const char *text;
} numbers[] = {
    {0, "0"},     {7, "7"},   {-1, "-1"}, {10, "10"}, {-10, "-10"}, {1000000007, "1000000007"},
    {INT64_MAX, "9223372036854775807"},   {INT64_MIN, "-9223372036854775808"},
};

START_TEST(integers_are_told_whole)
{
    char text[32];
    sw_writer writer = {text, sizeof(text), 0};

    sw_write_integer(&writer, numbers[_i].value);
    sw_write_end(&writer);
    ck_assert_str_eq(text, numbers[_i].text);
    ck_assert_uint_eq(writer.length, strlen(numbers[_i].text));
}
END_TEST

START_TEST(what_has_no_room_is_counted)
{
    char text[4] = "xyz";
    sw_writer writer = {text, sizeof(text), 0}, nowhere = {NULL, 0, 0};

    sw_write_integer(&writer, -1234);
    sw_write_end(&writer);
    ck_assert_uint_eq(writer.length, 5);
    ck_assert_str_eq(text, "xyz");
    sw_write_integer(&nowhere, -1234);
    sw_write(&nowhere, "ab");
    sw_write_end(&nowhere);
    ck_assert_uint_eq(nowhere.length, 7);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("writer");

    tcase_add_loop_test(tests, integers_are_told_whole, 0, (int)(sizeof(numbers) / sizeof(numbers[0])));
    tcase_add_test(tests, what_has_no_room_is_counted);
    return sw_test_run("writer", tests);
}
