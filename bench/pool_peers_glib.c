/* GLib's GThreadPool, with threads of its own; who waits for a job's end does so at a GAsyncQueue. */
#include <glib.h>
#include <stdlib.h>

#include "pool_peers.h"

typedef struct state {
    GThreadPool *pool;
    GAsyncQueue *ended;
} state;

/* Its data must not be NULL: what is to be told of is the state, anything else is not. */
static char untold;

static void job(gpointer data, gpointer user)
{
    state *s = user;

    pool_peer_job();
    if (data == s)
        g_async_queue_push(s->ended, data);
}

static void *create(void)
{
    state *s = calloc(1, sizeof(*s));

    if (s == NULL)
        return NULL;
    s->ended = g_async_queue_new();
    s->pool = g_thread_pool_new(job, s, 2, TRUE, NULL);
    return s;
}

static void destroy(void *p)
{
    state *s = p;

    g_thread_pool_free(s->pool, FALSE, TRUE);
    g_async_queue_unref(s->ended);
    free(s);
}

static bool submit(void *p)
{
    state *s = p;

    return g_thread_pool_push(s->pool, &untold, NULL);
}

static bool round_trip(void *p)
{
    state *s = p;

    return g_thread_pool_push(s->pool, s, NULL) && g_async_queue_pop(s->ended) == s;
}

const pool_peer pool_peer_glib = {"GLib GThreadPool", create, destroy, submit, NULL, round_trip};
