/*
 * Noticing a fork. The handler does nothing but write two words: it runs where most of the C library may not be called, and
 * whoever must do more sees the count when it next looks.
 *
 * Nobody looked before a fork: then nothing needs to be noticed, and the watch begins with the first question. A child made
 * without fork() - vfork, a bare clone - is not noticed; it may do nothing but exec anyway.
 *
 * When the shared library is closed with dlclose, glibc takes the handler away with it (pthread_atfork ties it to the
 * library that called it), and musl keeps every library: no handler is ever left behind in unmapped memory.
 */
#define _POSIX_C_SOURCE 200809L
#include <pthread.h>
#include <unistd.h>

#include "base/atomic.h"
#include "port/thread_number.h"

sw_atomic_u32 sw_port_fork_word;

/*
 * Multiples of the golden ratio spread evenly whatever the step between them: the first threads of prefork workers, whose numbers
 * the system gives in a row or with gaps, begin on different stripes. Eight places, as an object has eight stripes at most.
 */
static void choose_offset(void)
{
    sw_store_relaxed_u32(&sw_port_number_offset, ((uint32_t)getpid() * UINT32_C(0x9E3779B9)) >> 29);
}

static void in_child(void)
{
    (void)sw_add_u32(&sw_port_fork_word, 1);
    choose_offset();
}

/*
 * Two threads that are the very first both register the handler, and the child counts two, which is as good as one. Making one
 * wait for the other would be worse: in a child forked at that moment it would wait for ever.
 */
uint32_t sw_port_watch_forks(void)
{
    uint32_t generation = 0;

    if (pthread_atfork(NULL, NULL, in_child) != 0) /* no memory: the next call tries again */
        return 1;
    choose_offset(); /* before the watch can be seen: a number must not change under a thread that has taken it */
    return sw_cas_u32(&sw_port_fork_word, &generation, 1) ? 1 : generation;
}
