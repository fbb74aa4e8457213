/*
 * Where a network check goes: "host:port", "[v6]:port", "unix:/path", or "http://[user[:password]@]host[:port][/path][?query]".
 * Pure: nothing is looked up.
 */
#ifndef SW_HEALTH_NET_TARGET_H
#define SW_HEALTH_NET_TARGET_H

#include <seawall/status.h>

#include "base/text.h"

/* Bytes of the longest text that is read, of the longest host's name, and of the longest socket's path, without NULs. */
#define SW_NET_TARGET_MAX 1024
#define SW_NET_HOST_MAX 253
#define SW_NET_PATH_MAX 107

typedef enum sw_net_place { SW_NET_AT_ADDRESS, SW_NET_AT_SOCKET, SW_NET_AT_URL } sw_net_place;

/* Pieces of the text that was parsed. */
typedef struct sw_net_target {
    sw_net_place place;
    sw_span host; /* without brackets; SW_NET_AT_SOCKET: the path */
    uint16_t port;
    bool bracketed;    /* the host stood in brackets: an IPv6 address */
    sw_span authority; /* SW_NET_AT_URL: what the Host header says, "host" or "host:port" */
    sw_span user;      /* SW_NET_AT_URL: as it was written, percent signs and all; start is NULL if there was none */
    sw_span request;   /* SW_NET_AT_URL: path and query; may be empty, or begin with the query */
} sw_net_target;

/*
 * Parses the whole of `text`, which must outlive the target. `url` says whether it is to be a URL, or anything but a URL.
 * The error is `key`'s, and never repeats the text, which may hold a password.
 */
seawall_status sw_net_target_parse(const char *key, const char *text, bool url, sw_net_target *target, seawall_error *error);

/* Bytes that hold a target as it may be shown, the NUL included: stars may be longer than what they stand for. */
#define SW_NET_SHOWN_SIZE (SW_NET_TARGET_MAX + 8)

/* The text as it may be shown: a URL without its user and its query. Answers the length, the NUL not counted. */
size_t sw_net_target_show(const sw_net_target *target, const char *text, char shown[SW_NET_SHOWN_SIZE]);

#endif
