/* The result as a table of text, and the sentences that say what was compared. */
#ifndef STORM_TABLE_H
#define STORM_TABLE_H

#include <stdio.h>

#include "figures.h"
#include "format.h"

/* One row: what it is, and both sides' values. */
struct table_row {
    const char *label;
    char values[SIDES][2 * FORMAT_SIZE];
    const bool *better; /* the verdict that hangs on it; NULL: none */
};

#define TABLE_ROWS 10

/* Fills in the rows; how many. */
int table_rows(const struct result *result, struct table_row rows[TABLE_ROWS]);

/* What was compared, and what each client is. NULL ends the list. */
extern const char *const table_notes[];

void table_print(FILE *out, const struct plan *plan, const struct result *result);

#endif
