/* Arrays that grow. */
#include <string.h>

#include "base/grow.h"

#define FIRST_CAPACITY 16

static bool grow(sw_array *array, size_t element, const seawall_platform *platform)
{
    size_t capacity = array->capacity > 0 ? 2 * array->capacity : FIRST_CAPACITY;
    void *items = sw_allocate(platform, capacity * element, _Alignof(max_align_t));

    if (items == NULL)
        return false;
    if (array->count > 0)
        memcpy(items, array->items, array->count * element);
    sw_release(platform, array->items, array->capacity * element);
    array->items = items;
    array->capacity = capacity;
    array->element = element;
    return true;
}

void *sw_array_add(sw_array *array, size_t element, const seawall_platform *platform)
{
    if (array->count == array->capacity && !grow(array, element, platform))
        return NULL;
    return memset(sw_array_at(array, array->count++), 0, element);
}

void *sw_array_at(const sw_array *array, size_t index)
{
    return (char *)array->items + index * array->element;
}

void sw_array_free(sw_array *array, const seawall_platform *platform)
{
    sw_release(platform, array->items, array->capacity * array->element);
    *array = (sw_array){NULL, 0, 0, 0};
}
