/* The bytes that a network check sends. */
#ifndef SW_HEALTH_NET_REQUEST_H
#define SW_HEALTH_NET_REQUEST_H

#include "base/writer.h"
#include "health/net_target.h"

/* An HTTP/1.1 GET that asks for the connection's end; the target's user, if it has one, as Basic authorization. */
void sw_net_write_get(const sw_net_target *target, sw_writer *writer);

/*
 * Whether each percent sign of the target's user begins an escape, and none stands for a control character: to be asked before
 * anything is written.
 */
seawall_status sw_net_check_user(const char *key, sw_span user, seawall_error *error);

#endif
