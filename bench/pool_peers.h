/* Pools of two workers of several libraries under one face, with one producer, who is also the one to be told. */
#ifndef BENCH_POOL_PEERS_H
#define BENCH_POOL_PEERS_H

#include <stdbool.h>
#include <stdint.h>

/* Jobs under way at once, at most. */
#define POOL_PEER_WINDOW 1024

typedef struct pool_peer {
    const char *name;
    /* With its workers started. NULL: it cannot be made. */
    void *(*create)(void);
    void (*destroy)(void *state);
    /* One job, which calls pool_peer_job. False: refused. */
    bool (*submit)(void *state);
    /* What the producer must do for jobs to count as ended; it waits for nobody. NULL: nothing. */
    void (*attend)(void *state);
    /* One job, and the producer waits for its end as this library has it. */
    bool (*round_trip)(void *state);
} pool_peer;

extern const pool_peer pool_peer_seawall, pool_peer_own, pool_peer_glib, pool_peer_libuv, pool_peer_tbb;

/* How many jobs have ended, by the count of pool_peer_job. */
uint64_t pool_peer_ended(void);
void pool_peer_job(void);

/* What Seawall's pool counted since it was made. */
bool pool_peer_counts(void *seawall, int64_t *jobs, int64_t *wakes);

#endif
