/* The clock that all processes of the demonstration share: monotonic, in nanoseconds. */
#ifndef STORM_CLOCK_H
#define STORM_CLOCK_H

#include <stdint.h>

#define MILLISECONDS(n) ((int64_t)(n) * 1000000)
#define SECONDS(n) ((int64_t)(n) * 1000000000)

int64_t clock_now(void);
void clock_sleep_until(int64_t at);

#endif
