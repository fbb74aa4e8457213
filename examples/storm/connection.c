#include "connection.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum connection_state connection_read(struct connection *connection, int *item)
{
    size_t room = sizeof connection->request - 1 - (size_t)connection->used;
    ssize_t got = recv(connection->socket, connection->request + connection->used, room, 0);
    char *end;

    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return CONNECTION_AGAIN;
    if (got <= 0)
        return CONNECTION_CLOSED;
    connection->used += (int)got;
    connection->request[connection->used] = '\0';
    end = strstr(connection->request, "\r\n\r\n");
    if (!end)
        return got == (ssize_t)room ? CONNECTION_CLOSED : CONNECTION_AGAIN;
    connection->used = 0; /* a GET has no body, and the next request waits for the answer to this one */
    return sscanf(connection->request, "GET /item/%d ", item) == 1 ? CONNECTION_REQUEST : CONNECTION_CLOSED;
}

/* An answer fits into any socket buffer: one send, no waiting. */
static bool answer(struct connection *connection, const char *text, int length)
{
    return send(connection->socket, text, (size_t)length, MSG_NOSIGNAL) == length;
}

bool connection_answer_item(struct connection *connection, int item)
{
    char body[64], text[256];
    int length = snprintf(body, sizeof body, "{\"item\":%d}\n", item);

    length = snprintf(text, sizeof text,
                      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", length, body);
    return answer(connection, text, length);
}

bool connection_answer_unavailable(struct connection *connection, int retry_after_seconds)
{
    char text[256];
    int length = snprintf(text, sizeof text,
                          "HTTP/1.1 503 Service Unavailable\r\nRetry-After: %d\r\nContent-Length: 0\r\n\r\n",
                          retry_after_seconds);

    return answer(connection, text, length);
}

void connection_close(struct connection *connection)
{
    close(connection->socket);
    connection->socket = -1;
    connection->used = 0;
}
