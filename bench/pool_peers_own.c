/* What one writes first: a ring under a mutex, and two conditions. */
#include <pthread.h>
#include <stdlib.h>

#include "pool_peers.h"

#define WORKERS 2

typedef struct state {
    pthread_mutex_t lock;
    pthread_cond_t filled, ended;
    void (*ring[POOL_PEER_WINDOW])(struct state *state);
    uint64_t put, taken;
    bool over, trip_ended;
    pthread_t workers[WORKERS];
} state;

static void *work(void *arg)
{
    state *s = arg;

    (void)pthread_mutex_lock(&s->lock);
    for (;;) {
        void (*job)(state *state);

        while (s->put == s->taken && !s->over)
            (void)pthread_cond_wait(&s->filled, &s->lock);
        if (s->put == s->taken)
            break;
        job = s->ring[s->taken++ % POOL_PEER_WINDOW];
        (void)pthread_mutex_unlock(&s->lock);
        job(s);
        (void)pthread_mutex_lock(&s->lock);
    }
    (void)pthread_mutex_unlock(&s->lock);
    return NULL;
}

static void destroy(void *p)
{
    state *s = p;
    int i;

    (void)pthread_mutex_lock(&s->lock);
    s->over = true;
    (void)pthread_cond_broadcast(&s->filled);
    (void)pthread_mutex_unlock(&s->lock);
    for (i = 0; i < WORKERS; i++)
        (void)pthread_join(s->workers[i], NULL);
    (void)pthread_cond_destroy(&s->ended);
    (void)pthread_cond_destroy(&s->filled);
    (void)pthread_mutex_destroy(&s->lock);
    free(s);
}

static void *create(void)
{
    state *s = calloc(1, sizeof(*s));
    int i;

    if (s == NULL)
        return NULL;
    (void)pthread_mutex_init(&s->lock, NULL);
    (void)pthread_cond_init(&s->filled, NULL);
    (void)pthread_cond_init(&s->ended, NULL);
    for (i = 0; i < WORKERS; i++) {
        if (pthread_create(&s->workers[i], NULL, work, s) != 0)
            exit(2);
    }
    return s;
}

static bool put(state *s, void (*job)(state *state))
{
    bool room;

    (void)pthread_mutex_lock(&s->lock);
    room = s->put - s->taken < POOL_PEER_WINDOW;
    if (room) {
        s->ring[s->put++ % POOL_PEER_WINDOW] = job;
        (void)pthread_cond_signal(&s->filled);
    }
    (void)pthread_mutex_unlock(&s->lock);
    return room;
}

static void tiny(state *s)
{
    (void)s;
    pool_peer_job();
}

static bool submit(void *p)
{
    return put(p, tiny);
}

static void tell(state *s)
{
    pool_peer_job();
    (void)pthread_mutex_lock(&s->lock);
    s->trip_ended = true;
    (void)pthread_cond_signal(&s->ended);
    (void)pthread_mutex_unlock(&s->lock);
}

static bool round_trip(void *p)
{
    state *s = p;

    s->trip_ended = false; /* nobody else is on a trip */
    if (!put(s, tell))
        return false;
    (void)pthread_mutex_lock(&s->lock);
    while (!s->trip_ended)
        (void)pthread_cond_wait(&s->ended, &s->lock);
    (void)pthread_mutex_unlock(&s->lock);
    return true;
}

const pool_peer pool_peer_own = {"mutex and conditions", create, destroy, submit, NULL, round_trip};
