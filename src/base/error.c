/* Filling a seawall_error. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"

/* A text that was cut must not end in half a UTF-8 character: readers may refuse the whole of it. */
static void drop_half_character(char *text)
{
    size_t length = strlen(text);
    size_t lead = length;
    size_t need;
    unsigned char first;

    while (lead > 0 && ((unsigned char)text[lead - 1] & 0xC0) == 0x80)
        lead--;
    if (lead == 0)
        return;
    first = (unsigned char)text[lead - 1];
    need = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1;
    if (length - (lead - 1) < need)
        text[lead - 1] = '\0';
}

/* Parts of a text may be somebody else's: one printable line, whatever they are. */
static void tidy(char *text)
{
    char *c;

    drop_half_character(text);
    for (c = text; *c != '\0'; c++) {
        if ((unsigned char)*c < 0x20 || *c == 0x7F)
            *c = '?';
    }
}

seawall_status sw_error(seawall_error *error, seawall_status status, const char *key, const char *format, ...)
{
    va_list arguments;

    if (error == NULL)
        return status;
    error->status = status;
    (void)snprintf(error->key, sizeof(error->key), "%s", key);
    tidy(error->key);
    va_start(arguments, format);
    if (vsnprintf(error->message, sizeof(error->message), format, arguments) < 0)
        error->message[0] = '\0';
    va_end(arguments);
    tidy(error->message);
    return status;
}
