/* Memory from a platform. */
#ifndef SW_BASE_ALLOC_H
#define SW_BASE_ALLOC_H

#include <seawall/platform.h>

/* A cache line, for what different threads write. */
#define SW_CACHE_LINE 64

/* Zeroed memory; NULL if there is none. */
void *sw_allocate(const seawall_platform *platform, size_t size, size_t alignment);

/* NULL is allowed. */
void sw_release(const seawall_platform *platform, void *memory, size_t size);

#endif
