/* What comes of a cancelled token: the run is called off, and who waits is woken to find out. */
#include "pipeline/machine.h"

void sw_call_off(seawall_execution *x, seawall_time at)
{
    if (at > INT64_MIN + 1)
        sw_timers(x, at - 1);
    if (x->finished)
        return;
    sw_cut_off(x, NULL, SEAWALL_CAUSE_CANCELLATION, -1, false);
    x->outcome = (seawall_outcome){.status = SEAWALL_CANCELLED, .fault = SEAWALL_FAULT_IGNORED, .policy = -1};
    x->outcome.attempts = x->attempts;
    x->outcome.reason = SEAWALL_REASON_CANCELLED;
    sw_finish(x);
}

/*
 * Whether what a signal handler left may be delivered here: hooks are called then, which must not be while a lock is held. Calls
 * on pools have one; who makes such a call delivers for it.
 */
static bool may_deliver(const seawall_execution *x)
{
    return x->pipeline->calls == NULL;
}

void sw_mind_token(seawall_execution *x)
{
    if (may_deliver(x))
        sw_cancel_enter(x->cancel);
    else
        sw_cancel_own(x->cancel);
}

/* The token of an attempt that a hard timeout cut: its deadline is one of this run, too, whoever drives it. */
static void run_out(seawall_execution *x, seawall_time at)
{
    x->deadline = at < x->deadline ? at : x->deadline;
    sw_timers(x, at);
}

/* A host's now may be from before: then it happens now. */
void sw_heed_cancelled(seawall_execution *x)
{
    seawall_time at, now;

    if (x->finished)
        return;
    now = sw_time(x);
    at = may_deliver(x) ? sw_cancel_when(x->cancel) : sw_cancel_seen(x->cancel, now);
    at = at < now ? at : now;
    if (seawall_cancel_cause(x->cancel) == SEAWALL_CAUSE_DEADLINE)
        run_out(x, at);
    else
        sw_call_off(x, at);
}

static void wake(void *user)
{
    const seawall_execution *x = user;

    x->waker.wake(x->waker.cookie, x->waker.user);
}

bool sw_watch_token(seawall_execution *x)
{
    if (x->waker.wake == NULL)
        return true;
    sw_mind_token(x);
    x->watching = sw_cancel_add(x->cancel, &x->watch, wake, x);
    return x->watching;
}

void sw_unwatch(seawall_execution *x)
{
    sw_cancel_own(x->cancel);
    (void)sw_cancel_remove(x->cancel, &x->watch);
    x->watching = false;
}
