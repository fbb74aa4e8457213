/* Sections, items, comments and quotes. */
#include <string.h>

#include "config/scan.h"

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static char *skip_blanks(char *c)
{
    while (is_blank(*c))
        c++;
    return c;
}

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static sw_line wrong(const char *what)
{
    return (sw_line){SW_LINE_WRONG, NULL, NULL, what};
}

bool sw_scan_bytes(const char *start, const char *end, unsigned *byte)
{
    const char *c = start;

    while (c < end) {
        size_t length = sw_utf8_character(c, (size_t)(end - c));

        *byte = (unsigned char)*c;
        if (length == 0 || (*byte < 0x20 && *c != '\t') || *byte == 0x7F)
            return false;
        c += length;
    }
    return true;
}

/* From the quote to behind the one that ends it; NULL if none does, `*bad` if a backslash stands before something else. */
static char *pass_quoted(char *c, bool *bad)
{
    for (c++; *c != '\0' && *c != '"'; c++) {
        if (*c == '\\') {
            c++;
            if (*c != '"' && *c != '\\') {
                *bad = true;
                return NULL;
            }
        }
    }
    return *c == '"' ? c + 1 : NULL;
}

/* Takes the quotes off the quoted text that begins at `*text`; `*text` goes on behind it. NULL if it is no quoted text. */
static char *scan_quoted(char **text)
{
    char *from = *text, *start, *to;

    if (*from != '"')
        return NULL;
    start = to = ++from;
    while (*from != '"') {
        if (*from == '\\')
            from++;
        *to++ = *from++;
    }
    *text = from + 1;
    *to = '\0';
    return start;
}

bool sw_scan_list_item(char **list, char **item, bool *last)
{
    char *c = skip_blanks(*list), *end;
    bool bad = false, quoted = *c == '"';

    *item = c;
    if (quoted) {
        end = pass_quoted(c, &bad);
        if (end == NULL)
            return false;
        *item = scan_quoted(&c);
        c = skip_blanks(end);
    } else {
        while (*c != ',' && *c != '\0' && *c != '"')
            c++;
        for (end = c; end > *item && is_blank(end[-1]);)
            end--;
    }
    *last = *c == '\0';
    if (*c != ',' && *c != '\0')
        return false;
    *list = *last ? c : c + 1;
    if (!quoted)
        *end = '\0';
    return true;
}

static bool begins_comment(const char *c)
{
    return *c == '#' || *c == ';';
}

static sw_line scan_section(char *c)
{
    sw_line line = {SW_LINE_SECTION, NULL, NULL, NULL};
    char *end;
    bool bad = false;

    line.key = c = skip_blanks(c + 1);
    while (is_word(*c))
        c++;
    end = c;
    c = skip_blanks(c);
    if (end == line.key || (end == c && *c != '\0' && *c != '"' && *c != ']'))
        return wrong("a section is [kind] or [kind \"name\"]");
    if (*c == '"') {
        char *quoted = c;

        c = pass_quoted(c, &bad);
        if (bad)
            return wrong("a backslash in quotes stands before a quote or a backslash only");
        if (c == NULL)
            return wrong("the quotes are not closed");
        c = skip_blanks(c);
        if (*c == ']')
            line.value = scan_quoted(&quoted);
    } else if (*c != ']' && *c != '\0') {
        return wrong("a name stands in quotes: [kind \"name\"]");
    }
    if (*c != ']')
        return wrong("] is missing");
    c = skip_blanks(c + 1);
    if (*c != '\0' && !(begins_comment(c) && (is_blank(c[-1]))))
        return wrong("a comment begins with # or ; after a blank, and nothing else may follow ]");
    *end = '\0';
    return line;
}

const char *sw_scan_value(char *value, bool comment)
{
    char *c = value;
    bool bad = false;

    while (*c != '\0' && !(comment && begins_comment(c) && (c == value || is_blank(c[-1])))) {
        if (*c == '"') {
            c = pass_quoted(c, &bad);
            if (bad)
                return "a backslash in quotes stands before a quote or a backslash only";
            if (c == NULL)
                return "the quotes are not closed";
        } else {
            c++;
        }
    }
    while (c > value && is_blank(c[-1]))
        c--;
    *c = '\0';
    return *value == '\0' ? "a value is missing" : NULL;
}

static sw_line scan_item(char *c)
{
    sw_line line = {SW_LINE_ITEM, c, NULL, NULL};
    char *end;

    while (is_word(*c))
        c++;
    end = c;
    c = skip_blanks(c);
    if (*c != '=')
        return wrong(end == c && end != line.key && *c != '\0' ? "a key is made of letters, digits and underscores"
                                                               : "neither [kind], [kind \"name\"] nor key = value");
    if (end == line.key)
        return wrong("a key is missing before =");
    line.value = skip_blanks(c + 1);
    *end = '\0';
    line.wrong = sw_scan_value(line.value, true);
    if (line.wrong != NULL)
        line.kind = SW_LINE_WRONG;
    return line;
}

sw_line sw_scan_line(char *start, char *end)
{
    *end = '\0';
    start = skip_blanks(start);
    if (*start == '\0' || begins_comment(start))
        return (sw_line){SW_LINE_EMPTY, NULL, NULL, NULL};
    return *start == '[' ? scan_section(start) : scan_item(start);
}
