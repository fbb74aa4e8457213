/* Text into a caller's buffer. To learn the length first, write the same to a buffer that is not there. */
#ifndef SW_BASE_WRITER_H
#define SW_BASE_WRITER_H

#include <seawall/status.h>

/* Start with {text, size, 0}. */
typedef struct sw_writer {
    char *text; /* NULL with a size of 0 */
    size_t size;
    size_t length; /* of everything written so far, whether or not it fitted */
} sw_writer;

void sw_write(sw_writer *writer, const char *text);
void sw_write_bytes(sw_writer *writer, const char *bytes, size_t count);
void sw_write_integer(sw_writer *writer, int64_t value);

/* Puts the NUL behind it, for which there must be room. */
void sw_write_end(sw_writer *writer);

#endif
