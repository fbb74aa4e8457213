/*
 * Timers of several libraries under one face, so that each pays the same calls through the same pointers. Time is the bench's own
 * and stands still between two steps: the libraries that read the system's clock read this one.
 */
#ifndef BENCH_PEERS_H
#define BENCH_PEERS_H

#include <stdbool.h>
#include <stdint.h>

/* Milliseconds: the finest that all of them know. */
typedef int64_t peer_time;

/* Timer number `timer` has fired. It may be armed again from inside. */
typedef void (*peer_fired)(void *user, uint32_t timer);

typedef struct peer {
    const char *name;
    /* Timers 0 to `capacity` - 1, none of them armed. NULL: no memory. */
    void *(*create)(uint32_t capacity, peer_fired fired, void *user);
    void (*destroy)(void *state);
    bool (*arm)(void *state, uint32_t timer, peer_time at);   /* one that is not armed */
    bool (*rearm)(void *state, uint32_t timer, peer_time at); /* one that is */
    bool (*cancel)(void *state, uint32_t timer);
    void (*run)(void *state); /* everything that is due by now */
    /* What one more timer takes, in bytes. */
    uint64_t (*bytes)(void);
} peer;

extern const peer peer_wheel, peer_service, peer_libevent, peer_libuv;

/* What time it is. */
extern peer_time peer_now;

/* While it is on, this thread's reads of the system's clock answer peer_now. */
void peer_clock(bool on);

#endif
