/*
 * The limiter's verbs in a pipeline. A frame is the permit of the run inside it, and when it is good if that has to be waited
 * for.
 */
#include "base/field.h"
#include "policy/limiter/limiter_object.h"

typedef struct frame {
    seawall_permit permit;
    seawall_time good;
    bool waiting;
} frame;

/* What would be good at the deadline is too late: nothing is started there. */
static seawall_duration patience(seawall_limiter *limiter, seawall_turn *turn, seawall_time now)
{
    seawall_duration most = (seawall_duration)sw_load_relaxed_u64(&limiter->max_wait);
    seawall_duration left = most > 0 ? seawall_time_until(seawall_turn_deadline(turn), now) : 0;

    if (left != SEAWALL_FOREVER && left > 0)
        left--;
    return most < left ? most : left;
}

static void stop_waiting(seawall_limiter *limiter, frame *f)
{
    f->waiting = false;
    (void)sw_sub_u32(&limiter->waiting, 1);
}

static seawall_answer enter(void *storage, seawall_turn *turn, void *self)
{
    seawall_limiter *limiter = self;
    seawall_time now = seawall_turn_now(turn);
    frame *f = storage;
    seawall_duration wait;
    seawall_status status;

    if (!f->waiting) {
        status = sw_limiter_take(limiter, 1, patience(limiter, turn, now), now, &f->permit, &wait);
        if (status != SEAWALL_OK)
            return seawall_turn_refuse(turn, status, wait);
        if (wait == 0)
            return SEAWALL_PROCEED;
        f->good = seawall_time_add(now, wait);
        f->waiting = true;
        (void)sw_add_u32(&limiter->waiting, 1);
        (void)sw_add_u64(&limiter->waited, 1);
    }
    if (now < f->good)
        return seawall_turn_wait(turn, f->good);
    stop_waiting(limiter, f);
    return SEAWALL_PROCEED;
}

/* A run that was let in has used its permit, however it ends. */
static seawall_answer leave(void *storage, seawall_turn *turn, seawall_outcome *outcome, void *self)
{
    (void)storage;
    (void)turn;
    (void)outcome;
    (void)self;
    return SEAWALL_PASS;
}

static void drop(void *storage, seawall_turn *turn, const seawall_outcome *outcome, void *self)
{
    seawall_limiter *limiter = self;
    frame *f = storage;

    (void)turn;
    (void)outcome;
    if (!f->waiting)
        return;
    stop_waiting(limiter, f);
    (void)seawall_limiter_refund(limiter, &f->permit);
}

static void retain(void *self)
{
    seawall_limiter *limiter = self;

    (void)sw_add_u32(&limiter->references, 1);
}

static void release(void *self)
{
    seawall_limiter_destroy(self);
}

seawall_status seawall_limiter_policy(seawall_limiter *limiter, const char *name, seawall_policy *policy)
{
    seawall_policy full = SEAWALL_POLICY_INIT;

    if (limiter == NULL || policy == NULL)
        return SEAWALL_INVALID;
    full.name = name;
    full.platform = limiter->platform;
    full.frame_size = sizeof(frame);
    full.enter = enter;
    full.leave = leave;
    full.drop = drop;
    full.retain = retain;
    full.release = release;
    full.self = limiter;
    return SW_GIVE(full, write_timeout, policy);
}
