/* The fallback as an object. */
#ifndef SW_POLICY_FALLBACK_OBJECT_H
#define SW_POLICY_FALLBACK_OBJECT_H

#include "base/atomic.h"
#include "policy/fallback/fallback_core.h"

struct seawall_fallback {
    sw_fallback_rules rules;
    seawall_fallback_fn function;
    void *function_user;
    const seawall_platform *platform;
    sw_atomic_u32 references; /* the caller's, and one for each policy that a pipeline keeps */
};

#endif
