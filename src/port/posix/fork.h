/* The generation as a word, for those in this room who cannot afford a call. */
#ifndef SW_PORT_POSIX_FORK_H
#define SW_PORT_POSIX_FORK_H

#include "base/atomic.h"
#include "port/port.h"

/* 0 until somebody asked for the first time. */
extern sw_atomic_u32 sw_fork_word;

uint32_t sw_fork_watch(void);

static inline uint32_t sw_fork_generation(void)
{
    uint32_t generation = sw_load_relaxed_u32(&sw_fork_word);

    return generation != 0 ? generation : sw_fork_watch();
}

#endif
