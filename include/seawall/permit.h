/**
 * @file permit.h
 * @brief Leave to do one call: taken from a policy, reported once.
 */
#ifndef SEAWALL_PERMIT_H
#define SEAWALL_PERMIT_H

#include <seawall/api.h>

SEAWALL_BEGIN_DECLS

/**
 * A permit: 32 opaque bytes, the same for every version to come. Made by an acquire function, cleared when it is
 * reported; reporting a cleared permit, or another object's, is refused. It may be moved to another thread. Reporting two
 * copies of one permit is detected for probes only: do not copy it.
 */
typedef struct seawall_permit {
    uint64_t opaque[4]; /**< Not yours, nor to be compared with anything. */
} seawall_permit;

/** No permit. */
#define SEAWALL_PERMIT_INIT { { 0, 0, 0, 0 } }

SEAWALL_END_DECLS

#endif
