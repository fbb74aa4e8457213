/* The timeout's verbs, for the whole of a request and for each attempt. */
#include "base/field.h"
#include "policy/timeout/timeout_core.h"
#include "policy/timeout/timeout_object.h"

/* A limit that lies beyond the deadline in force arms nothing: whoever set that deadline cuts first. */
static seawall_answer enter(seawall_turn *turn, seawall_duration limit)
{
    seawall_time outer, deadline;

    if (limit == SEAWALL_FOREVER)
        return SEAWALL_PROCEED;
    outer = seawall_turn_deadline(turn);
    deadline = sw_timeout_deadline(limit, seawall_turn_now(turn), outer);
    if (deadline < outer) {
        seawall_turn_shorten(turn, deadline);
        seawall_turn_tick_at(turn, deadline);
    }
    return SEAWALL_PROCEED;
}

static seawall_answer enter_request(void *frame, seawall_turn *turn, void *self)
{
    seawall_timeout *timeout = self;

    (void)frame;
    return enter(turn, (seawall_duration)sw_load_relaxed_u64(&timeout->request));
}

static seawall_answer enter_attempt(void *frame, seawall_turn *turn, void *self)
{
    seawall_timeout *timeout = self;

    (void)frame;
    return enter(turn, (seawall_duration)sw_load_relaxed_u64(&timeout->attempt));
}

static seawall_answer leave(void *frame, seawall_turn *turn, seawall_outcome *outcome, void *self)
{
    (void)frame;
    (void)turn;
    (void)outcome;
    (void)self;
    return SEAWALL_PASS;
}

/* The outcome says timed out already, and the machine tells the listener of the cut. */
static seawall_answer tick(void *frame, seawall_turn *turn, seawall_outcome *outcome, void *self)
{
    const seawall_timeout *timeout = self;

    (void)frame;
    (void)turn;
    (void)outcome;
    return timeout->mode == SEAWALL_TIMEOUT_ABANDON ? SEAWALL_CUT_DETACH : SEAWALL_CUT_JOIN;
}

static void retain(void *self)
{
    seawall_timeout *timeout = self;

    (void)sw_add_u32(&timeout->references, 1);
}

static void release(void *self)
{
    seawall_timeout_destroy(self);
}

static uint32_t flags_of(seawall_timeout_mode mode)
{
    switch (mode) {
    case SEAWALL_TIMEOUT_HARD:
        return SEAWALL_POLICY_INTERRUPTS;
    case SEAWALL_TIMEOUT_ABANDON:
        return SEAWALL_POLICY_DETACHES;
    default:
        return 0;
    }
}

static seawall_status fill(seawall_timeout *timeout, const char *name, seawall_enter_fn enter_verb, seawall_policy *policy)
{
    seawall_policy full = SEAWALL_POLICY_INIT;

    if (timeout == NULL || policy == NULL)
        return SEAWALL_INVALID;
    full.flags = flags_of(timeout->mode);
    full.name = name;
    full.platform = timeout->platform;
    full.enter = enter_verb;
    full.leave = leave;
    full.tick = tick;
    full.retain = retain;
    full.release = release;
    full.self = timeout;
    full.connection_timeout = timeout->connect;
    full.read_timeout = timeout->read;
    full.write_timeout = timeout->write;
    return SW_GIVE(full, write_timeout, policy);
}

seawall_status seawall_timeout_policy(seawall_timeout *timeout, const char *name, seawall_policy *policy)
{
    return fill(timeout, name, enter_request, policy);
}

seawall_status seawall_timeout_attempt_policy(seawall_timeout *timeout, const char *name, seawall_policy *policy)
{
    return fill(timeout, name, enter_attempt, policy);
}
