/*
 * What the examples of health checks share: sockets of this machine, and asking a service how it is, as a load balancer or
 * kubelet would.
 */
#ifndef EXAMPLE_ASK_H
#define EXAMPLE_ASK_H

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static inline struct sockaddr_in at_port(int port)
{
    struct sockaddr_in address;

    memset(&address, 0, sizeof(address));
    address.sin_family = AF_INET;
    address.sin_port = htons((uint16_t)port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

/* Listens at *port, or at any port if that is 0, which is written there then. -1 if that cannot be. */
static inline int listen_at(int *port)
{
    struct sockaddr_in address = at_port(*port);
    socklen_t size = sizeof(address);
    int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), yes = 1;

    if (server < 0)
        return -1;
    (void)setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    if (bind(server, (struct sockaddr *)&address, size) != 0 || listen(server, 64) != 0 ||
        getsockname(server, (struct sockaddr *)&address, &size) != 0) {
        close(server);
        return -1;
    }
    *port = ntohs(address.sin_port);
    return server;
}

static inline int connect_to(int port)
{
    struct sockaddr_in address = at_port(port);
    int connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (connection >= 0 && connect(connection, (struct sockaddr *)&address, sizeof(address)) == 0)
        return connection;
    if (connection >= 0)
        close(connection);
    return -1;
}

/* The HTTP status of a GET, 0 if there was no answer. */
static inline int get(int port, const char *path)
{
    int connection = connect_to(port);
    char text[512] = "";
    size_t length = 0;
    ssize_t got;

    if (connection < 0)
        return 0;
    (void)snprintf(text, sizeof(text), "GET %s HTTP/1.0\r\n\r\n", path);
    if (send(connection, text, strlen(text), MSG_NOSIGNAL) > 0) {
        while (length < sizeof(text) - 1 && (got = recv(connection, text + length, sizeof(text) - 1 - length, 0)) > 0)
            length += (size_t)got;
    }
    text[length] = '\0';
    close(connection);
    return length > 9 && strncmp(text, "HTTP/1.", 7) == 0 ? atoi(text + 9) : 0;
}

/* Asks until the answer is this one, for ten seconds at most. Tells, and answers whether it was. */
static inline int becomes(int port, const char *path, int status)
{
    const struct timespec a_little = {0, 5000000};
    int last = 0, i;

    for (i = 0; i < 2000 && last != status; i++) {
        if (i > 0)
            nanosleep(&a_little, NULL);
        last = get(port, path);
    }
    printf("%-16s %d\n", path, last);
    return last == status;
}

#endif
