/* What a fallback decides. Pure. */
#ifndef SW_POLICY_FALLBACK_CORE_H
#define SW_POLICY_FALLBACK_CORE_H

#include <seawall/fallback.h>

typedef struct sw_fallback_rules {
    seawall_fault_set errors;
    bool timed_out, open, full, limited;
} sw_fallback_rules;

_Static_assert(sizeof(sw_fallback_rules) == sizeof(uint64_t), "the rules are one word");

/* Whether this is an end to stand in for. */
bool sw_fallback_handles(const sw_fallback_rules *rules, const seawall_outcome *outcome);

/* Makes the end of what stood in of `outcome`: a success, or the failure that `fault` says, a number from anywhere. */
void sw_fallback_stand_in(seawall_outcome *outcome, seawall_fault fault, int64_t code);

#endif
