/* Mistakes in files: told as they are found. */
#ifndef SW_CONFIG_PROBLEM_H
#define SW_CONFIG_PROBLEM_H

#include <seawall/loader.h>

#include "base/text.h"

/* Who is told, and what was told so far. */
typedef struct sw_problems {
    seawall_problem_fn report;
    void *user;
    seawall_error *error; /* gets the first; may be NULL */
    int64_t count;
} sw_problems;

/* Where a mistake is. Any member may be missing: NULL, 0. */
typedef struct sw_place {
    const char *file;
    int32_t line;
    const char *kind;
    const char *name;
    const char *key;
} sw_place;

__attribute__((format(printf, 3, 4))) void sw_problem(sw_problems *problems, const sw_place *place, const char *format, ...);

/* Whether enough was told, and the rest is not worth reading. */
bool sw_problems_full(const sw_problems *problems);

#endif
