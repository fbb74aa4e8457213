/* The system's monotonic clock; the C library reads it without a system call. */
#define _POSIX_C_SOURCE 200809L
#include <time.h>

#include "port/port.h"

seawall_time sw_port_now(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (seawall_time)now.tv_sec * SEAWALL_SECONDS(1) + now.tv_nsec;
}
