/**
 * @file metrics.h
 * @brief What the objects of a registry have done, as text that Prometheus reads.
 */
#ifndef SEAWALL_METRICS_H
#define SEAWALL_METRICS_H

#include <seawall/registry.h>

SEAWALL_BEGIN_DECLS

/**
 * Writes the state of every object of the registry as Prometheus' text, version 0.0.4: each family with its HELP and TYPE, times
 * in seconds, counters ending in _total, a breaker's state as a 0 or 1 for each state. The label "name" is the object's, so that
 * there are as many samples as objects times a constant. Retries, timeouts, fallbacks and pipelines count nothing of their own.
 *
 * Any thread. Allocates nothing, holds no lock while it looks at an object, reads the clock once, and once more for each pool;
 * as much work as there are objects. An object that changes meanwhile may be seen at two moments in two families.
 *
 * @param text may be NULL with size 0, to ask for the size.
 * @param needed the bytes needed, the NUL included; may be NULL. A later call may need more: counters grow.
 * @return #SEAWALL_OK; #SEAWALL_TOO_SMALL: the text is "", if there is room for that; #SEAWALL_INVALID for NULL.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_metrics_render(seawall_registry *registry, char *text, size_t size,
                                                                     size_t *needed);

SEAWALL_END_DECLS

#endif
