/* A lock that knows its process. */
#include "sync/lock.h"

#include "port/port.h"

#define STATE_BITS 2
#define STATE_MASK 3u

enum { FREE = 0, HELD = 1, AWAITED = 2 };

static uint32_t own_process(void)
{
    return sw_port_fork_generation() << STATE_BITS;
}

bool sw_lock_take(sw_lock *lock)
{
    uint32_t own = own_process();
    uint32_t seen = sw_load_u32(&lock->word);

    for (;;) {
        bool inherited = (seen & ~STATE_MASK) != own;

        if (inherited || (seen & STATE_MASK) == FREE) {
            bool used = seen != 0;

            if (sw_cas_u32(&lock->word, &seen, own | HELD))
                return inherited && used;
        } else if ((seen & STATE_MASK) == AWAITED || sw_cas_u32(&lock->word, &seen, own | AWAITED)) {
            sw_port_park((const uint32_t *)(const void *)&lock->word, own | AWAITED, SEAWALL_FOREVER);
            seen = sw_load_u32(&lock->word);
        }
    }
}

/* Everybody who is parked wakes, and those who find it taken say again that it is awaited. */
void sw_lock_give(sw_lock *lock)
{
    uint32_t before = sw_exchange_u32(&lock->word, own_process() | FREE);

    if ((before & STATE_MASK) == AWAITED)
        sw_port_wake((const uint32_t *)(const void *)&lock->word);
}
