/*
 * A lock for a few instructions, never around user code, that the child of a fork can always take: a lock that was held by a
 * thread of the parent is nobody's in the child.
 */
#ifndef SW_SYNC_LOCK_H
#define SW_SYNC_LOCK_H

#include "base/atomic.h"

/* All zero: free. */
typedef struct sw_lock {
    sw_atomic_u32 word; /* process that took it last 30 | state 2 */
} sw_lock;

/*
 * Waits until it is free. Answers whether it was last taken before this process was forked: what it guards may then have been
 * left in the middle of a change, and is to be made whole by the caller. Told once.
 */
bool sw_lock_take(sw_lock *lock);
void sw_lock_give(sw_lock *lock);

#endif
