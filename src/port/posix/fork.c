/*
 * Noticing a fork. The handler does nothing but count: it runs where most of the C library may not be called, and whoever
 * must do more sees the count when it next looks.
 *
 * Nobody looked before a fork: then nothing needs to be noticed, and the watch begins with the first question. A child made
 * without fork() - vfork, a bare clone - is not noticed; it may do nothing but exec anyway.
 *
 * When the shared library is closed with dlclose, glibc takes the handler away with it (pthread_atfork ties it to the
 * library that called it), and musl keeps every library: no handler is ever left behind in unmapped memory.
 */
#include <pthread.h>

#include "port/posix/fork.h"

sw_atomic_u32 sw_fork_word;

static void in_child(void)
{
    (void)sw_add_u32(&sw_fork_word, 1);
}

/*
 * Two threads that are the very first both register the handler, and the child counts two, which is as good as one. Making one
 * wait for the other would be worse: in a child forked at that moment it would wait for ever.
 */
uint32_t sw_fork_watch(void)
{
    uint32_t generation = 0;

    if (pthread_atfork(NULL, NULL, in_child) != 0) /* no memory: the next call tries again */
        return 1;
    if (sw_cas_u32(&sw_fork_word, &generation, 1))
        return 1;
    return generation;
}

uint32_t sw_port_fork_generation(void)
{
    return sw_fork_generation();
}
