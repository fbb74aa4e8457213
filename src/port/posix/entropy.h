/* What stands in for the system's entropy where there is none. */
#ifndef SW_PORT_POSIX_ENTROPY_H
#define SW_PORT_POSIX_ENTROPY_H

#include <stdint.h>

/* Clock, process, addresses and a count of the calls, well mixed: no secret, but no two alike. */
uint64_t sw_entropy_makeshift(void);

#endif
