/* What the counting build and the random-delay build add to the atomics. The plain build has nothing here. */
#include "base/atomic.h"

#if defined(SW_ATOMICS_COUNT)

_Thread_local uint64_t sw_atomic_locked_count;

#elif defined(SW_ATOMICS_DELAY)

#include <sched.h>

#include "base/random.h"

/* One step in 16 spins, one in 256 gives the CPU away: enough for the other threads to get in between any two lines. */
#define SPIN_MASK 15u
#define YIELD_MASK 255u

void sw_atomic_delay(void)
{
    static _Thread_local uint64_t counter;
    uint64_t bits;

    if (counter == 0) /* the address differs between threads, and so do their delays */
        counter = (uint64_t)(uintptr_t)&counter;
    bits = sw_random_step(&counter);
    if ((bits & YIELD_MASK) == 0) {
        (void)sched_yield();
    } else if ((bits & SPIN_MASK) == 0) {
        volatile uint32_t turns = (uint32_t)(bits >> 32) & 1023u;

        while (turns > 0)
            turns = turns - 1;
    }
}

#endif
