/*
 * Counts of a sliding window that is cut into steps of time. A word holds the step it is about, its low 32 bits, and a count. A
 * place in memory serves one step after the other, and a word of a step that has left the window counts as nothing: nobody has to
 * clear it.
 */
#ifndef SW_BASE_STEP_WORD_H
#define SW_BASE_STEP_WORD_H

#include <stdint.h>

#include <seawall/time.h>

#include "base/atomic.h"

/* Which step of `length` a time is in, counted from the beginning of time. */
uint64_t sw_step_of(seawall_duration length, seawall_time now);

/*
 * The word with `more` in it for `step`. What it held of an older step is gone; one that serves a newer step already, to which
 * somebody comes very late, stays as it is.
 */
uint64_t sw_step_word_add(uint64_t word, uint64_t step, uint64_t more);
/* Counts so in a place that many share. */
void sw_step_count(sw_atomic_u64 *place, uint64_t step, uint64_t more);
/* The word with one less in it, if it is of this step and has any. */
uint64_t sw_step_word_take(uint64_t word, uint64_t step);
/* What it holds, if it is of one of the last `steps` steps up to `step`. */
uint32_t sw_step_word_count(uint64_t word, uint64_t step, uint32_t steps);

#endif
