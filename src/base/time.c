/* Arithmetic on times and durations that saturates instead of wrapping. */
#include <seawall/time.h>

static seawall_duration scaled(int64_t n, int64_t unit)
{
    if (n > SEAWALL_FOREVER / unit)
        return SEAWALL_FOREVER;
    if (n < INT64_MIN / unit)
        return INT64_MIN;
    return n * unit;
}

seawall_duration seawall_nanoseconds(int64_t n)
{
    return n;
}

seawall_duration seawall_microseconds(int64_t n)
{
    return scaled(n, SEAWALL_MICROSECONDS(1));
}

seawall_duration seawall_milliseconds(int64_t n)
{
    return scaled(n, SEAWALL_MILLISECONDS(1));
}

seawall_duration seawall_seconds(int64_t n)
{
    return scaled(n, SEAWALL_SECONDS(1));
}

seawall_time seawall_forever(void)
{
    return SEAWALL_FOREVER;
}

seawall_time seawall_time_add(seawall_time t, seawall_duration d)
{
    if (t == SEAWALL_FOREVER || d == SEAWALL_FOREVER)
        return SEAWALL_FOREVER;
    if (d > 0 && t > SEAWALL_FOREVER - d)
        return SEAWALL_FOREVER;
    if (d < 0 && t < INT64_MIN - d)
        return INT64_MIN;
    return t + d;
}

seawall_duration seawall_time_until(seawall_time t, seawall_time now)
{
    if (t == SEAWALL_FOREVER)
        return SEAWALL_FOREVER;
    if (t <= now)
        return 0;
    if (now < 0 && t > SEAWALL_FOREVER + now)
        return SEAWALL_FOREVER;
    return t - now;
}

static int64_t rounded_up(seawall_duration d, seawall_duration unit)
{
    return d / unit + (d % unit != 0);
}

int32_t seawall_poll_milliseconds(seawall_duration d)
{
    int64_t whole;

    if (d == SEAWALL_FOREVER)
        return -1;
    if (d <= 0)
        return 0;
    whole = rounded_up(d, SEAWALL_MILLISECONDS(1));
    return whole > INT32_MAX ? INT32_MAX : (int32_t)whole;
}

void seawall_socket_timeout(seawall_duration d, int64_t *seconds, int32_t *microseconds)
{
    int64_t whole = rounded_up(d > 0 ? d : 1, SEAWALL_MICROSECONDS(1));

    if (seconds == NULL || microseconds == NULL)
        return;
    if (d == SEAWALL_FOREVER)
        whole = 0;
    *seconds = whole / 1000000;
    *microseconds = (int32_t)(whole % 1000000);
}

int64_t seawall_curl_milliseconds(seawall_duration d)
{
    int64_t whole = rounded_up(d > 0 ? d : 1, SEAWALL_MILLISECONDS(1));

    if (d == SEAWALL_FOREVER)
        return 0;
    return whole > INT32_MAX ? INT32_MAX : whole;
}
