/*
 * What becomes of a text by a slip or two: reading such texts beside the one that libFuzzer made costs a fifth of having it make
 * them, as it looks at all counters after each input. The same text always becomes the same texts.
 */
#ifndef SEAWALL_TEST_SLIPS_H
#define SEAWALL_TEST_SLIPS_H

#include <stddef.h>
#include <stdint.h>

typedef struct slips {
    uint64_t state;
} slips;

/* One slip makes a text longer by no more than this, and there are no more than SLIPS_MAX. */
#define SLIP_LENGTH 8
#define SLIPS_MAX 8

slips slips_of(const char *text, size_t size);

/* Answers the new size; there is room for SLIPS_MAX * SLIP_LENGTH bytes more. */
size_t slips_make(slips *it, char *text, size_t size);

#endif
