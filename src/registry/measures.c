/* The table of measures. */
#include "registry/measures.h"

#include <string.h>

#include "base/text.h"

#define BREAKER(form, member) SW_MEASURE_##form, offsetof(seawall_breaker_snapshot, member), 0
#define STATE(name, number)                                                                                                      \
    {                                                                                                                            \
        SW_MEMBER_CIRCUIT_BREAKER, false, "seawall_circuit_breaker_state", "1 for the state that the breaker is in.", "state",   \
            name, SW_MEASURE_IS, offsetof(seawall_breaker_snapshot, state), number                                               \
    }
#define CALLS(result, member)                                                                                                    \
    {                                                                                                                            \
        SW_MEMBER_CIRCUIT_BREAKER, true, "seawall_circuit_breaker_calls_total", "Reports of calls, by what they counted as.",    \
            "result", result, BREAKER(INT64, member)                                                                             \
    }
#define LIMITER(form, member) NULL, NULL, SW_MEASURE_##form, offsetof(seawall_limiter_snapshot, member), 0
#define BULKHEAD(form, member) SW_MEASURE_##form, offsetof(seawall_bulkhead_snapshot, member), 0
#define REFUSED(reason, member)                                                                                        \
    {SW_MEMBER_BULKHEAD, true, "seawall_bulkhead_refused_total", "Calls that got no place, by the reason.", "reason", reason, \
     BULKHEAD(INT64, member)}
#define BUDGET(form, member) NULL, NULL, SW_MEASURE_##form, offsetof(seawall_retry_budget_snapshot, member), 0
#define HEDGE(form, member) NULL, NULL, SW_MEASURE_##form, offsetof(seawall_hedge_snapshot, member), 0
#define KEYED(form, member) NULL, NULL, SW_MEASURE_##form, offsetof(seawall_keyed_snapshot, member), 0
#define POOL(form, member) SW_MEASURE_##form, offsetof(seawall_pool_snapshot, member), 0
#define QUEUED(level, index)                                                                                                     \
    {SW_MEMBER_THREAD_POOL, false, "seawall_thread_pool_queued", "Jobs that wait, by level.", "level", level, \
     SW_MEASURE_INT32, (uint32_t)(offsetof(seawall_pool_snapshot, queued) + (index) * sizeof(int32_t)), 0}
#define JOBS(end, member)                                                                                                        \
    {SW_MEMBER_THREAD_POOL, true, "seawall_thread_pool_jobs_total", "Jobs that have ended, by how.", "end", end, \
     POOL(INT64, member)}
#define TURNED_AWAY(reason, member)                                                                                              \
    {SW_MEMBER_THREAD_POOL, true, "seawall_thread_pool_refused_total", "Jobs that got no place, by the reason.", "reason", \
     reason, POOL(INT64, member)}
#define CHAOS(form, member) SW_MEASURE_##form, offsetof(seawall_chaos_snapshot, member), 0
#define INJECTED(what, member)                                                                                                   \
    {                                                                                                                            \
        SW_MEMBER_CHAOS, true, "seawall_chaos_injected_total", "Runs that were tampered with, by how.", "what", what,            \
            CHAOS(INT64, member)                                                                                                 \
    }

