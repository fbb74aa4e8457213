/*
 * sw_port_thread_number for the few functions that cannot afford a call. Fetch it in a function of its own that does nothing
 * but whole-number work and is never inlined: where thread-locals are reached through descriptors, glibc before 2.39 may
 * lose vector registers at the first access in a library opened with dlopen, and the compiler does not know.
 */
#ifndef SW_PORT_THREAD_NUMBER_H
#define SW_PORT_THREAD_NUMBER_H

#include "base/atomic.h"
#include "port/port.h"

/* 0 until the thread takes one. A forked child's first thread keeps its parent's: the offset tells them apart. */
extern SW_PORT_HIDDEN _Thread_local uint32_t sw_port_number;

/* This process's; the fork handler renews it. */
extern SW_PORT_HIDDEN sw_atomic_u32 sw_port_number_offset;

/* Never inlined, so that the usual way saves no registers. */
__attribute__((noinline)) SW_PORT_HIDDEN uint32_t sw_port_take_number(void);

static inline uint32_t sw_port_thread_number_inline(void)
{
    uint32_t number = sw_port_number;

    return number != 0 ? number + sw_load_relaxed_u32(&sw_port_number_offset) : sw_port_take_number();
}

#endif
