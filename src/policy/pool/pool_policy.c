/* The pool's policy in a pipeline: its verbs let everything through; where attempts run is the machine's affair. */
#include "policy/pool/pool_object.h"

#include <seawall/policy.h>

#include "base/field.h"

static seawall_answer enter(void *frame, seawall_turn *turn, void *self)
{
    (void)frame;
    (void)turn;
    (void)self;
    return SEAWALL_PROCEED;
}

static seawall_answer leave(void *frame, seawall_turn *turn, seawall_outcome *outcome, void *self)
{
    (void)frame;
    (void)turn;
    (void)outcome;
    (void)self;
    return SEAWALL_PASS;
}

static void retain(void *self)
{
    seawall_pool *pool = self;

    (void)sw_add_u32(&pool->references, 1);
}

static void release(void *self)
{
    seawall_pool_destroy(self);
}

/* A caller whose struct has no place for the pool would get a policy without effect. */
seawall_status seawall_pool_policy(seawall_pool *pool, const char *name, seawall_policy *policy)
{
    seawall_policy full = SEAWALL_POLICY_INIT;

    if (pool == NULL || policy == NULL)
        return SEAWALL_INVALID;
    full.name = name;
    full.platform = pool->platform;
    full.enter = enter;
    full.leave = leave;
    full.retain = retain;
    full.release = release;
    full.self = pool;
    full.pool = pool;
    return SW_GIVE(full, pool, policy);
}
