/* Words, whole numbers, durations, sets and quotes as text. */
#include <check.h>
#include <string.h>

#include "base/text.h"
#include "suite.h"
#include "support.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

START_TEST(whole_numbers)
{
    static const struct {
        const char *text;
        sw_verdict verdict;
        int64_t value;
    } rows[] = {
        {"0", SW_TEXT_GOOD, 0},
        {"-0", SW_TEXT_GOOD, 0},
        {"42", SW_TEXT_GOOD, 42},
        {"-42", SW_TEXT_GOOD, -42},
        {"0042", SW_TEXT_GOOD, 42},
        {"9223372036854775807", SW_TEXT_GOOD, INT64_MAX},
        {"-9223372036854775808", SW_TEXT_GOOD, INT64_MIN},
        {"9223372036854775808", SW_TEXT_TOO_HIGH, 0},
        {"-9223372036854775809", SW_TEXT_TOO_LOW, 0},
        {"18446744073709551616", SW_TEXT_TOO_HIGH, 0},
        {"-99999999999999999999999", SW_TEXT_TOO_LOW, 0},
        {"", SW_TEXT_MALFORMED, 0},
        {"-", SW_TEXT_MALFORMED, 0},
        {"+1", SW_TEXT_MALFORMED, 0},
        {"--1", SW_TEXT_MALFORMED, 0},
        {"1.0", SW_TEXT_MALFORMED, 0},
        {"1e3", SW_TEXT_MALFORMED, 0},
        {"0x10", SW_TEXT_MALFORMED, 0},
        {"1 2", SW_TEXT_MALFORMED, 0},
    };
    int i;

    for (i = 0; i < COUNT(rows); i++) {
        int64_t value = 77;

        ck_assert_msg(sw_parse_integer(sw_trim(rows[i].text), &value) == rows[i].verdict, "%s", rows[i].text);
        ck_assert_int_eq(value, rows[i].verdict == SW_TEXT_GOOD ? rows[i].value : 77);
    }
}
END_TEST

START_TEST(sizes)
{
    static const struct {
        const char *text;
        sw_verdict verdict;
        int64_t value;
    } rows[] = {
        {"0", SW_TEXT_GOOD, 0},
        {"65536", SW_TEXT_GOOD, 65536},
        {"65536B", SW_TEXT_GOOD, 65536},
        {"64KiB", SW_TEXT_GOOD, 65536},
        {"1MiB", SW_TEXT_GOOD, 1048576},
        {"3GiB", SW_TEXT_GOOD, INT64_C(3221225472)},
        {"-1KiB", SW_TEXT_GOOD, -1024},
        {"8589934591GiB", SW_TEXT_GOOD, INT64_C(9223372035781033984)},
        {"8589934592GiB", SW_TEXT_TOO_HIGH, 0},
        {"17179869184GiB", SW_TEXT_TOO_HIGH, 0},
        {"99999999999999999999KiB", SW_TEXT_TOO_HIGH, 0},
        {"-99999999999999999999KiB", SW_TEXT_TOO_LOW, 0},
        {"", SW_TEXT_MALFORMED, 0},
        {"KiB", SW_TEXT_MALFORMED, 0},
        {"64 KiB", SW_TEXT_MALFORMED, 0},
        {"64k", SW_TEXT_MALFORMED, 0},
        {"64kB", SW_TEXT_MALFORMED, 0},
        {"64kib", SW_TEXT_MALFORMED, 0},
        {"64KiBs", SW_TEXT_MALFORMED, 0},
        {"1.5KiB", SW_TEXT_MALFORMED, 0},
    };
    int i;

    for (i = 0; i < COUNT(rows); i++) {
        int64_t value = 77;

        ck_assert_msg(sw_parse_size(sw_trim(rows[i].text), &value) == rows[i].verdict, "%s", rows[i].text);
        ck_assert_int_eq(value, rows[i].verdict == SW_TEXT_GOOD ? rows[i].value : 77);
    }
}
END_TEST

