/* A port of this machine's own, for examples that bring their server along. */
#ifndef EXAMPLES_LOOPBACK_H
#define EXAMPLES_LOOPBACK_H

#include <netinet/in.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

/*
 * A non-blocking socket that is bound to *port of 127.0.0.1, or to a free one if that is 0; -1 if there is none. Who keeps one
 * without listening reserves the port: connects are refused, and nobody else gets it.
 */
static inline int loopback_bind(int *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)*port)};
    socklen_t size = sizeof address;
    int yes = 1;
    int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    /* Without SO_REUSEADDR neither a reserved port nor one with connections that linger could be taken again. */
    if (s >= 0 && setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == 0 &&
        bind(s, (struct sockaddr *)&address, size) == 0 && getsockname(s, (struct sockaddr *)&address, &size) == 0) {
        *port = ntohs(address.sin_port);
        return s;
    }
    if (s >= 0)
        close(s);
    return -1;
}

#endif
