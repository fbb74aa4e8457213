/* One connection of the upstream: reads requests, writes answers. One request at a time, as HTTP/1.1 without pipelining. */
#ifndef STORM_CONNECTION_H
#define STORM_CONNECTION_H

#include <stdbool.h>

struct connection {
    int socket; /* -1: free */
    int used;
    char request[2048];
};

enum connection_state { CONNECTION_AGAIN, CONNECTION_REQUEST, CONNECTION_CLOSED };

/* Reads what has come. On CONNECTION_REQUEST a whole request was taken, and *item is what it asks for. */
enum connection_state connection_read(struct connection *connection, int *item);

/* Answers. false if the caller is gone. */
bool connection_answer_item(struct connection *connection, int item);
bool connection_answer_unavailable(struct connection *connection, int retry_after_seconds);

void connection_close(struct connection *connection);

#endif
