/*
 * A client: what it does for one call. Both get the same calls at the same instants, have the same number of threads
 * and the same http.c below them; they differ in this one function.
 */
#ifndef STORM_CLIENT_H
#define STORM_CLIENT_H

#include "http.h"

struct client {
    /* Makes what all threads share; false (with a line on stderr) if it cannot. NULL: nothing is shared. */
    bool (*create)(struct record *record, void **state);
    enum call_end (*call)(void *state, struct http *http, int item);
    void (*destroy)(void *state);
};

extern const struct client client_naked;   /* libcurl and a loop */
extern const struct client client_guarded; /* libcurl under Seawall */

#endif
