/*
 * What tests share: memory that counts and fails, a platform to play with, sweeps over failing allocations and over the
 * fields of a configuration, seeds, threads. Written against the public API alone, so that any test can link it.
 */
#ifndef SEAWALL_TEST_SUPPORT_H
#define SEAWALL_TEST_SUPPORT_H

#include <pthread.h>

#include <seawall/seawall.h>

/* --- memory --- */

typedef enum sw_test_failing {
    SW_TEST_FAIL_NEVER,
    SW_TEST_FAIL_ONCE,       /* request number `nth`, from 0 */
    SW_TEST_FAIL_FOR_EVER,   /* it and all that follow */
    SW_TEST_FAIL_EVERY_OTHER /* it and every second one that follows */
} sw_test_failing;

/* An allocator that counts, fails on demand, hands out dirty memory and notices a wrong release. Any thread. */
typedef struct sw_test_memory {
    pthread_mutex_t lock;
    sw_test_failing failing;
    int64_t nth;
    int64_t requests; /* since sw_test_memory_fail */
    int64_t refused;  /* of these */
    int64_t blocks;   /* given out now */
    int64_t bytes;    /* in them */
    int64_t wrong;    /* releases with another size than was asked for, or of what was never given */
} sw_test_memory;

void sw_test_memory_init(sw_test_memory *memory);
void sw_test_memory_fini(sw_test_memory *memory);
void sw_test_memory_install(sw_test_memory *memory, seawall_platform *platform);

/* From now on requests fail like this; counting begins anew. */
void sw_test_memory_fail(sw_test_memory *memory, sw_test_failing failing, int64_t nth);

/* Whether nothing is given out and nothing was wrong. */
bool sw_test_memory_clean(sw_test_memory *memory);

/* --- a platform --- */

/* Manual clock, random numbers from the test's seed, counting memory. Hand out &it.platform. */
typedef struct sw_test_platform {
    seawall_platform platform;
    seawall_manual_clock *clock;
    seawall_random *random;
    sw_test_memory memory;
} sw_test_platform;

/* What the clock shows first: not 0, so that a time is never mistaken for a duration. */
#define SW_TEST_START SEAWALL_SECONDS(1000)

void sw_test_platform_init(sw_test_platform *test, bool auto_advance);

/* Fails the test if memory is still given out. */
void sw_test_platform_fini(sw_test_platform *test);

/* --- failing allocations --- */

/* Makes something on this platform and, if that worked, destroys it. Answers how the making went. */
typedef seawall_status (*sw_test_construct_fn)(const seawall_platform *platform, void *arg, seawall_error *error);

/*
 * Runs it with request number 0, 1, ... failing in every mode until it no longer meets a failure. Each time it must answer
 * SEAWALL_NO_MEMORY, explain itself, and leave nothing behind. Answers how many requests an undisturbed run makes.
 */
int64_t sw_test_sweep(sw_test_construct_fn construct, void *arg);

/* --- seeds and sizes --- */

/* SEAWALL_SEED from the environment, else a new one; told on stderr once, so that a failure can be repeated. */
uint64_t sw_test_seed(void);

/* The next number of a sequence that begins with any value, usually the seed. */
uint64_t sw_test_next(uint64_t *state);

/*
 * `deep` if SEAWALL_TEST_DEEP is set to 1 in the environment; a twentieth of `quick` if SEAWALL_TEST_LIGHT is, for where every
 * instruction is dear; else `quick`.
 */
int64_t sw_test_count(int64_t quick, int64_t deep);

/* The same, and `soak` if SEAWALL_TEST_SOAK is 1: where hours are at hand. */
int64_t sw_test_soak_count(int64_t quick, int64_t deep, int64_t soak);

/* --- threads --- */

#define SW_TEST_THREADS_MAX 64

/* A body's own place in the crowd is `index`, from 0. No assertions inside: libcheck knows one thread. */
typedef void (*sw_test_body_fn)(int index, void *arg);

typedef struct sw_test_threads {
    pthread_t threads[SW_TEST_THREADS_MAX];
    pthread_barrier_t gate;
    sw_test_body_fn body;
    void *arg;
    int count;
    int next;
    pthread_mutex_t lock;
} sw_test_threads;

/* Starts `count` threads, which run `body` from the same moment on. */
void sw_test_start(sw_test_threads *threads, int count, sw_test_body_fn body, void *arg);
void sw_test_join(sw_test_threads *threads);

/* --- children --- */

/* Whether the child found what it should. No assertions inside: libcheck knows one process. */
typedef bool (*sw_test_child_fn)(void *arg);

/*
 * Forks, runs this in the child and waits for its end; fails the test if it answers false or hangs. The other threads of the test
 * must be past their start: in the child the address sanitizer's allocator stays as they left it.
 */
void sw_test_in_child(sw_test_child_fn goes_on, void *arg);

/* Whether a child may start threads: the thread sanitizer lets none that was forked by a process of several threads. */
bool sw_test_child_may_start_threads(void);

/* For a child of the test's own: it is killed if it hangs, and no other process is. */
void sw_test_limit_child(void);

/* For such a child on a thread of the library's: it ends with 0 when that thread does. */
void sw_test_end_child_with_thread(void);

/* Waits for a child, which is to end with 0. */
void sw_test_await_child(pid_t child);

/* --- fields --- */

/* Creates an object from this config and destroys it again. Answers how the creating went. */
typedef seawall_status (*sw_test_create_fn)(const void *config, seawall_error *error);

/*
 * Tries every field of the kind just inside its bounds, just outside, and absurd, and every wrong size of the struct, through
 * seawall_config_check and set and, unless it is NULL, `create`: each must be judged alike, and a refusal must name key, value
 * and bound. A value inside its bounds may be refused for the sake of another field if the message names that field.
 */
void sw_test_walk_fields(const char *kind, sw_test_create_fn create);

/* Sets what has no default, in a config that is otherwise filled. */
void sw_test_fill_required(const char *kind, void *config);

#endif
