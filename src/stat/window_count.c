/* The last N outcomes. */
#include "stat/window_count.h"

#define FAILED 1u
#define SLOW 2u
#define FLAGS 2

void sw_window_count_init(sw_window_count *window, uint64_t *marks, uint32_t size, uint64_t successes)
{
    window->marks = marks;
    window->size = size;
    sw_window_count_clear(window, successes);
}

void sw_window_count_clear(sw_window_count *window, uint64_t successes)
{
    window->base = successes;
    window->successes = 0;
    window->first = 0;
    window->next = 0;
    window->failed = 0;
    window->slow = 0;
}

/* Takes in the successes that nobody told of. How many outcomes there have been. */
static uint64_t catch_up(sw_window_count *window, uint64_t successes)
{
    if (successes > window->base + window->successes)
        window->successes = successes - window->base;
    return window->successes + window->next;
}

/* Lets go of the marks that are not among the last `size` of so many outcomes. */
static void let_go(sw_window_count *window, uint64_t outcomes)
{
    for (; window->first < window->next; window->first++) {
        uint64_t mark = window->marks[window->first % window->size];

        if ((mark >> FLAGS) + window->size >= outcomes)
            return;
        window->failed -= (mark & FAILED) != 0;
        window->slow -= (mark & SLOW) != 0;
    }
}

void sw_window_count_note(sw_window_count *window, uint64_t successes, bool failed, bool slow)
{
    uint64_t place = catch_up(window, successes); /* from 0, in the order of all */

    /* With this one counted: it may need the place of the mark that leaves. */
    let_go(window, place + 1);
    window->marks[window->next++ % window->size] = place << FLAGS | (slow ? SLOW : 0) | (failed ? FAILED : 0);
    window->failed += failed;
    window->slow += slow;
}

sw_window_totals sw_window_count_totals(sw_window_count *window, uint64_t successes)
{
    uint64_t outcomes = catch_up(window, successes);

    let_go(window, outcomes);
    return (sw_window_totals){outcomes < window->size ? outcomes : window->size, window->failed, window->slow};
}
