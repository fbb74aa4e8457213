/* The Retry-After header: seconds, or a date. */
#include <string.h>

#include "base/http_date.h"

static const char *skip_blanks(const char *text)
{
    while (*text == ' ' || *text == '\t')
        text++;
    return text;
}

seawall_status seawall_retry_after_parse(const char *value, seawall_duration *delay)
{
    int64_t seconds = 0;

    if (value == NULL || delay == NULL)
        return SEAWALL_INVALID;
    value = skip_blanks(value);
    if (*value < '0' || *value > '9')
        return SEAWALL_INVALID;
    for (; *value >= '0' && *value <= '9'; value++) {
        int digit = *value - '0';

        seconds = seconds > (INT64_MAX - digit) / 10 ? INT64_MAX : seconds * 10 + digit;
    }
    if (*skip_blanks(value) != '\0')
        return SEAWALL_INVALID;
    *delay = seawall_seconds(seconds);
    return SEAWALL_OK;
}

static seawall_duration seconds_until(int64_t date, int64_t now)
{
    uint64_t seconds = (uint64_t)date - (uint64_t)now; /* the difference may need all 64 bits */

    if (date <= now)
        return 0;
    return seconds > INT64_MAX ? SEAWALL_FOREVER : seawall_seconds((int64_t)seconds);
}

/* Blanks around the value, as in the other form; a line's end is none of them. */
static sw_span without_blanks(const char *value)
{
    sw_span span = {skip_blanks(value), 0};

    span.length = strlen(span.start);
    while (span.length > 0 && (span.start[span.length - 1] == ' ' || span.start[span.length - 1] == '\t'))
        span.length--;
    return span;
}

seawall_status seawall_retry_after_parse_at(const char *value, int64_t unix_now, seawall_duration *delay)
{
    int64_t date;

    if (value == NULL || delay == NULL)
        return SEAWALL_INVALID;
    if (seawall_retry_after_parse(value, delay) == SEAWALL_OK)
        return SEAWALL_OK;
    if (!sw_parse_http_date(without_blanks(value), unix_now, &date))
        return SEAWALL_INVALID;
    *delay = seconds_until(date, unix_now);
    return SEAWALL_OK;
}