const sw_measure sw_measures[] = {
    STATE("closed", SEAWALL_BREAKER_CLOSED),
    STATE("open", SEAWALL_BREAKER_OPEN),
    STATE("half_open", SEAWALL_BREAKER_HALF_OPEN),
    STATE("forced_open", SEAWALL_BREAKER_FORCED_OPEN),
    STATE("disabled", SEAWALL_BREAKER_DISABLED),
    STATE("metrics_only", SEAWALL_BREAKER_METRICS_ONLY),
    CALLS("success", successes),
    CALLS("failure", failures),
    CALLS("ignored", ignored),
    CALLS("stale", stale),
    {SW_MEMBER_CIRCUIT_BREAKER, true, "seawall_circuit_breaker_refused_total", "Calls refused.", NULL, NULL,
     BREAKER(INT64, refused)},
    {SW_MEMBER_CIRCUIT_BREAKER, true, "seawall_circuit_breaker_expired_probes_total", "Probes that did not report in time.", NULL,
     NULL, BREAKER(INT64, expired)},
    {SW_MEMBER_CIRCUIT_BREAKER, true, "seawall_circuit_breaker_opened_total", "How often the breaker opened.", NULL, NULL,
     BREAKER(INT64, opened)},
    {SW_MEMBER_CIRCUIT_BREAKER, false, "seawall_circuit_breaker_consecutive_failures", "Failures in a row while closed.", NULL,
     NULL, BREAKER(INT32, consecutive_failures)},
    {SW_MEMBER_CIRCUIT_BREAKER, false, "seawall_circuit_breaker_window_calls",
     "Outcomes in the window; 0 without a rule on rates.", NULL, NULL, BREAKER(INT64, window_calls)},
    {SW_MEMBER_CIRCUIT_BREAKER, false, "seawall_circuit_breaker_window_failures", "Failures in the window.", NULL, NULL,
     BREAKER(INT64, window_failures)},
    {SW_MEMBER_CIRCUIT_BREAKER, false, "seawall_circuit_breaker_window_slow_calls", "Slow calls in the window.", NULL, NULL,
     BREAKER(INT64, window_slow_calls)},
    {SW_MEMBER_CIRCUIT_BREAKER, false, "seawall_circuit_breaker_failure_rate",
     "Share of failures in the window; -1 below the minimum of calls.", NULL, NULL, BREAKER(DOUBLE, failure_rate)},
    {SW_MEMBER_CIRCUIT_BREAKER, false, "seawall_circuit_breaker_slow_call_rate",
     "Share of slow calls in the window; -1 below the minimum of calls.", NULL, NULL, BREAKER(DOUBLE, slow_call_rate)},
    {SW_MEMBER_CIRCUIT_BREAKER, false, "seawall_circuit_breaker_remaining_seconds", "How long it stays open still.", NULL, NULL,
     BREAKER(SECONDS, remaining)},

    {SW_MEMBER_RATE_LIMITER, true, "seawall_rate_limiter_granted_total", "Permits given.", LIMITER(INT64, granted)},
    {SW_MEMBER_RATE_LIMITER, true, "seawall_rate_limiter_refused_total", "Requests refused.", LIMITER(INT64, refused)},
    {SW_MEMBER_RATE_LIMITER, true, "seawall_rate_limiter_waited_total", "Requests that had to wait.", LIMITER(INT64, waited)},
    {SW_MEMBER_RATE_LIMITER, true, "seawall_rate_limiter_refunded_total", "Refunds that came in time.", LIMITER(INT64, refunded)},
    {SW_MEMBER_RATE_LIMITER, false, "seawall_rate_limiter_available", "Permits that could be taken at once.",
     LIMITER(INT32, available)},
    {SW_MEMBER_RATE_LIMITER, false, "seawall_rate_limiter_waiting", "Requests that wait.", LIMITER(INT32, waiting)},
    {SW_MEMBER_RATE_LIMITER, false, "seawall_rate_limiter_wait_seconds", "How long until there is a permit.",
     LIMITER(SECONDS, wait)},

    {SW_MEMBER_BULKHEAD, true, "seawall_bulkhead_granted_total", "Places given.", NULL, NULL, BULKHEAD(INT64, granted)},
    {SW_MEMBER_BULKHEAD, true, "seawall_bulkhead_waited_total", "Places given to calls that had to wait.", NULL, NULL,
     BULKHEAD(INT64, waited)},
    REFUSED("full", refused_full),
    REFUSED("timed_out", refused_timed_out),
    REFUSED("cancelled", refused_cancelled),
    {SW_MEMBER_BULKHEAD, false, "seawall_bulkhead_in_use", "Calls at the same time.", NULL, NULL, BULKHEAD(INT32, in_use)},
    {SW_MEMBER_BULKHEAD, false, "seawall_bulkhead_max_concurrent", "How many there may be.", NULL, NULL,
     BULKHEAD(INT32, max_concurrent)},
    {SW_MEMBER_BULKHEAD, false, "seawall_bulkhead_waiting", "Calls that wait.", NULL, NULL, BULKHEAD(INT32, waiting)},

    {SW_MEMBER_RETRY_BUDGET, true, "seawall_retry_budget_refused_total", "Retries that it did not allow.",
     BUDGET(INT64, refused)},
    {SW_MEMBER_RETRY_BUDGET, false, "seawall_retry_budget_calls", "Calls in the window.", BUDGET(INT64, calls)},
    {SW_MEMBER_RETRY_BUDGET, false, "seawall_retry_budget_retries", "Retries in the window, or asleep.", BUDGET(INT64, retries)},
    {SW_MEMBER_RETRY_BUDGET, false, "seawall_retry_budget_available", "Retries that it would allow now.",
     BUDGET(INT64, available)},
    {SW_MEMBER_RETRY_BUDGET, false, "seawall_retry_budget_tokens", "Tokens in the throttle's purse; -1 without a throttle.",
     BUDGET(DOUBLE, tokens)},

    {SW_MEMBER_HEDGE, true, "seawall_hedge_started_total", "Extra runs.", HEDGE(INT64, started)},
    {SW_MEMBER_HEDGE, true, "seawall_hedge_won_total", "Passes that an extra run won.", HEDGE(INT64, won)},
    {SW_MEMBER_HEDGE, true, "seawall_hedge_over_budget_total", "Extra runs that a budget did not allow.",
     HEDGE(INT64, over_budget)},
    {SW_MEMBER_HEDGE, true, "seawall_hedge_without_room_total", "Extra runs for which there was no place.",
     HEDGE(INT64, without_room)},
    {SW_MEMBER_HEDGE, false, "seawall_hedge_delay_seconds", "Until an extra run that began now.", HEDGE(SECONDS, delay)},
    {SW_MEMBER_HEDGE, false, "seawall_hedge_samples", "Latencies in the window.", HEDGE(INT64, samples)},
    {SW_MEMBER_HEDGE, false, "seawall_hedge_latency_seconds", "How long runs took that won, from their own beginning.",
     HEDGE(HISTOGRAM, latency)},

    {SW_MEMBER_CHAOS, false, "seawall_chaos_enabled", "1 while it is switched on.", NULL, NULL, CHAOS(INT32, enabled)},
    {SW_MEMBER_CHAOS, true, "seawall_chaos_runs_total", "Runs that entered while it was on.", NULL, NULL, CHAOS(INT64, runs)},
    INJECTED("fault", faults),
    INJECTED("delay", delays),
    INJECTED("success", successes),
    INJECTED("refusal", refusals),

    {SW_MEMBER_THREAD_POOL, false, "seawall_thread_pool_workers", "Workers.", NULL, NULL, POOL(INT32, workers)},
    {SW_MEMBER_THREAD_POOL, false, "seawall_thread_pool_max_size", "How many there may be.", NULL, NULL, POOL(INT32, max_size)},
    {SW_MEMBER_THREAD_POOL, false, "seawall_thread_pool_busy", "Workers with a job.", NULL, NULL, POOL(INT32, busy)},
    {SW_MEMBER_THREAD_POOL, false, "seawall_thread_pool_abandoned", "Jobs that run though nobody waits for them.", NULL, NULL,
     POOL(INT32, abandoned)},
    {SW_MEMBER_THREAD_POOL, false, "seawall_thread_pool_stuck", "Jobs that run for too long.", NULL, NULL, POOL(INT32, stuck)},
    {SW_MEMBER_THREAD_POOL, false, "seawall_thread_pool_queue_size", "How many jobs may wait.", NULL, NULL,
     POOL(INT32, queue_size)},
    QUEUED("critical", 0),
    QUEUED("high", 1),
    QUEUED("normal", 2),
    QUEUED("low", 3),
    {SW_MEMBER_THREAD_POOL, false, "seawall_thread_pool_oldest_seconds", "How long the oldest job waits.", NULL, NULL,
     POOL(SECONDS, oldest)},
    JOBS("done", done),
    JOBS("queue_time", dropped_queue_time),
    JOBS("deadline", dropped_deadline),
    JOBS("cancelled", dropped_cancelled),
    JOBS("stopped", dropped_stopped),
    JOBS("no_thread", dropped_no_thread),
    TURNED_AWAY("full", refused_full),
    TURNED_AWAY("results", refused_results),
    TURNED_AWAY("stopped", refused_stopped),
    TURNED_AWAY("no_thread", refused_no_thread),
    {SW_MEMBER_THREAD_POOL, true, "seawall_thread_pool_started_total", "Workers started.", NULL, NULL, POOL(INT64, started)},
    {SW_MEMBER_THREAD_POOL, true, "seawall_thread_pool_wakes_total", "Sleeping workers woken.", NULL, NULL, POOL(INT64, wakes)},

    {SW_MEMBER_KEYED, true, "seawall_keyed_created_total", "Instances made.", KEYED(INT64, created)},
    {SW_MEMBER_KEYED, true, "seawall_keyed_evicted_total", "Instances that had to go for others.", KEYED(INT64, evicted)},
    {SW_MEMBER_KEYED, true, "seawall_keyed_expired_total", "Instances that nobody asked for.", KEYED(INT64, expired)},
    {SW_MEMBER_KEYED, true, "seawall_keyed_refused_total", "Keys for which there was no place.", KEYED(INT64, refused)},
    {SW_MEMBER_KEYED, false, "seawall_keyed_instances", "Instances now.", KEYED(INT32, instances)},
    {SW_MEMBER_KEYED, false, "seawall_keyed_max_instances", "How many there may be.", KEYED(INT32, max_instances)},
};

