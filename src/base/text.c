/* Spans, words and lists. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/fault.h"
#include "base/text.h"

#define QUOTED_MAX 40

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

sw_span sw_trim_span(sw_span span)
{
    while (span.length > 0 && is_blank(span.start[0])) {
        span.start++;
        span.length--;
    }
    while (span.length > 0 && is_blank(span.start[span.length - 1]))
        span.length--;
    return span;
}

sw_span sw_trim(const char *text)
{
    sw_span whole = {text, strlen(text)};

    return sw_trim_span(whole);
}

bool sw_span_is(sw_span span, const char *word)
{
    return strlen(word) == span.length && memcmp(span.start, word, span.length) == 0;
}

sw_span sw_next_item(sw_span *rest)
{
    const char *comma = rest->length > 0 ? memchr(rest->start, ',', rest->length) : NULL;
    sw_span item = *rest;

    if (comma == NULL) {
        rest->start += rest->length;
        rest->length = 0;
        return sw_trim_span(item);
    }
    item.length = (size_t)(comma - item.start);
    rest->start = comma + 1;
    rest->length -= item.length + 1;
    return sw_trim_span(item);
}

static size_t put(char text[SW_TEXT_SIZE], size_t length, const char *bytes, size_t count)
{
    memcpy(text + length, bytes, count);
    text[length + count] = '\0';
    return length + count;
}

size_t sw_quote(sw_span span, char text[SW_TEXT_SIZE])
{
    size_t shown = span.length;
    size_t length = put(text, 0, "\"", 1);
    size_t i;

    if (shown > QUOTED_MAX) {
        shown = QUOTED_MAX;
        while (shown > 0 && ((unsigned char)span.start[shown] & 0xC0) == 0x80) /* not within a UTF-8 character */
            shown--;
    }
    for (i = 0; i < shown; i++) {
        unsigned char c = (unsigned char)span.start[i];

        length = put(text, length, c < 0x20 || c == 0x7F ? "?" : &span.start[i], 1);
    }
    return shown < span.length ? put(text, length, "...\"", 4) : put(text, length, "\"", 1);
}

int sw_hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

sw_verdict sw_parse_switch(sw_span span, int32_t *value)
{
    static const char *const words[2][3] = {{"off", "no", "false"}, {"on", "yes", "true"}};
    int32_t side;
    int32_t i;

    for (side = 0; side < 2; side++) {
        for (i = 0; i < 3; i++) {
            if (sw_span_is(span, words[side][i])) {
                *value = side;
                return SW_TEXT_GOOD;
            }
        }
    }
    return SW_TEXT_MALFORMED;
}

sw_span sw_choice_at(const char *choices, int32_t value)
{
    sw_span rest = sw_trim(choices);
    sw_span none = {choices, 0};
    int32_t i;

    for (i = 0; rest.length > 0; i++) {
        sw_span name = sw_next_item(&rest);

        if (i == value)
            return name;
    }
    return none;
}

sw_verdict sw_parse_choice(sw_span span, const char *choices, int32_t *value)
{
    sw_span rest = sw_trim(choices);
    int32_t i;

    for (i = 0; rest.length > 0; i++) {
        sw_span name = sw_next_item(&rest);

        if (name.length == span.length && memcmp(name.start, span.start, span.length) == 0) {
            *value = i;
            return SW_TEXT_GOOD;
        }
    }
    return SW_TEXT_MALFORMED;
}

static bool fault_bit(sw_span name, seawall_fault_set *bit)
{
    seawall_fault i;

    for (i = 0; i < SEAWALL_FAULT_COUNT; i++) {
        if ((SEAWALL_FAULT_BIT(i) & SEAWALL_FAULTS_ALL) != 0 && sw_span_is(name, sw_fault_table[i].name)) {
            *bit = SEAWALL_FAULT_BIT(i);
            return true;
        }
    }
    return false;
}

sw_verdict sw_parse_faults(sw_span span, seawall_fault_set *value, sw_span *wrong)
{
    sw_span rest = span;
    seawall_fault_set all = 0;

    if (sw_span_is(span, "none") || sw_span_is(span, "all")) {
        *value = sw_span_is(span, "all") ? SEAWALL_FAULTS_ALL : 0;
        return SW_TEXT_GOOD;
    }
    for (;;) {
        bool last = rest.length == 0 || memchr(rest.start, ',', rest.length) == NULL;
        sw_span item = sw_next_item(&rest);
        seawall_fault_set bit;

        if (!fault_bit(item, &bit)) {
            *wrong = item;
            return SW_TEXT_MALFORMED;
        }
        all |= bit;
        if (last)
            break;
    }
    *value = all;
    return SW_TEXT_GOOD;
}

size_t sw_print_faults(seawall_fault_set value, char text[SW_TEXT_SIZE])
{
    size_t length = 0;
    seawall_fault i;

    if ((value & ~SEAWALL_FAULTS_ALL) != 0)
        return (size_t)snprintf(text, SW_TEXT_SIZE, "0x%" PRIx32, value);
    if (value == 0 || value == SEAWALL_FAULTS_ALL)
        return (size_t)snprintf(text, SW_TEXT_SIZE, "%s", value == 0 ? "none" : "all");
    for (i = 0; i < SEAWALL_FAULT_COUNT; i++) {
        if ((value & SEAWALL_FAULT_BIT(i)) != 0) {
            const char *name = sw_fault_table[i].name;

            if (length > 0)
                length = put(text, length, ", ", 2);
            length = put(text, length, name, strlen(name));
        }
    }
    return length;
}

size_t sw_utf8_character(const char *text, size_t left)
{
    const unsigned char *c = (const unsigned char *)text;
    size_t need = c[0] < 0x80 ? 1 : c[0] < 0xC2 ? 0 : c[0] < 0xE0 ? 2 : c[0] < 0xF0 ? 3 : c[0] < 0xF5 ? 4 : 0;
    size_t i;

    if (need == 0 || need > left)
        return 0;
    for (i = 1; i < need; i++) {
        if ((c[i] & 0xC0) != 0x80)
            return 0;
    }
    if ((c[0] == 0xE0 && c[1] < 0xA0) || (c[0] == 0xED && c[1] > 0x9F) || (c[0] == 0xF0 && c[1] < 0x90) ||
        (c[0] == 0xF4 && c[1] > 0x8F))
        return 0;
    return need;
}

size_t sw_plain_length(sw_span span)
{
    size_t at = 0;

    while (at < span.length && (unsigned char)span.start[at] >= 0x20 && span.start[at] != 0x7F) {
        size_t one = sw_utf8_character(span.start + at, span.length - at);

        if (one == 0)
            break;
        at += one;
    }
    return at;
}
