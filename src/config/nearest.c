/* The least number of letters to change, add, leave out or swap with a neighbour. */
#include <stdio.h>
#include <string.h>

#include "config/nearest.h"

#define WORD_MAX 40 /* words of ours are shorter */

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static char plain(char c)
{
    if (c >= 'A' && c <= 'Z')
        return (char)(c - 'A' + 'a');
    if (c == '-' || c == ' ')
        return '_';
    return c;
}

static size_t difference(size_t a, size_t b)
{
    return a > b ? a - b : b - a;
}

/*
 * `most` if it is not less, for then nobody asks by how much. So only letters count whose places differ by less, and once two
 * rows have nothing below it, nothing will have.
 */
static size_t distance_of(sw_span a, sw_span b, size_t most)
{
    size_t rows[3][WORD_MAX + 2] = {{0}};
    size_t i, j, low = 0, low_before = 0;

    if (difference(a.length, b.length) >= most)
        return most;
    for (j = 0; j <= b.length; j++)
        rows[0][j] = j;
    for (i = 1; i <= a.length && (low < most || low_before < most); i++) {
        size_t *now = rows[i % 3];
        const size_t *before = rows[(i - 1) % 3];
        size_t first = i < most ? 1 : i - most + 1, last = least(b.length, i + most - 1);
        char x = plain(a.start[i - 1]);

        low_before = low;
        low = now[first - 1] = first == 1 ? i : most;
        for (j = first; j <= last; j++) {
            char y = plain(b.start[j - 1]);

            now[j] = least(before[j - 1] + (x != y), least(before[j], now[j - 1]) + 1);
            if (i > 1 && j > 1 && x == plain(b.start[j - 2]) && y == plain(a.start[i - 2]))
                now[j] = least(now[j], rows[(i - 2) % 3][j - 2] + 1);
            low = least(low, now[j]);
        }
        now[last + 1] = most;
    }
    return i > a.length ? least(rows[a.length % 3][b.length], most) : most;
}

/* A third of the letters may be wrong. */
sw_nearest sw_nearest_begin(sw_span word)
{
    return (sw_nearest){word, {word.start, 0}, word.length / 3 + 2};
}

void sw_nearest_look(sw_nearest *nearest, sw_span known)
{
    size_t distance;

    if (nearest->word.length > WORD_MAX || known.length > WORD_MAX || nearest->word.length == 0)
        return;
    distance = distance_of(nearest->word, known, nearest->distance);
    if (distance < nearest->distance && distance < known.length) {
        nearest->best = known;
        nearest->distance = distance;
    }
}

void sw_nearest_tell(const sw_nearest *nearest, char hint[SW_HINT_SIZE])
{
    hint[0] = '\0';
    if (nearest->best.length > 0)
        (void)snprintf(hint, SW_HINT_SIZE, "; did you mean %.*s?", (int)nearest->best.length, nearest->best.start);
}

void sw_nearest_of(sw_span word, const char *const *known, size_t count, char hint[SW_HINT_SIZE])
{
    sw_nearest nearest = sw_nearest_begin(word);
    size_t i, length;

    for (i = 0; i < count; i++)
        sw_nearest_look(&nearest, (sw_span){known[i], strlen(known[i])});
    sw_nearest_tell(&nearest, hint);
    if (hint[0] != '\0')
        return;
    for (i = 0, length = 0; i < count && length < SW_HINT_SIZE - WORD_MAX; i++)
        length += (size_t)snprintf(hint + length, SW_HINT_SIZE - length, "%s%s", i == 0 ? "; there are " : ", ", known[i]);
}
