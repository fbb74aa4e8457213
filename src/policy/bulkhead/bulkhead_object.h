/* The bulkhead as an object: a handle around counted permits. */
#ifndef SW_POLICY_BULKHEAD_OBJECT_H
#define SW_POLICY_BULKHEAD_OBJECT_H

#include <seawall/bulkhead.h>

#include "sync/permits.h"

struct seawall_bulkhead {
    sw_permits permits;
    uint64_t key; /* of its permits */
    const seawall_platform *platform;
    sw_atomic_u32 references; /* the caller's, and one for each policy that a pipeline keeps */
};

#endif
