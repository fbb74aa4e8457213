/* What the targets share. */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

size_t fuzz_text(const uint8_t *data, size_t size, char text[FUZZ_TEXT_SIZE])
{
    size_t length = size < FUZZ_TEXT_SIZE ? size : FUZZ_TEXT_SIZE - 1;

    if (length > 0)
        memcpy(text, data, length);
    text[length] = '\0';
    return strlen(text);
}

void fuzz_must(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "does not hold: %s\n", what);
    abort();
}