const int32_t sw_measure_count = sizeof(sw_measures) / sizeof(sw_measures[0]);

bool sw_snapshot_take(int32_t kind, void *object, seawall_time now, sw_snapshot *snapshot)
{
    seawall_status status = SEAWALL_INVALID;

    memset(snapshot, 0, sizeof(*snapshot));
#define TAKE(number, member, call)                                                                                     \
    case number:                                                                                                       \
        snapshot->size = sizeof(snapshot->member);                                                                     \
        status = call;                                                                                                 \
        break
    switch (kind) {
        TAKE(SW_MEMBER_CIRCUIT_BREAKER, breaker, seawall_breaker_get_snapshot_at(object, now, &snapshot->breaker));
        TAKE(SW_MEMBER_RATE_LIMITER, limiter, seawall_limiter_get_snapshot_at(object, now, &snapshot->limiter));
        TAKE(SW_MEMBER_BULKHEAD, bulkhead, seawall_bulkhead_get_snapshot(object, &snapshot->bulkhead));
        TAKE(SW_MEMBER_RETRY_BUDGET, budget, seawall_retry_budget_get_snapshot_at(object, now, &snapshot->budget));
        TAKE(SW_MEMBER_HEDGE, hedge, seawall_hedge_get_snapshot_at(object, now, &snapshot->hedge));
        TAKE(SW_MEMBER_CHAOS, chaos, seawall_chaos_get_snapshot(object, &snapshot->chaos));
        TAKE(SW_MEMBER_THREAD_POOL, pool, seawall_pool_get_snapshot(object, &snapshot->pool));
        TAKE(SW_MEMBER_KEYED, keyed, seawall_keyed_get_snapshot(object, &snapshot->keyed));
    default:
        break;
    }
#undef TAKE
    if (status != SEAWALL_OK)
        memset(snapshot, 0, sizeof(*snapshot));
    return status == SEAWALL_OK;
}

