/*
 * Doubles as decimal text and back, by exact whole-number arithmetic: no locale and no rounding mode has a say.
 *
 * Bounds, for base/big.h: a text has at most 64 digits and, when it gets as far as a division, a leading digit worth
 * 1e-326 to 1e309. The largest number made is 10^389 (1293 bits), shifted by 55 in the division.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/big.h"
#include "base/text.h"

#define MANTISSA_BITS 53
#define LOWEST_EXPONENT (-1074) /* of a mantissa that is a whole number */
#define HIGHEST_DECIMAL 309
#define LOWEST_DECIMAL (-326)
#define EXPONENT_MAX 100000 /* beyond any meaning, far from overflow */
#define DIGITS_MAX 17       /* tell any two doubles apart */

/* digits x 10^exponent */
typedef struct decimal {
    sw_big digits;
    int32_t count; /* without leading zeros */
    int32_t exponent;
    bool negative;
} decimal;

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t scan_digits(decimal *number, const char *text, size_t length)
{
    size_t i;

    for (i = 0; i < length && is_digit(text[i]); i++) {
        sw_big_multiply_add(&number->digits, 10, (uint32_t)(text[i] - '0'));
        number->count += number->digits.used > 0;
    }
    return i;
}

/* "e-12" whole, or nothing: false. */
static bool scan_exponent(decimal *number, const char *text, size_t length)
{
    int32_t value = 0;
    bool negative;
    size_t i = 1;

    negative = length > 1 && text[1] == '-';
    if (length > 1 && (text[1] == '-' || text[1] == '+'))
        i++;
    if (i >= length)
        return false;
    for (; i < length; i++) {
        if (!is_digit(text[i]))
            return false;
        if (value < EXPONENT_MAX)
            value = value * 10 + (text[i] - '0');
    }
    number->exponent += negative ? -value : value;
    return true;
}

static bool scan(sw_span span, decimal *number)
{
    const char *text = span.start;
    const char *end = span.start + span.length;
    size_t digits;

    memset(number, 0, sizeof(*number));
    if (span.length > SW_NUMBER_LENGTH_MAX)
        return false;
    if (text < end && *text == '-') {
        number->negative = true;
        text++;
    }
    digits = scan_digits(number, text, (size_t)(end - text));
    text += digits;
    if (digits == 0)
        return false;
    if (text < end && *text == '.') {
        text++;
        digits = scan_digits(number, text, (size_t)(end - text));
        text += digits;
        number->exponent -= (int32_t)digits;
        if (digits == 0)
            return false;
    }
    if (text == end)
        return true;
    return (*text == 'e' || *text == 'E') && scan_exponent(number, text, (size_t)(end - text));
}

/* The double nearest to dividend / divisor, a tie to even; infinite if there is none. Spoils both. */
static double nearest(sw_big *dividend, sw_big *divisor)
{
    int32_t exponent = (int32_t)sw_big_bits(dividend) - (int32_t)sw_big_bits(divisor) - MANTISSA_BITS - 1;
    uint64_t mantissa;
    bool half;
    bool rest;

    if (exponent < LOWEST_EXPONENT - 1)
        exponent = LOWEST_EXPONENT - 1;
    if (exponent > 0)
        sw_big_shift_left(divisor, (uint32_t)exponent);
    else
        sw_big_shift_left(dividend, (uint32_t)-exponent);
    mantissa = sw_big_divide(dividend, divisor);
    rest = dividend->used > 0;
    /* One bit too many, or two: the last one to be cut off is the half, those below it only break ties. */
    half = (mantissa & 1) != 0;
    mantissa >>= 1;
    exponent++;
    if (mantissa >> MANTISSA_BITS != 0) {
        rest = rest || half;
        half = (mantissa & 1) != 0;
        mantissa >>= 1;
        exponent++;
    }
    if (half && (rest || (mantissa & 1) != 0))
        mantissa++;
    return ldexp((double)mantissa, exponent);
}

static sw_verdict convert(decimal *number, double *value)
{
    int32_t leading = number->exponent + number->count - 1;
    sw_big divisor;
    double magnitude = 0;

    if (number->count > 0 && leading > HIGHEST_DECIMAL)
        return number->negative ? SW_TEXT_TOO_LOW : SW_TEXT_TOO_HIGH;
    if (number->count > 0 && leading >= LOWEST_DECIMAL) {
        sw_big_set(&divisor, 1);
        if (number->exponent < 0)
            sw_big_power_of_ten(&divisor, (uint32_t)-number->exponent);
        else
            sw_big_power_of_ten(&number->digits, (uint32_t)number->exponent);
        magnitude = nearest(&number->digits, &divisor);
    }
    if (isinf(magnitude))
        return number->negative ? SW_TEXT_TOO_LOW : SW_TEXT_TOO_HIGH;
    *value = number->negative ? -magnitude : magnitude;
    return SW_TEXT_GOOD;
}

