/* What a retry decides. */
#include "policy/retry/retry_core.h"

/* A user's policy may hand on any number as a fault. */
static bool is_in(seawall_fault_set set, seawall_fault fault)
{
    return fault >= 0 && fault < SEAWALL_FAULT_COUNT && (set & SEAWALL_FAULT_BIT(fault)) != 0;
}

seawall_reason sw_retry_judge(const sw_retry_rules *rules, seawall_retry_run *run, seawall_fault fault)
{
    if (run->attempts < INT32_MAX)
        run->attempts++;
    if (run->first == SEAWALL_FAULT_NONE)
        run->first = fault;
    run->last = fault;
    if (!is_in(rules->retryable, fault))
        run->reason = SEAWALL_REASON_NOT_RETRYABLE;
    else if (run->attempts >= rules->max_attempts)
        run->reason = SEAWALL_REASON_ATTEMPTS;
    else
        run->reason = SEAWALL_REASON_NONE;
    return run->reason;
}

/* The server's wish, as far as we follow it, is the least we wait. */
static seawall_duration wait_for(const sw_retry_rules *rules, seawall_duration own, seawall_duration retry_after)
{
    seawall_duration wish = retry_after < rules->max_retry_after ? retry_after : rules->max_retry_after;

    return wish > own ? wish : own;
}

seawall_reason sw_retry_schedule(const sw_retry_rules *rules, seawall_retry_run *run, seawall_duration retry_after,
                                 seawall_time deadline, seawall_time now, const sw_random_source *random)
{
    seawall_duration delay = sw_backoff_delay(&rules->backoff, run->attempts, run->delay, random);
    seawall_time again_at = seawall_time_add(now, wait_for(rules, delay, retry_after));

    /* Sleeping up to the deadline would only make the caller wait for an answer that is known already. */
    if (again_at >= deadline) {
        run->reason = SEAWALL_REASON_DEADLINE;
    } else {
        run->delay = delay;
        run->again_at = again_at;
    }
    return run->reason;
}
