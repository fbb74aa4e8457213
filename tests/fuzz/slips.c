/* Slips of the pen: a byte becomes another, goes, or comes; a piece is left out, or said twice. */
#include "slips.h"

#include <string.h>

#include "fuzz.h"

FUZZ_UNSEEN slips slips_of(const char *text, size_t size)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    size_t i;

    for (i = 0; i < size; i++)
        hash = (hash ^ (unsigned char)text[i]) * UINT64_C(0x100000001b3);
    return (slips){hash};
}

FUZZ_UNSEEN static size_t draw(slips *it, size_t below)
{
    it->state = it->state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (size_t)(it->state >> 33) % below;
}

FUZZ_UNSEEN static char draw_byte(slips *it)
{
    static const char telling[] = "\n\n[]\"=#,.- 0159smhinf%_abAZ\t\r\x01\x7f\xc3\xa9\xff"; /* and the NUL */

    return draw(it, 4) == 0 ? (char)draw(it, 256) : telling[draw(it, sizeof(telling))];
}

FUZZ_UNSEEN static size_t leave_out(char *text, size_t size, size_t at, size_t piece)
{
    piece = piece < size - at ? piece : size - at;
    memmove(text + at, text + at + piece, size - at - piece);
    return size - piece;
}

FUZZ_UNSEEN static size_t say_twice(char *text, size_t size, size_t at, size_t piece)
{
    piece = piece < at ? piece : at;
    memmove(text + at + piece, text + at, size - at);
    memcpy(text + at, text + at - piece, piece);
    return size + piece;
}

FUZZ_UNSEEN static size_t slip(slips *it, char *text, size_t size)
{
    size_t at = draw(it, size + 1), piece = 1 + draw(it, SLIP_LENGTH);

    switch (draw(it, 5)) {
    case 0:
        return leave_out(text, size, at, 1);
    case 1:
        return leave_out(text, size, at, piece);
    case 2:
        return say_twice(text, size, at, piece);
    case 3:
        memmove(text + at + 1, text + at, size - at);
        text[at] = draw_byte(it);
        return size + 1;
    default:
        if (at < size)
            text[at] = draw_byte(it);
        return size;
    }
}

FUZZ_UNSEEN size_t slips_make(slips *it, char *text, size_t size)
{
    int left = SLIPS_MAX;

    do
        size = slip(it, text, size);
    while (--left > 0 && draw(it, 2) == 0);
    return size;
}
