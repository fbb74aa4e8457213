/*
 * The parts of a group of executions:
 *
 *   group.c       the runs: begun, asked, reported, drained
 *   group_due.c   when each of them is to be asked again: a heap
 *   group_bell.c  how wakers find it, from any thread and at any time
 */
#ifndef SW_PIPELINE_GROUP_PARTS_H
#define SW_PIPELINE_GROUP_PARTS_H

#include <seawall/group.h>

#include "base/alloc.h"
#include "base/atomic.h"

#define SW_NO_RUN (-1)
#define SW_RUN_INDEX_BITS 20

_Static_assert(SEAWALL_GROUP_RUNS_MAX <= 1 << SW_RUN_INDEX_BITS, "an index fits into the name of a run");

/* A cache line. Its execution lies at the same index of the storage. */
typedef struct sw_group_run {
    _Alignas(SW_CACHE_LINE) void *user;
    uint64_t generation; /* of the place: a run's name has it, so that it is stale when the place is used again */
    seawall_time due;    /* when it is to be asked; SEAWALL_FOREVER: not because of the time */
    seawall_time listed; /* in the heap: with this time, not after `due` */
    uint32_t order;      /* of `due`, among others of the same time */
    int32_t place;       /* in the heap, or SW_NO_RUN */
    int32_t next;        /* in the list it is in: of the free ones, or of those that are ready to be asked */
    bool in_use;
    bool ready;          /* it is in that list */
    bool woken;          /* it is in the bell's list; this and the next one are guarded by its lock */
    int32_t next_woken;
} sw_group_run;

/* When a run is due. Beside one another, so that the four below one place share a cache line. */
typedef struct sw_group_due {
    seawall_time at;
    uint32_t order; /* of two that are due at the same time the one that was told first goes first */
    int32_t run;
} sw_group_due;

/* First come, first served; linked through the runs. */
typedef struct sw_group_list {
    int32_t first;
    int32_t last;
} sw_group_list;

/* What wakers write. */
typedef struct sw_group_bell {
    uint32_t key;         /* tells this group from one that was at the same address */
    sw_atomic_u32 waking; /* somebody is in the list */
    sw_atomic_u64 inside; /* the thread that carries out a function of the group: whom nobody need wake */
    struct {              /* by the lock of the gate that the group is listed at; see group_bell.c */
        struct seawall_group *next;
        sw_group_list woken;
        bool rung;
        int32_t event; /* a descriptor plus 1; 0: none */
        uint32_t process;
    } guarded;
} sw_group_bell;

struct seawall_group {
    const seawall_platform *platform;
    seawall_group_config config;
    size_t size;             /* of all of it */
    size_t execution_size;
    size_t ahead;            /* bytes of an execution that are fetched before they are needed; 0: the caches hold them all */
    unsigned char *storage;  /* of the executions */
    seawall_time now;        /* the last one: a smaller one counts as this */
    int32_t count;           /* runs in use */
    int32_t current;         /* being asked, or SW_NO_RUN */
    int32_t free;            /* the first one, linked by `next` */
    sw_group_list ready;
    int32_t due;             /* how many are in the heap */
    uint32_t order;
    sw_group_due *heap;
    sw_group_bell bell;
    sw_group_run run[];      /* config.capacity of them, then the heap, then the executions */
};

/* At this place: there whether the place is in use or not. */
static inline seawall_execution *sw_group_execution(const seawall_group *group, int32_t index)
{
    return (seawall_execution *)(void *)(group->storage + (size_t)index * group->execution_size);
}

/* group_due.c: this run is to be asked at `at`; SEAWALL_FOREVER: not because of the time. */
void sw_group_set_due(seawall_group *group, int32_t index, seawall_time at);
/* What is due first, or NULL. */
const sw_group_due *sw_group_first_due(seawall_group *group);

/* group_bell.c */
void sw_group_bell_hang(seawall_group *group);
void sw_group_bell_take_down(seawall_group *group);
seawall_waker sw_group_waker(seawall_group *group, int32_t index);
/* Moves who was woken to those that are ready, and lets the bell ring again. */
void sw_group_answer_bell(seawall_group *group);

/* group.c: puts a run behind those that are ready. */
void sw_group_make_ready(seawall_group *group, int32_t index);
/* In the child of a fork: a group without runs, whatever the parent was doing with it. */
void sw_group_forget(seawall_group *group);

#endif
