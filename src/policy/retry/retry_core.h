/* What a retry decides. Pure: the time and the random source are arguments. */
#ifndef SW_POLICY_RETRY_CORE_H
#define SW_POLICY_RETRY_CORE_H

#include <seawall/retry.h>

#include "delay/backoff.h"

typedef struct sw_retry_rules {
    int32_t max_attempts;
    bool refusals; /* are tried again too */
    seawall_fault_set retryable;
    seawall_fault_set final;
    seawall_duration max_retry_after;
    seawall_duration max_elapsed;
    seawall_duration minimum_remaining;
    seawall_retry_predicate_fn predicate;
    void *predicate_user;
    seawall_retry_budget *budget; /* or NULL */
    sw_backoff backoff;
} sw_retry_rules;

/*
 * An attempt of `run` has ended with a fault, any number but success. #SEAWALL_REASON_NONE: it is worth repeating,
 * which sw_retry_schedule decides; up to there nobody needs the time. Else why it is the last one, in `run` too.
 */
seawall_reason sw_retry_judge(const sw_retry_rules *rules, seawall_retry_run *run, const seawall_result *result);

/* The same for a try that was refused and started no attempt: there is no fault to tell. */
seawall_reason sw_retry_judge_refusal(const sw_retry_rules *rules, seawall_retry_run *run);

/*
 * After a judgement of none: sets `run->again_at`, or answers #SEAWALL_REASON_DEADLINE, in `run` too, if no attempt may begin
 * that late, or #SEAWALL_REASON_BUDGET if there may be no more of them. `wish` is how long somebody else wants us to wait at
 * least, 0 or less if nobody does.
 */
seawall_reason sw_retry_schedule(const sw_retry_rules *rules, seawall_retry_run *run, seawall_duration wish,
                                 seawall_time deadline, seawall_time now, const sw_random_source *random);

/* How much of a server's own delay is followed. */
static inline seawall_duration sw_retry_wish(const sw_retry_rules *rules, seawall_duration retry_after)
{
    return retry_after < rules->max_retry_after ? retry_after : rules->max_retry_after;
}

/* Whether an attempt that begins at `at` would have too little time. */
static inline bool sw_retry_too_late(const sw_retry_rules *rules, seawall_time at, seawall_time deadline)
{
    return at >= deadline || seawall_time_until(deadline, at) < rules->minimum_remaining;
}

#endif
