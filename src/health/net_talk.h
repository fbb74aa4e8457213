/*
 * What is said over a connection that stands, and what comes back: from the bytes of the other side to the result. Pure: knows no
 * descriptor and no time.
 */
#ifndef SW_HEALTH_NET_TALK_H
#define SW_HEALTH_NET_TALK_H

#include "health/net_check.h"
#include "health/net_http.h"

/* Bytes of a wrong reply that are told. */
#define SW_NET_HEARD 40

typedef struct sw_net_talk {
    size_t sent;     /* of the check's request */
    size_t matched;  /* of what is expected */
    bool differs;    /* a ping's reply is not what is expected; how it goes on may say more */
    size_t received; /* a ping's bytes so far */
    char heard[SW_NET_HEARD]; /* the first of them */
    sw_net_http http;
} sw_net_talk;

/* Each answers whether the check has ended, and how; the duration is not theirs to say. */
bool sw_net_talk_begin(sw_net_talk *talk, const sw_net_check *check, sw_net_result *result);
bool sw_net_talk_hear(sw_net_talk *talk, const sw_net_check *check, const char *bytes, size_t count, sw_net_result *result);
/* The other side closed, or sends no more. */
void sw_net_talk_closed(sw_net_talk *talk, const sw_net_check *check, sw_net_result *result);
/* Time is over. */
void sw_net_talk_late(const sw_net_talk *talk, const sw_net_check *check, sw_net_result *result);

#endif
