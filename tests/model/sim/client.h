/* A client in a simulation: one execution of a pipeline, driven whenever its time on the agenda has come. */
#ifndef SEAWALL_SIM_CLIENT_H
#define SEAWALL_SIM_CLIENT_H

#include "model/sim/agenda.h"

typedef struct client client;

/*
 * What the simulated world does. None may report an attempt at once: the answer takes its time on the agenda. An attempt's id is
 * told apart from those of the client's earlier runs, so that an answer that comes too late meets nobody.
 */
typedef struct client_world {
    void (*start)(client *c, const seawall_step *step);
    void (*cut)(client *c, uint64_t id); /* the attempt is not waited for any more; NULL: that is all */
    void (*ended)(client *c, const seawall_report *report); /* NULL: nobody asks */
} client_world;

struct client {
    agenda *agenda;
    const client_world *world;
    void *storage;
    seawall_execution *execution;
    seawall_time alarm; /* the one that is on the agenda; forever: none */
    uint64_t alarms;
    uint64_t runs;
    bool drained;
};

void client_init(client *c, agenda *a, const client_world *world, const seawall_pipeline *pipeline);
void client_fini(client *c);

void client_begin(client *c, seawall_time deadline);

/* The attempt has ended now. One that was cut is nobody's business any more. */
void client_report(client *c, uint64_t id, seawall_fault fault);

#endif
