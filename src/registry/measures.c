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
    {SW_MEMBER_RETRY_BUDGET, false, "seawall_retry_budget_retries", "Retries in the window.", BUDGET(INT64, retries)},
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

    {SW_MEMBER_CHAOS, false, "seawall_chaos_enabled", "1 while it is switched on.", NULL, NULL, CHAOS(INT32, enabled)},
    {SW_MEMBER_CHAOS, true, "seawall_chaos_runs_total", "Runs that entered while it was on.", NULL, NULL, CHAOS(INT64, runs)},
    INJECTED("fault", faults),
    INJECTED("delay", delays),
    INJECTED("success", successes),
    INJECTED("refusal", refusals),
};

const int32_t sw_measure_count = sizeof(sw_measures) / sizeof(sw_measures[0]);

void sw_snapshot_take(int32_t kind, void *object, seawall_time now, sw_snapshot *snapshot)
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
    default:
        break;
    }
#undef TAKE
    if (status != SEAWALL_OK)
        memset(snapshot, 0, sizeof(*snapshot));
}

/* Nanoseconds as seconds, to the last digit that is not 0. */
static void write_seconds(sw_writer *to, seawall_duration duration)
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
        write_seconds(to, wide);
        break;
    case SW_MEASURE_DOUBLE:
        sw_write_bytes(to, text, sw_print_number(number, text));
        break;
    case SW_MEASURE_IS:
        sw_write(to, narrow == measure->number ? "1" : "0");
        break;
    }
}
