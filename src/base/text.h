/*
 * Values as text, the same under every locale. What a print function writes, its parse function reads back to the same
 * value. Parsers take the whole of a span, or nothing: `*value` is untouched unless the verdict is good.
 */
#ifndef SW_BASE_TEXT_H
#define SW_BASE_TEXT_H

#include <seawall/fault.h>

/* A piece of somebody's text; not NUL-terminated. */
typedef struct sw_span {
    const char *start;
    size_t length;
} sw_span;

/* Why a text is no value. */
typedef enum sw_verdict {
    SW_TEXT_GOOD,
    SW_TEXT_MALFORMED,
    SW_TEXT_TOO_LOW,  /* below what the type can hold */
    SW_TEXT_TOO_HIGH, /* above it */
    SW_TEXT_TOO_FINE  /* between two values of the type: a fraction of a nanosecond */
} sw_verdict;

/* Bytes that hold whatever a print function writes, the NUL included. */
#define SW_TEXT_SIZE 256

/* No number longer than this is read: it cannot be meant, and every buffer has a bound. */
#define SW_NUMBER_LENGTH_MAX 64

/* A whole string as a span, without the blanks around it. */
sw_span sw_trim(const char *text);
sw_span sw_trim_span(sw_span span);

bool sw_span_is(sw_span span, const char *word);

/* Cuts off and answers what stands before the next comma, without the blanks around it; `*rest` starts after it. */
sw_span sw_next_item(sw_span *rest);

/* "-12". */
sw_verdict sw_parse_integer(sw_span span, int64_t *value);
size_t sw_print_integer(int64_t value, char text[SW_TEXT_SIZE]);

/* "64KiB": bytes as a whole number, with B, KiB, MiB or GiB right behind it, or nothing. Printed as the integer that it is. */
sw_verdict sw_parse_size(sw_span span, int64_t *value);

/*
 * "2.0", "1e-3"; rounded to the nearest double, a tie to even. Neither "inf" nor "nan" is read, though both are printed.
 * The shortest text that reads back to the same value is printed.
 */
sw_verdict sw_parse_number(sw_span span, double *value);
size_t sw_print_number(double value, char text[SW_TEXT_SIZE]);

/* A number, or "50%". */
sw_verdict sw_parse_rate(sw_span span, double *value);

/* "250ms", "1.5s", "2m", "inf"; units ns us ms s m h; "0" needs none. Exact. Printed in the largest unit that divides it. */
sw_verdict sw_parse_duration(sw_span span, seawall_duration *value);
size_t sw_print_duration(seawall_duration value, char text[SW_TEXT_SIZE]);

/* What a hexadecimal digit stands for, -1 for anything else. */
int sw_hex_digit(char c);

/* "on", "yes", "true", "off", "no", "false". */
sw_verdict sw_parse_switch(sw_span span, int32_t *value);

/* "timeout, internal", "none", "all". `*wrong` is the item that is no fault kind. */
sw_verdict sw_parse_faults(sw_span span, seawall_fault_set *value, sw_span *wrong);

/* A set with other bits than the configurable kinds' is printed in hexadecimal, which is not read back. */
size_t sw_print_faults(seawall_fault_set value, char text[SW_TEXT_SIZE]);

/* The position of a name in a list such as "none, full". */
sw_verdict sw_parse_choice(sw_span span, const char *choices, int32_t *value);

/* The name at a position; an empty span if there is none. */
sw_span sw_choice_at(const char *choices, int32_t value);

/* The text in double quotes for a message: control characters replaced, cut after 40 bytes. */
size_t sw_quote(sw_span span, char text[SW_TEXT_SIZE]);

/*
 * The length of the UTF-8 character at the start of `left` > 0 bytes; 0 if there is none: overlong ones, surrogates and what lies
 * beyond are none.
 */
size_t sw_utf8_character(const char *text, size_t left);

/* How much of it, from its start on, is UTF-8 without control characters; its length if all of it is. */
size_t sw_plain_length(sw_span span);

#endif
