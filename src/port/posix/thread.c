/* Threads as the library sees them: a lock, a name, a number, and how many can run at once. */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <unistd.h>

#include "port/port.h"
#include "port/posix/fork.h"

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

typedef struct own_number {
    uint32_t generation; /* of the process that gave the number; 0: none yet */
    uint32_t number;
} own_number;

static _Thread_local own_number own;

/* The generation above, the next number below: both change in one step. */
static sw_atomic_u64 numbers;

static uint32_t take_number(uint32_t generation)
{
    uint64_t seen = sw_load_u64(&numbers);
    uint64_t next;

    do {
        next = (uint32_t)(seen >> 32) == generation ? seen : (uint64_t)generation << 32 | (sw_port_entropy() & 0xFFFFu);
    } while (!sw_cas_u64(&numbers, &seen, (next & ~(uint64_t)UINT32_MAX) | (uint32_t)(next + 1)));
    own.generation = generation;
    own.number = (uint32_t)next;
    return own.number;
}

uint32_t sw_port_thread_number(void)
{
    uint32_t generation = sw_fork_generation();

    return own.generation == generation ? own.number : take_number(generation);
}
