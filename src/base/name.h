/* Names of values, out of a table. */
#ifndef SW_BASE_NAME_H
#define SW_BASE_NAME_H

#include <stddef.h>
#include <stdint.h>

/* What `names` has for the value, "unknown" if it has nothing. */
const char *sw_name_at(const char *const *names, size_t count, int32_t value);

/* The same for an array, with the values as its indices. */
#define SW_NAME(names, value) sw_name_at((names), sizeof(names) / sizeof((names)[0]), (value))

#endif
