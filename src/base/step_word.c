/* Counts of a sliding window. */
#include "base/step_word.h"

uint64_t sw_step_of(seawall_duration length, seawall_time now)
{
    /* Times before the clock's zero come first. */
    return ((uint64_t)now ^ (UINT64_C(1) << 63)) / (uint64_t)length;
}

uint64_t sw_step_word_add(uint64_t word, uint64_t step, uint64_t more)
{
    uint32_t ahead = (uint32_t)(word >> 32) - (uint32_t)step;
    uint64_t count = ahead == 0 ? (uint32_t)word : 0;

    if (ahead != 0 && ahead <= INT32_MAX && (uint32_t)word != 0)
        return word;
    count = more > UINT32_MAX - count ? UINT32_MAX : count + more;
    return step << 32 | count;
}

void sw_step_count(sw_atomic_u64 *place, uint64_t step, uint64_t more)
{
    uint64_t word = sw_load_u64(place);

    while (!sw_cas_u64(place, &word, sw_step_word_add(word, step, more)))
        continue;
}

uint64_t sw_step_word_take(uint64_t word, uint64_t step)
{
    return (uint32_t)(word >> 32) == (uint32_t)step && (uint32_t)word > 0 ? word - 1 : word;
}

uint32_t sw_step_word_count(uint64_t word, uint64_t step, uint32_t steps)
{
    uint32_t age = (uint32_t)step - (uint32_t)(word >> 32);

    return age < steps ? (uint32_t)word : 0;
}
