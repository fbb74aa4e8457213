/* Counted permits with waiters in FIFO order: a small bulkhead, written as the contract asks for. */
#include "toy.h"

static void append(toy *t, struct toy_waiter *w)
{
    w->previous = t->last;
    w->next = NULL;
    if (t->last != NULL)
        t->last->next = w;
    else
        t->first = w;
    t->last = w;
    w->queued = true;
    t->queued++;
}

static void unlink_waiter(toy *t, struct toy_waiter *w)
{
    if (w->previous != NULL)
        w->previous->next = w->next;
    else
        t->first = w->next;
    if (w->next != NULL)
        w->next->previous = w->previous;
    else
        t->last = w->previous;
    w->queued = false;
    t->queued--;
}

static void refuse(toy_says *says)
{
    says->answer = SEAWALL_REFUSE;
    says->status = SEAWALL_FULL;
}

static void gate_enter_locked(toy *t, toy_frame *f, const toy_asked *asked, toy_says *says)
{
    struct toy_waiter *w = &f->of.waiter;

    if (w->granted)
        return;
    if (!w->queued && t->held < t->config.count && t->first == NULL) {
        t->held++;
        t->most = t->held > t->most ? t->held : t->most;
        w->granted = true;
        return;
    }
    if (!w->queued && t->queued >= t->config.waiting) {
        refuse(says);
        return;
    }
    if (!w->queued) {
        f->until = seawall_time_add(asked->now, t->config.delay);
        seawall_turn_waker(asked->turn, &w->waker);
        append(t, w);
    } else if (asked->now >= f->until) {
        unlink_waiter(t, w);
        refuse(says);
        return;
    }
    says->answer = SEAWALL_WAIT;
    says->at = f->until;
}

static void gate_enter(toy *t, toy_frame *f, const toy_asked *asked, toy_says *says)
{
    pthread_mutex_lock(&t->lock);
    gate_enter_locked(t, f, asked, says);
    pthread_mutex_unlock(&t->lock);
}

/* The permit goes to whoever is next, or back. The waker is called after unlocking, and its waiter is not touched again. */
static void give_back(toy *t, struct toy_waiter *own)
{
    seawall_waker waker = {0};
    struct toy_waiter *next;

    pthread_mutex_lock(&t->lock);
    own->granted = false;
    next = t->first;
    if (next != NULL) {
        unlink_waiter(t, next);
        next->granted = true;
        waker = next->waker;
    } else {
        t->held--;
    }
    pthread_mutex_unlock(&t->lock);
    if (waker.wake != NULL)
        waker.wake(waker.cookie, waker.user);
}

static void gate_leave(toy *t, toy_frame *f, const toy_asked *asked, toy_says *says)
{
    (void)asked, (void)says;
    give_back(t, &f->of.waiter);
}

static void gate_drop(toy *t, toy_frame *f, const toy_asked *asked)
{
    bool granted;

    (void)asked;
    pthread_mutex_lock(&t->lock);
    granted = f->of.waiter.granted;
    if (!granted)
        unlink_waiter(t, &f->of.waiter);
    pthread_mutex_unlock(&t->lock);
    if (granted)
        give_back(t, &f->of.waiter);
}

const toy_verbs toy_gate = {"gate", gate_enter, gate_leave, NULL, gate_drop};
