/* The Retry-After header: seconds, and dates in HTTP's three forms. */
#include <check.h>
#include <inttypes.h>
#include <time.h>

#include "suite.h"
#include "support.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* Sun, 06 Nov 1994 08:49:37 GMT */
#define THEN INT64_C(784111777)

START_TEST(seconds_are_taken)
{
    static const struct {
        const char *text;
        seawall_duration delay;
    } rows[] = {
        {"0", 0},
        {"1", SEAWALL_SECONDS(1)},
        {"120", SEAWALL_SECONDS(120)},
        {"  120\t", SEAWALL_SECONDS(120)},
        {"0007", SEAWALL_SECONDS(7)},
        {"9223372036", SEAWALL_SECONDS(9223372036)},
        {"9223372037", SEAWALL_FOREVER},
        {"9223372036854775807", SEAWALL_FOREVER},
        {"9223372036854775808", SEAWALL_FOREVER},
        {"99999999999999999999999999999999", SEAWALL_FOREVER},
    };
    int i;

    for (i = 0; i < COUNT(rows); i++) {
        seawall_duration delay = -1;

        ck_assert_msg(seawall_retry_after_parse(rows[i].text, &delay) == SEAWALL_OK, "%s", rows[i].text);
        ck_assert_int_eq(delay, rows[i].delay);
    }
}
END_TEST

START_TEST(nothing_else_is_taken)
{
    static const char *const wrong[] = {"",    " ",    "-1",   "+1",   "1.5", "1s",    "x", "1 2", "0x10", "1,5",
                                        "1e3", "\n12", "12\n", "１２", "Wed, 21 Oct 2015 07:28:00 GMT"};
    seawall_duration delay = 77;
    int i;

    for (i = 0; i < COUNT(wrong); i++)
        ck_assert_msg(seawall_retry_after_parse(wrong[i], &delay) == SEAWALL_INVALID, "%s", wrong[i]);
    ck_assert_int_eq(seawall_retry_after_parse(NULL, &delay), SEAWALL_INVALID);
    ck_assert_int_eq(delay, 77);
    ck_assert_int_eq(seawall_retry_after_parse("1", NULL), SEAWALL_INVALID);
}
END_TEST

START_TEST(dates_are_taken_in_three_forms)
{
    static const struct {
        const char *text;
        int64_t now;
        seawall_duration delay;
    } rows[] = {
        {"Sun, 06 Nov 1994 08:49:37 GMT", THEN - 90, SEAWALL_SECONDS(90)},
        {"Sunday, 06-Nov-94 08:49:37 GMT", THEN - 90, SEAWALL_SECONDS(90)},
        {"Sun Nov  6 08:49:37 1994", THEN - 90, SEAWALL_SECONDS(90)},
        {"Wed Nov 16 08:49:37 1994", THEN, SEAWALL_SECONDS(864000)},
        {" \tSun, 06 Nov 1994 08:49:37 GMT\t ", THEN - 1, SEAWALL_SECONDS(1)},
        {"Sun, 06 Nov 1994 08:49:37 GMT", THEN, 0},
        {"Sun, 06 Nov 1994 08:49:37 GMT", THEN + 1, 0},
        {"Sun, 06 Nov 1994 08:49:37 GMT", INT64_MAX, 0},
        {"Sun, 06 Nov 1994 08:49:37 GMT", INT64_MIN, SEAWALL_FOREVER},
        {"Fri, 31 Dec 9999 23:59:59 GMT", THEN, SEAWALL_FOREVER}, /* 8005 years do not fit */
        {"Fri, 31 Dec 2100 23:59:60 GMT", INT64_C(4133980799), SEAWALL_SECONDS(1)},
        {"Sat, 01 Jan 0000 00:00:00 GMT", THEN, 0},
        {"Mon, 06 Nov 1994 08:49:37 GMT", THEN - 5, SEAWALL_SECONDS(5)}, /* no, it was a Sunday */
        {"12", INT64_MIN, SEAWALL_SECONDS(12)},
    };
    int i;

    for (i = 0; i < COUNT(rows); i++) {
        seawall_duration delay = -1;

        ck_assert_msg(seawall_retry_after_parse_at(rows[i].text, rows[i].now, &delay) == SEAWALL_OK, "%s", rows[i].text);
        ck_assert_msg(delay == rows[i].delay, "%s: %" PRId64, rows[i].text, delay);
    }
}
END_TEST

