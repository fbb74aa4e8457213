/* One line of a file: what it is, by its form alone. */
#ifndef SW_CONFIG_SCAN_H
#define SW_CONFIG_SCAN_H

#include "base/text.h"

typedef enum sw_line_kind {
    SW_LINE_EMPTY, /* blanks, a comment */
    SW_LINE_SECTION,
    SW_LINE_ITEM,
    SW_LINE_WRONG
} sw_line_kind;

typedef struct sw_line {
    sw_line_kind kind;
    char *key;         /* or the section's kind; NULL where nothing was read */
    char *value;       /* or the section's name, NULL if there is none */
    const char *wrong; /* what is wrong with it */
} sw_line;

/* Reads the line from `start` to `end`, writing NULs into it, also to `*end`. No NULs are in it yet. */
sw_line sw_scan_line(char *start, char *end);

/*
 * Cuts the comment, if there may be one, and the blanks at the end off a value. Answers what is wrong with its quotes, or that
 * nothing is left; NULL if nothing is.
 */
const char *sw_scan_value(char *value, bool comment);

/* Whether all bytes may stand in a file; else `*byte` is the first that may not. */
bool sw_scan_bytes(const char *start, const char *end, unsigned *byte);

/*
 * Takes one item of a list, and the quotes off it if it has them: `*list` goes on behind the comma. Writes into the text. The
 * form was checked by sw_scan_line, but for text beside quotes: that answers false.
 */
bool sw_scan_list_item(char **list, char **item, bool *last);

#endif
