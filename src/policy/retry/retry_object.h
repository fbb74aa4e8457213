/* The retry as an object. */
#ifndef SW_POLICY_RETRY_OBJECT_H
#define SW_POLICY_RETRY_OBJECT_H

#include "base/twin.h"
#include "policy/retry/retry_core.h"
#include "port/port.h"

struct seawall_retry {
    /* A call that goes well at once looks at nothing else: whether there is more to it than attempts, a clock or a budget. */
    sw_atomic_u32 prepares;
    sw_atomic_u32 references; /* the caller's, and one for each pipeline */
    seawall_retry_budget *budget; /* or NULL; constant */
    SW_TWIN(sw_retry_rules) rules;
    sw_random_source random;
    const seawall_platform *platform;
    sw_mutex lock; /* around changes of rules, and guards the rest */
    seawall_retry_config config;
};

_Static_assert(sizeof(sw_retry_rules) % sizeof(uint64_t) == 0, "the rules are whole words");

/* The rules in force. */
static inline void sw_retry_rules_read(const seawall_retry *retry, sw_retry_rules *rules)
{
    SW_TWIN_READ(&retry->rules, rules);
}

#endif
