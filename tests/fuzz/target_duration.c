/*
 * Durations and whole numbers: a text that is read has a value that is told and read again the same, and any value at all is
 * told as a text that is read back to it. A text that is not read touches nothing.
 */
#include "fuzz.h"

#include <string.h>

#include "base/text.h"

#define UNTOUCHED INT64_C(-1234567890123456789)

typedef sw_verdict (*parse_fn)(sw_span span, int64_t *value);
typedef size_t (*print_fn)(int64_t value, char text[SW_TEXT_SIZE]);

static void told_and_read(parse_fn parse, print_fn print, int64_t value)
{
    char text[SW_TEXT_SIZE];
    int64_t again = UNTOUCHED;
    size_t length = print(value, text);

    fuzz_must(length == strlen(text) && length < SW_TEXT_SIZE, "a text is as long as it says");
    fuzz_must(parse((sw_span){text, length}, &again) == SW_TEXT_GOOD, "what is printed is read");
    fuzz_must(again == value, "what is printed is read to the same value");
}

static void read_and_told(parse_fn parse, print_fn print, sw_span span)
{
    int64_t value = UNTOUCHED;

    if (parse(span, &value) == SW_TEXT_GOOD)
        told_and_read(parse, print, value);
    else
        fuzz_must(value == UNTOUCHED, "what is not read touches nothing");
}

/* An integer of few digits is what anybody would say it is. */
static void plain_number(sw_span span)
{
    bool minus = span.length > 0 && span.start[0] == '-';
    size_t i = minus ? 1 : 0;
    int64_t value = UNTOUCHED, expected = 0;
    bool digits = span.length > i && span.length <= 18;

    for (; i < span.length && digits; i++) {
        digits = span.start[i] >= '0' && span.start[i] <= '9';
        expected = expected * 10 + (span.start[i] - '0');
    }
    if (digits) {
        fuzz_must(sw_parse_integer(span, &value) == SW_TEXT_GOOD, "digits are a number");
        fuzz_must(value == (minus ? -expected : expected), "a number is its digits");
    }
}

static int64_t unit_of(const char *name)
{
    static const struct {
        const char *name;
        int64_t length;
    } units[] = {{"ns", 1},          {"us", 1000},        {"ms", 1000000},
                 {"s", 1000000000},  {"m", 60000000000},  {"h", 3600000000000}};
    size_t i;

    for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        if (strcmp(units[i].name, name) == 0)
            return units[i].length;
    }
    return 0;
}

__extension__ typedef __int128 wide;

/* At most 15 digits and 9 of a fraction: the value worked out in the plainest way. */
static void plain_duration(const char *text)
{
    const char *digits = text + (text[0] == '-');
    size_t whole = strspn(digits, "0123456789");
    size_t fraction = digits[whole] == '.' ? strspn(digits + whole + 1, "0123456789") : 0;
    const char *name = digits + whole + (fraction > 0 ? fraction + 1 : 0);
    int64_t unit = unit_of(name), parts = 1, value = UNTOUCHED;
    wide expected = 0;
    sw_verdict verdict;
    const char *c;

    if (whole == 0 || whole > 15 || fraction > 9 || unit == 0)
        return;
    for (c = digits; c < name; c++) {
        if (*c == '.')
            continue;
        expected = expected * 10 + (*c - '0');
        parts *= c > digits + whole ? 10 : 1;
    }
    verdict = sw_parse_duration((sw_span){text, strlen(text)}, &value);
    if (expected * unit % parts != 0) {
        fuzz_must(verdict == SW_TEXT_TOO_FINE, "parts of a nanosecond are refused");
    } else if (expected * unit / parts > (wide)INT64_MAX + (text[0] == '-')) {
        fuzz_must(verdict == (text[0] == '-' ? SW_TEXT_TOO_LOW : SW_TEXT_TOO_HIGH), "what is too much is refused");
    } else {
        fuzz_must(verdict == SW_TEXT_GOOD, "a number with a unit is a duration");
        fuzz_must(value == expected * unit / parts * (text[0] == '-' ? -1 : 1), "a duration is its number of units");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char text[FUZZ_TEXT_SIZE];
    sw_span span = {text, fuzz_text(data, size, text)};
    int64_t value = 0;

    read_and_told(sw_parse_duration, sw_print_duration, span);
    read_and_told(sw_parse_integer, sw_print_integer, span);
    read_and_told(sw_parse_size, sw_print_integer, span);
    plain_number(span);
    plain_duration(text);
    memcpy(&value, data, size < sizeof(value) ? size : sizeof(value));
    told_and_read(sw_parse_integer, sw_print_integer, value);
    told_and_read(sw_parse_duration, sw_print_duration, value);
    return 0;
}
