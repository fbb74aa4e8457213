/* What a chaos policy draws. Pure: the random source is an argument. */
#ifndef SW_POLICY_CHAOS_CORE_H
#define SW_POLICY_CHAOS_CORE_H

#include <seawall/chaos.h>

#include "delay/backoff.h"

/* A rate is so many of this. */
#define SW_CHAOS_WHOLE (UINT64_C(1) << 53)

typedef struct sw_chaos_rules {
    uint64_t fault_rate, latency_rate, outcome_rate;
    seawall_fault_set faults;
    int32_t code;
    seawall_chaos_outcome outcome;
    seawall_duration latency;
    seawall_duration spread; /* above it at most */
    seawall_duration retry_after;
} sw_chaos_rules;

enum sw_chaos_end { SW_CHAOS_AS_IT_IS, SW_CHAOS_FAULT, SW_CHAOS_SUCCESS, SW_CHAOS_REFUSED };

/* What is to happen to one run. */
typedef struct sw_chaos_plan {
    seawall_duration delay;
    seawall_fault fault;
    int32_t end;            /* enum sw_chaos_end */
    seawall_status refusal; /* of what is refused */
    int32_t code;           /* of what is not: the rest of its end */
    seawall_duration retry_after;
} sw_chaos_plan;

sw_chaos_plan sw_chaos_draw(const sw_chaos_rules *rules, const sw_random_source *random);

/* Makes of `outcome` what the plan says, and answers whether that is anything else. */
bool sw_chaos_replace(const sw_chaos_plan *plan, seawall_outcome *outcome);

#endif
