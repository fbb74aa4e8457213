/* The well-behaved toys: limited, again, hedge, cut, divert, and the one that reads its answers from a script. */
#include "toy.h"

static void limited_enter(toy *t, toy_frame *f, const toy_asked *asked, toy_says *says)
{
    (void)f;
    pthread_mutex_lock(&t->lock);
    if (asked->now >= t->next) {
        t->next = seawall_time_add(asked->now, t->config.delay);
    } else {
        says->answer = SEAWALL_REFUSE;
        says->status = SEAWALL_LIMITED;
        says->retry_after = t->next - asked->now;
    }
    pthread_mutex_unlock(&t->lock);
}

const toy_verbs toy_limited = {"limited", limited_enter, NULL, NULL, NULL};

static void again_leave(toy *t, toy_frame *f, const toy_asked *asked, toy_says *says)
{
    seawall_outcome *outcome = asked->outcome;
    seawall_duration delay = t->config.delay;

    if (outcome->status == SEAWALL_OK || outcome->status == SEAWALL_CANCELLED)
        return;
    if (f->count >= t->config.count) {
        outcome->reason = SEAWALL_REASON_ATTEMPTS;
        says->answer = SEAWALL_REPLACE;
        return;
    }
    f->count++;
    says->answer = SEAWALL_AGAIN;
    says->at = seawall_time_add(asked->now, outcome->retry_after > delay ? outcome->retry_after : delay);
}

const toy_verbs toy_again = {"again", NULL, again_leave, NULL, NULL};

static void hedge_enter(toy *t, toy_frame *f, const toy_asked *asked, toy_says *says)
{
    (void)f;
    says->tick = seawall_time_add(asked->now, t->config.delay);
}

static void hedge_tick(toy *t, toy_frame *f, const toy_asked *asked, toy_says *says)
{
    if (f->count >= t->config.count)
        return;
    f->count++;
    says->answer = SEAWALL_FORK;
    if (f->count < t->config.count)
        says->tick = seawall_time_add(asked->now, t->config.delay);
}

/* Success, then a real fault, then a refusal, then a cancellation. */
static int rank(const seawall_outcome *outcome)
{
    switch (seawall_status_category(outcome->status)) {
    case SEAWALL_CATEGORY_OK:
        return 4;
    case SEAWALL_CATEGORY_FAILED:
        return 3;
    case SEAWALL_CATEGORY_REFUSED:
        return 2;
    default:
        return outcome->status == SEAWALL_TIMED_OUT ? 3 : 1;
    }
}

static void hedge_leave(toy *t, toy_frame *f, const toy_asked *asked, toy_says *says)
{
    seawall_outcome *outcome = asked->outcome;

    (void)t;
    if (outcome->status == SEAWALL_OK)
        return;
    if (f->of.best.status == SEAWALL_OK || rank(outcome) > rank(&f->of.best))
        f->of.best = *outcome;
    if (asked->inner > 0) {
        says->answer = SEAWALL_HOLD;
        return;
    }
    *outcome = f->of.best;
    says->answer = SEAWALL_REPLACE;
}

const toy_verbs toy_hedge = {"hedge", hedge_enter, hedge_leave, hedge_tick, NULL};

static void cut_enter(toy *t, toy_frame *f, const toy_asked *asked, toy_says *says)
{
    (void)f;
    says->tick = seawall_time_add(asked->now, t->config.delay);
    says->by = says->tick;
}

static void cut_tick(toy *t, toy_frame *f, const toy_asked *asked, toy_says *says)
{
    (void)f;
    if (t->config.status != SEAWALL_OK) {
        asked->outcome->status = t->config.status;
        asked->outcome->fault = SEAWALL_FAULT_IGNORED;
    }
    says->answer = t->config.detach ? SEAWALL_CUT_DETACH : SEAWALL_CUT_JOIN;
}

const toy_verbs toy_cut = {"cut", cut_enter, NULL, cut_tick, NULL};

static void divert_leave(toy *t, toy_frame *f, const toy_asked *asked, toy_says *says)
{
    (void)t, (void)f;
    if (asked->outcome->status != SEAWALL_OK && !asked->diverted)
        says->answer = SEAWALL_DIVERT;
}

const toy_verbs toy_divert = {"divert", NULL, divert_leave, NULL, NULL};

static void read_script(toy *t, toy_says *says)
{
    const toy_says *next = &t->config.script[t->said];

    if (next->answer == 0)
        return;
    *says = *next;
    t->said++;
}

static void script_enter(toy *t, toy_frame *f, const toy_asked *asked, toy_says *says)
{
    (void)f, (void)asked;
    read_script(t, says);
}

static void script_leave(toy *t, toy_frame *f, const toy_asked *asked, toy_says *says)
{
    (void)f;
    read_script(t, says);
    if (says->answer == SEAWALL_REPLACE) {
        asked->outcome->attempts = -99; /* not a policy's to say */
        asked->outcome->status = says->status;
        asked->outcome->fault = says->status == SEAWALL_OK ? SEAWALL_FAULT_OTHER : asked->outcome->fault;
    }
}

static void script_tick(toy *t, toy_frame *f, const toy_asked *asked, toy_says *says)
{
    (void)f;
    read_script(t, says);
    asked->outcome->attempts = -99;
    if (says->status != 0)
        asked->outcome->status = says->status;
}

const toy_verbs toy_script = {"script", script_enter, script_leave, script_tick, NULL};
