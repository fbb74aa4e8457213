/* Text into a caller's buffer. */
#include <string.h>

#include "base/text.h"
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
    char text[SW_TEXT_SIZE];

    sw_write_bytes(writer, text, sw_print_integer(value, text));
}

void sw_write_end(sw_writer *writer)
{
    if (writer->length < writer->size)
        writer->text[writer->length] = '\0';
}