static const struct {
    const char *text;
    sw_verdict verdict;
    int64_t value;
    const char *printed; /* NULL: as it was read */
} durations[] = {
    {"0", SW_TEXT_GOOD, 0, "0ns"},
    {"0ns", SW_TEXT_GOOD, 0, NULL},
    {"0h", SW_TEXT_GOOD, 0, "0ns"},
    {"1ns", SW_TEXT_GOOD, 1, NULL},
    {"999us", SW_TEXT_GOOD, 999000, NULL},
    {"250ms", SW_TEXT_GOOD, 250000000, NULL},
    {"1.5s", SW_TEXT_GOOD, 1500000000, "1500ms"},
    {"1.50000000000000000000000s", SW_TEXT_GOOD, 1500000000, "1500ms"},
    {"0.000000001s", SW_TEXT_GOOD, 1, "1ns"},
    {"2m", SW_TEXT_GOOD, 120000000000, NULL},
    {"60s", SW_TEXT_GOOD, 60000000000, "1m"},
    {"90s", SW_TEXT_GOOD, 90000000000, NULL},
    {"1.5h", SW_TEXT_GOOD, 5400000000000, "90m"},
    {"0.0001220703125h", SW_TEXT_GOOD, 439453125, "439453125ns"},
    {"0.0000000000025h", SW_TEXT_GOOD, 9, "9ns"},
    {"87600h", SW_TEXT_GOOD, INT64_C(315360000000000000), NULL},
    {"inf", SW_TEXT_GOOD, INT64_MAX, NULL},
    {"-1s", SW_TEXT_GOOD, -1000000000, NULL},
    {"9223372036854775806ns", SW_TEXT_GOOD, INT64_MAX - 1, NULL},
    {"-9223372036854775808ns", SW_TEXT_GOOD, INT64_MIN, NULL},
    {"-9223372036.854775808s", SW_TEXT_GOOD, INT64_MIN, "-9223372036854775808ns"},
    {"9223372036854775808ns", SW_TEXT_TOO_HIGH, 0, NULL},
    {"9223372036.854775808s", SW_TEXT_TOO_HIGH, 0, NULL},
    {"-9223372036854775809ns", SW_TEXT_TOO_LOW, 0, NULL},
    {"300y", SW_TEXT_MALFORMED, 0, NULL},
    {"2562048h", SW_TEXT_TOO_HIGH, 0, NULL},
    {"99999999999999999999999h", SW_TEXT_TOO_HIGH, 0, NULL},
    {"5124096h", SW_TEXT_TOO_HIGH, 0, NULL}, /* 2^64 ns and a little: must not wrap */
    {"0.1ns", SW_TEXT_TOO_FINE, 0, NULL},
    {"1.0000000001s", SW_TEXT_TOO_FINE, 0, NULL},
    {"0.3333333333333333333333333333h", SW_TEXT_TOO_FINE, 0, NULL},
    {"0.33333333333333333333333333333333333333333333333333333333333333333333333333333333s", SW_TEXT_TOO_FINE, 0, NULL},
    {"0.00000000000025h", SW_TEXT_TOO_FINE, 0, NULL},
    {"1", SW_TEXT_MALFORMED, 0, NULL},
    {"0.0", SW_TEXT_MALFORMED, 0, NULL},
    {"1 s", SW_TEXT_MALFORMED, 0, NULL},
    {"s", SW_TEXT_MALFORMED, 0, NULL},
    {".5s", SW_TEXT_MALFORMED, 0, NULL},
    {"1.s", SW_TEXT_MALFORMED, 0, NULL},
    {"1,5s", SW_TEXT_MALFORMED, 0, NULL},
    {"1e3s", SW_TEXT_MALFORMED, 0, NULL},
    {"1S", SW_TEXT_MALFORMED, 0, NULL},
    {"1h30m", SW_TEXT_MALFORMED, 0, NULL},
    {"+1s", SW_TEXT_MALFORMED, 0, NULL},
    {"-inf", SW_TEXT_MALFORMED, 0, NULL},
    {"", SW_TEXT_MALFORMED, 0, NULL},
    {"-", SW_TEXT_MALFORMED, 0, NULL},
};

START_TEST(durations_are_exact)
{
    int64_t value = 77;
    char text[SW_TEXT_SIZE];

    ck_assert_msg(sw_parse_duration(sw_trim(durations[_i].text), &value) == durations[_i].verdict, "%s", durations[_i].text);
    if (durations[_i].verdict != SW_TEXT_GOOD) {
        ck_assert_int_eq(value, 77);
        return;
    }
    ck_assert_int_eq(value, durations[_i].value);
    ck_assert_uint_eq(sw_print_duration(value, text), strlen(text));
    ck_assert_str_eq(text, durations[_i].printed != NULL ? durations[_i].printed : durations[_i].text);
}
END_TEST

