/*
 * Worlds: a few actors make guarded calls through one pipeline of toys, on a virtual clock. Everything follows from a
 * plan, so that a world runs the same whoever drives it:
 *
 *   stepping   an event queue around the sans-I/O functions, always on time
 *   blocking   real threads in seawall_call, of which exactly one runs at a time
 *   coarse     stepping, but every look is up to 10 ms late
 *
 * Of several actors that are due at one instant the lowest comes first, under every driver.
 */
#ifndef SEAWALL_TEST_WORLD_H
#define SEAWALL_TEST_WORLD_H

#include "toy.h"

#define WORLD_TOYS_MAX 8
#define WORLD_ACTORS_MAX 4
#define WORLD_CALLS_MAX 64

enum world_driver { WORLD_STEPPING, WORLD_BLOCKING, WORLD_COARSE };

/* How an attempt goes if nobody stops it. */
typedef struct world_attempt {
    seawall_duration lasts; /* SEAWALL_FOREVER: it never ends, and is disowned */
    seawall_fault fault;
    int64_t code;
    seawall_duration retry_after;
    seawall_duration reaction; /* from its deadline, or a host's wish to stop, until it does; at least 1 */
} world_attempt;

typedef struct world_plan {
    uint64_t seed;
    int32_t toy_count;
    toy_config toys[WORLD_TOYS_MAX]; /* outermost first */
    int32_t alternative_count;
    toy_config alternatives[2]; /* one chain, which every toy of the kind divert runs */
    int32_t late;               /* as in seawall_pipeline_config */
    int32_t actors;
    int32_t calls; /* of each actor */
    seawall_time begin[WORLD_ACTORS_MAX];
    seawall_duration pause;                  /* between two calls of one actor */
    seawall_duration limit[WORLD_ACTORS_MAX];  /* the caller's deadline, from the begin; SEAWALL_FOREVER for none */
    seawall_duration cancel[WORLD_ACTORS_MAX]; /* a cancellation, from the begin; SEAWALL_FOREVER for none. Not when blocking. */
    /* How attempt `number` of an actor's call goes. NULL: by chance, from the seed. */
    void (*attempt)(const struct world_plan *plan, int32_t actor, int32_t call, int32_t number, seawall_time now,
                    world_attempt *a);
    bool endless; /* by chance: some attempts never end */
} world_plan;

typedef struct world world;

/* A world of chance. `wide`: several runs side by side, detaching, cancellations; not for the blocking driver. */
void world_plan_from_seed(world_plan *plan, uint64_t seed, bool wide);

/*
 * Runs the plan and leaves each actor's notes, one after the other, in `notes`. Answers the first promise found broken, or NULL.
 * `policies` NULL: the plan's toys; else these, `count` of them, made for `world_platform(w)`.
 */
world *world_create(const world_plan *plan);
const seawall_platform *world_platform(world *w);
const char *world_run(world *w, enum world_driver driver, const seawall_policy *const *policies, int32_t count, toy_notes *notes);
/* Where the notes of whoever runs go, for listeners. */
toy_notes **world_notes(world *w);
/* The toy at `position` of the plan, to be mixed with other policies. */
toy *world_toy(world *w, int32_t position);
/* The report of an actor's last call. */
const seawall_report *world_report(const world *w, int32_t actor);
seawall_time world_now(const world *w);
void world_destroy(world *w);

#endif
