/* Threads as the library sees them: a name, a number, and how many can run at once. */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <unistd.h>

#include "port/thread_number.h"

uintptr_t sw_port_thread_self(void)
{
    return (uintptr_t)pthread_self();
}

int32_t sw_port_cpus(void)
{
    cpu_set_t sets[8]; /* one set holds 1024; a mask that is too short for the machine is refused */
    long online;

    if (sched_getaffinity(0, sizeof(sets), sets) == 0) {
        int count = CPU_COUNT_S(sizeof(sets), sets);

        if (count > 0)
            return count;
    }
    online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > 0 && online <= INT32_MAX ? (int32_t)online : 1;
}

_Thread_local uint32_t sw_port_number;
sw_atomic_u32 sw_port_number_offset;

uint32_t sw_port_take_number(void)
{
    static sw_atomic_u32 taken;
    uint32_t number;

    (void)sw_port_fork_generation(); /* begins the watch, which gives this process its offset, and a child another */
    do
        number = sw_add_u32(&taken, 1) + 1;
    while (number == 0);
    sw_port_number = number;
    return number + sw_load_relaxed_u32(&sw_port_number_offset);
}

uint32_t sw_port_thread_number(void)
{
    return sw_port_thread_number_inline();
}
