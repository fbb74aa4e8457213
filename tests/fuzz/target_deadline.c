/*
 * What a header says is left of a deadline: blank is for ever; a number of milliseconds, below zero none; all else is refused.
 * And what is sent arrives as no more than there was, and less than a millisecond less.
 */
#include "fuzz.h"

#include <string.h>

#define UNTOUCHED INT64_C(-77)
#define MILLISECOND INT64_C(1000000)
#define BLANKS " \t\r\n"

/* A whole number in plain form, blanks around it, no sign +: its value as far as 18 digits tell it. */
static bool is_number(const char *text, int64_t *value, size_t *digits)
{
    const char *first = text + strspn(text, BLANKS);
    bool minus = *first == '-';
    size_t i, zeros, count;

    first += minus;
    count = strspn(first, "0123456789");
    if (count == 0)
        return false;
    zeros = strspn(first, "0");
    *value = 0;
    for (i = 0; i < count && i < zeros + 18; i++)
        *value = *value * 10 + (first[i] - '0');
    *value = minus ? -*value : *value;
    *digits = count - zeros;
    first += count;
    return first[strspn(first, BLANKS)] == '\0';
}

static void receive(const char *text)
{
    seawall_duration left = UNTOUCHED;
    seawall_status status = seawall_deadline_from_header(text, &left);
    int64_t value = 0;
    size_t digits = 0;

    if (text[strspn(text, BLANKS)] == '\0') {
        fuzz_must(status == SEAWALL_OK && left == SEAWALL_FOREVER, "no header, no deadline");
        return;
    }
    if (!is_number(text, &value, &digits)) {
        fuzz_must(status == SEAWALL_INVALID && left == UNTOUCHED, "what is no number is refused, and touches nothing");
        return;
    }
    fuzz_must(status == SEAWALL_OK, "a number is read");
    if (value <= 0)
        fuzz_must(left == 0, "nothing is left, or less");
    else if (digits > 18 || value > SEAWALL_FOREVER / MILLISECOND)
        fuzz_must(left == SEAWALL_FOREVER, "too much is for ever");
    else
        fuzz_must(left == value * MILLISECOND, "milliseconds are milliseconds");
}

static void send_on(int64_t left)
{
    char text[SEAWALL_DEADLINE_HEADER_SIZE];
    seawall_duration heard = UNTOUCHED;

    fuzz_must(seawall_deadline_to_header(left, text, sizeof(text), NULL) == SEAWALL_OK, "every duration has room");
    fuzz_must(seawall_deadline_from_header(text, &heard) == SEAWALL_OK, "what is sent is read");
    if (left == SEAWALL_FOREVER)
        fuzz_must(heard == SEAWALL_FOREVER, "for ever stays for ever");
    else if (left <= 0)
        fuzz_must(heard == 0, "nothing stays nothing");
    else
        fuzz_must(heard <= left && left - heard < MILLISECOND, "at most what there was, and hardly less");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char text[FUZZ_TEXT_SIZE];
    uint64_t number = 0;

    memcpy(&number, data, size < sizeof(number) ? size : sizeof(number));
    (void)fuzz_text(data, size, text);
    receive(text);
    send_on((int64_t)number);
    return 0;
}
