/* One attempt: a GET over a non-blocking socket. The loop says when it is ready; nothing here waits. */
#ifndef LOOPS_CONNECTION_H
#define LOOPS_CONNECTION_H

#include <seawall/seawall.h>

struct call;

struct connection {
    int index;  /* of this place, for the loop's own use */
    int socket;
    bool connected;
    int used;
    int item;
    char text[1024];
    struct call *call; /* whose attempt; NULL: the place is free */
    uint64_t attempt;
    struct connection *next; /* free one */
};

/* False: it has failed already, with this result. Else wait until it can be written to. */
bool connection_open(struct connection *connection, int port, int item, seawall_result *result);
/* It is ready. True: the attempt has ended, with this result. Else wait until it can be read. */
bool connection_ready(struct connection *connection, seawall_result *result);
void connection_close(struct connection *connection);

#endif
