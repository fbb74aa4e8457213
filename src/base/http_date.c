/* Dates as HTTP writes them: read word by word, because strptime(3) asks the locale. */
#include <string.h>

#include "base/http_date.h"

#define DAY_SECONDS 86400
/* 9999-12-31: every year has four digits, so nothing below can overflow. */
#define LAST_SECOND INT64_C(253402300799)

typedef struct date {
    int64_t year;
    int32_t month; /* 0 to 11 */
    int32_t day, hour, minute, second;
} date;

static bool take(sw_span *rest, const char *text)
{
    size_t length = strlen(text);

    if (rest->length < length || memcmp(rest->start, text, length) != 0)
        return false;
    rest->start += length;
    rest->length -= length;
    return true;
}

/* Exactly `digits` of them. */
static bool take_number(sw_span *rest, size_t digits, int32_t *number)
{
    int32_t value = 0;
    size_t i;

    if (rest->length < digits)
        return false;
    for (i = 0; i < digits; i++) {
        if (rest->start[i] < '0' || rest->start[i] > '9')
            return false;
        value = value * 10 + (rest->start[i] - '0');
    }
    rest->start += digits;
    rest->length -= digits;
    *number = value;
    return true;
}

/* One of `count` names; answers its position, or -1. */
static int32_t take_name(sw_span *rest, const char *const *names, int32_t count)
{
    int32_t i;

    for (i = 0; i < count; i++) {
        if (take(rest, names[i]))
            return i;
    }
    return -1;
}

static const char *const days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
static const char *const long_days[] = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};

static bool take_month(sw_span *rest, int32_t *month)
{
    static const char *const names[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

    *month = take_name(rest, names, 12);
    return *month >= 0;
}

static bool take_clock(sw_span *rest, date *d)
{
    return take_number(rest, 2, &d->hour) && take(rest, ":") && take_number(rest, 2, &d->minute) && take(rest, ":") &&
           take_number(rest, 2, &d->second);
}

static bool take_year(sw_span *rest, date *d)
{
    int32_t year;

    if (!take_number(rest, 4, &year))
        return false;
    d->year = year;
    return true;
}

static bool is_leap(int64_t year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static bool exists(const date *d)
{
    static const int32_t lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int32_t length = lengths[d->month] + (d->month == 1 && is_leap(d->year));

    /* A leap second counts as the first of the next minute. */
    return d->day >= 1 && d->day <= length && d->hour < 24 && d->minute < 60 && d->second <= 60;
}

/* Days from 1970-01-01 to the first of January of a year from 0 on. */
static int64_t days_before(int64_t year)
{
    int64_t last = year - 1;
    int64_t leaps = year > 0 ? last / 4 - last / 100 + last / 400 + 1 : 0; /* year 0 is one */

    return 365 * year + leaps - 719528;
}

static int64_t seconds_of(const date *d)
{
    static const int32_t before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    int64_t day = days_before(d->year) + before[d->month] + (d->month > 1 && is_leap(d->year)) + d->day - 1;

    return ((day * 24 + d->hour) * 60 + d->minute) * 60 + d->second;
}

static int64_t year_of(int64_t seconds)
{
    int64_t day, year;

    seconds = seconds < 0 ? 0 : seconds > LAST_SECOND ? LAST_SECOND : seconds;
    day = seconds / DAY_SECONDS;
    year = 1970 + day / 366;
    while (days_before(year + 1) <= day)
        year++;
    return year;
}

/* "Sun, 06 Nov 1994 08:49:37 GMT" */
static bool is_fixed(sw_span rest, date *d)
{
    return take_name(&rest, days, 7) >= 0 && take(&rest, ", ") && take_number(&rest, 2, &d->day) && take(&rest, " ") &&
           take_month(&rest, &d->month) && take(&rest, " ") && take_year(&rest, d) && take(&rest, " ") && take_clock(&rest, d) &&
           take(&rest, " GMT") && rest.length == 0;
}

/* "Sunday, 06-Nov-94 08:49:37 GMT" */
static bool is_rfc850(sw_span rest, int64_t now, date *d)
{
    int64_t latest = year_of(now) + 50;
    int32_t year;

    if (take_name(&rest, long_days, 7) < 0 || !take(&rest, ", ") || !take_number(&rest, 2, &d->day) || !take(&rest, "-") ||
        !take_month(&rest, &d->month) || !take(&rest, "-") || !take_number(&rest, 2, &year) || !take(&rest, " ") ||
        !take_clock(&rest, d) || !take(&rest, " GMT") || rest.length != 0)
        return false;
    d->year = latest - (latest - year) % 100;
    return true;
}

/* "Sun Nov  6 08:49:37 1994" */
static bool is_asctime(sw_span rest, date *d)
{
    return take_name(&rest, days, 7) >= 0 && take(&rest, " ") && take_month(&rest, &d->month) && take(&rest, " ") &&
           (take(&rest, " ") ? take_number(&rest, 1, &d->day) : take_number(&rest, 2, &d->day)) && take(&rest, " ") &&
           take_clock(&rest, d) && take(&rest, " ") && take_year(&rest, d) && rest.length == 0;
}

bool sw_parse_http_date(sw_span text, int64_t now, int64_t *seconds)
{
    date d;

    if ((!is_fixed(text, &d) && !is_rfc850(text, now, &d) && !is_asctime(text, &d)) || !exists(&d))
        return false;
    *seconds = seconds_of(&d);
    return true;
}