sw_verdict sw_parse_number(sw_span span, double *value)
{
    decimal number;

    return scan(span, &number) ? convert(&number, value) : SW_TEXT_MALFORMED;
}

sw_verdict sw_parse_rate(sw_span span, double *value)
{
    bool percent = span.length > 0 && span.start[span.length - 1] == '%';
    decimal number;

    if (percent)
        span.length--;
    if (!scan(span, &number))
        return SW_TEXT_MALFORMED;
    if (percent)
        number.exponent -= 2;
    return convert(&number, value);
}

/*
 * value / 10^(place - count + 1), cut off: `count` digits if `place` is that of the first one. `*half`: at least a half is cut
 * off.
 */
static uint64_t leading_digits(double value, int32_t place, int32_t count, bool *half)
{
    int binary;
    uint64_t mantissa = (uint64_t)ldexp(frexp(value, &binary), MANTISSA_BITS);
    int32_t decimal_shift = count - 1 - place;
    sw_big dividend;
    sw_big divisor;
    uint64_t digits;

    binary -= MANTISSA_BITS;
    sw_big_set(&dividend, mantissa);
    sw_big_set(&divisor, 1);
    sw_big_power_of_ten(decimal_shift > 0 ? &dividend : &divisor, (uint32_t)(decimal_shift > 0 ? decimal_shift : -decimal_shift));
    sw_big_shift_left(binary > 0 ? &dividend : &divisor, (uint32_t)(binary > 0 ? binary : -binary));
    digits = sw_big_divide(&dividend, &divisor);
    sw_big_shift_left(&dividend, 1);
    *half = sw_big_compare(&dividend, &divisor) >= 0;
    return digits;
}

/* digits x 10^(place - count + 1) as text, plain where that is short. `digits` has `count` digits, the last not 0. */
static size_t write_digits(uint64_t digits, int32_t count, int32_t place, const char *sign, char text[SW_TEXT_SIZE])
{
    char all[24];

    (void)snprintf(all, sizeof(all), "%" PRIu64, digits);
    if (place < -5 || place > 20)
        return (size_t)snprintf(text, SW_TEXT_SIZE, "%s%.1s%s%se%d", sign, all, count > 1 ? "." : "", all + 1, (int)place);
    if (place < 0)
        return (size_t)snprintf(text, SW_TEXT_SIZE, "%s0.%.*s%s", sign, (int)(-place - 1), "00000", all);
    if (place + 1 >= count)
        return (size_t)snprintf(text, SW_TEXT_SIZE, "%s%s%.*s", sign, all, (int)(place + 1 - count),
                                "000000000000000000000");
    return (size_t)snprintf(text, SW_TEXT_SIZE, "%s%.*s.%s", sign, (int)(place + 1), all, all + place + 1);
}

static bool reads_back(const char *text, size_t length, double value)
{
    sw_span span = {text, length};
    double read;

    return sw_parse_number(span, &read) == SW_TEXT_GOOD && read == value;
}

/* The `count` digits above or below the value, if either reads back to it; the nearer one is tried first. */
static size_t try_digits(double value, int32_t place, int32_t count, const char *sign, char text[SW_TEXT_SIZE])
{
    bool half;
    uint64_t down = leading_digits(value, place, count, &half);
    uint64_t limit = 10;
    size_t skip = *sign != '\0' ? 1 : 0;
    int32_t i;

    for (i = 1; i < count; i++)
        limit *= 10;
    for (i = 0; i < 2; i++) {
        uint64_t digits = down + (half == (i == 0) ? 1 : 0);
        bool carried = digits == limit;
        size_t length = write_digits(carried ? limit / 10 : digits, count, carried ? place + 1 : place, sign, text);

        if (reads_back(text + skip, length - skip, value))
            return length;
    }
    return 0;
}

/* Where the first digit stands; the logarithm may be off by one next to a power of ten. */
static int32_t place_of(double value)
{
    int32_t place = (int32_t)floor(log10(value));
    bool half;
    uint64_t first = leading_digits(value, place, 1, &half);

    return first == 0 ? place - 1 : first >= 10 ? place + 1 : place;
}

size_t sw_print_number(double value, char text[SW_TEXT_SIZE])
{
    const char *sign = signbit(value) ? "-" : "";
    double magnitude = fabs(value);
    int32_t place;
    int32_t count;
    size_t length;

    if (isnan(value))
        return (size_t)snprintf(text, SW_TEXT_SIZE, "nan");
    if (isinf(value) || magnitude == 0.0)
        return (size_t)snprintf(text, SW_TEXT_SIZE, "%s%s", sign, isinf(value) ? "inf" : "0");
    place = place_of(magnitude);
    for (count = 1; count < DIGITS_MAX; count++) {
        length = try_digits(magnitude, place, count, sign, text);
        if (length > 0)
            return length;
    }
    return try_digits(magnitude, place, DIGITS_MAX, sign, text);
}