/* Nanoseconds as seconds, to the last digit that is not 0. */
void sw_seconds_write(sw_writer *to, seawall_duration duration)
{
    char digits[10] = ".000000000";
    int64_t part = duration % 1000000000;
    size_t length = 10, i;

    if (duration == SEAWALL_FOREVER) {
        sw_write(to, "+Inf");
        return;
    }
    sw_write_integer(to, duration / 1000000000);
    for (i = 9; i > 0; i--, part /= 10)
        digits[i] = (char)('0' + part % 10);
    while (length > 1 && digits[length - 1] == '0')
        length--;
    if (length > 1)
        sw_write_bytes(to, digits, length);
}

void sw_measure_write(const sw_measure *measure, const sw_snapshot *snapshot, sw_writer *to)
{
    const char *at = (const char *)snapshot + measure->offset;
    char text[SW_TEXT_SIZE];
    int32_t narrow = 0;
    int64_t wide = 0;
    double number = 0;

    if (measure->form == SW_MEASURE_INT32 || measure->form == SW_MEASURE_IS)
        memcpy(&narrow, at, sizeof(narrow));
    else if (measure->form == SW_MEASURE_DOUBLE)
        memcpy(&number, at, sizeof(number));
    else
        memcpy(&wide, at, sizeof(wide));
    switch (measure->form) {
    case SW_MEASURE_INT32:
        sw_write_integer(to, narrow);
        break;
    case SW_MEASURE_INT64:
        if (wide == INT64_MAX)
            sw_write(to, "+Inf");
        else
            sw_write_integer(to, wide);
        break;
    case SW_MEASURE_SECONDS:
        sw_seconds_write(to, wide);
        break;
    case SW_MEASURE_DOUBLE:
        sw_write_bytes(to, text, sw_print_number(number, text));
        break;
    case SW_MEASURE_HISTOGRAM: /* by metrics.c */
        break;
    case SW_MEASURE_IS:
        sw_write(to, narrow == measure->number ? "1" : "0");
        break;
    }
}
