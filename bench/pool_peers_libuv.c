/* libuv's pool: a job has ended when the loop, which is the producer's, has been told. */
#include <stdlib.h>
#include <uv.h>

#include "pool_peers.h"

typedef struct state {
    uv_loop_t loop;
    uint32_t free_count;
    uv_work_t *free[POOL_PEER_WINDOW];
    uv_work_t works[POOL_PEER_WINDOW];
} state;

static void job(uv_work_t *work)
{
    (void)work;
}

static void ended(uv_work_t *work, int status)
{
    state *s = work->data;

    (void)status;
    s->free[s->free_count++] = work;
    pool_peer_job();
}

static bool submit(void *p)
{
    state *s = p;

    return s->free_count > 0 && uv_queue_work(&s->loop, s->free[--s->free_count], job, ended) == 0;
}

static void attend(void *p)
{
    state *s = p;

    (void)uv_run(&s->loop, UV_RUN_NOWAIT);
}

static bool round_trip(void *p)
{
    state *s = p;

    return submit(s) && uv_run(&s->loop, UV_RUN_DEFAULT) == 0; /* until nothing is under way */
}

static void destroy(void *p)
{
    state *s = p;

    (void)uv_run(&s->loop, UV_RUN_DEFAULT);
    (void)uv_loop_close(&s->loop);
    free(s);
}

/* The workers belong to the process, and the first job starts them. */
static void *create(void)
{
    state *s = calloc(1, sizeof(*s));
    int i;

    if (s == NULL || setenv("UV_THREADPOOL_SIZE", "2", 1) != 0 || uv_loop_init(&s->loop) != 0) {
        free(s);
        return NULL;
    }
    for (i = 0; i < POOL_PEER_WINDOW; i++) {
        s->works[i].data = s;
        s->free[s->free_count++] = &s->works[i];
    }
    if (round_trip(s))
        return s;
    destroy(s);
    return NULL;
}

const pool_peer pool_peer_libuv = {"libuv uv_queue_work", create, destroy, submit, attend, round_trip};
