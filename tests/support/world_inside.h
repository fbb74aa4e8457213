/* What the drivers of a world share. */
#ifndef SEAWALL_TEST_WORLD_INSIDE_H
#define SEAWALL_TEST_WORLD_INSIDE_H

#include "world.h"

#define WORLD_AT_ONCE_MAX 128

/* An attempt that goes on, in a stepping world. */
typedef struct world_running {
    uint64_t id;
    seawall_time ends;
    seawall_time disowned;
    seawall_result result;
    seawall_duration reaction;
} world_running;

typedef struct world_actor {
    world *world;
    int32_t index;
    int32_t call; /* how many have begun */
    toy_notes notes;
    seawall_report report;
    /* stepping */
    void *storage;
    seawall_execution *execution;
    bool going; /* a call has begun and is not drained */
    bool finished;
    bool woken;
    bool cancelled;
    seawall_time begun;
    seawall_time due; /* when going: what wait said; else the next begin */
    world_running running[WORLD_AT_ONCE_MAX];
    int32_t running_count;
    uint64_t looks; /* for the lateness of each */
    /* blocking */
    pthread_t thread;
    pthread_cond_t turn;
    const uint32_t *word; /* parked on it */
    seawall_time ready;   /* when it runs on; SEAWALL_FOREVER: not by itself */
    bool over;
} world_actor;

struct world {
    world_plan plan;
    seawall_platform platform;
    seawall_time now;
    toy toys[WORLD_TOYS_MAX];
    toy alternatives[2];
    seawall_pipeline *alternative;
    seawall_pipeline *pipeline;
    toy_notes *current; /* the notes of whoever runs */
    world_actor actors[WORLD_ACTORS_MAX];
    const char *broken;
    uint64_t random;
    /* blocking */
    pthread_mutex_t baton;
    pthread_cond_t done;
    int32_t holder;
};

void world_break(world *w, const char *promise);
void world_attempt_of(world *w, int32_t actor, int32_t call, int32_t number, world_attempt *a);
/* When it ends under its deadline, and with what. */
seawall_time world_attempt_end(const world_attempt *a, seawall_time now, seawall_time deadline, seawall_result *result);
void world_note_report(world *w, const seawall_report *report);
seawall_time world_deadline(const world *w, const world_actor *a, seawall_time begun);

void world_step(world *w, bool coarse);
void world_block(world *w);
void world_block_install(world *w);

#endif
