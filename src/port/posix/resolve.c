/* Names of hosts, through the system's resolver. */
#define _GNU_SOURCE
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "port/socket.h"

static bool take(const struct sockaddr *address, sw_port_ip *ip)
{
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;

    memset(ip, 0, sizeof(*ip));
    if (address->sa_family == AF_INET) {
        memcpy(&v4, address, sizeof(v4));
        memcpy(ip->bytes, &v4.sin_addr, sizeof(v4.sin_addr));
        return true;
    }
    if (address->sa_family != AF_INET6)
        return false;
    memcpy(&v6, address, sizeof(v6));
    memcpy(ip->bytes, &v6.sin6_addr, sizeof(v6.sin6_addr));
    ip->scope = v6.sin6_scope_id;
    ip->v6 = true;
    return true;
}

int32_t sw_port_resolve(const char *host, sw_port_ip *ips, int32_t room, int32_t *count, int32_t *error)
{
    const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    struct addrinfo *list = NULL;
    const struct addrinfo *one;
    int eai = getaddrinfo(host, NULL, &hints, &list);

    *error = eai == EAI_SYSTEM ? errno : 0;
    *count = 0;
    if (eai != 0)
        return eai;
    for (one = list; one != NULL && *count < room; one = one->ai_next)
        *count += take(one->ai_addr, &ips[*count]);
    freeaddrinfo(list);
    return *count > 0 ? 0 : EAI_NONAME;
}

const char *sw_port_resolve_text(int32_t eai)
{
    switch (eai) {
    case EAI_NONAME:
    case EAI_NODATA:
        return "there is no host of this name";
    case EAI_AGAIN:
        return "the name server does not answer for now";
    case EAI_FAIL:
        return "the name server failed";
    case EAI_MEMORY:
        return "no memory to look up the host's name";
    default:
        return "the host's name cannot be looked up";
    }
}
