/* Random numbers as pure steps: splitmix64 (Steele, Lea and Flood 2014), a counter and a mix of it. */
#ifndef SW_BASE_RANDOM_H
#define SW_BASE_RANDOM_H

#include <stdint.h>

/* What the counter grows by: odd, so that it meets all 2^64 states, and without pattern (2^64 divided by the golden ratio). */
#define SW_RANDOM_STEP UINT64_C(0x9E3779B97F4A7C15)

/* The number at a counter's place: one-to-one, every bit of the input moves every bit of the output. */
uint64_t sw_random_mix(uint64_t counter);

/* Moves the counter on and answers its next number; for state that one thread has to itself. */
uint64_t sw_random_step(uint64_t *counter);

#endif
