/* The bulkhead's verbs in a pipeline. A frame is a waiter: idle, queued, or granted while the run inside it goes on. */
#include "base/field.h"
#include "policy/bulkhead/bulkhead_object.h"

_Static_assert(sizeof(sw_waiter) <= SEAWALL_FRAME_SIZE_MAX, "a waiter fits into a frame");

static seawall_answer refuse(seawall_turn *turn)
{
    return seawall_turn_refuse(turn, SEAWALL_FULL, 0);
}

static seawall_answer stand(sw_waiter *waiter, seawall_turn *turn)
{
    if (sw_waiter_stands(waiter) == SW_WAITER_GRANTED)
        return SEAWALL_PROCEED;
    return seawall_turn_wait(turn, waiter->until);
}

/* The machine keeps the deadlines of others; the queue only max_wait. */
static seawall_answer come(seawall_bulkhead *bulkhead, sw_waiter *waiter, seawall_turn *turn)
{
    sw_permits_refusal why;
    seawall_waker waker;

    if (!sw_permits_place(&bulkhead->permits)) {
        sw_permits_refuse(&bulkhead->permits);
        return refuse(turn);
    }
    seawall_turn_waker(turn, &waker);
    if (!sw_permits_queue(&bulkhead->permits, waiter, &waker, SEAWALL_FOREVER, seawall_turn_now(turn), &why))
        return refuse(turn);
    return stand(waiter, turn);
}

static seawall_answer enter(void *frame, seawall_turn *turn, void *self)
{
    seawall_bulkhead *bulkhead = self;
    sw_waiter *waiter = frame;
    sw_permits_refusal why;

    if (sw_waiter_stands(waiter) == SW_WAITER_IDLE) {
        if (!sw_permits_try(&bulkhead->permits) && !sw_permits_retake(&bulkhead->permits))
            return come(bulkhead, waiter, turn);
        sw_store_relaxed_u32(&waiter->state, SW_WAITER_GRANTED);
        return SEAWALL_PROCEED;
    }
    if (!sw_permits_look(&bulkhead->permits, waiter, seawall_turn_now(turn), &why))
        return refuse(turn);
    return stand(waiter, turn);
}

static void give(seawall_bulkhead *bulkhead, seawall_turn *turn)
{
    bool serve;

    (void)sw_permits_give(&bulkhead->permits, &serve);
    if (serve)
        sw_permits_serve(&bulkhead->permits, seawall_turn_now(turn));
}

static seawall_answer leave(void *frame, seawall_turn *turn, seawall_outcome *outcome, void *self)
{
    (void)frame;
    (void)outcome;
    give(self, turn);
    return SEAWALL_PASS;
}

static void drop(void *frame, seawall_turn *turn, const seawall_outcome *outcome, void *self)
{
    seawall_bulkhead *bulkhead = self;
    sw_permits_refusal why =
        seawall_turn_cause(turn) == SEAWALL_CAUSE_DEADLINE ? SW_PERMITS_TIMED_OUT : SW_PERMITS_CANCELLED;
    sw_waiter *waiter = frame;

    (void)outcome;
    if (sw_waiter_stands(waiter) == SW_WAITER_GRANTED || !sw_permits_quit(&bulkhead->permits, waiter, why))
        give(bulkhead, turn);
}

static void retain(void *self)
{
    seawall_bulkhead *bulkhead = self;

    (void)sw_add_u32(&bulkhead->references, 1);
}

static void release(void *self)
{
    seawall_bulkhead_destroy(self);
}

seawall_status seawall_bulkhead_policy(seawall_bulkhead *bulkhead, const char *name, seawall_policy *policy)
{
    seawall_policy full = SEAWALL_POLICY_INIT;

    if (bulkhead == NULL || policy == NULL)
        return SEAWALL_INVALID;
    full.name = name;
    full.platform = bulkhead->platform;
    full.frame_size = sizeof(sw_waiter);
    full.enter = enter;
    full.leave = leave;
    full.drop = drop;
    full.retain = retain;
    full.release = release;
    full.self = bulkhead;
    return SW_GIVE(full, write_timeout, policy);
}