START_TEST(whole_numbers_and_durations_read_back)
{
    static const int64_t units[] = {1, 1000, 1000000, 1000000000, 60000000000, 3600000000000};
    uint64_t state = sw_test_seed();
    int64_t i;

    for (i = 0; i < sw_test_count(100000, 500000); i++) {
        uint64_t bits = sw_test_next(&state);
        int64_t value = (int64_t)sw_test_next(&state) >> bits % 64;
        int64_t unit = units[(bits >> 8) % COUNT(units)];
        char text[SW_TEXT_SIZE];
        int64_t back = 77;

        (void)sw_print_integer(value, text);
        ck_assert_int_eq(sw_parse_integer(sw_trim(text), &back), SW_TEXT_GOOD);
        ck_assert_int_eq(back, value);
        value = value / unit * unit;
        (void)sw_print_duration(value, text);
        ck_assert_int_eq(sw_parse_duration(sw_trim(text), &back), SW_TEXT_GOOD);
        ck_assert_msg(back == value, "%lld: %s reads back as %lld", (long long)value, text, (long long)back);
    }
}
END_TEST

START_TEST(switches)
{
    static const char *const words[] = {"off", "on", "no", "yes", "false", "true"};
    static const char *const wrong[] = {"", "0", "1", "On", "onn", "o"};
    int32_t value;
    int i;

    for (i = 0; i < COUNT(words); i++) {
        ck_assert_int_eq(sw_parse_switch(sw_trim(words[i]), &value), SW_TEXT_GOOD);
        ck_assert_int_eq(value, i % 2);
    }
    value = 77;
    for (i = 0; i < COUNT(wrong); i++)
        ck_assert_int_eq(sw_parse_switch(sw_trim(wrong[i]), &value), SW_TEXT_MALFORMED);
    ck_assert_int_eq(value, 77);
}
END_TEST

START_TEST(choices)
{
    static const char list[] = "none, full, equal";
    int32_t value = 77;

    ck_assert_int_eq(sw_parse_choice(sw_trim("fulll"), list, &value), SW_TEXT_MALFORMED);
    ck_assert_int_eq(sw_parse_choice(sw_trim("ful"), list, &value), SW_TEXT_MALFORMED);
    ck_assert_int_eq(sw_parse_choice(sw_trim(""), list, &value), SW_TEXT_MALFORMED);
    ck_assert_int_eq(sw_parse_choice(sw_trim("none, full"), list, &value), SW_TEXT_MALFORMED);
    ck_assert_int_eq(value, 77);
    ck_assert_int_eq(sw_parse_choice(sw_trim("equal"), list, &value), SW_TEXT_GOOD);
    ck_assert_int_eq(value, 2);
    ck_assert(sw_span_is(sw_choice_at(list, 0), "none"));
    ck_assert(sw_span_is(sw_choice_at(list, 2), "equal"));
    ck_assert_uint_eq(sw_choice_at(list, 3).length, 0);
    ck_assert_uint_eq(sw_choice_at(list, -1).length, 0);
    ck_assert_uint_eq(sw_choice_at(list, INT32_MIN).length, 0);
    ck_assert_uint_eq(sw_choice_at(list, INT32_MAX).length, 0);
}
END_TEST

START_TEST(every_fault_set_reads_back)
{
    seawall_fault_set set;

    for (set = 0; set <= SEAWALL_FAULTS_ALL; set += 4) {
        char text[SW_TEXT_SIZE];
        seawall_fault_set back = 1;
        sw_span wrong;

        ck_assert_uint_eq(sw_print_faults(set, text), strlen(text));
        ck_assert_int_eq(sw_parse_faults(sw_trim(text), &back, &wrong), SW_TEXT_GOOD);
        ck_assert_uint_eq(back, set);
    }
}
END_TEST

