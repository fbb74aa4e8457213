/* Random numbers as pure steps. */
#include "base/random.h"

uint64_t sw_random_mix(uint64_t counter)
{
    counter = (counter ^ (counter >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    counter = (counter ^ (counter >> 27)) * UINT64_C(0x94D049BB133111EB);
    return counter ^ (counter >> 31);
}

uint64_t sw_random_step(uint64_t *counter)
{
    *counter += SW_RANDOM_STEP;
    return sw_random_mix(*counter);
}
