/* The fallback as an object. */
#ifndef SW_POLICY_FALLBACK_OBJECT_H
#define SW_POLICY_FALLBACK_OBJECT_H

#include <string.h>

#include "base/atomic.h"
#include "policy/fallback/fallback_core.h"
#include "port/port.h"

struct seawall_fallback {
    sw_atomic_u64 rules; /* sw_fallback_rules */
    seawall_fallback_fn function;
    void *function_user;
    const seawall_platform *platform;
    sw_atomic_u32 references; /* the caller's, and one for each policy that a pipeline keeps */
    sw_mutex lock; /* around changes, and guards the rest */
    seawall_fallback_config config;
};

static inline sw_fallback_rules sw_fallback_rules_of(const seawall_fallback *fallback)
{
    /* An atomic load leaves what it loads alone, but C11 has none from what is constant. */
    uint64_t word = sw_load_acquire_u64((sw_atomic_u64 *)(uintptr_t)&fallback->rules);
    sw_fallback_rules rules;

    memcpy(&rules, &word, sizeof(rules));
    return rules;
}

#endif
