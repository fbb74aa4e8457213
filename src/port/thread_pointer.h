/*
 * What tells a thread from all others that live in its process, for one load: its thread pointer. Unlike sw_port_thread_number it
 * is the next thread's as soon as this one has ended.
 */
#ifndef SW_PORT_THREAD_POINTER_H
#define SW_PORT_THREAD_POINTER_H

#include <stdint.h>

/* Never 0. */
static inline uint64_t sw_port_thread_pointer(void)
{
    return (uint64_t)(uintptr_t)__builtin_thread_pointer();
}

#endif
