/* Threads as the library sees them: a lock, a name, a number, and how many can run at once. */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <unistd.h>

#include "port/thread_number.h"

_Static_assert(sizeof(pthread_mutex_t) <= sizeof(sw_mutex), "a mutex fits into its storage");
_Static_assert(_Alignof(pthread_mutex_t) <= _Alignof(sw_mutex), "a mutex is aligned in its storage");

static pthread_mutex_t *inside(sw_mutex *mutex)
{
    return (pthread_mutex_t *)(void *)mutex->storage;
}

void sw_mutex_init(sw_mutex *mutex)
{
    (void)pthread_mutex_init(inside(mutex), NULL); /* cannot fail without attributes */
}

void sw_mutex_fini(sw_mutex *mutex)
{
    (void)pthread_mutex_destroy(inside(mutex));
}

void sw_mutex_lock(sw_mutex *mutex)
{
    (void)pthread_mutex_lock(inside(mutex));
}

void sw_mutex_unlock(sw_mutex *mutex)
{
    (void)pthread_mutex_unlock(inside(mutex));
}

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
