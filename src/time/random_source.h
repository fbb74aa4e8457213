/* What the random source offers inside the library. */
#ifndef SW_TIME_RANDOM_SOURCE_H
#define SW_TIME_RANDOM_SOURCE_H

#include <seawall/platform.h>

/* The next 64 bits of the process's own source, which the system seeds at the first call in each process. */
uint64_t sw_system_random(void);

/* seawall_random_create with memory from `platform`, which must outlive the source. */
seawall_status sw_random_create_in(const seawall_platform *platform, uint64_t seed, seawall_random **random,
                                   seawall_error *error);

#endif
