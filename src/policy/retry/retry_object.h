/* The retry as an object. */
#ifndef SW_POLICY_RETRY_OBJECT_H
#define SW_POLICY_RETRY_OBJECT_H

#include "base/atomic.h"
#include "policy/retry/retry_core.h"

struct seawall_retry {
    sw_retry_rules rules;
    sw_random_source random;
    const seawall_platform *platform;
    sw_atomic_u32 references; /* the caller's, and one for each pipeline */
};

#endif
