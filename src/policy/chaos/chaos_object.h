/* A chaos policy as an object. */
#ifndef SW_POLICY_CHAOS_OBJECT_H
#define SW_POLICY_CHAOS_OBJECT_H

#include "base/twin.h"
#include "policy/chaos/chaos_core.h"
#include "port/port.h"

enum sw_chaos_counter {
    SW_CHAOS_RUNS,
    SW_CHAOS_FAULTS,
    SW_CHAOS_DELAYS,
    SW_CHAOS_SUCCESSES,
    SW_CHAOS_REFUSALS,
    SW_CHAOS_COUNTERS
};

struct seawall_chaos {
    sw_atomic_u32 enabled;
    sw_atomic_u32 references; /* the caller's, and one for each policy that a pipeline keeps */
    SW_TWIN(sw_chaos_rules) rules;
    sw_random_source random;
    const seawall_platform *platform;
    sw_atomic_u64 count[SW_CHAOS_COUNTERS];
    sw_mutex lock; /* around changes of rules, and guards the rest */
    seawall_chaos_config config;
};

_Static_assert(sizeof(sw_chaos_rules) % sizeof(uint64_t) == 0, "the rules are whole words");

static inline void sw_chaos_count(seawall_chaos *chaos, enum sw_chaos_counter counter)
{
    (void)sw_add_u64(&chaos->count[counter], 1);
}

#endif
