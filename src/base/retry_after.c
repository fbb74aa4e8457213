/* The Retry-After header, in seconds. */
#include <seawall/fault.h>

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
