/*
 * A server that is slow for five seconds, and what becomes of it afterwards: whether the retries of its clients let it recover
 * is a matter of the policies around the call. Everything here is whole numbers, so that the figures repeat exactly.
 */
#ifndef SEAWALL_STORM_H
#define SEAWALL_STORM_H

#include <seawall/seawall.h>

#define STORM_SECONDS 90
#define STORM_BEGINS 10
#define STORM_ENDS 15
#define STORM_ATTEMPT_TIMEOUT SEAWALL_MILLISECONDS(500)

/* What the clients do, and what the server does. */
typedef struct storm_plan {
    const char *name;
    int32_t attempts;
    bool jitter, budget, breaker; /* the clients' */
    bool told;                    /* the server knows deadlines and leaves out what nobody waits for */
    seawall_duration minimum;     /* ... or what has less time left than this */
    bool newest_first;            /* the server's queue is a stack */
    int32_t places;               /* what the server takes in at the same time; 0: everything */
} storm_plan;

#define STORM_PLANS 9
extern const storm_plan storm_plans[STORM_PLANS];

typedef struct storm_figures {
    int32_t good[STORM_SECONDS];    /* calls that began in this second and succeeded */
    int32_t begun[STORM_SECONDS];
    int32_t served[STORM_SECONDS];  /* requests that the server worked off */
    int32_t dead[STORM_SECONDS];    /* of these, for nobody */
} storm_figures;

void storm_run(const storm_plan *plan, storm_figures *figures);

#define STORM_LINE 128

/* One row of the table, one line of the timeline: as the guide shows them. */
void storm_row(const storm_plan *plan, const storm_figures *figures, char line[STORM_LINE]);
void storm_timeline(const storm_plan *plan, const storm_figures *figures, char line[STORM_LINE]);

/* Seconds from the end of the trouble until at least 95 of 100 calls succeed for good; -1: never. */
int storm_recovery(const storm_figures *figures);

#endif
