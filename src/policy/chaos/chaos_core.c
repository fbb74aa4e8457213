/* What a chaos policy draws. */
#include "policy/chaos/chaos_core.h"

static bool hits(uint64_t rate, const sw_random_source *random)
{
    return rate > 0 && random->next(random->user) >> 11 < rate;
}

/* A whole number from 0 to `most`, without a draw where there is no choice. */
static int64_t some(int64_t most, const sw_random_source *random)
{
    return most > 0 ? sw_jitter_full(NULL, most, 0, random) : 0;
}

static seawall_fault pick(seawall_fault_set faults, const sw_random_source *random)
{
    seawall_fault fault;
    int64_t count = 0, chosen;

    for (fault = 0; fault < SEAWALL_FAULT_COUNT; fault++)
        count += (faults & SEAWALL_FAULT_BIT(fault)) != 0;
    chosen = some(count - 1, random);
    for (fault = 0; fault < SEAWALL_FAULT_COUNT; fault++) {
        if ((faults & SEAWALL_FAULT_BIT(fault)) != 0 && chosen-- == 0)
            return fault;
    }
    return SEAWALL_FAULT_OTHER;
}

static seawall_status refusal_of(seawall_chaos_outcome outcome)
{
    switch (outcome) {
    case SEAWALL_CHAOS_OPEN:
        return SEAWALL_OPEN;
    case SEAWALL_CHAOS_FULL:
        return SEAWALL_FULL;
    case SEAWALL_CHAOS_LIMITED:
        return SEAWALL_LIMITED;
    default:
        return SEAWALL_OK;
    }
}

sw_chaos_plan sw_chaos_draw(const sw_chaos_rules *rules, const sw_random_source *random)
{
    sw_chaos_plan plan = {.end = SW_CHAOS_AS_IT_IS, .code = rules->code, .retry_after = rules->retry_after};

    if (hits(rules->outcome_rate, random)) {
        plan.refusal = refusal_of(rules->outcome);
        plan.end = plan.refusal != SEAWALL_OK ? SW_CHAOS_REFUSED : SW_CHAOS_SUCCESS;
    }
    if (plan.end == SW_CHAOS_REFUSED)
        return plan;
    if (hits(rules->latency_rate, random))
        plan.delay = rules->latency + some(rules->spread, random);
    if (plan.end == SW_CHAOS_AS_IT_IS && hits(rules->fault_rate, random)) {
        plan.fault = pick(rules->faults, random);
        plan.end = SW_CHAOS_FAULT;
    }
    return plan;
}

bool sw_chaos_replace(const sw_chaos_plan *plan, seawall_outcome *outcome)
{
    bool own = outcome->status == SEAWALL_OK || outcome->status == SEAWALL_FAILED;

    if (!own || plan->end == SW_CHAOS_AS_IT_IS || (plan->end == SW_CHAOS_SUCCESS && outcome->status == SEAWALL_OK))
        return false;
    outcome->status = plan->end == SW_CHAOS_FAULT ? SEAWALL_FAILED : SEAWALL_OK;
    outcome->fault = plan->fault;
    outcome->code = plan->code;
    outcome->retry_after = plan->end == SW_CHAOS_FAULT ? plan->retry_after : 0;
    outcome->policy = -1;
    outcome->reason = SEAWALL_REASON_NONE;
    return true;
}
