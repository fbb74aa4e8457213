/* What goes along with checks: breakers that are held open, and what reads breakers and pools. */
#ifndef SW_REGISTRY_HEALTH_HOLD_H
#define SW_REGISTRY_HEALTH_HOLD_H

#include <seawall/breaker.h>
#include <seawall/pool.h>

#include "health/health_attach.h"

/*
 * The breaker goes along with the check of this name: each transition makes the check due, and if it `holds`, it is held open
 * while the check fails. Takes the caller's reference to the breaker over, also when it fails. Before it is attached it is to
 * listen, for which the breaker may have no place: #SEAWALL_FULL.
 */
seawall_status sw_hold_create(const seawall_platform *platform, seawall_health *health, const char *name,
                              seawall_breaker *breaker, bool holds, sw_health_attachment **hold, seawall_error *error);
seawall_status sw_hold_listen(sw_health_attachment *hold, seawall_error *error);

/* What a source is bound to that reads the object; it takes the caller's reference over if it is bound. */
seawall_health_binding sw_source_of_breaker(seawall_breaker *breaker);
seawall_health_binding sw_source_of_pool(seawall_pool *pool);

#endif
