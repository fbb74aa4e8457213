/* A server on this machine that takes connections and requests, and never answers: what calls are interrupted for. */
#ifndef EXAMPLE_LOCAL_SERVER_H
#define EXAMPLE_LOCAL_SERVER_H

#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Answers its descriptor and writes its port; -1 if there is none. The kernel takes connections for it, and what they send. */
static inline int silent_server(int *port)
{
    struct sockaddr_in address;
    socklen_t size = sizeof(address);
    int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    memset(&address, 0, sizeof(address));
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (server < 0)
        return -1;
    if (bind(server, (struct sockaddr *)&address, size) != 0 || listen(server, 16) != 0 ||
        getsockname(server, (struct sockaddr *)&address, &size) != 0) {
        close(server);
        return -1;
    }
    *port = ntohs(address.sin_port);
    return server;
}

#endif
