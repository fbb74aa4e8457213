/* A platform on which a thread can be held in the middle of what it does: at one of its calls for memory or for the time. */
#ifndef SEAWALL_TEST_HELD_H
#define SEAWALL_TEST_HELD_H

#include <check.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

#include <seawall/seawall.h>

typedef struct held {
    seawall_platform platform;
    void (*act)(void *arg); /* what the thread does */
    void *arg;
    pthread_t thread;
    atomic_int left; /* calls until it is held */
    atomic_bool here, over, go;
} held;

static _Thread_local held *held_self;

static void held_call(void)
{
    if (held_self == NULL || atomic_fetch_sub(&held_self->left, 1) != 0)
        return;
    atomic_store(&held_self->here, true);
    while (!atomic_load(&held_self->go))
        (void)sched_yield();
}

static void *held_allocate(size_t size, size_t alignment, void *user)
{
    held_call();
    return seawall_platform_default()->allocate(size, alignment, user);
}

/* What the thread has given up stays as it is: whoever gives it up once more, in a child, is caught. */
#define HELD_GIVEN_UP 1024
static void *held_given_up[HELD_GIVEN_UP];
static int held_given_up_count;

static void held_release(void *memory, size_t size, void *user)
{
    int i;

    for (i = 0; i < held_given_up_count; i++) {
        if (held_given_up[i] == memory)
            abort();
    }
    if (held_self != NULL && held_given_up_count < HELD_GIVEN_UP)
        held_given_up[held_given_up_count++] = memory;
    else
        seawall_platform_default()->release(memory, size, user);
    held_call();
}

static seawall_time held_now(void *user)
{
    held_call();
    return seawall_platform_default()->now(user);
}

static inline void held_init(held *h)
{
    while (held_given_up_count > 0) /* of the thread before */
        seawall_platform_default()->release(held_given_up[--held_given_up_count], 1, NULL);
    *h = (held){.platform = *seawall_platform_default()};
    h->platform.allocate = held_allocate;
    h->platform.release = held_release;
    h->platform.now = held_now;
}

static inline void *held_run(void *arg)
{
    held_self = arg;
    held_self->act(held_self->arg);
    atomic_store(&held_self->over, true);
    return NULL;
}

/* Starts the thread, and comes back when it is held at call number `nth`; false: it is through without. */
static inline bool held_begin(held *h, int nth, void (*act)(void *arg), void *arg)
{
    h->act = act;
    h->arg = arg;
    atomic_store(&h->left, nth);
    atomic_store(&h->here, false);
    atomic_store(&h->over, false);
    atomic_store(&h->go, false);
    ck_assert_int_eq(pthread_create(&h->thread, NULL, held_run, h), 0);
    while (!atomic_load(&h->here) && !atomic_load(&h->over))
        (void)sched_yield();
    return atomic_load(&h->here);
}

static inline void held_end(held *h)
{
    atomic_store(&h->go, true);
    ck_assert_int_eq(pthread_join(h->thread, NULL), 0);
}

#endif
