/*
 * The lock of port.h for the few functions that cannot afford a call: takes it where nobody has it, and gives it back. What is
 * rarer is in posix/mutex.c, which also says what the word means.
 */
#ifndef SW_PORT_MUTEX_INLINE_H
#define SW_PORT_MUTEX_INLINE_H

#include "base/atomic.h"
#include "port/port.h"

enum { SW_MUTEX_FREE = 0, SW_MUTEX_HELD = 1, SW_MUTEX_AWAITED = 2 };
#define SW_MUTEX_STATE 3u

static inline uint32_t sw_mutex_process(void)
{
    return sw_port_fork_generation() << 2;
}

/*
 * Takes it if nobody has it, and somebody of this very process had it last. Where forks are not watched for yet there is no
 * lock either that this could take.
 */
static inline bool sw_mutex_try(sw_mutex *mutex)
{
    uint32_t process = sw_load_acquire_u32(&sw_port_fork_word) << 2;
    uint32_t found = process | SW_MUTEX_FREE;

    return sw_cas_u32(&mutex->word, &found, process + SW_MUTEX_HELD);
}

/* Gives it back. Answers whether sw_port_wake_one is to be called for its word. */
static inline bool sw_mutex_give_back(sw_mutex *mutex)
{
    uint32_t found = sw_load_relaxed_u32(&mutex->word);

    found = sw_exchange_u32(&mutex->word, found & ~SW_MUTEX_STATE);
    return (found & SW_MUTEX_AWAITED) != 0;
}

static inline void sw_mutex_wake(const sw_mutex *mutex)
{
    sw_port_wake_one((const uint32_t *)(const void *)&mutex->word);
}

#endif
