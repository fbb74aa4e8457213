/*
 * Rules in force that change while calls are under way.
 *
 * They stand in one of two places, by turns. New ones are written into the other place, and are in force when the version says
 * so. Who reads copies all of them and looks at the version again: only if it has moved on can the place have been written to
 * meanwhile. So nobody waits, nobody sees a mixture, and nothing is left over to be freed.
 */
#ifndef SW_BASE_TWIN_H
#define SW_BASE_TWIN_H

#include <stddef.h>

#include "base/atomic.h"

/* Rules have at most so many words. */
#define SW_TWIN_WORDS_MAX 24

/* For rules of this type: the places, of which the first that counts is the one of version 0. */
#define SW_TWIN(type)                                                                                                  \
    struct {                                                                                                           \
        sw_atomic_u32 version;                                                                                         \
        sw_atomic_u64 words[2 * (sizeof(type) / sizeof(uint64_t))];                                                    \
    }

/* Any thread. `size` is a multiple of eight bytes. */
void sw_twin_read(const sw_atomic_u32 *version, const sw_atomic_u64 *words, void *rules, size_t size);
/* One at a time. */
void sw_twin_write(sw_atomic_u32 *version, sw_atomic_u64 *words, const void *rules, size_t size);

#define SW_TWIN_READ(twin, rules) sw_twin_read(&(twin)->version, (twin)->words, rules, sizeof(*(rules)))
#define SW_TWIN_WRITE(twin, rules) sw_twin_write(&(twin)->version, (twin)->words, rules, sizeof(*(rules)))

#endif
