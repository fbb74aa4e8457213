/* The timeout as an object. */
#ifndef SW_POLICY_TIMEOUT_OBJECT_H
#define SW_POLICY_TIMEOUT_OBJECT_H

#include <seawall/timeout.h>

#include "base/atomic.h"
#include "port/port.h"

struct seawall_timeout {
    /* Each verb reads one of them. Forever: off. */
    sw_atomic_u64 request, attempt;
    seawall_duration connect, read, write; /* forever: off; constant, as pipelines have them */
    seawall_timeout_mode mode;
    const seawall_platform *platform;
    sw_atomic_u32 references; /* the caller's, and one for each policy that a pipeline keeps */
    sw_mutex lock; /* around changes, and guards the rest */
    seawall_timeout_config config;
};

#endif
