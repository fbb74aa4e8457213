/* The rival of the timers: what one writes first, a binary heap of deadlines under a mutex. And the least that arming can do. */
#ifndef BENCH_RIVAL_TIMERS_H
#define BENCH_RIVAL_TIMERS_H

#include <pthread.h>
#include <stdint.h>

typedef struct rival_timers rival_timers;

/* NULL: no memory. */
rival_timers *rival_timers_create(uint32_t capacity);
void rival_timers_destroy(rival_timers *timers);

/* The timer's number, from 1; 0: full. */
uint32_t rival_timers_arm(rival_timers *timers, int64_t at);
int32_t rival_timers_rearm(rival_timers *timers, uint32_t timer, int64_t at);
int32_t rival_timers_cancel(rival_timers *timers, uint32_t timer);
/* When the first is due; INT64_MAX if there is none. */
int64_t rival_timers_next(rival_timers *timers);
/* The first that is due by `now`, taken out; 0: none. */
uint32_t rival_timers_take(rival_timers *timers, int64_t now);

/* Timers at their least: a place of a slab, linked into one ring and taken out again; nobody looks at the time. */
typedef struct floor_node {
    uint32_t next, previous;
    int64_t at;
    uint64_t id, cookie;
} floor_node;

typedef struct floor_timers {
    floor_node *nodes; /* the first is the ring's head */
    uint32_t spare;
} floor_timers;

uint32_t floor_timers_arm(floor_timers *timers, int64_t at);
int32_t floor_timers_rearm(floor_timers *timers, uint32_t timer, int64_t at);
int32_t floor_timers_cancel(floor_timers *timers, uint32_t timer);

#endif
