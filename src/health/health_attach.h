/*
 * Connecting a check with another object of the library, of which this room knows nothing: a registry holds breakers open while
 * checks fail, and checks at once what a breaker has decided about.
 */
#ifndef SW_HEALTH_HEALTH_ATTACH_H
#define SW_HEALTH_HEALTH_ATTACH_H

#include <seawall/health.h>

#include "base/atomic.h"

/* The first member of whoever is attached. */
typedef struct sw_health_attachment {
    /*
     * The check's verdict has become this one, or is it when it is attached: under no lock, one at a time. Of several changes
     * before a call only the last is told, so that none can be missed.
     */
    void (*changed)(struct sw_health_attachment *attachment, seawall_health_status to);
    /* The last call: nothing refers to it any more. Under no lock. */
    void (*gone)(struct sw_health_attachment *attachment);
    /* Whether another one does just the same: then this one stays in its place. Under the lock of the checks. */
    bool (*same)(const struct sw_health_attachment *attachment, const struct sw_health_attachment *other);
    /* Whether both take a place of the same other object. Likewise. */
    bool (*beside)(const struct sw_health_attachment *attachment, const struct sw_health_attachment *other);
    sw_atomic_u32 references; /* 1 at first: that of the check */
    struct sw_health_attachment *next; /* of those that are given up together */
    int32_t told;             /* the status; whoever tells has it to itself */
} sw_health_attachment;

void sw_health_attachment_drop(sw_health_attachment *attachment);

/*
 * In the place of one that the check has, unless that is the same: then this one is gone at once. It goes with the check, not
 * with what is bound to it. False, and nothing was changed: there is no such check.
 */
bool sw_health_attach(seawall_health *health, const char *name, sw_health_attachment *attachment);

/*
 * What the check of this name looks at has changed: it is due at once. A source that is just looking may have seen what was
 * before, and looks again; any other check asks the dependency itself.
 */
void sw_health_look_again(seawall_health *health, const char *name);

#endif
