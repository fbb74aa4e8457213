/*
 * What happens when, in a simulation: time is a number that jumps from one entry to the next. Entries of the same instant come in
 * the order in which they were made, so that a simulation repeats itself.
 */
#ifndef SEAWALL_SIM_AGENDA_H
#define SEAWALL_SIM_AGENDA_H

#include <seawall/seawall.h>

typedef void (*agenda_fn)(void *who, uint64_t what);

typedef struct agenda_entry {
    seawall_time when;
    uint64_t order;
    agenda_fn happens;
    void *who;
    uint64_t what;
} agenda_entry;

typedef struct agenda {
    agenda_entry *entries; /* a heap, the next one first */
    int count, room;
    uint64_t order;
    seawall_time now;
} agenda;

void agenda_init(agenda *a, seawall_time now);
void agenda_fini(agenda *a);

/* Not before now. */
void agenda_at(agenda *a, seawall_time when, agenda_fn happens, void *who, uint64_t what);

/* Lets the next thing happen. False if there is none. */
bool agenda_step(agenda *a);

#endif
