/*
 * A network check: what is asked of whom, and what must be answered. Immutable once made, so that any number of runs may share
 * it.
 */
#ifndef SW_HEALTH_NET_CHECK_H
#define SW_HEALTH_NET_CHECK_H

#include <seawall/platform.h>

#include "health/net_result.h"
#include "health/net_target.h"
#include "health/net_text.h"
#include "port/socket.h"

enum {
    SW_NET_CONNECTION_TEST, /* the connection comes to stand */
    SW_NET_PING_TEST,       /* what is sent is answered as expected */
    SW_NET_HEALTH_ENDPOINT  /* an HTTP GET is answered with a status, and a body, as expected */
};

/* What a ping says. */
enum {
    SW_NET_PING_REDIS,     /* PING, answered +PONG, or by asking for a password */
    SW_NET_PING_MEMCACHED, /* version, answered VERSION */
    SW_NET_PING_OWN        /* the settings' `send` and `expect` */
};

#define SW_NET_STATUSES_DEFAULT "200-399"
#define SW_NET_RESPONSE_LIMIT_DEFAULT 65536
#define SW_NET_RESPONSE_LIMIT_LEAST 1024
#define SW_NET_RESPONSE_LIMIT_MOST (16 << 20)

/* As a configuration says it. A text that is NULL or "" was not given. Nothing of this is kept. */
typedef struct sw_net_settings {
    int32_t kind;
    const char *target;
    int32_t ping;           /* SW_NET_PING_TEST; the next two only with _OWN */
    const char *send;       /* with escapes; not given: the other side speaks first */
    const char *expect;     /* with escapes: how the reply must begin; not given: any byte will do */
    const char *statuses;   /* SW_NET_HEALTH_ENDPOINT; not given: SW_NET_STATUSES_DEFAULT */
    const char *body;       /* SW_NET_HEALTH_ENDPOINT: what the body must contain, with escapes; not given: it does not matter */
    int32_t response_limit; /* bytes of the longest response that is read */
} sw_net_settings;

#define SW_NET_SETTINGS_INIT {0, NULL, 0, NULL, NULL, NULL, NULL, SW_NET_RESPONSE_LIMIT_DEFAULT}

typedef struct sw_net_check {
    const seawall_platform *platform;
    size_t size; /* of the whole block: the texts stand behind the struct */
    int32_t kind;
    int32_t ping;
    sw_net_place place;
    uint16_t port;
    bool literal; /* `ip` is the host: there is nothing to look up */
    sw_port_ip ip;
    int64_t response_limit;
    sw_net_statuses statuses;
    const char *shown; /* the target without its secrets */
    const char *host;  /* or the socket's path */
    sw_span request;   /* what is sent */
    sw_span expected;  /* how the reply begins, or what the body contains */
    const uint16_t *fall; /* of `expected`, see net_match.h */
} sw_net_check;

/*
 * SEAWALL_OK; SEAWALL_NO_MEMORY; SEAWALL_INVALID: the error says which field ("health_check.target") and what is wrong with it,
 * and repeats no target and nothing that is sent.
 */
seawall_status sw_net_check_create(const sw_net_settings *settings, const seawall_platform *platform, sw_net_check **check,
                                   seawall_error *error);
/* What create would say of them. */
seawall_status sw_net_settings_check(const sw_net_settings *settings, seawall_error *error);
/* No run of it may be under way. NULL is allowed. */
void sw_net_check_destroy(sw_net_check *check);

/* For renderings: credentials and query of a URL are stars. Lives as long as the check. */
const char *sw_net_check_target(const sw_net_check *check);

/* Whether each run needs sw_net_resolve first. */
bool sw_net_check_needs_name(const sw_net_check *check);

/* Addresses that are tried, at most. */
#define SW_NET_ADDRESSES_MAX 8

typedef struct sw_net_addresses {
    int32_t count;
    sw_port_ip ips[SW_NET_ADDRESSES_MAX];
} sw_net_addresses;

/*
 * Looks up the host's name: blocks, perhaps for ever; takes no lock meanwhile. SEAWALL_FAULT_NONE, or the fault, and `why` says
 * all but how long it took.
 */
seawall_fault sw_net_resolve(const sw_net_check *check, sw_net_addresses *addresses, sw_net_result *why);

#endif
