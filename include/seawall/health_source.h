/**
 * @file health_source.h
 * @brief Health checks that read what is in use: a circuit breaker's state, a thread pool that is full or held up.
 *
 * Such a check calls nobody and needs no worker: it looks at the object every `interval`. What the object has found in the
 * service's own traffic so informs readiness, or, with `required` off, the grade alone. It never informs liveness.
 *
 * A file says the same: `check = source`, and `circuit_breaker = name` or `thread_pool = name`; see
 * seawall_registry_connect_health.
 */
#ifndef SEAWALL_HEALTH_SOURCE_H
#define SEAWALL_HEALTH_SOURCE_H

#include <seawall/breaker.h>
#include <seawall/health.h>
#include <seawall/pool.h>

SEAWALL_BEGIN_DECLS

/**
 * Adds a check that reads a breaker: it passes while the breaker lets calls through, warns while that is half-open, and fails
 * while it is open or forced open; the message says why and for how long. Each transition makes the check due at once.
 * @param name as seawall_health_register's.
 * @param config NULL for every default; `check` is #SEAWALL_HEALTH_SOURCE whatever it says. `hold_breaker` is refused.
 * @param breaker the check keeps a reference; on the platform of the set.
 * @param error filled when the call fails; may be NULL.
 * @return as seawall_health_register; #SEAWALL_FULL, too, if the breaker has no place for one more listener. Not from inside a
 *         listener of the breaker.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_health_watch_breaker(seawall_health *health, const char *name,
                                                                           const seawall_health_check_config *config,
                                                                           seawall_breaker *breaker, seawall_error *error);

/**
 * Adds a check that reads a pool: it fails while the pool takes no jobs, because all workers are busy and every place of the
 * queue is taken, or because it was stopped; and while all workers are stuck, that is held by jobs that run for longer than
 * `stuck_after`. It warns while some are.
 * @param pool the check keeps a reference; on the platform of the set. If that becomes the last one, seawall_pool_destroy's
 *        waiting is done by whoever removes the check.
 * @return as seawall_health_register. Other parameters as seawall_health_watch_breaker's.
 */
SEAWALL_API SEAWALL_MUST_CHECK seawall_status seawall_health_watch_pool(seawall_health *health, const char *name,
                                                                        const seawall_health_check_config *config,
                                                                        seawall_pool *pool, seawall_error *error);

SEAWALL_END_DECLS

#endif
