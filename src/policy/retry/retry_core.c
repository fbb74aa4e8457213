/* What a retry decides. */
#include "policy/retry/retry_core.h"

#include "sync/budget_charge.h"

/* A user's policy may hand on any number as a fault. */
static bool is_in(seawall_fault_set set, seawall_fault fault)
{
    return fault >= 0 && fault < SEAWALL_FAULT_COUNT && (set & SEAWALL_FAULT_BIT(fault)) != 0;
}

/* What gives up has the last word, then the predicate, then the set. */
static bool is_worth_repeating(const sw_retry_rules *rules, const seawall_retry_run *run, const seawall_result *result)
{
    seawall_retry_verdict verdict = SEAWALL_RETRY_BY_KIND;

    if (is_in(rules->final, result->fault))
        return false;
    if (rules->predicate != NULL)
        verdict = rules->predicate(result, run->attempts, rules->predicate_user);
    if (verdict == SEAWALL_RETRY_REPEAT || verdict == SEAWALL_RETRY_STOP)
        return verdict == SEAWALL_RETRY_REPEAT;
    return is_in(rules->retryable, result->fault);
}

static void count(seawall_retry_run *run)
{
    if (run->attempts < INT32_MAX)
        run->attempts++;
}

static seawall_reason unless_used_up(const sw_retry_rules *rules, seawall_retry_run *run)
{
    run->reason = run->attempts >= rules->max_attempts ? SEAWALL_REASON_ATTEMPTS : SEAWALL_REASON_NONE;
    return run->reason;
}

seawall_reason sw_retry_judge(const sw_retry_rules *rules, seawall_retry_run *run, const seawall_result *result)
{
    count(run);
    if (run->first == SEAWALL_FAULT_NONE)
        run->first = result->fault;
    run->last = result->fault;
    run->reason = SEAWALL_REASON_NOT_RETRYABLE;
    if (!is_worth_repeating(rules, run, result))
        return run->reason;
    seawall_retry_budget_end(rules->budget, result->fault);
    return unless_used_up(rules, run);
}

seawall_reason sw_retry_judge_refusal(const sw_retry_rules *rules, seawall_retry_run *run)
{
    count(run);
    if (rules->refusals)
        return unless_used_up(rules, run);
    run->reason = SEAWALL_REASON_REFUSED;
    return run->reason;
}

/* A wish is the least we wait; whoever jitters does so on top of it, or all who were told the same would come at once. */
static seawall_duration wait_for(const sw_retry_rules *rules, seawall_duration own, seawall_duration wish)
{
    if (wish > 0 && rules->backoff.jitter != sw_jitter_none)
        return wish > SEAWALL_FOREVER - own ? SEAWALL_FOREVER : wish + own;
    return wish > own ? wish : own;
}

seawall_reason sw_retry_schedule(const sw_retry_rules *rules, seawall_retry_run *run, seawall_duration wish,
                                 seawall_time deadline, seawall_time now, const sw_random_source *random)
{
    seawall_duration delay = sw_backoff_delay(&rules->backoff, run->attempts, run->delay, random);
    seawall_time again_at = seawall_time_add(now, wait_for(rules, delay, wish));

    if (run->began == 0)
        run->began = now != 0 ? now : -1; /* 0 would mean that nobody knows */
    /* Sleeping up to the deadline would only make the caller wait for an answer that is known already. */
    if (sw_retry_too_late(rules, again_at, deadline) || again_at >= seawall_time_add(run->began, rules->max_elapsed)) {
        run->reason = SEAWALL_REASON_DEADLINE;
    } else if (rules->budget != NULL && sw_budget_charge(rules->budget, now, again_at, &run->charge) != SEAWALL_OK) {
        run->reason = SEAWALL_REASON_BUDGET;
    } else {
        run->delay = delay;
        run->again_at = again_at;
    }
    return run->reason;
}
