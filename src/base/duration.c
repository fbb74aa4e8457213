/* Whole numbers, sizes and durations as text, in exact integer arithmetic. */
#include <inttypes.h>
#include <stdio.h>

#include "base/text.h"

typedef struct time_unit {
    const char *name;
    uint64_t length; /* in nanoseconds */
} time_unit;

static const time_unit units[] = {
    {"ns", 1},
    {"us", UINT64_C(1000)},
    {"ms", UINT64_C(1000000)},
    {"s", UINT64_C(1000000000)},
    {"m", UINT64_C(60000000000)},
    {"h", UINT64_C(3600000000000)},
};

#define UNIT_COUNT (sizeof(units) / sizeof(units[0]))

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Cuts off the digits at the front; their value saturates at UINT64_MAX. */
static uint64_t take_digits(sw_span *span, size_t *count)
{
    uint64_t value = 0;
    size_t i;

    for (i = 0; i < span->length && is_digit(span->start[i]); i++) {
        uint64_t digit = (uint64_t)(span->start[i] - '0');

        value = value > (UINT64_MAX - digit) / 10 ? UINT64_MAX : value * 10 + digit;
    }
    span->start += i;
    span->length -= i;
    *count = i;
    return value;
}

static bool take_minus(sw_span *span)
{
    if (span->length == 0 || span->start[0] != '-')
        return false;
    span->start++;
    span->length--;
    return true;
}

/* Gives a magnitude its sign, if the result fits. */
static sw_verdict give_sign(uint64_t magnitude, bool negative, int64_t *value)
{
    uint64_t limit = (uint64_t)INT64_MAX + (negative ? 1 : 0);

    if (magnitude > limit)
        return negative ? SW_TEXT_TOO_LOW : SW_TEXT_TOO_HIGH;
    /* The last one exists: INT64_MIN has no positive counterpart to negate. */
    *value = !negative ? (int64_t)magnitude : magnitude == 0 ? 0 : -(int64_t)(magnitude - 1) - 1;
    return SW_TEXT_GOOD;
}

static uint64_t magnitude_of(int64_t value)
{
    return value < 0 ? (uint64_t)0 - (uint64_t)value : (uint64_t)value;
}

sw_verdict sw_parse_integer(sw_span span, int64_t *value)
{
    bool negative = take_minus(&span);
    size_t digits;
    uint64_t magnitude = take_digits(&span, &digits);

    if (digits == 0 || span.length > 0)
        return SW_TEXT_MALFORMED;
    return give_sign(magnitude, negative, value);
}

sw_verdict sw_parse_size(sw_span span, int64_t *value)
{
    static const struct {
        const char *name;
        int bits;
    } size_units[] = {{"", 0}, {"B", 0}, {"KiB", 10}, {"MiB", 20}, {"GiB", 30}};
    bool negative = take_minus(&span);
    size_t digits, i;
    uint64_t magnitude = take_digits(&span, &digits);

    for (i = 0; digits > 0 && i < sizeof(size_units) / sizeof(size_units[0]); i++) {
        if (sw_span_is(span, size_units[i].name))
            return give_sign(magnitude <= UINT64_MAX >> size_units[i].bits ? magnitude << size_units[i].bits : UINT64_MAX,
                             negative, value);
    }
    return SW_TEXT_MALFORMED;
}

size_t sw_print_integer(int64_t value, char text[SW_TEXT_SIZE])
{
    return (size_t)snprintf(text, SW_TEXT_SIZE, "%" PRId64, value);
}

/*
 * What a fraction's digits are worth in nanoseconds; false if that is not a whole number. Without its trailing zeros
 * the fraction of an hour, 2^13 x 3^2 x 5^11 ns, can be whole with 13 digits at most: more need no look.
 */
static bool fraction_of(sw_span digits, uint64_t unit, uint64_t *nanoseconds)
{
    uint64_t value;
    uint64_t parts = 1;
    size_t left;

    while (digits.length > 0 && digits.start[digits.length - 1] == '0')
        digits.length--;
    if (digits.length > 13)
        return false;
    value = take_digits(&digits, &left);
    for (; left > 0 && unit % 10 == 0; left--)
        unit /= 10;
    for (; left > 0; left--)
        parts *= 10;
    if (value * unit % parts != 0)
        return false;
    *nanoseconds = value * unit / parts;
    return true;
}

static const time_unit *unit_named(sw_span name)
{
    size_t i;

    for (i = 0; i < UNIT_COUNT; i++) {
        if (sw_span_is(name, units[i].name))
            return &units[i];
    }
    return NULL;
}

/* "1.5s" without its sign. */
static sw_verdict parse_magnitude(sw_span span, uint64_t *magnitude)
{
    sw_span fraction = {span.start, 0};
    const time_unit *unit;
    uint64_t below = 0;
    size_t digits;
    uint64_t whole = take_digits(&span, &digits);

    if (digits == 0)
        return SW_TEXT_MALFORMED;
    if (span.length > 0 && span.start[0] == '.') {
        span.start++;
        span.length--;
        fraction.start = span.start;
        (void)take_digits(&span, &fraction.length);
        if (fraction.length == 0)
            return SW_TEXT_MALFORMED;
    }
    unit = span.length == 0 && whole == 0 && fraction.length == 0 ? &units[0] : unit_named(span);
    if (unit == NULL)
        return SW_TEXT_MALFORMED;
    if (!fraction_of(fraction, unit->length, &below))
        return SW_TEXT_TOO_FINE;
    *magnitude = whole > (UINT64_MAX - below) / unit->length ? UINT64_MAX : whole * unit->length + below;
    return SW_TEXT_GOOD;
}

sw_verdict sw_parse_duration(sw_span span, seawall_duration *value)
{
    uint64_t magnitude = 0;
    bool negative;
    sw_verdict verdict;

    if (sw_span_is(span, "inf")) {
        *value = SEAWALL_FOREVER;
        return SW_TEXT_GOOD;
    }
    negative = take_minus(&span);
    verdict = parse_magnitude(span, &magnitude);
    return verdict == SW_TEXT_GOOD ? give_sign(magnitude, negative, value) : verdict;
}

size_t sw_print_duration(seawall_duration value, char text[SW_TEXT_SIZE])
{
    uint64_t magnitude = magnitude_of(value);
    size_t i = UNIT_COUNT - 1;

    if (value == SEAWALL_FOREVER)
        return (size_t)snprintf(text, SW_TEXT_SIZE, "inf");
    while (i > 0 && (magnitude == 0 || magnitude % units[i].length != 0))
        i--;
    return (size_t)snprintf(text, SW_TEXT_SIZE, "%s%" PRIu64 "%s", value < 0 ? "-" : "", magnitude / units[i].length,
                            units[i].name);
}
