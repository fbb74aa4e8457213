/* What the figures look like on paper. */
#include "model/storm/storm.h"

#include <stdio.h>

static int sum(const int32_t *seconds, int from, int to)
{
    int total = 0;

    while (from < to)
        total += seconds[from++];
    return total;
}

static int percent(const int32_t *part, const int32_t *whole, int from, int to)
{
    int all = sum(whole, from, to);

    return all == 0 ? 0 : (100 * sum(part, from, to) + all / 2) / all;
}

int storm_recovery(const storm_figures *figures)
{
    int second = STORM_SECONDS;

    while (second > STORM_ENDS && percent(figures->good, figures->begun, second - 1, second) >= 95)
        second--;
    return second == STORM_SECONDS ? -1 : second - STORM_ENDS;
}

void storm_row(const storm_plan *plan, const storm_figures *figures, char line[STORM_LINE])
{
    int recovery = storm_recovery(figures);
    char after[16];

    snprintf(after, sizeof(after), recovery < 0 ? "never" : "%d s", recovery);
    snprintf(line, STORM_LINE, "| %s | %d %% | %d %% | %d %% | %s |", plan->name,
             percent(figures->good, figures->begun, STORM_ENDS, 45),
             percent(figures->good, figures->begun, 45, STORM_SECONDS),
             percent(figures->dead, figures->served, 45, STORM_SECONDS), after);
}

/* Two seconds to a sign: the tenths of the calls that succeeded, '#' for nearly all, '.' for nearly none. */
void storm_timeline(const storm_plan *plan, const storm_figures *figures, char line[STORM_LINE])
{
    int length = snprintf(line, STORM_LINE, "%-36s", plan->name), second;

    for (second = 0; second < STORM_SECONDS; second += 2) {
        int share = percent(figures->good, figures->begun, second, second + 2);

        line[length++] = (char)(share >= 95 ? '#' : share < 5 ? '.' : '0' + share / 10);
    }
    line[length] = '\0';
}
