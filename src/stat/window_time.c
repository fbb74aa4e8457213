/* The outcomes of a recent stretch of time. */
#include "stat/window_time.h"

__extension__ typedef unsigned __int128 wide;

void sw_window_time_init(sw_window_time *window, sw_window_totals *buckets, uint32_t count, seawall_duration duration,
                         seawall_time now, uint64_t successes)
{
    window->buckets = buckets;
    window->count = count;
    window->width = ((uint64_t)duration + count - 1) / count;
    sw_window_time_clear(window, now, successes);
}

void sw_window_time_clear(sw_window_time *window, seawall_time now, uint64_t successes)
{
    uint32_t i;

    for (i = 0; i < window->count; i++)
        window->buckets[i] = (sw_window_totals){0, 0, 0};
    window->totals = (sw_window_totals){0, 0, 0};
    window->start = now;
    window->elapsed = 0;
    window->successes = successes;
}

static void forget(sw_window_time *window, uint64_t step)
{
    sw_window_totals *bucket = &window->buckets[step % window->count];

    window->totals.outcomes -= bucket->outcomes;
    window->totals.failed -= bucket->failed;
    window->totals.slow -= bucket->slow;
    *bucket = (sw_window_totals){0, 0, 0};
}

static void add(sw_window_time *window, uint64_t step, uint64_t outcomes)
{
    window->buckets[step % window->count].outcomes += outcomes;
    window->totals.outcomes += outcomes;
}

/* Gives the steps from `first` to that of `elapsed` their parts of what came since the last visit. */
static void spread(sw_window_time *window, uint64_t first, uint64_t elapsed, uint64_t fresh)
{
    uint64_t before = window->elapsed, gap = elapsed - before, last = elapsed / window->width;
    uint64_t begin = first * window->width, left, step, given, part;

    /* Rounded sums, not sums of rounded parts: nothing is lost between two buckets. */
    given = begin > before ? (uint64_t)((wide)fresh * (begin - before) / gap) : 0;
    /* Counted down: the last step may be the last there is. */
    for (step = first, left = last - first + 1; left > 0; step++, left--) {
        part = step < last ? (uint64_t)((wide)fresh * ((step + 1) * window->width - before) / gap) : fresh;
        add(window, step, part - given);
        given = part;
    }
}

/* Brings the window to `now`. Its step. */
static uint64_t visit(sw_window_time *window, seawall_time now, uint64_t successes)
{
    uint64_t elapsed = now > window->start ? (uint64_t)now - (uint64_t)window->start : 0;
    uint64_t fresh = successes > window->successes ? successes - window->successes : 0;
    uint64_t current = window->elapsed / window->width, last, oldest, step, left;

    if (elapsed <= window->elapsed) {
        add(window, current, fresh);
        window->successes += fresh;
        return current;
    }
    last = elapsed / window->width;
    oldest = last >= window->count ? last - window->count + 1 : 0;
    step = current + 1 > oldest ? current + 1 : oldest;
    for (left = last - step + 1; left > 0; step++, left--)
        forget(window, step);
    spread(window, current > oldest ? current : oldest, elapsed, fresh);
    window->elapsed = elapsed;
    window->successes += fresh;
    return last;
}

void sw_window_time_note(sw_window_time *window, seawall_time now, uint64_t successes, bool failed, bool slow)
{
    uint64_t step = visit(window, now, successes);

    add(window, step, 1);
    window->buckets[step % window->count].failed += failed;
    window->buckets[step % window->count].slow += slow;
    window->totals.failed += failed;
    window->totals.slow += slow;
}

sw_window_totals sw_window_time_totals(sw_window_time *window, seawall_time now, uint64_t successes)
{
    (void)visit(window, now, successes);
    return window->totals;
}
