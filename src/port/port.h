/*
 * The promises that a port keeps; posix/ keeps them for Linux. Only this room may use what other systems lack. More promises
 * are added when their first user comes.
 */
#ifndef SW_PORT_PORT_H
#define SW_PORT_PORT_H

#include "base/atomic.h"
#include <seawall/platform.h>
#include <seawall/time.h>

/* Monotonic nanoseconds; never goes back, does not count suspend. */
seawall_time sw_port_now(void);

/* Blocks while *word == expected, until `until` at the latest; may return early. */
void sw_port_park(const uint32_t *word, uint32_t expected, seawall_time until);

/* Wakes every thread parked on the word. */
void sw_port_wake(const uint32_t *word);

/* Wakes one of them, if there is one. */
void sw_port_wake_one(const uint32_t *word);

/* 64 bits of the system's entropy. Never fails and never waits: falls back to clock and addresses. */
uint64_t sw_port_entropy(void);

#define SW_PORT_HIDDEN __attribute__((visibility("hidden")))

/* 0 until the first question: then forks are watched for from there on. */
extern SW_PORT_HIDDEN sw_atomic_u32 sw_port_fork_word;
__attribute__((noinline)) SW_PORT_HIDDEN uint32_t sw_port_watch_forks(void);

/* Never 0; grows in the child of every fork(). One load, once the first call has been. */
static inline uint32_t sw_port_fork_generation(void)
{
    uint32_t generation = sw_load_acquire_u32(&sw_port_fork_word);

    return generation != 0 ? generation : sw_port_watch_forks();
}

/* CPUs this process may use, at least 1. */
int32_t sw_port_cpus(void);

/*
 * A small number that differs between threads that run at the same time, as far as possible; for choosing a stripe. It
 * is never given back, so that a program of many short threads goes through all remainders. Each process begins elsewhere, a
 * forked child too: the first threads of prefork workers do not meet on one stripe. See port/thread_number.h.
 */
uint32_t sw_port_thread_number(void);

/*
 * A lock that the library holds for a few instructions and never around user code. In the child of a fork nobody holds it, not
 * even if a thread of the parent did: what it guards must be of use in any state between two of its stores.
 */
typedef struct sw_mutex {
    sw_atomic_u32 word;
} sw_mutex;

void sw_mutex_init(sw_mutex *mutex);
void sw_mutex_lock(sw_mutex *mutex);
void sw_mutex_unlock(sw_mutex *mutex);

/* The same lock for who expects it to be held for much less time than falling asleep takes: looks a few times first. */
void sw_mutex_lock_spinning(sw_mutex *mutex);

/* The calling thread, never 0. */
uintptr_t sw_port_thread_self(void);

/*
 * For threads of the library's own. Whoever starts one blocks every signal meanwhile, so that the thread is born with all of them
 * blocked and never takes one that is the host's; then restores its own.
 */
typedef struct sw_signals {
    _Alignas(8) unsigned char storage[128];
} sw_signals;

void sw_port_block_signals(sw_signals *before);
void sw_port_restore_signals(const sw_signals *before);

/* The calling thread takes these from now on: bit n - 1 for signal n. Bits of signals that there are not are ignored. */
void sw_port_open_signals(uint64_t signals);

/* Names the calling thread; the first 15 bytes count. */
void sw_port_name_thread(const char *name);

/* From now on the calling thread's waits end on time, not up to 50 us later to save power. */
void sw_port_wait_exactly(void);

/*
 * An event: a descriptor that is readable once it was rung, until it is cleared. Neither blocks; the answer of open is -1 if the
 * system gives none. Whoever is forked shares its parent's.
 */
int32_t sw_port_event_open(void);
void sw_port_event_ring(int32_t event);
void sw_port_event_clear(int32_t event);
void sw_port_event_close(int32_t event);

/*
 * The whole of a regular file, as memory of the platform: `*size` bytes, with one byte of room behind them, `*room` in all. Waits
 * for the disk but for nobody else; a symbolic link is followed if `follow`. Answers NULL, or what is wrong with the file, a
 * static text: nothing was allocated then. What is wrong may be "no memory", or that the file has more than `most` bytes: then it
 * is sw_port_no_memory, or sw_port_too_large, itself.
 */
extern const char sw_port_no_memory[], sw_port_too_large[];
const char *sw_port_read_file(const char *path, bool follow, size_t most, const seawall_platform *platform, char **text,
                              size_t *size, size_t *room);

#endif
