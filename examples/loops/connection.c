#define _GNU_SOURCE /* SOCK_NONBLOCK */
#include "connection.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static bool ended(seawall_result *result, seawall_fault fault, int64_t code)
{
    *result = (seawall_result){.fault = fault, .code = code};
    return true;
}

static bool failed(seawall_result *result, int error, seawall_phase phase)
{
    return ended(result, seawall_fault_from_errno(error, phase), error);
}

bool connection_open(struct connection *c, int port, int item, seawall_result *result)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    c->connected = false;
    c->used = 0;
    c->item = item;
    c->socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (c->socket >= 0 && (connect(c->socket, (struct sockaddr *)&address, sizeof address) == 0 || errno == EINPROGRESS))
        return true;
    failed(result, errno, SEAWALL_PHASE_CONNECT);
    connection_close(c);
    return false;
}

void connection_close(struct connection *c)
{
    if (c->socket >= 0)
        close(c->socket);
    c->socket = -1;
}

static bool send_request(struct connection *c, seawall_result *result)
{
    char request[64];
    int length = snprintf(request, sizeof request, "GET /item/%d HTTP/1.1\r\nHost: localhost\r\n\r\n", c->item);
    int error = 0;
    socklen_t size = sizeof error;

    if (getsockopt(c->socket, SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error != 0)
        return failed(result, error, SEAWALL_PHASE_CONNECT);
    c->connected = true;
    if (send(c->socket, request, (size_t)length, MSG_NOSIGNAL) != length) /* the first bytes of a connection always fit */
        return failed(result, errno, SEAWALL_PHASE_WRITE);
    return false;
}

/* What came is all there is. Whatever is not exactly what was asked for counts against the upstream. */
static seawall_fault judge(const struct connection *c, int64_t *status)
{
    char wanted[32];
    const char *body = strstr(c->text, "\r\n\r\n"), *length = strstr(c->text, "\r\nContent-Length: ");
    int number;

    if (c->used == 0)
        return SEAWALL_FAULT_SERVICE_UNAVAILABLE; /* hung up without a word */
    if (sscanf(c->text, "HTTP/1.1 %d ", &number) != 1 || body == NULL || length == NULL || length > body)
        return SEAWALL_FAULT_OTHER;
    *status = number;
    if (number != 200)
        return seawall_fault_from_http_status(number);
    snprintf(wanted, sizeof wanted, "item %d\n", c->item);
    return strtol(length + 18, NULL, 10) == (long)strlen(body + 4) && strcmp(body + 4, wanted) == 0 ? SEAWALL_FAULT_NONE
                                                                                                   : SEAWALL_FAULT_OTHER;
}

static bool read_answer(struct connection *c, seawall_result *result)
{
    size_t room = sizeof c->text - 1 - (size_t)c->used;
    ssize_t got = recv(c->socket, c->text + c->used, room, 0);
    int64_t status = 0;
    seawall_fault fault;

    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return false;
    if (got < 0)
        return failed(result, errno, SEAWALL_PHASE_READ);
    c->used += (int)got;
    c->text[c->used] = '\0';
    if (got > 0 && c->used < (int)sizeof c->text - 1)
        return false; /* the server closes when it has said everything */
    fault = judge(c, &status);
    return ended(result, fault, status);
}

bool connection_ready(struct connection *c, seawall_result *result)
{
    return c->connected ? read_answer(c, result) : send_request(c, result);
}
