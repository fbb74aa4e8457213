/* Text into a caller's buffer. */
#include <string.h>

#include "base/writer.h"

void sw_write_bytes(sw_writer *writer, const char *bytes, size_t count)
{
    if (writer->length < writer->size && count <= writer->size - writer->length)
        memcpy(writer->text + writer->length, bytes, count);
    writer->length += count;
}

void sw_write(sw_writer *writer, const char *text)
{
    sw_write_bytes(writer, text, strlen(text));
}

void sw_write_integer(sw_writer *writer, int64_t value)
{
    char text[20]; /* "-9223372036854775808"; printf would take most of the time of whole pages of numbers */
    uint64_t left = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    size_t at = sizeof(text);

    do {
        text[--at] = (char)('0' + left % 10);
        left /= 10;
    } while (left > 0);
    if (value < 0)
        text[--at] = '-';
    sw_write_bytes(writer, text + at, sizeof(text) - at);
}

void sw_write_end(sw_writer *writer)
{
    if (writer->length < writer->size)
        writer->text[writer->length] = '\0';
}
