/* What a fallback decides. */
#include "policy/fallback/fallback_core.h"

static bool is_kind(seawall_fault fault)
{
    return fault >= SEAWALL_FAULT_NONE && fault < SEAWALL_FAULT_COUNT;
}

bool sw_fallback_handles(const sw_fallback_rules *rules, const seawall_outcome *outcome)
{
    switch (outcome->status) {
    case SEAWALL_FAILED:
        /* A user's policy may hand on any number as a fault. */
        return is_kind(outcome->fault) && (rules->errors & SEAWALL_FAULT_BIT(outcome->fault)) != 0;
    case SEAWALL_TIMED_OUT:
        return rules->timed_out;
    case SEAWALL_OPEN:
        return rules->open;
    case SEAWALL_FULL:
        return rules->full;
    case SEAWALL_LIMITED:
        return rules->limited;
    default:
        /* A success needs nobody, a cancelled call has nobody who waits, and misuse is to be seen. */
        return false;
    }
}

void sw_fallback_stand_in(seawall_outcome *outcome, seawall_fault fault, int64_t code)
{
    bool worked = fault == SEAWALL_FAULT_NONE;

    outcome->status = worked ? SEAWALL_OK : SEAWALL_FAILED;
    outcome->fault = is_kind(fault) ? fault : SEAWALL_FAULT_OTHER;
    outcome->code = code;
    outcome->retry_after = 0;
    outcome->policy = -1;
    outcome->reason = worked ? SEAWALL_REASON_FELL_BACK : SEAWALL_REASON_FALLBACK_FAILED;
}