START_TEST(fault_sets_as_people_write_them)
{
    static const struct {
        const char *text;
        sw_verdict verdict;
        seawall_fault_set set;
        const char *wrong;
    } rows[] = {
        {"none", SW_TEXT_GOOD, 0, NULL},
        {"all", SW_TEXT_GOOD, SEAWALL_FAULTS_ALL, NULL},
        {"timeout", SW_TEXT_GOOD, 1u << 5, NULL},
        {" timeout ,\tinternal,timeout ", SW_TEXT_GOOD, 1u << 5 | 1u << 6, NULL},
        {"connection_timeout, service_unavailable, rate_limit_exceeded", SW_TEXT_GOOD, SEAWALL_FAULTS_RETRYABLE, NULL},
        {"timeuot", SW_TEXT_MALFORMED, 0, "timeuot"},
        {"timeout, timeuot, internal", SW_TEXT_MALFORMED, 0, "timeuot"},
        {"timeout internal", SW_TEXT_MALFORMED, 0, "timeout internal"},
        {"timeout,", SW_TEXT_MALFORMED, 0, ""},
        {",timeout", SW_TEXT_MALFORMED, 0, ""},
        {"timeout,,internal", SW_TEXT_MALFORMED, 0, ""},
        {"", SW_TEXT_MALFORMED, 0, ""},
        {"timeout, none", SW_TEXT_MALFORMED, 0, "none"},
        {"timeout, all", SW_TEXT_MALFORMED, 0, "all"},
        {"ignored", SW_TEXT_MALFORMED, 0, "ignored"},
    };
    int i;

    for (i = 0; i < COUNT(rows); i++) {
        seawall_fault_set set = 77;
        sw_span wrong = {"?", 1};

        ck_assert_msg(sw_parse_faults(sw_trim(rows[i].text), &set, &wrong) == rows[i].verdict, "%s", rows[i].text);
        ck_assert_uint_eq(set, rows[i].verdict == SW_TEXT_GOOD ? rows[i].set : 77);
        if (rows[i].wrong != NULL)
            ck_assert_msg(sw_span_is(wrong, rows[i].wrong), "%s: %.*s", rows[i].text, (int)wrong.length, wrong.start);
    }
}
END_TEST

START_TEST(foreign_fault_sets_are_hexadecimal)
{
    char text[SW_TEXT_SIZE];

    (void)sw_print_faults(0x4001, text);
    ck_assert_str_eq(text, "0x4001");
    (void)sw_print_faults(UINT32_MAX, text);
    ck_assert_str_eq(text, "0xffffffff");
}
END_TEST

START_TEST(quotes_are_short_and_printable)
{
    static const char forty[] = "0123456789012345678901234567890123456789";
    char text[SW_TEXT_SIZE];

    (void)sw_quote(sw_trim("fulll"), text);
    ck_assert_str_eq(text, "\"fulll\"");
    (void)sw_quote(sw_trim(""), text);
    ck_assert_str_eq(text, "\"\"");
    (void)sw_quote(sw_trim("a\x1b[31m\nb\x7f"), text);
    ck_assert_str_eq(text, "\"a?[31m?b?\"");
    (void)sw_quote(sw_trim(forty), text);
    ck_assert_uint_eq(strlen(text), 42);
    (void)sw_quote(sw_trim("0123456789012345678901234567890123456789x"), text);
    ck_assert_str_eq(text, "\"0123456789012345678901234567890123456789...\"");
    /* 39 bytes and a character of two: cut before it, not within */
    (void)sw_quote(sw_trim("012345678901234567890123456789012345678\xc3\xa9"), text);
    ck_assert_str_eq(text, "\"012345678901234567890123456789012345678...\"");
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("text");

    tcase_set_timeout(tests, 300);
    tcase_add_test(tests, whole_numbers);
    tcase_add_test(tests, sizes);
    tcase_add_loop_test(tests, durations_are_exact, 0, COUNT(durations));
    tcase_add_test(tests, whole_numbers_and_durations_read_back);
    tcase_add_test(tests, switches);
    tcase_add_test(tests, choices);
    tcase_add_test(tests, every_fault_set_reads_back);
    tcase_add_test(tests, fault_sets_as_people_write_them);
    tcase_add_test(tests, foreign_fault_sets_are_hexadecimal);
    tcase_add_test(tests, quotes_are_short_and_printable);
    return sw_test_run("text", tests);
}
