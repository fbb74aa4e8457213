/* The word that somebody may have meant. */
#ifndef SW_CONFIG_NEAREST_H
#define SW_CONFIG_NEAREST_H

#include "base/text.h"

typedef struct sw_nearest {
    sw_span word; /* what was written */
    sw_span best; /* the nearest so far; empty if none is near enough */
    size_t distance;
} sw_nearest;

sw_nearest sw_nearest_begin(sw_span word);
/* Looks at one more known word. */
void sw_nearest_look(sw_nearest *nearest, sw_span known);

/* "; did you mean full?", or "". */
#define SW_HINT_SIZE 400
void sw_nearest_tell(const sw_nearest *nearest, char hint[SW_HINT_SIZE]);

/* The same of a row of words, which are listed if none is near enough: "; there are none, full". */
void sw_nearest_of(sw_span word, const char *const *known, size_t count, char hint[SW_HINT_SIZE]);

#endif
