/**
 * @file platform.h
 * @brief Where time, waiting, random numbers and memory come from.
 *
 * Objects that are composed share one platform, that is one pointer; a mismatch is refused when they are composed.
 */
#ifndef SEAWALL_PLATFORM_H
#define SEAWALL_PLATFORM_H

#include <seawall/status.h>
#include <seawall/time.h>

SEAWALL_BEGIN_DECLS

/**
 * The current time: monotonic, in nanoseconds. It may stand still but should not go back. Where it does, nothing breaks: an
 * execution, a rate limiter and a retry budget take the last value that they have seen for the current one, and whatever else
 * lasts until an instant (an opening of a breaker, a timer, a wait in a queue) lasts, and is told to last, as much longer. Any
 * thread; must not block or call Seawall.
 */
typedef seawall_time (*seawall_now_fn)(void *user);

/**
 * Blocks the calling thread while `*word == expected`, until `until` at the latest, as a futex does: the comparison and the
 * falling asleep are one step towards #seawall_wake_fn. It may return early for no reason; the caller looks again. The word is
 * read as a 32-bit atomic. Any thread. No poll: a service to the library.
 */
typedef void (*seawall_park_fn)(const uint32_t *word, uint32_t expected, seawall_time until, void *user);

/**
 * Wakes every thread parked on `word`. Called after the word was changed. Any thread; must not block. No poll: a service to the
 * library.
 */
typedef void (*seawall_wake_fn)(const uint32_t *word, void *user);

/** 64 random bits. Any thread; must not block. */
typedef uint64_t (*seawall_random_fn)(void *user);

/** Memory of `size` > 0 bytes, aligned to `alignment`, a power of two; NULL if there is none. Any thread. */
typedef void *(*seawall_allocate_fn)(size_t size, size_t alignment, void *user);

/**
 * Gives back what allocate gave, with the size that was asked for. Never called with NULL. Any thread. No poll: a service to the
 * library.
 */
typedef void (*seawall_release_fn)(void *memory, size_t size, void *user);

/**
 * A platform. The library keeps the pointer and reads the members whenever it likes: fill it first, then leave it
 * alone, and let it outlive every object that was created with it.
 */
typedef struct seawall_platform {
    uint32_t size;                /**< sizeof(seawall_platform) */
    uint32_t reserved;            /**< 0 */
    seawall_now_fn now;           /**< Clock. */
    seawall_park_fn park;         /**< Waiting, on the same clock. */
    seawall_wake_fn wake;         /**< Waking. */
    void *clock_user;             /**< For now, park and wake. */
    seawall_random_fn random;     /**< Random source. */
    void *random_user;            /**< For random. */
    seawall_allocate_fn allocate; /**< Memory. */
    seawall_release_fn release;   /**< Memory. */
    void *memory_user;            /**< For allocate and release. */
} seawall_platform;

/**
 * The platform that NULL stands for: the system's monotonic clock, a random source seeded by the system and reseeded
 * after fork, malloc. Static; any thread; never blocks.
 */
SEAWALL_API const seawall_platform *seawall_platform_default(void);

/**
 * Fills `platform` with the members of the default one, to change some of them.
 * @param size sizeof(seawall_platform) as the caller knows it.
 * @return #SEAWALL_OK; #SEAWALL_INVALID for NULL or a size the library cannot serve.
 * Any thread; never blocks.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_platform_init(seawall_platform *platform, size_t size);

/** The platform's current time; NULL stands for the default. Any thread; costs one clock read. */
SEAWALL_API seawall_time seawall_platform_now(const seawall_platform *platform);

/** A clock that stands still until it is told to move: an hour of outage in a millisecond. */
typedef struct seawall_manual_clock seawall_manual_clock;

/**
 * Creates a manual clock that shows `start`.
 *
 * A thread that parks on it with a time limit moves the clock to that limit at once and goes on, if it was created
 * with `auto_advance`; otherwise it sleeps until woken or until another thread moves the clock that far. Parking without
 * a limit always waits for a wake.
 *
 * It is for tests. In the child of a fork it shows what it showed, and nobody is parked on it.
 * @return #SEAWALL_OK, #SEAWALL_INVALID, #SEAWALL_NO_MEMORY.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_manual_clock_create(seawall_time start, bool auto_advance,
                                                                          seawall_manual_clock **clock,
                                                                          seawall_error *error);
/** Destroys it; NULL is allowed. No thread may be parked on it. */
SEAWALL_API void seawall_manual_clock_destroy(seawall_manual_clock *clock);
/**
 * Puts this clock into a platform: now, park, wake and clock_user. NULL puts the system's clock there; a NULL platform stays as
 * it is.
 */
SEAWALL_API void seawall_manual_clock_install(seawall_manual_clock *clock, seawall_platform *platform);
/** What it shows; NULL: what the system's clock shows. Any thread; never blocks for long (a short lock). */
SEAWALL_API seawall_time seawall_manual_clock_now(seawall_manual_clock *clock);
/** Moves it by `by` >= 0 (a negative one is ignored, and so is a NULL clock) and wakes whoever parked until then. Any thread. */
SEAWALL_API void seawall_manual_clock_advance(seawall_manual_clock *clock, seawall_duration by);
/** Sets it to any time, even an earlier one: a broken clock, for tests. A NULL clock is ignored. Any thread. */
SEAWALL_API void seawall_manual_clock_set(seawall_manual_clock *clock, seawall_time now);
/**
 * How many threads are parked on it now: what a test waits for before it moves the clock. 0 for NULL. Any thread; never blocks
 * for long (a short lock).
 */
SEAWALL_API int32_t seawall_manual_clock_parked(seawall_manual_clock *clock);

/** A random source that repeats itself for the same seed. */
typedef struct seawall_random seawall_random;

/**
 * Creates a random source. The same seed gives the same numbers in a process, except after fork: the child's
 * numbers differ from its parent's, so that their jitter does not march in step.
 * @return #SEAWALL_OK, #SEAWALL_INVALID, #SEAWALL_NO_MEMORY.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_random_create(uint64_t seed, seawall_random **random,
                                                                    seawall_error *error);
/** Destroys it; NULL is allowed. */
SEAWALL_API void seawall_random_destroy(seawall_random *random);
/** Puts it into a platform: random and random_user. NULL puts the system's source there; a NULL platform stays as it is. */
SEAWALL_API void seawall_random_install(seawall_random *random, seawall_platform *platform);
/** The next 64 bits; NULL: of the system's source. Any thread; never blocks; one shared write. */
SEAWALL_API uint64_t seawall_random_next(seawall_random *random);

SEAWALL_END_DECLS

#endif
