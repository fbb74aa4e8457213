/* Streams: connecting, sending, receiving. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "port/socket.h"

typedef union any_address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    struct sockaddr_un path;
} any_address;

bool sw_port_parse_ip(const char *text, sw_port_ip *ip)
{
    sw_port_ip found = {.v6 = false};

    if (inet_pton(AF_INET, text, found.bytes) != 1) {
        found.v6 = true;
        if (inet_pton(AF_INET6, text, found.bytes) != 1)
            return false;
    }
    *ip = found;
    return true;
}

static int32_t begin(const any_address *to, socklen_t length, bool *pending, int32_t *error)
{
    int descriptor = socket(to->any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    *error = 0;
    if (descriptor < 0) {
        *error = errno;
        return -1;
    }
    if (connect(descriptor, &to->any, length) == 0) {
        *pending = false;
        return descriptor;
    }
    if (errno == EINPROGRESS || errno == EINTR) {
        *pending = true;
        return descriptor;
    }
    *error = errno;
    (void)close(descriptor);
    return -1;
}

int32_t sw_port_connect(const sw_port_ip *ip, uint16_t port, bool *pending, int32_t *error)
{
    any_address to;
    int32_t descriptor;

    memset(&to, 0, sizeof(to));
    if (ip->v6) {
        to.v6.sin6_family = AF_INET6;
        to.v6.sin6_port = htons(port);
        to.v6.sin6_scope_id = ip->scope;
        memcpy(&to.v6.sin6_addr, ip->bytes, sizeof(to.v6.sin6_addr));
        descriptor = begin(&to, sizeof(to.v6), pending, error);
    } else {
        to.v4.sin_family = AF_INET;
        to.v4.sin_port = htons(port);
        memcpy(&to.v4.sin_addr, ip->bytes, sizeof(to.v4.sin_addr));
        descriptor = begin(&to, sizeof(to.v4), pending, error);
    }
    if (descriptor >= 0 && !*pending) /* it may have met itself: let sw_port_connected look */
        *pending = true;
    return descriptor;
}

_Static_assert(SW_PORT_SOCKET_PATH_MAX < sizeof(((struct sockaddr_un *)NULL)->sun_path), "the longest path has its NUL");

int32_t sw_port_connect_path(const char *path, bool *pending, int32_t *error)
{
    any_address to;
    size_t length = strlen(path);

    if (length > SW_PORT_SOCKET_PATH_MAX) {
        *error = ENAMETOOLONG;
        return -1;
    }
    memset(&to, 0, sizeof(to));
    to.path.sun_family = AF_UNIX;
    memcpy(to.path.sun_path, path, length);
    return begin(&to, sizeof(to.path), pending, error);
}

static bool met_itself(const any_address *here, const any_address *there)
{
    if (here->any.sa_family == AF_INET)
        return here->v4.sin_port == there->v4.sin_port && here->v4.sin_addr.s_addr == there->v4.sin_addr.s_addr;
    if (here->any.sa_family == AF_INET6)
        return here->v6.sin6_port == there->v6.sin6_port &&
               memcmp(&here->v6.sin6_addr, &there->v6.sin6_addr, sizeof(here->v6.sin6_addr)) == 0;
    return false;
}

int32_t sw_port_connected(int32_t descriptor)
{
    any_address here, there;
    socklen_t length = sizeof(here);
    int error = 0;
    socklen_t size = sizeof(error);

    memset(&here, 0, sizeof(here));
    memset(&there, 0, sizeof(there));
    if (getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size) != 0)
        return errno;
    if (error != 0)
        return error;
    if (getsockname(descriptor, &here.any, &length) != 0)
        return errno;
    length = sizeof(there);
    if (getpeername(descriptor, &there.any, &length) != 0)
        return errno == ENOTCONN ? EINPROGRESS : errno;
    return met_itself(&here, &there) ? ECONNREFUSED : 0;
}

static int64_t told(ssize_t count, int32_t *error)
{
    *error = count < 0 ? errno : 0;
    if (*error == EWOULDBLOCK)
        *error = EAGAIN;
    return count;
}

int64_t sw_port_send(int32_t descriptor, const char *bytes, size_t count, int32_t *error)
{
    ssize_t sent;

    do
        sent = send(descriptor, bytes, count, MSG_NOSIGNAL | MSG_DONTWAIT);
    while (sent < 0 && errno == EINTR);
    return told(sent, error);
}

int64_t sw_port_receive(int32_t descriptor, char *bytes, size_t room, int32_t *error)
{
    ssize_t got;

    do
        got = recv(descriptor, bytes, room, MSG_DONTWAIT);
    while (got < 0 && errno == EINTR);
    return told(got, error);
}

void sw_port_close(int32_t descriptor)
{
    (void)close(descriptor);
}

static const struct {
    int error;
    const char *text;
} texts[] = {
    {ECONNREFUSED, "connection refused"},
    {ECONNRESET, "connection reset"},
    {ECONNABORTED, "connection aborted"},
    {EPIPE, "connection closed by the other side"},
    {ETIMEDOUT, "the system gave up waiting for the other side"},
    {EHOSTUNREACH, "no route to the host"},
    {ENETUNREACH, "the network is unreachable"},
    {ENETDOWN, "the network is down"},
    {EHOSTDOWN, "the host is down"},
    {EADDRNOTAVAIL, "no local address or port is left to connect from"},
    {EAFNOSUPPORT, "the system does not know this kind of address"},
    {EAGAIN, "the other side's queue of connections is full"}, /* a path's; elsewhere nobody asks */
    {EACCES, "permission denied"},
    {EPERM, "forbidden by the system, a firewall perhaps"},
    {ENOENT, "there is no such socket"},
    {ENOTDIR, "there is no such socket"},
    {ENOTSOCK, "it is no socket"},
    {EPROTOTYPE, "it is a socket of another type"},
    {ELOOP, "too many symbolic links"},
    {ENAMETOOLONG, "the path is too long"},
    {EMFILE, "this process may open no more descriptors"},
    {ENFILE, "the system gives no more descriptors"},
    {ENOBUFS, "the system has no memory for a connection"},
    {ENOMEM, "the system has no memory for a connection"},
};

const char *sw_port_error_text(int32_t error)
{
    size_t i;

    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        if (texts[i].error == error)
            return texts[i].text;
    }
    return NULL;
}
