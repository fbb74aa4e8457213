/* Threads as the library sees them: a lock, a name, a number, and how many can run at once. */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <unistd.h>

#include "port/thread_number.h"

/* The child of a fork finds a lock as it was at that moment: held, perhaps, by a thread that is not there. */
typedef struct lock {
    pthread_mutex_t mutex;
    sw_atomic_u64 process; /* fork generation 32 | whether it is being made for this process */
} lock;

#define UNDER_WAY 1u

_Static_assert(sizeof(lock) <= sizeof(sw_mutex), "a lock fits into its storage");
_Static_assert(_Alignof(lock) <= _Alignof(sw_mutex), "a lock is aligned in its storage");

static lock *inside(sw_mutex *mutex)
{
    return (lock *)(void *)mutex->storage;
}

static uint64_t this_process(void)
{
    return (uint64_t)sw_port_fork_generation() << 32;
}

/* The first one here makes the mutex anew. */
static void adopt(lock *l, uint64_t process)
{
    uint64_t found = sw_load_acquire_u64(&l->process);

    while (found != process) {
        if (found == (process | UNDER_WAY)) {
            (void)sched_yield();
            found = sw_load_acquire_u64(&l->process);
        } else if (sw_cas_u64(&l->process, &found, process | UNDER_WAY)) {
            (void)pthread_mutex_init(&l->mutex, NULL); /* cannot fail without attributes */
            sw_store_release_u64(&l->process, process);
            return;
        }
    }
}

void sw_mutex_init(sw_mutex *mutex)
{
    lock *l = inside(mutex);

    (void)pthread_mutex_init(&l->mutex, NULL);
    sw_store_release_u64(&l->process, this_process());
}

void sw_mutex_fini(sw_mutex *mutex)
{
    (void)pthread_mutex_destroy(&inside(mutex)->mutex);
}

void sw_mutex_lock(sw_mutex *mutex)
{
    lock *l = inside(mutex);
    uint64_t process = this_process();

    if (sw_load_acquire_u64(&l->process) != process)
        adopt(l, process);
    (void)pthread_mutex_lock(&l->mutex);
}

void sw_mutex_unlock(sw_mutex *mutex)
{
    (void)pthread_mutex_unlock(&inside(mutex)->mutex);
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
