#include "table.h"

#include <string.h>

/* Nothing here may allocate, call the system or draw a random number; so there are no columns for that. */
const cost_row cost_table[COST_ROWS] = {
    {"breaker_success", subject_breaker_success, 100, 0},
    {"breaker_success_at", subject_breaker_success_at, 100, 0},
    {"breaker_refusal", subject_breaker_refusal, 100, 100},
    {"breaker_refusal_at", subject_breaker_refusal_at, 100, 0},
    {"breaker_snapshot", subject_breaker_snapshot, 0, 100},
    {"breaker_snapshot_at", subject_breaker_snapshot_at, 0, 0},
    {"retry_success_at", subject_retry_success_at, 0, 0},
    {"call_none", subject_call_none, 0, 0},
    {"call_three", subject_call_three, 100, 0},
    {"call_three_report", subject_call_three_report, 100, 200},
    {"call_four", subject_call_four, 100, 200},
    {"call_refused", subject_call_refused, 100, 100},
    {"call_one", subject_call_one, 0, 0},
    {"call_five", subject_call_five, 300, 0},
    {"call_one_refused", subject_call_one_refused, 100, 100},
    {"call_three_refused", subject_call_three_refused, 100, 100},
    {"call_five_refused", subject_call_five_refused, 100, 100},
    {"adapters", subject_adapters, 100, 0},
    {"execution_run", subject_execution_run, 100, 0},
    {"execution_wait", subject_execution_wait, 0, 0},
    {"bulkhead", subject_bulkhead, 200, 0},
    {"bulkhead_until", subject_bulkhead_until, 200, 0},
    {"bulkhead_refusal", subject_bulkhead_refusal, 100, 0},
    {"bulkhead_snapshot", subject_bulkhead_snapshot, 200, 0}, /* a lock is two: taken and given */
    {"call_bulkhead", subject_call_bulkhead, 200, 0},
    {"cancel_asked", subject_cancel_asked, 0, 0},
    {"cancel_hook", subject_cancel_hook, 400, 0},
    {"cancel_call", subject_cancel_call, 100, 100},
    {"cancel_call_hook", subject_cancel_call_hook, 1600, 100},
    {"limiter", subject_limiter, 100, 100},
    {"limiter_at", subject_limiter_at, 100, 0},
    {"limiter_refusal", subject_limiter_refusal, 0, 100},
    {"limiter_refusal_at", subject_limiter_refusal_at, 0, 0},
    {"pool_submit", subject_pool_submit, 400, 0}, /* a lock for each of the two */
    {"pool_job", subject_pool_job, 1, 201}, /* on the worker: only the first one is locked here */
    {"pool_plain_job", subject_pool_plain_job, 1, 1}, /* beyond the core, it looks at the clock as it comes to rest */
    {"wheel_arm", subject_wheel_arm, 0, 0},
    {"wheel_arm_cancel", subject_wheel_arm_cancel, 0, 0},
    {"wheel_rearm", subject_wheel_rearm, 0, 0},
    {"timers_arm_cancel", subject_timers_arm_cancel, 400, 0},
    {"timers_rearm", subject_timers_rearm, 201, 0}, /* armed and cancelled once */
    {"rates_count", subject_rates_count, 100, 0},
    {"rates_count_at", subject_rates_count_at, 100, 0},
    {"rates_count_10_percent", subject_rates_count_10_percent, 140, 10}, /* and to become and cease to be the keeper */
    {"rates_time", subject_rates_time, 100, 0},
    {"rates_time_at", subject_rates_time_at, 100, 0},
    {"rates_time_10_percent", subject_rates_time_10_percent, 140, 10},
    {"rates_slow", subject_rates_slow, 100, 200},
    {"rates_slow_at", subject_rates_slow_at, 100, 0},
    {"breaker_10_percent", subject_breaker_10_percent, 120, 10}, /* a failure, and the success after it, move the streak */
};

const cost_row *cost_find(const char *name)
{
    size_t i;

    for (i = 0; i < COST_ROWS; i++) {
        if (strcmp(cost_table[i].name, name) == 0)
            return &cost_table[i];
    }
    return NULL;
}
