/* What a retry decides. Pure: the time and the random source are arguments. */
#ifndef SW_POLICY_RETRY_CORE_H
#define SW_POLICY_RETRY_CORE_H

#include <seawall/retry.h>

#include "delay/backoff.h"

typedef struct sw_retry_rules {
    int32_t max_attempts;
    seawall_fault_set retryable;
    seawall_duration max_retry_after;
    sw_backoff backoff;
} sw_retry_rules;

/*
 * An attempt of `run` has ended with `fault`, any number but success. #SEAWALL_REASON_NONE: it is worth repeating,
 * which sw_retry_schedule decides; up to there nobody needs the time. Else why it is the last one, in `run` too.
 */
seawall_reason sw_retry_judge(const sw_retry_rules *rules, seawall_retry_run *run, seawall_fault fault);

/*
 * After a judgement of none: sets `run->again_at`, or answers #SEAWALL_REASON_DEADLINE, in `run` too, if it would be at or
 * after the deadline. `retry_after` is the server's own delay, 0 or less if it has none.
 */
seawall_reason sw_retry_schedule(const sw_retry_rules *rules, seawall_retry_run *run, seawall_duration retry_after,
                                 seawall_time deadline, seawall_time now, const sw_random_source *random);

#endif