/* At most 50 years ahead; else it was in the last century. */
START_TEST(years_of_two_digits_lie_around_now)
{
    static const struct {
        const char *text;
        int64_t now;
        int64_t date;
    } rows[] = {
        {"Saturday, 01-Jan-50 00:00:00 GMT", INT64_C(946684800), INT64_C(2524608000)}, /* from 2000: 2050 */
        {"Monday, 01-Jan-51 00:00:00 GMT", INT64_C(946684800), INT64_C(-599616000)},   /* from 2000: 1951 */
        {"Saturday, 01-Jan-05 00:00:00 GMT", INT64_C(915148800), INT64_C(1104537600)}, /* from 1999: 2005 */
        {"Friday, 01-Jan-99 00:00:00 GMT", INT64_C(1767225600), INT64_C(915148800)},   /* from 2026: 1999 */
        {"Friday, 01-Jan-99 00:00:00 GMT", INT64_C(2524608000), INT64_C(4070908800)},  /* from 2050: 2099 */
    };
    int i;

    for (i = 0; i < COUNT(rows); i++) {
        seawall_duration delay = -1;
        int64_t wait = rows[i].date > rows[i].now ? rows[i].date - rows[i].now : 0;

        ck_assert_msg(seawall_retry_after_parse_at(rows[i].text, rows[i].now, &delay) == SEAWALL_OK, "%s", rows[i].text);
        ck_assert_msg(delay == seawall_seconds(wait), "%s: %" PRId64, rows[i].text, delay);
    }
}
END_TEST

START_TEST(what_is_no_date_is_refused)
{
    static const char *const wrong[] = {
        "",
        "soon",
        "Sun, 06 Nov 1994 08:49:37",
        "Sun, 06 Nov 1994 08:49:37 UTC",
        "Sun, 06 Nov 1994 08:49:37 GMT x",
        "Sun, 06 Nov 1994 08:49:37 GMT\n",
        "Sun,06 Nov 1994 08:49:37 GMT",
        "Sun, 6 Nov 1994 08:49:37 GMT",
        "Sun, 00 Nov 1994 08:49:37 GMT",
        "Sun, 31 Nov 1994 08:49:37 GMT",
        "Tue, 29 Feb 1994 08:49:37 GMT",
        "Mon, 29 Feb 1900 08:49:37 GMT",
        "Sun, 06 Nov 1994 24:00:00 GMT",
        "Sun, 06 Nov 1994 08:60:00 GMT",
        "Sun, 06 Nov 1994 08:49:61 GMT",
        "Sun, 06 Nov 94 08:49:37 GMT",
        "Sun, 06 Nov 19940 08:49:37 GMT",
        "Sun, 06 Nov -994 08:49:37 GMT",
        "Sun, 06 nov 1994 08:49:37 GMT",
        "Son, 06 Nov 1994 08:49:37 GMT",
        "Sunday, 06-Nov-1994 08:49:37 GMT",
        "Sunday, 06 Nov 94 08:49:37 GMT",
        "Sun Nov 006 08:49:37 1994",
        "Sun Nov 6 08:49:37 1994",
        "Sun Nov  6 08:49:37 1994 GMT",
        "99999999999999999999 x",
        "-5",
    };
    seawall_duration delay = 77;
    int i;

    for (i = 0; i < COUNT(wrong); i++)
        ck_assert_msg(seawall_retry_after_parse_at(wrong[i], 0, &delay) == SEAWALL_INVALID, "%s", wrong[i]);
    ck_assert_int_eq(seawall_retry_after_parse_at(NULL, 0, &delay), SEAWALL_INVALID);
    ck_assert_int_eq(delay, 77);
    ck_assert_int_eq(seawall_retry_after_parse_at("1", 0, NULL), SEAWALL_INVALID);
}
END_TEST

#define DAYS 146097

/* Every day of four centuries (in the quick tier every eleventh), told by the C library and read by us. */
START_TEST(every_day_is_told_as_the_c_library_tells_it)
{
    static const char *const formats[] = {"%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"};
    int64_t step = DAYS / sw_test_count(DAYS / 11, DAYS), day;
    int format;

    for (day = 0; day < DAYS; day += step) {
        time_t date = (time_t)(day * 86400 + day % 86400);
        struct tm broken;

        ck_assert_ptr_nonnull(gmtime_r(&date, &broken));
        for (format = 0; format < COUNT(formats); format++) {
            seawall_duration delay = -1;
            char text[64];

            ck_assert_uint_gt(strftime(text, sizeof(text), formats[format], &broken), 0);
            ck_assert_msg(seawall_retry_after_parse_at(text, (int64_t)date - 1000, &delay) == SEAWALL_OK, "%s", text);
            ck_assert_msg(delay == SEAWALL_SECONDS(1000), "%s", text);
        }
    }
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("retry_after");

    tcase_add_test(tests, seconds_are_taken);
    tcase_add_test(tests, nothing_else_is_taken);
    tcase_add_test(tests, dates_are_taken_in_three_forms);
    tcase_add_test(tests, years_of_two_digits_lie_around_now);
    tcase_add_test(tests, what_is_no_date_is_refused);
    tcase_add_test(tests, every_day_is_told_as_the_c_library_tells_it);
    return sw_test_run("retry_after", tests);
}
