#include "plan.h"

#include <math.h>
#include <stdlib.h>

/* splitmix64: small, and the same everywhere for the same seed. */
static uint64_t random_next(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* In (0, 1]: its logarithm is finite. */
static double random_share(uint64_t *state)
{
    return (double)((random_next(state) >> 11) + 1) / 9007199254740992.0;
}

int plan_init(struct plan *plan, double seconds, uint64_t seed)
{
    uint64_t state = seed;
    double at = 0;

    plan->seed = seed;
    plan->seconds = seconds;
    plan->calls = 0;
    weather_write(&plan->weather, seconds);
    plan->arrivals = malloc(PLAN_CALLS_MAX * sizeof plan->arrivals[0]);
    if (!plan->arrivals)
        return -1;
    while (plan->calls < PLAN_CALLS_MAX) {
        at += -log(random_share(&state)) / PLAN_CALLS_PER_SECOND;
        if (at >= seconds)
            break;
        plan->arrivals[plan->calls++] = (struct arrival){
            .at = (int64_t)(at * 1e9),
            .item = (int)(random_next(&state) % PLAN_ITEMS),
        };
    }
    return 0;
}

void plan_fini(struct plan *plan)
{
    free(plan->arrivals);
    plan->arrivals = NULL;
}
