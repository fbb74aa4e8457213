/*
 * What a pipeline is made of: levels. Policies come first, those of the main chain outermost first, then those of
 * alternatives, so that a level's index is its public position; after them one level of attempts for each chain.
 * What runs inside a level always has a higher index: upwards by index is outwards in.
 */
#ifndef SW_PIPELINE_CHAIN_H
#define SW_PIPELINE_CHAIN_H

#include <seawall/pipeline.h>

#include "base/atomic.h"

#define SW_NAME_SIZE 64
/* Frames are cleared in pieces of this many bytes. */
#define SW_FRAME_UNIT 32
#define SW_WIDTH_MAX 16
#define SW_LEVEL_NONE UINT16_MAX
/* Policies, the attempts of the main chain, and those of an alternative for every policy. */
#define SW_LEVELS_MAX (2 * SEAWALL_PIPELINE_POLICIES_MAX + 1)

typedef struct sw_level {
    /* Read on every call. enter is NULL for a level of attempts. */
    seawall_enter_fn enter;
    seawall_leave_fn leave;
    void *self;
    uint32_t first;       /* offset of the level's first node in an execution */
    uint32_t stride;      /* bytes from one node to the next */
    uint32_t count;       /* nodes in the pool */
    uint16_t index;       /* this level's own */
    uint16_t inner;       /* the level inside this one */
    uint16_t frame_size;  /* bytes to be cleared before enter, a multiple of SW_FRAME_UNIT */
    /* Read when something happens. */
    uint16_t alternative; /* the first level of the alternative chain, or SW_LEVEL_NONE */
    uint16_t chain;       /* 0: the main chain; else the position, plus 1, of the policy that diverts here */
    int32_t width;
    uint32_t flags;
    seawall_tick_fn tick;
    seawall_drop_fn drop;
    seawall_reference_fn release;
    struct seawall_pool *own_pool; /* the policy's, or NULL */
    struct seawall_pool *pool; /* where attempts inside run: its own, or that of the next policy around it; NULL: none */
    int32_t pool_policy;       /* the position of the policy that says so */
    seawall_duration connect, read, write; /* what these phases may take inside, or in a level of attempts */
    char name[SW_NAME_SIZE];
} sw_level;

struct seawall_pipeline {
    const seawall_platform *platform;
    seawall_listener_fn listener;
    void *listener_user;
    struct sw_ring *events; /* what was decided and nobody has taken; NULL: nobody asks */
    void (*ended)(void *listener_user); /* told that there is no reference left; NULL: nobody */
    size_t execution_size;
    int32_t policies;
    uint16_t first_level; /* where a run begins */
    int32_t levels;
    bool plain;           /* no widths, ticks or alternatives: a run may go the plain way */
    int32_t side_by_side; /* the first policy that needs more than the calling thread, or -1 */
    bool demanding;       /* side_by_side, interrupts or pools is not -1 */
    int32_t interrupts;   /* the first policy that interrupts at its deadline, or -1 */
    seawall_timers *timers; /* who does it then; or NULL */
    int32_t pools;          /* the first policy with a pool, or -1 */
    struct sw_pooled_calls *calls; /* places of calls on pools; NULL: no policy has a pool */
    sw_atomic_u32 references;
    int32_t kept;         /* alternatives below */
    const seawall_pipeline *alternatives[SEAWALL_PIPELINE_POLICIES_MAX];
    sw_level level[]; /* `levels` of them */
};

/* phase.c: a policy's own limits of phases; and then what is inside each policy has those around it, where they are shorter. */
void sw_phases_of(sw_level *level, const seawall_policy *policy);
void sw_phases_hand_on(seawall_pipeline *pipeline);

/* phase.c: what is inside a policy runs on the pool of the nearest one around it; what has none, on the first of all. */
void sw_pools_hand_on(seawall_pipeline *pipeline);

void sw_pipeline_retain(const seawall_pipeline *pipeline);

#endif
