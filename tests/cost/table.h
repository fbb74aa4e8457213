/* What each operation may cost, where no clock and no noise has a say. */
#ifndef TESTS_COST_TABLE_H
#define TESTS_COST_TABLE_H

#include "subjects.h"

typedef struct cost_row {
    const char *name;
    void (*loop)(void *state, uint64_t count);
    uint64_t locked;      /* at most so many operations with a lock prefix, per hundred */
    uint64_t clock_reads; /* at most so many looks at the clock, per hundred */
} cost_row;

#define COST_ROWS 50

extern const cost_row cost_table[COST_ROWS];

/* NULL if there is none. */
const cost_row *cost_find(const char *name);

#endif
