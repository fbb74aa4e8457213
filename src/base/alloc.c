/* Memory from a platform. */
#include <string.h>

#include "base/alloc.h"

void *sw_allocate(const seawall_platform *platform, size_t size, size_t alignment)
{
    void *memory = platform->allocate(size, alignment, platform->memory_user);

    if (memory != NULL)
        memset(memory, 0, size);
    return memory;
}

void sw_release(const seawall_platform *platform, void *memory, size_t size)
{
    if (memory != NULL)
        platform->release(memory, size, platform->memory_user);
}
