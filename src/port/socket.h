/*
 * Promises about connections: streams to an address or to a socket's path, names, and waiting for many descriptors at once. No
 * call here waits, but for the two that say so; none raises SIGPIPE; no descriptor survives an exec. Errors are errno's values.
 */
#ifndef SW_PORT_SOCKET_H
#define SW_PORT_SOCKET_H

#include "port/port.h"

/* An address without a port. */
typedef struct sw_port_ip {
    uint8_t bytes[16]; /* in network order; 4 of them for IPv4 */
    uint32_t scope;    /* IPv6: the interface of a link-local one */
    bool v6;
} sw_port_ip;

/* "127.0.0.1", "::1"; not a name, nor anything that would have to be looked up. */
bool sw_port_parse_ip(const char *text, sw_port_ip *ip);

/* Bytes of the longest path that a socket can have, without the NUL. */
#define SW_PORT_SOCKET_PATH_MAX 107

/*
 * Waits, perhaps for ever: asks the system for the addresses of a host, `*count` of them and `room` at most, in the order in
 * which they should be tried. Answers 0 or getaddrinfo's error; where that leaves it to errno, `*error` is it, else 0.
 */
int32_t sw_port_resolve(const char *host, sw_port_ip *ips, int32_t room, int32_t *count, int32_t *error);

/* What getaddrinfo's error means, as a static text. */
const char *sw_port_resolve_text(int32_t eai);

/*
 * Begins to connect. Answers the descriptor, which the caller closes, or -1 and the error. `*pending` says that it has yet to be
 * seen whether the connection comes to stand: when the descriptor takes bytes, or has failed, ask sw_port_connected.
 */
int32_t sw_port_connect(const sw_port_ip *ip, uint16_t port, bool *pending, int32_t *error);
int32_t sw_port_connect_path(const char *path, bool *pending, int32_t *error);

/*
 * 0: the connection stands; EINPROGRESS: not yet; else why it does not. A connection that met itself, as may happen on a port
 * of this machine where nobody listens, counts as refused.
 */
int32_t sw_port_connected(int32_t descriptor);

/* Bytes taken or given, 0 at the end of what the other side sends; else -1 and the error: EAGAIN if it would have to wait. */
int64_t sw_port_send(int32_t descriptor, const char *bytes, size_t count, int32_t *error);
int64_t sw_port_receive(int32_t descriptor, char *bytes, size_t room, int32_t *error);

void sw_port_close(int32_t descriptor);

/* What an error of a connection means, in a few words; NULL for one that has none here. */
const char *sw_port_error_text(int32_t error);

/*
 * A poller: a descriptor that is readable while any of the descriptors added to it is what was asked for: readable or taking
 * bytes. Errors and hang-ups are always told. -1 if the system gives none.
 */
int32_t sw_port_poller_open(void);

typedef enum sw_port_interest { SW_PORT_READ, SW_PORT_WRITE } sw_port_interest;

/* `key` is told when it is ready. Answers 0 or the error. */
int32_t sw_port_poller_add(int32_t poller, int32_t descriptor, sw_port_interest interest, void *key);
int32_t sw_port_poller_change(int32_t poller, int32_t descriptor, sw_port_interest interest, void *key);
/* Must come before the descriptor is closed: a forked child may still hold it. */
void sw_port_poller_remove(int32_t poller, int32_t descriptor);

/* The keys of those that are ready now. Answers how many, `room` at most. */
int32_t sw_port_poller_take(int32_t poller, void **keys, int32_t room);

/* Waits until one of them is ready, or `most` has passed; may return early. -1, no poller: only the time ends it. */
void sw_port_poller_wait(int32_t poller, seawall_duration most);

#endif
