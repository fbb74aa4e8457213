/*
 * The last N outcomes, exactly. Pure; for one thread at a time.
 *
 * Whoever has a quick success does not come here: it is counted elsewhere, in a total that never falls, and that total comes in
 * as an argument. Only the others are kept one by one, each as its place in the order of all.
 */
#ifndef SW_STAT_WINDOW_COUNT_H
#define SW_STAT_WINDOW_COUNT_H

#include <stdbool.h>

#include "stat/window.h"

#define SW_WINDOW_COUNT_MAX 65536

typedef struct sw_window_count {
    uint64_t *marks;    /* the caller's; mark number n is in marks[n % size] */
    uint32_t size;
    uint64_t base;      /* quick successes before the window began */
    uint64_t successes; /* and since then */
    uint64_t first;     /* marks [first, next) are in the window */
    uint64_t next;
    uint64_t failed;
    uint64_t slow;
} sw_window_count;

/* `marks` has room for `size`, from 1 to SW_WINDOW_COUNT_MAX. Empty; `successes` is the total so far. */
void sw_window_count_init(sw_window_count *window, uint64_t *marks, uint32_t size, uint64_t successes);
void sw_window_count_clear(sw_window_count *window, uint64_t successes);

/* An outcome that is failed, slow or both, after `successes` quick ones. A total below an earlier one counts as the earlier. */
void sw_window_count_note(sw_window_count *window, uint64_t successes, bool failed, bool slow);

sw_window_totals sw_window_count_totals(sw_window_count *window, uint64_t successes);

#endif
