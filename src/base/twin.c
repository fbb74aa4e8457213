/* Rules in two places, by turns. */
#include <string.h>

#include "base/twin.h"

void sw_twin_read(const sw_atomic_u32 *version, const sw_atomic_u64 *words, void *rules, size_t size)
{
    /* An atomic load leaves what it loads alone, but C11 has none from what is constant. */
    sw_atomic_u32 *current = (sw_atomic_u32 *)(uintptr_t)version;
    sw_atomic_u64 *places = (sw_atomic_u64 *)(uintptr_t)words;
    size_t count = size / sizeof(uint64_t), i;
    uint64_t copy[SW_TWIN_WORDS_MAX];
    uint32_t seen, now = sw_load_acquire_u32(current);

    do {
        seen = now;
        for (i = 0; i < count; i++)
            copy[i] = sw_load_acquire_u64(&places[seen % 2 * count + i]);
        now = sw_load_acquire_u32(current);
    } while (now != seen);
    memcpy(rules, copy, size);
}

void sw_twin_write(sw_atomic_u32 *version, sw_atomic_u64 *words, const void *rules, size_t size)
{
    size_t count = size / sizeof(uint64_t), i;
    uint32_t next = sw_load_u32(version) + 1;
    uint64_t copy[SW_TWIN_WORDS_MAX];

    memcpy(copy, rules, size);
    for (i = 0; i < count; i++)
        sw_store_release_u64(&words[next % 2 * count + i], copy[i]);
    sw_store_u32(version, next);
}
