/* Arrays that grow. */
#ifndef SW_BASE_GROW_H
#define SW_BASE_GROW_H

#include "base/alloc.h"

/* `count` elements in use of `capacity`; start with all zero. */
typedef struct sw_array {
    void *items;
    size_t count;
    size_t capacity;
    size_t element; /* bytes */
} sw_array;

/* Room for one more, zeroed, at the end; NULL if there is no memory, and nothing has changed. Moves the others. */
void *sw_array_add(sw_array *array, size_t element, const seawall_platform *platform);
/* Element number `index`. */
void *sw_array_at(const sw_array *array, size_t index);
void sw_array_free(sw_array *array, const seawall_platform *platform);

#endif
