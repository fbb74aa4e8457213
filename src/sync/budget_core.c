/* The arithmetic of a retry budget. */
#include "sync/budget_core.h"

#define TOKEN 1000
#define MILLION 1000000

__extension__ typedef unsigned __int128 wide;

uint64_t sw_budget_share(uint64_t calls, uint64_t from, uint64_t to, uint32_t back)
{
    uint64_t gap = to - from;

    if (gap == 0)
        return back == 0 ? calls : 0;
    if (back >= gap)
        return 0;
    /* Differences of rounded sums: what one step loses to rounding another has. */
    return (uint64_t)((wide)calls * (gap - back) / gap - (wide)calls * (gap - back - 1) / gap);
}

static uint64_t place_of(uint32_t row, uint64_t step)
{
    return step >> (3 * row);
}

sw_budget_spot sw_budget_spot_of(uint64_t step, uint64_t due)
{
    uint64_t furthest;
    uint32_t row = 0;

    if (due < step)
        due = step;
    while (row < SW_BUDGET_ROWS - 1 && place_of(row, due) - place_of(row, step) > SW_BUDGET_AHEAD)
        row++;
    furthest = place_of(row, step) + SW_BUDGET_AHEAD;
    return (sw_budget_spot){row, place_of(row, due) < furthest ? place_of(row, due) : furthest};
}

/* From the place of the window's first step, and one before it: no more places than there are, in any row. */
sw_budget_reach sw_budget_reach_of(uint32_t row, uint64_t step)
{
    uint64_t first = place_of(row, step > SW_BUDGET_STEPS ? step - SW_BUDGET_STEPS : 0);
    uint64_t last = place_of(row, step) + SW_BUDGET_AHEAD;

    return (sw_budget_reach){last, (uint32_t)(last - first) + 1};
}

uint64_t sw_budget_limit(const sw_budget_rules *rules, uint64_t calls)
{
    return (uint64_t)(((wide)calls * rules->ratio + rules->floor) / MILLION);
}

uint32_t sw_budget_purse_after(const sw_budget_rules *rules, uint32_t tokens, bool success)
{
    if (!success)
        return tokens > TOKEN ? tokens - TOKEN : 0;
    /* More than a purse holds is of a larger one, which came or went meanwhile: a success takes nothing out. */
    if (tokens >= rules->purse)
        return tokens;
    return tokens + rules->reward < rules->purse ? tokens + rules->reward : rules->purse;
}

uint32_t sw_budget_purse_moved(uint32_t from, uint32_t to, uint32_t tokens)
{
    if (from == 0)
        return to;
    return (uint32_t)((uint64_t)(tokens < from ? tokens : from) * to / from);
}

bool sw_budget_purse_allows(const sw_budget_rules *rules, uint32_t tokens)
{
    return rules->purse == 0 || tokens > rules->purse / 2;
}
