#include "base/owner.h"

#include "base/atomic.h"

uint64_t sw_new_owner(void)
{
    static sw_atomic_u32 last;
    uint32_t owner;

    do {
        owner = sw_add_u32(&last, 1) + 1;
    } while (owner == 0);
    return owner;
}
