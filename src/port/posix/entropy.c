/* Random bits from the system. */
#define _GNU_SOURCE
#include <sys/random.h>
#include <unistd.h>

#include "base/atomic.h"
#include "base/random.h"
#include "port/port.h"
#include "port/posix/entropy.h"

#define DO_NOT_WAIT 1 /* GRND_NONBLOCK: early in a boot the pool may not be ready for minutes */

uint64_t sw_entropy_makeshift(void)
{
    static sw_atomic_u64 calls;
    uint64_t here = (uint64_t)(uintptr_t)&here; /* the stack: differs between threads, and between runs */
    uint64_t counter = sw_add_u64(&calls, SW_RANDOM_STEP);

    counter = sw_random_mix(counter ^ (uint64_t)sw_port_now());
    counter = sw_random_mix(counter ^ (uint64_t)getpid());
    counter = sw_random_mix(counter ^ (uint64_t)(uintptr_t)&calls);
    return sw_random_mix(counter ^ here);
}

uint64_t sw_port_entropy(void)
{
    uint64_t bits = 0;

    if (getrandom(&bits, sizeof(bits), DO_NOT_WAIT) != (ssize_t)sizeof(bits))
        return sw_entropy_makeshift();
    return bits;
}
