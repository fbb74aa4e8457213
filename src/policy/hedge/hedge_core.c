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

uint8_t sw_hedge_rank(const seawall_outcome *outcome, int32_t started)
{
    switch (outcome->status) {
    case SEAWALL_OK:
        return 5;
    case SEAWALL_FAILED:
        return outcome->fault != SEAWALL_FAULT_IGNORED ? 4 : 2;
    case SEAWALL_TIMED_OUT:
        return started > 0 ? 4 : 3; /* in a queue of ours it says no more than a refusal */
    case SEAWALL_CANCELLED:
        return 1;
    default:
        return 3;
    }
}

seawall_duration sw_hedge_delay(const sw_hedge_rules *rules, seawall_duration quantile, uint64_t samples)
{
    if (rules->delay != SEAWALL_AUTO)
        return rules->delay;
    if (samples < (uint64_t)rules->minimum_samples)
        return SEAWALL_FOREVER;
    return quantile > rules->minimum_delay ? quantile : rules->minimum_delay;
}
