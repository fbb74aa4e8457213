/* A policy that answers what makes no sense: answers that do not exist, times in the past, runs it cannot have. */
#include "toy.h"

static uint64_t chance(const toy *t, toy_frame *f, const toy_asked *asked)
{
    return toy_hash(t->config.seed + (uint64_t)f->count++, (uint64_t)asked->now);
}

static void nonsense_enter(toy *t, toy_frame *f, const toy_asked *asked, toy_says *says)
{
    if (f->until == 0) {
        switch (chance(t, f, asked) % 8) {
        case 0:
            says->answer = 99;
            return;
        case 1:
            says->answer = SEAWALL_REFUSE;
            says->bare = true;
            return;
        case 2:
            says->answer = SEAWALL_REFUSE;
            says->status = SEAWALL_FAILED;
            says->retry_after = -5;
            return;
        case 3:
        case 4:
            says->answer = SEAWALL_WAIT;
            says->at = asked->now - 1000;
            f->until = asked->now + 1;
            return;
        default:
            break;
        }
    } else if (asked->now < f->until) {
        says->answer = SEAWALL_WAIT;
        says->at = INT64_MIN;
        return;
    }
    f->until = asked->now;
    if (t->config.ticking)
        says->tick = asked->now - 7;
}

static void nonsense_leave(toy *t, toy_frame *f, const toy_asked *asked, toy_says *says)
{
    static const seawall_answer answers[] = {77,           SEAWALL_HOLD,    SEAWALL_DIVERT,  SEAWALL_AGAIN, SEAWALL_AGAIN,
                                             SEAWALL_PASS, SEAWALL_PROCEED, SEAWALL_CUT_JOIN};

    says->answer = answers[chance(t, f, asked) % 8];
    if (says->answer == SEAWALL_AGAIN && f->count > 6)
        says->answer = SEAWALL_PASS;
    says->at = says->answer == SEAWALL_AGAIN ? INT64_MIN : 0;
}

static void nonsense_tick(toy *t, toy_frame *f, const toy_asked *asked, toy_says *says)
{
    static const seawall_answer answers[] = {SEAWALL_KEEP, SEAWALL_FORK, 55,           SEAWALL_CUT_DETACH,
                                             SEAWALL_PASS, SEAWALL_KEEP, SEAWALL_KEEP, SEAWALL_FORK};

    says->answer = answers[chance(t, f, asked) % 8];
    if (says->answer == SEAWALL_CUT_DETACH)
        says->answer = f->count > 4 ? SEAWALL_CUT_DETACH : SEAWALL_KEEP;
    if (f->count < 12)
        says->tick = INT64_MIN;
}

const toy_verbs toy_nonsense = {"nonsense", nonsense_enter, nonsense_leave, nonsense_tick, NULL};
