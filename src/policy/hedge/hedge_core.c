/* What a hedge decides. */
#include "policy/hedge/hedge_core.h"

bool sw_hedge_ends_all(const sw_hedge_rules *rules, const seawall_outcome *outcome)
{
    if (outcome->status == SEAWALL_OK)
        return true;
    /* A user's policy may hand on any number as a fault. */
    return outcome->status == SEAWALL_FAILED && outcome->fault > SEAWALL_FAULT_NONE && outcome->fault < SEAWALL_FAULT_COUNT &&
           (rules->final & SEAWALL_FAULT_BIT(outcome->fault)) != 0;
}

static int rank(const seawall_outcome *outcome)
{
    switch (outcome->status) {
    case SEAWALL_OK:
        return 4;
    case SEAWALL_FAILED:
        return outcome->fault != SEAWALL_FAULT_IGNORED ? 3 : 1;
    case SEAWALL_TIMED_OUT:
        return 3;
    case SEAWALL_CANCELLED:
        return 0;
    default:
        return 2;
    }
}

bool sw_hedge_is_better(const seawall_outcome *outcome, const seawall_outcome *best)
{
    return rank(outcome) > rank(best);
}

seawall_duration sw_hedge_delay(const sw_hedge_rules *rules, seawall_duration quantile, uint64_t samples)
{
    if (rules->delay != SEAWALL_AUTO)
        return rules->delay;
    if (samples < (uint64_t)rules->minimum_samples)
        return SEAWALL_FOREVER;
    return quantile > rules->minimum_delay ? quantile : rules->minimum_delay;
}
