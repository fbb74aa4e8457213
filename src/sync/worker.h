/*
 * A thread of the library's own. Besides the timer service this is where threads start; pools and health checks use it.
 *
 *     static sw_worker worker;                                 zeroed: no thread
 *     sw_worker_start(&worker, &settings, work, user);         OK, or NO_RESOURCES: nothing was changed
 *     ... `work` must be told to return; how is its own affair: a word that it parks on, usually ...
 *     sw_worker_join(&worker);                                 waits until it has, and for on_stop
 *
 * Whoever starts and joins one worker serialises that. A worker may be started again once it was joined.
 *
 * In the child of a fork the thread does not exist. Joining it there forgets it and waits for nobody; then it may be started.
 */
#ifndef SW_SYNC_WORKER_H
#define SW_SYNC_WORKER_H

#include <pthread.h>

#include <seawall/status.h>

#include "base/atomic.h"

/* Stacks: what fields of configurations may ask for, and their default. */
#define SW_STACK_LEAST 65536
#define SW_STACK_MOST (1 << 30)

#define SW_WORKER_NAME_SIZE 16

typedef void (*sw_worker_fn)(void *user);

typedef struct sw_worker_settings {
    const char *name;    /* of the thread: its first 15 bytes; copied by start */
    int32_t stack_size;  /* bytes, SW_STACK_LEAST to SW_STACK_MOST */
    uint64_t signals;    /* which signals the thread takes: bit n - 1 for signal n. 0: none, all are blocked */
} sw_worker_settings;

typedef struct sw_worker {
    pthread_t thread;
    sw_worker_settings settings; /* its name is the one below */
    sw_worker_fn work, last;
    void *user, *last_user;
    char name[SW_WORKER_NAME_SIZE];
    uint32_t process;     /* the fork generation it was started in; 0: it was not */
    sw_atomic_u32 ended;  /* set last of all; SW_WORKER_... */
} sw_worker;

enum { SW_WORKER_AT_WORK, SW_WORKER_ENDED, SW_WORKER_ABANDONED };

/*
 * Starts a thread that calls work(user). It is born with every signal blocked, and opens those of `signals` before that.
 * #SEAWALL_NO_RESOURCES if the system gives none.
 */
seawall_status sw_worker_start(sw_worker *worker, const sw_worker_settings *settings, sw_worker_fn work, void *user);

/* Whether it was started and not joined. */
static inline bool sw_worker_is_started(const sw_worker *worker)
{
    return worker->process != 0;
}

/* Whether its work has returned: joining does not wait any more. Any thread, after the start. */
static inline bool sw_worker_has_ended(sw_worker *worker)
{
    return sw_load_acquire_u32(&worker->ended) == SW_WORKER_ENDED;
}

/* Waits for the end of the thread; nothing if there is none. Never from the thread itself. */
void sw_worker_join(sw_worker *worker);

/*
 * Instead of joining: leaves a thread alone whose work may never return. If it does, the thread calls last(user) as the very
 * last, and touches the worker no more. True: it has ended already, and `last` is the caller's to call.
 */
bool sw_worker_abandon(sw_worker *worker, sw_worker_fn last, void *user);

#endif
