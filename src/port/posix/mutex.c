/*
 * The lock: one word, and the futex under sw_port_park for those who wait.
 *
 *   fork generation 30 | state 2
 *
 * The child of a fork finds a lock as it was at that moment, held perhaps by a thread that is not there. A word of another
 * generation is that of a lock which nobody holds; who takes it writes his own. That makes the question whose it is part of the
 * one operation that takes it, where a lock of the system would have to be made anew before its first use in the child.
 */
#include "port/mutex_inline.h"

enum { FREE = SW_MUTEX_FREE, HELD = SW_MUTEX_HELD, AWAITED = SW_MUTEX_AWAITED };
#define STATE_MASK SW_MUTEX_STATE

void sw_mutex_init(sw_mutex *mutex)
{
    sw_store_u32(&mutex->word, sw_mutex_process() | FREE);
}

/* Whoever has slept takes it as awaited: others may be asleep still. So does who comes in between; it costs him one wake. */
__attribute__((noinline)) static void wait_and_lock(sw_mutex *mutex, uint32_t process, uint32_t found)
{
    for (;;) {
        if ((found & ~STATE_MASK) != process || (found & STATE_MASK) == FREE) {
            if (sw_cas_u32(&mutex->word, &found, process | AWAITED))
                return;
        } else if (found == (process | AWAITED) || sw_cas_u32(&mutex->word, &found, process | AWAITED)) {
            sw_port_park((const uint32_t *)(const void *)&mutex->word, process | AWAITED, SEAWALL_FOREVER);
            found = sw_load_u32(&mutex->word);
        }
    }
}

void sw_mutex_lock(sw_mutex *mutex)
{
    uint32_t process = sw_mutex_process();
    uint32_t found = process | FREE;

    if (!sw_cas_u32(&mutex->word, &found, process | HELD))
        wait_and_lock(mutex, process, found);
}

/*
 * How often to look before sleeping, and how long to stay away in between. Who looks at once again takes the line from who has
 * the lock, and mostly gets the lock as well: then it changes hands every few instructions, and so does each line that it guards.
 * A microsecond is long enough for who has it to do twenty rounds, and all looks together for a wake.
 */
#define LOOKS 16
#define PAUSES 64

static void stay_away(void)
{
    int i;

    for (i = 0; i < PAUSES; i++)
        sw_pause();
}

__attribute__((noinline)) static void spin_and_lock(sw_mutex *mutex, uint32_t process)
{
    uint32_t found = process | HELD;
    int i;

    for (i = 0; i < LOOKS; i++) {
        stay_away();
        found = sw_load_relaxed_u32(&mutex->word);
        if (found == (process | FREE) && sw_cas_u32(&mutex->word, &found, process | HELD))
            return;
    }
    wait_and_lock(mutex, process, found);
}

void sw_mutex_lock_spinning(sw_mutex *mutex)
{
    uint32_t process = sw_mutex_process();
    uint32_t found = process | FREE;

    if (!sw_cas_u32(&mutex->word, &found, process | HELD))
        spin_and_lock(mutex, process);
}

void sw_mutex_unlock(sw_mutex *mutex)
{
    if (sw_mutex_give_back(mutex))
        sw_mutex_wake(mutex);
}
