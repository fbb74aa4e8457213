/* The timeout as an object. */
#ifndef SW_POLICY_TIMEOUT_OBJECT_H
#define SW_POLICY_TIMEOUT_OBJECT_H

#include <seawall/timeout.h>

#include "base/atomic.h"

struct seawall_timeout {
    seawall_duration request; /* forever: off */
    seawall_duration attempt; /* forever: off */
    seawall_duration connect, read, write; /* forever: off */
    seawall_timeout_mode mode;
    const seawall_platform *platform;
    sw_atomic_u32 references; /* the caller's, and one for each policy that a pipeline keeps */
};

#endif
