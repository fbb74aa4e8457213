/*
 * Decimal numbers: what is read is the double that the C library reads there, and what is told, of any finite double, is read
 * back to the same bits.
 */
#include "fuzz.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define UNTOUCHED 1.0625e-77

static bool same(double a, double b)
{
    return memcmp(&a, &b, sizeof(a)) == 0;
}

static void told_and_read(double value)
{
    char text[SW_TEXT_SIZE];
    double again = UNTOUCHED;
    size_t length = sw_print_number(value, text);

    fuzz_must(length == strlen(text) && length < SW_TEXT_SIZE, "a text is as long as it says");
    if (!isfinite(value))
        return; /* told for messages; never read */
    fuzz_must(sw_parse_number((sw_span){text, length}, &again) == SW_TEXT_GOOD, "what is printed is read");
    fuzz_must(same(again, value) || (value == 0 && again == 0), "what is printed is read to the same value");
    fuzz_must(same(strtod(text, NULL), again), "the C library reads it alike");
}

static void read_number(const char *text, size_t length)
{
    sw_span span = {text, length};
    double value = UNTOUCHED, rate = UNTOUCHED;
    char *end;

    if (sw_parse_number(span, &value) == SW_TEXT_GOOD) {
        double expected = strtod(text, &end);

        fuzz_must(isfinite(value), "numbers are finite");
        fuzz_must(*end == '\0' && (same(value, expected) || (value == 0 && expected == 0)), "the C library reads it alike");
        told_and_read(value);
    } else {
        fuzz_must(same(value, UNTOUCHED), "what is not read touches nothing");
    }
    if (sw_parse_rate(span, &rate) == SW_TEXT_GOOD)
        fuzz_must(isfinite(rate) && (text[length - 1] == '%' || same(rate, value)), "a rate is a number, or has a percent sign");
    else
        fuzz_must(same(rate, UNTOUCHED), "what is no rate touches nothing");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char text[FUZZ_TEXT_SIZE];
    double value = 0;

    read_number(text, fuzz_text(data, size, text));
    memcpy(&value, data, size < sizeof(value) ? size : sizeof(value));
    told_and_read(value);
    return 0;
}
