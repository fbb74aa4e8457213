/* The breaker's verbs in a pipeline. A frame is the permit of the run inside it. */
#include "base/field.h"
#include "policy/breaker/breaker_state.h"

/* Where a frame keeps the time its run began, if that matters: in the word for it of a timed permit. */
#define STARTED 3

/* What is neither let through nor turned away at a glance. */
static seawall_status look_closer(seawall_breaker *breaker, seawall_permit *permit, seawall_turn *turn, seawall_duration *wait)
{
    sw_breaker_visit visit = {.breaker = breaker, .turn = turn};
    seawall_status status = sw_breaker_acquire(&visit, permit, wait);

    sw_breaker_leave(&visit);
    return status;
}

static seawall_answer enter(void *frame, seawall_turn *turn, void *self)
{
    seawall_breaker *breaker = self;
    seawall_permit *permit = frame;

    if (!sw_breaker_admit(breaker, permit)) {
        seawall_duration wait = 0;
        bool open = sw_breaker_is_open(sw_load_u64(&breaker->word));
        seawall_status status = SEAWALL_OPEN;

        if (!open || !sw_breaker_turn_away(breaker, seawall_turn_now(turn), &wait, SW_BY_THREAD_LOCAL))
            status = look_closer(breaker, permit, turn, &wait);
        if (status != SEAWALL_OK)
            return seawall_turn_refuse(turn, status, wait);
    }
    if (sw_load_relaxed_u32(&breaker->stamps) != 0)
        permit->opaque[STARTED] = (uint64_t)seawall_turn_now(turn);
    return SEAWALL_PROCEED;
}

/* What is not known of a cut by a policy that set no deadline counts from when the run was let in, and until now. */
static bool is_cut_too_soon(sw_breaker_visit *visit, const seawall_permit *permit)
{
    seawall_duration least = sw_breaker_rules_of(visit)->ignore_cuts_below, ran;

    if (least == 0)
        return false;
    ran = seawall_turn_ran(visit->turn);
    if (ran < 0)
        ran = seawall_time_until(sw_breaker_now(visit), (seawall_time)permit->opaque[STARTED]);
    return ran < least;
}

static seawall_fault verdict(sw_breaker_visit *visit, const seawall_permit *permit, const seawall_outcome *outcome)
{
    if (!seawall_outcome_counts(outcome))
        return SEAWALL_FAULT_IGNORED;
    if (outcome->status == SEAWALL_OK)
        return SEAWALL_FAULT_NONE;
    if (outcome->status == SEAWALL_TIMED_OUT)
        return is_cut_too_soon(visit, permit) ? SEAWALL_FAULT_IGNORED : SEAWALL_FAULT_TIMEOUT;
    if (outcome->fault <= SEAWALL_FAULT_NONE || outcome->fault >= SEAWALL_FAULT_COUNT)
        return SEAWALL_FAULT_OTHER;
    return outcome->fault;
}

/* Whether a call was slow goes by how long its attempts ran: what it waited for before, in queues of ours, is nobody else's. */
static void leave_out_waiting(seawall_permit *permit, seawall_turn *turn)
{
    seawall_duration ran = seawall_turn_ran(turn);

    if (ran >= 0)
        permit->opaque[STARTED] = (uint64_t)(seawall_turn_now(turn) - ran);
}

static void report(seawall_permit *permit, seawall_turn *turn, const seawall_outcome *outcome, seawall_breaker *breaker)
{
    sw_breaker_visit visit = {.breaker = breaker, .turn = turn, .code = outcome->code, .retry_after = outcome->retry_after};

    if ((permit->opaque[2] & SW_PERMIT_TIMED) != 0)
        leave_out_waiting(permit, turn);
    (void)sw_breaker_report_on(&visit, permit, verdict(&visit, permit, outcome));
    sw_breaker_leave(&visit);
}

/* Out of line, as most breakers time no call. */
static __attribute__((noinline)) sw_breaker_success succeed_timed(seawall_breaker *breaker, seawall_permit *permit,
                                                                  seawall_turn *turn)
{
    leave_out_waiting(permit, turn);
    return sw_breaker_succeed_timed(breaker, permit, SEAWALL_FAULT_NONE, seawall_turn_now(turn));
}

/* In both its callers' own code: the usual way makes no call. */
static inline __attribute__((always_inline)) void end(seawall_permit *permit, seawall_turn *turn, const seawall_outcome *outcome,
                                                      seawall_breaker *breaker)
{
    sw_breaker_success done = SW_NOT_QUICK;

    if (outcome->status == SEAWALL_OK && seawall_outcome_counts(outcome))
        done = sw_breaker_is_timed(breaker, permit)
                   ? succeed_timed(breaker, permit, turn)
                   : sw_breaker_succeed(breaker, permit, SEAWALL_FAULT_NONE, SW_BY_THREAD_LOCAL);
    if (done == SW_NOT_QUICK)
        report(permit, turn, outcome, breaker);
    else if (done == SW_DONE_LOOK_AGAIN)
        sw_breaker_look_again(&(sw_breaker_visit){.breaker = breaker, .turn = turn});
}

static seawall_answer leave(void *frame, seawall_turn *turn, seawall_outcome *outcome, void *self)
{
    end(frame, turn, outcome, self);
    return SEAWALL_PASS;
}

static void drop(void *frame, seawall_turn *turn, const seawall_outcome *outcome, void *self)
{
    end(frame, turn, outcome, self);
}

static void retain(void *self)
{
    sw_breaker_retain(self);
}

static void release(void *self)
{
    seawall_breaker_destroy(self);
}

seawall_status seawall_breaker_policy(seawall_breaker *breaker, const char *name, seawall_policy *policy)
{
    const seawall_policy full = {
        .size = sizeof full,
        .name = name,
        .platform = breaker != NULL ? breaker->platform : NULL,
        .frame_size = sizeof(seawall_permit),
        .width = 1,
        .enter = enter,
        .leave = leave,
        .drop = drop,
        .retain = retain,
        .release = release,
        .self = breaker,
    };

    if (breaker == NULL || policy == NULL)
        return SEAWALL_INVALID;
    return SW_GIVE(full, write_timeout, policy);
}
