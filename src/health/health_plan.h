/*
 * Many checks and endpoints at once. What an owner says of them becomes what the set has, all of it or nothing, and is judged as
 * it would be in the end: step by step there might be no way there. What the owner put in before and says nothing of any more
 * goes; what is the program's, or another owner's, stays.
 */
#ifndef SW_HEALTH_HEALTH_PLAN_H
#define SW_HEALTH_HEALTH_PLAN_H

#include "base/atomic.h"
#include "base/grow.h"
#include "health/health_attach.h"
#include "health/health_core.h"

struct sw_health_entry;

/* One check. */
typedef struct sw_health_planned {
    const char *name; /* outlives the plan */
    uint64_t hash;
    seawall_health_check_config config; /* whole */
    seawall_health_binding binding;     /* what it is to look with; no function: whatever it has, or its target */
    sw_health_attachment *attachment;   /* what is to go along with it; NULL: nothing */
    bool needs_check;                   /* there is none, or another one */
    bool needs_attachment;              /* what it has is not the same */
    bool needs_room;                    /* ... and the new one has to wait until others have gone */
    struct sw_health_entry *made;       /* the check, if it is needed */
    struct sw_health_entry *found;      /* under the lock: the one that there is, */
    sw_health_rules rules;              /* and what it will go by */
} sw_health_planned;

typedef struct sw_health_plan {
    uint64_t owner;         /* above 0 */
    sw_atomic_u32 *version; /* of what the owner knows, */
    uint32_t seen;          /* and what it was when he looked */
    sw_array checks;        /* of sw_health_planned; each has its binding and its attachment to itself */
    seawall_health_endpoint_config endpoints[SW_HEALTH_ENDPOINTS];
    bool says[SW_HEALTH_ENDPOINTS]; /* of which of them it says anything */
} sw_health_plan;

sw_health_planned *sw_health_plan_add(sw_health_plan *plan, const seawall_platform *platform, const char *name);
/* Looks at what there is, and makes what there is not. Under no lock. */
seawall_status sw_health_plan_prepare(seawall_health *health, const sw_health_plan *plan, seawall_error *error);
/*
 * Whether there will be room for its attachment when those have gone that the plan gives up; see `beside`. Takes the lock.
 */
bool sw_health_plan_makes_room(seawall_health *health, const sw_health_plan *plan, const sw_health_planned *for_this);
/*
 * All of it. #SEAWALL_STALE, and nothing was done: the owner knows something else by now, or what there is is not what it was
 * when the plan was prepared. What waits for room has no attachment afterwards. Under no lock; tells what there is to tell.
 */
seawall_status sw_health_plan_carry_out(seawall_health *health, sw_health_plan *plan, seawall_error *error);
/* What is left of it. */
void sw_health_plan_free(const seawall_health *health, sw_health_plan *plan);

#endif
