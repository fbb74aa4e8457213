/* The arithmetic of a retry budget, whose window is cut into steps. Pure: the time is a number. */
#ifndef SW_SYNC_BUDGET_CORE_H
#define SW_SYNC_BUDGET_CORE_H

#include <stdbool.h>
#include <stdint.h>

#include <seawall/time.h>

/* Steps of a window. */
#define SW_BUDGET_STEPS 10
/* Places of a row, a power of two: for a window, a step more, and what is to come. */
#define SW_BUDGET_PLACES 32
/* So many places further a row reaches. */
#define SW_BUDGET_AHEAD (SW_BUDGET_PLACES - SW_BUDGET_STEPS - 1)
/* Rows of retries. A place of each stands for so many steps as eight of the row before. */
#define SW_BUDGET_ROWS 6

typedef struct sw_budget_rules {
    seawall_duration step;   /* 0: no window */
    uint64_t ratio;          /* retries per call, in millionths */
    uint64_t floor;          /* retries per window, in millionths */
    uint32_t purse;          /* in thousandths of a token; 0: no throttle */
    uint32_t reward;         /* of a success, in the same */
} sw_budget_rules;

/*
 * Of `calls` made in the steps after `from` up to `to`: how many fall to the one that is `back` before `to`. All of them are
 * shared out.
 */
uint64_t sw_budget_share(uint64_t calls, uint64_t from, uint64_t to, uint32_t back);

/*
 * Where a retry is counted that is scheduled in `step` and begins in step `due`: in the first row that reaches that far, at the
 * place that `due` falls into. It leaves the window with the last step of its place, so never too early; too late by less than
 * half the time it sleeps. What sleeps for longer than 68,000 windows counts for so long.
 */
typedef struct sw_budget_spot {
    uint32_t row;
    uint64_t place; /* counted from the beginning of time, as steps are */
} sw_budget_spot;

sw_budget_spot sw_budget_spot_of(uint64_t step, uint64_t due);

/* What is counted of a row in `step`: so many places up to that one. */
typedef struct sw_budget_reach {
    uint64_t last;
    uint32_t places;
} sw_budget_reach;

sw_budget_reach sw_budget_reach_of(uint32_t row, uint64_t step);

/* How many retries may be in the window with so many calls. */
uint64_t sw_budget_limit(const sw_budget_rules *rules, uint64_t calls);

/* The purse after an attempt. */
uint32_t sw_budget_purse_after(const sw_budget_rules *rules, uint32_t tokens, bool success);
/* The tokens that are as much of a purse `to` as `tokens` are of `from`; a new purse is full. */
uint32_t sw_budget_purse_moved(uint32_t from, uint32_t to, uint32_t tokens);
bool sw_budget_purse_allows(const sw_budget_rules *rules, uint32_t tokens);

#endif
