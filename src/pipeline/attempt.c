/* What an operation may ask of its attempt. */
#include "pipeline/attempt.h"

/* What an operation sees that was called without a pipeline. */
static const seawall_attempt unguarded = {.deadline = SEAWALL_FOREVER, .number = 1};

static const seawall_attempt *seen(const seawall_attempt *attempt)
{
    return attempt != NULL ? attempt : &unguarded;
}

int32_t seawall_attempt_number(const seawall_attempt *attempt)
{
    return seen(attempt)->number;
}

int32_t seawall_attempt_alternative(const seawall_attempt *attempt)
{
    return seen(attempt)->alternative;
}

seawall_time seawall_attempt_deadline(const seawall_attempt *attempt)
{
    return seen(attempt)->deadline;
}

seawall_duration seawall_attempt_remaining(const seawall_attempt *attempt)
{
    seawall_time deadline = seen(attempt)->deadline;

    if (deadline == SEAWALL_FOREVER)
        return SEAWALL_FOREVER;
    return seawall_time_until(deadline, seawall_platform_now(attempt->x->pipeline->platform));
}

static bool token_cancelled(const seawall_attempt *attempt)
{
    if (attempt == NULL)
        return false;
    if (attempt->asked && sw_cancel_state(&attempt->room->token) != 0)
        return true;
    /* On a pool its own token hears of the call's, which may be gone by now. */
    return !attempt->pooled && attempt->x->cancel != NULL && sw_cancel_state(attempt->x->cancel) != 0;
}

bool seawall_attempt_cancelled(const seawall_attempt *attempt)
{
    return token_cancelled(attempt) || seawall_attempt_remaining(attempt) == 0;
}

void seawall_attempt_set_code(seawall_attempt *attempt, int64_t code)
{
    if (attempt != NULL)
        attempt->code = code;
}

void seawall_attempt_set_retry_after(seawall_attempt *attempt, seawall_duration delay)
{
    if (attempt != NULL)
        attempt->retry_after = delay > 0 ? delay : 0;
}

/* Deadlines shrink inwards: that of the innermost policy that interrupts is the earliest of them. */
static seawall_time interrupted_at(const seawall_attempt *attempt)
{
    const sw_node *node = attempt->node;

    if (node == NULL || attempt->x->pipeline->interrupts < 0)
        return SEAWALL_FOREVER;
    for (node = node->parent; node != NULL; node = node->parent) {
        if ((sw_level_of(attempt->x, node)->flags & SEAWALL_POLICY_INTERRUPTS) != 0)
            return node->inner_deadline;
    }
    return SEAWALL_FOREVER;
}

static void deadline_came(seawall_timer timer, void *user)
{
    const seawall_attempt *attempt = user;

    (void)timer;
    sw_cancel_now(&attempt->room->token, SEAWALL_CAUSE_DEADLINE, interrupted_at(attempt));
}

static seawall_status make_token(seawall_attempt *attempt)
{
    const seawall_execution *x = attempt->x;
    seawall_time at = interrupted_at(attempt);
    seawall_status status = sw_cancel_init(&attempt->room->token, x->cancel, x->pipeline->platform);

    if (status != SEAWALL_OK)
        return status;
    attempt->room->timer = 0;
    if (at != SEAWALL_FOREVER)
        status = seawall_timers_arm(x->pipeline->timers, at, deadline_came, attempt, &attempt->room->timer);
    if (status != SEAWALL_OK)
        sw_cancel_fini(&attempt->room->token);
    return status;
}

seawall_status seawall_attempt_token(seawall_attempt *attempt, seawall_cancel **cancel)
{
    if (attempt == NULL || cancel == NULL)
        return SEAWALL_INVALID;
    if (!attempt->asked) {
        seawall_status status = make_token(attempt);

        if (status != SEAWALL_OK)
            return status;
        attempt->asked = true;
    }
    *cancel = &attempt->room->token;
    return SEAWALL_OK;
}

seawall_time sw_attempt_clear(seawall_attempt *attempt)
{
    seawall_cancel *token = &attempt->room->token;

    attempt->asked = false;
    if (attempt->room->timer != 0)
        (void)seawall_timers_cancel_wait(attempt->x->pipeline->timers, attempt->room->timer);
    sw_cancel_fini(token);
    return seawall_cancel_cause(token) == SEAWALL_CAUSE_DEADLINE ? (seawall_time)sw_load_relaxed_u64(&token->at)
                                                                 : SW_TIME_NOT_GIVEN;
}
