/* The plain breaker. */
#include "breaker_plain.h"

#include <string.h>

seawall_time plain_round_up(const model *m, seawall_time t)
{
    seawall_duration past = t - m->base;

    return past <= 0 ? m->base : m->base + (past + TICK - 1) / TICK * TICK;
}

static bool records(const model *m)
{
    return m->state == SEAWALL_BREAKER_CLOSED || m->state == SEAWALL_BREAKER_METRICS_ONLY;
}

static bool is_windowed(const model *m)
{
    return m->config.failure_rate > 0 || m->config.slow_call_rate > 0;
}

static bool is_by_time(const model *m)
{
    return m->config.window == SEAWALL_BREAKER_WINDOW_TIME;
}

void plain_begin_window(model *m)
{
    seawall_duration past = m->now - m->base;

    m->window.count = m->window.silent = 0;
    m->window.start = m->base + (past < 0 ? 0 : past / TICK * TICK);
    m->window.elapsed = 0;
}

static void keep(model *m, uint64_t step, bool failed, bool slow)
{
    m->window.kept[m->window.count].step = step;
    m->window.kept[m->window.count].failed = failed;
    m->window.kept[m->window.count++].slow = slow;
}

/* The k-th of the silent successes came when k / silent of the time had passed. Answers the step of now. */
static uint64_t visit(model *m)
{
    plain_window *w = &m->window;
    uint64_t before = w->elapsed, gap, k, fresh = (uint64_t)w->silent, buckets = (uint64_t)m->config.window_buckets;
    uint64_t width = is_by_time(m) ? ((uint64_t)m->config.window_duration + buckets - 1) / buckets : UINT64_MAX;

    if (m->now - w->start > (seawall_time)before)
        w->elapsed = (uint64_t)(m->now - w->start);
    gap = w->elapsed - before;
    for (k = 1; k <= fresh; k++)
        keep(m, gap == 0 ? w->elapsed / width : (before + (k * gap + fresh - 1) / fresh - 1) / width, false, false);
    w->silent = 0;
    return w->elapsed / width;
}

/* `s` takes what is in the window. */
static void take_window(model *m, seawall_breaker_snapshot *s)
{
    const plain_window *w = &m->window;
    uint64_t step = visit(m), reach = is_by_time(m) ? (uint64_t)m->config.window_buckets : 1;
    int64_t most = is_by_time(m) ? INT64_MAX : m->config.window_calls;
    int32_t i;

    s->window_calls = s->window_failures = s->window_slow_calls = 0;
    for (i = w->count - 1; i >= 0 && s->window_calls < most && w->kept[i].step + reach > step; i--) {
        s->window_calls++;
        s->window_failures += w->kept[i].failed;
        s->window_slow_calls += w->kept[i].slow;
    }
}

static int64_t minimum(const model *m)
{
    return !is_by_time(m) && m->config.window_calls < m->config.minimum_calls ? m->config.window_calls : m->config.minimum_calls;
}

/* Rates of the tests are twentieths. */
static bool is_enough(double rate, int64_t part, int64_t whole)
{
    return rate > 0 && part * 20 >= whole * (int64_t)(rate * 20 + 0.5);
}

static int32_t millionths(int64_t part, int64_t whole)
{
    return (int32_t)((double)part / (double)whole * 1000000 + 0.5);
}

void plain_look(model *m)
{
    seawall_breaker_snapshot s;
    int64_t calls;
    bool failed, slow;

    if (!records(m) || !is_windowed(m))
        return;
    take_window(m, &s);
    calls = s.window_calls < minimum(m) ? minimum(m) : s.window_calls;
    failed = is_enough(m->config.failure_rate, s.window_failures, calls);
    slow = is_enough(m->config.slow_call_rate, s.window_slow_calls, calls);
    m->watch = m->state == SEAWALL_BREAKER_CLOSED && (failed || slow) && calls > s.window_calls;
    if (m->state != SEAWALL_BREAKER_CLOSED || m->watch)
        return;
    if (failed)
        plain_open(m, SEAWALL_BREAKER_OPEN, SEAWALL_BREAKER_RULE_FAILURE_RATE, millionths(s.window_failures, calls),
                   (int32_t)(m->config.failure_rate * 1000000 + 0.5));
    else if (slow)
        plain_open(m, SEAWALL_BREAKER_OPEN, SEAWALL_BREAKER_RULE_SLOW_CALL_RATE, millionths(s.window_slow_calls, calls),
                   (int32_t)(m->config.slow_call_rate * 1000000 + 0.5));
}

/* An outcome of a closed breaker that did not open it by the consecutive rule. */
static void tell_window(model *m, bool failed, bool slow)
{
    if (!is_windowed(m) || !records(m))
        return;
    if (failed || slow)
        keep(m, visit(m), failed, slow);
    else
        m->window.silent++;
    if (failed || slow || m->watch)
        plain_look(m);
}

void plain_enter(model *m, seawall_breaker_state state)
{
    m->by_probes = m->state == SEAWALL_BREAKER_HALF_OPEN;
    m->state = state;
    m->epoch++;
    m->since = m->now;
    m->streak = m->issued = m->successes = m->failures = 0;
    m->watch = false;
    plain_begin_window(m);
}

seawall_duration plain_lasts(const model *m, int32_t row)
{
    seawall_duration most = m->config.recovery_max, time = m->config.recovery_timeout;

    most = most > time ? most : time;
    for (; row > 0 && time < most; row--)
        time *= (seawall_duration)m->config.recovery_multiplier;
    return time < most ? time : most;
}

/* A round that failed, or a closed spell shorter than the last opening, makes a row. */
static int32_t next_in_row(const model *m)
{
    if (!m->tripped || m->config.recovery_multiplier <= 1)
        return 0;
    if (m->state != SEAWALL_BREAKER_HALF_OPEN && !m->by_probes)
        return 0;
    if (m->state != SEAWALL_BREAKER_HALF_OPEN && m->now - m->since >= plain_lasts(m, m->row))
        return 0;
    return m->row + 1;
}

void plain_open(model *m, seawall_breaker_state state, seawall_breaker_rule rule, int32_t value, int32_t limit)
{
    m->row = state == SEAWALL_BREAKER_OPEN ? next_in_row(m) : 0;
    m->tripped = true;
    plain_enter(m, state);
    m->deadline = plain_round_up(m, m->now + plain_lasts(m, m->row));
    m->for_good = false;
    m->total.opened++;
    m->total.last_rule = rule;
    m->total.last_value = value;
    m->total.last_limit = limit;
    m->total.last_opened = m->now;
}

static void judge_round(model *m)
{
    if (m->failures >= m->config.failures_to_reopen)
        plain_open(m, SEAWALL_BREAKER_OPEN, SEAWALL_BREAKER_RULE_PROBES, m->failures, m->config.failures_to_reopen);
    else if (m->successes >= m->config.successes_to_close)
        plain_enter(m, SEAWALL_BREAKER_CLOSED);
    else if (m->successes + m->failures >= m->config.half_open_max_calls)
        plain_open(m, SEAWALL_BREAKER_OPEN, SEAWALL_BREAKER_RULE_PROBES, m->failures, m->config.failures_to_reopen);
}

static void model_probe_counted(model *m, bool success)
{
    if (success)
        m->successes++;
    else
        m->failures++;
    judge_round(m);
}

bool plain_runs(const model *m, const held *h)
{
    return h->probe && !h->counted_out && h->epoch == m->epoch;
}

static void model_expire(model *m, held *h)
{
    h->counted_out = true;
    m->total.expired++;
    model_probe_counted(m, false);
}

static void model_expire_all(model *m, held **known, int32_t count)
{
    int32_t i;

    for (i = 0; i < count; i++) {
        if (m->state == SEAWALL_BREAKER_HALF_OPEN && plain_runs(m, known[i]) && m->now >= known[i]->expires)
            model_expire(m, known[i]);
    }
}

/* Every permit that somebody may have. */
static int32_t everybody(model *m, held **all)
{
    int32_t count = 0, i;

    for (i = 0; i < PERMITS; i++) {
        all[count++] = &m->permits[i];
        if (m->lost[i] != NULL)
            all[count++] = m->lost[i];
    }
    return count;
}

static bool refuses(const model *m)
{
    return m->state == SEAWALL_BREAKER_OPEN || m->state == SEAWALL_BREAKER_FORCED_OPEN;
}

static seawall_time round_ends(const model *m)
{
    bool bounded = m->state == SEAWALL_BREAKER_HALF_OPEN && m->config.half_open_max_duration > 0;

    return bounded ? m->since + m->config.half_open_max_duration : SEAWALL_FOREVER;
}

void plain_run_over(model *m)
{
    held *all[2 * PERMITS];
    int32_t count = everybody(m, all);
    seawall_time now = m->now;
    uint64_t epoch = m->epoch;

    if (round_ends(m) > now)
        return;
    m->now = round_ends(m);
    model_expire_all(m, all, count);
    if (m->epoch == epoch && m->config.half_open_then == SEAWALL_BREAKER_THEN_CLOSED)
        plain_enter(m, SEAWALL_BREAKER_CLOSED);
    else if (m->epoch == epoch)
        plain_open(m, SEAWALL_BREAKER_OPEN, SEAWALL_BREAKER_RULE_HALF_OPEN_TIME, m->successes, m->config.successes_to_close);
    m->now = now;
}

seawall_time plain_attend(model *m)
{
    held *all[2 * PERMITS];
    int32_t count = everybody(m, all), i;
    seawall_time first;

    plain_run_over(m);
    if (refuses(m) && !m->for_good && m->now >= m->deadline)
        plain_enter(m, SEAWALL_BREAKER_HALF_OPEN);
    model_expire_all(m, all, count);
    if (refuses(m))
        return m->for_good ? SEAWALL_FOREVER : m->deadline;
    first = round_ends(m);
    for (i = 0; i < count; i++) {
        if (m->state == SEAWALL_BREAKER_HALF_OPEN && plain_runs(m, all[i]) && all[i]->expires < first)
            first = all[i]->expires;
    }
    return first;
}

void plain_reconfigure(model *m, const seawall_breaker_config *config)
{
    bool was = is_windowed(m);

    (void)plain_attend(m);
    plain_look(m);
    m->config = *config;
    if (!was)
        plain_begin_window(m);
    if (!is_windowed(m))
        m->watch = false;
    plain_run_over(m);
    if (m->state == SEAWALL_BREAKER_HALF_OPEN)
        judge_round(m);
    (void)plain_attend(m);
    plain_look(m);
}

seawall_status plain_acquire(model *m, held *h, seawall_duration *wait)
{
    held *all[2 * PERMITS];
    int32_t count = everybody(m, all), under_way = 0, i;
    seawall_time first;

    (void)plain_attend(m);
    first = round_ends(m);
    *h = (held){.out = true, .epoch = m->epoch};
    h->timed = records(m) && m->config.slow_call_rate > 0;
    h->began = m->now;
    if (records(m) || m->state == SEAWALL_BREAKER_DISABLED)
        return SEAWALL_OK;
    if (m->state == SEAWALL_BREAKER_HALF_OPEN) {
        for (i = 0; i < count; i++) {
            if (all[i] != h && plain_runs(m, all[i])) {
                under_way++;
                first = all[i]->expires < first ? all[i]->expires : first;
            }
        }
        if (under_way < m->places && m->issued < m->config.half_open_max_calls) {
            m->issued++;
            h->probe = h->timed = true;
            h->expires = plain_round_up(m, m->now + m->config.probe_timeout);
            return SEAWALL_OK;
        }
        *wait = first - m->now;
    } else {
        *wait = m->for_good ? SEAWALL_FOREVER : m->deadline - m->now;
    }
    h->out = false;
    m->total.refused++;
    return SEAWALL_OPEN;
}

seawall_status plain_report(model *m, held *h, seawall_fault fault)
{
    bool counts = (m->config.counted_faults & SEAWALL_FAULT_BIT(fault)) != 0;
    bool success = fault == SEAWALL_FAULT_NONE;
    bool slow = h->timed && m->config.slow_call_rate > 0 && m->now - h->began > m->config.slow_call_duration;

    h->out = false;
    if (h->epoch == m->epoch && h->probe)
        plain_run_over(m);
    if (h->epoch == m->epoch && h->probe && !h->counted_out && m->now >= h->expires)
        model_expire(m, h);
    if (h->epoch != m->epoch || (h->probe && h->counted_out)) {
        m->total.stale++;
        return SEAWALL_STALE;
    }
    h->counted_out = true;
    if (m->state == SEAWALL_BREAKER_DISABLED)
        return SEAWALL_OK;
    if (success)
        m->total.successes++;
    else if (counts)
        m->total.failures++;
    else
        m->total.ignored++;
    if (h->probe && (success || counts))
        model_probe_counted(m, success && !slow);
    else if (h->probe)
        m->issued--;
    else if (success)
        m->streak = 0;
    else if (counts && m->state == SEAWALL_BREAKER_METRICS_ONLY)
        m->streak++;
    else if (counts && m->config.failure_threshold == 0)
        m->streak = 0;
    else if (counts && ++m->streak >= m->config.failure_threshold)
        plain_open(m, SEAWALL_BREAKER_OPEN, SEAWALL_BREAKER_RULE_CONSECUTIVE, m->streak, m->config.failure_threshold);
    if (!h->probe && (success || counts) && h->epoch == m->epoch)
        tell_window(m, !success, slow);
    return SEAWALL_OK;
}

void plain_reset(model *m)
{
    plain_enter(m, SEAWALL_BREAKER_CLOSED);
    m->tripped = false;
    m->row = 0;
    memset(&m->total, 0, sizeof m->total);
}

void plain_snapshot(model *m, seawall_breaker_snapshot *s)
{
    bool open = m->state == SEAWALL_BREAKER_OPEN || m->state == SEAWALL_BREAKER_FORCED_OPEN;

    *s = m->total;
    s->size = sizeof *s;
    if (records(m) && is_windowed(m))
        take_window(m, s);
    if (m->config.slow_call_rate <= 0)
        s->window_slow_calls = 0;
    s->failure_rate = s->slow_call_rate = -1;
    if (s->window_calls >= minimum(m)) {
        s->failure_rate = (double)s->window_failures / (double)s->window_calls;
        if (m->config.slow_call_rate > 0)
            s->slow_call_rate = (double)s->window_slow_calls / (double)s->window_calls;
    }
    s->state = m->state;
    s->epoch = m->epoch & 0x3fffff;
    s->since = m->since;
    s->consecutive_failures = m->state == SEAWALL_BREAKER_CLOSED && m->config.failure_threshold == 0 ? 0 : m->streak;
    s->reopenings = m->row;
    s->probe_successes = m->successes;
    s->probe_failures = m->failures;
    s->probes = m->issued - m->successes - m->failures;
    if (open && !m->for_good && m->now >= m->deadline)
        s->state = SEAWALL_BREAKER_HALF_OPEN;
    else if (round_ends(m) != SEAWALL_FOREVER)
        s->remaining = round_ends(m) - m->now;
    else if (open)
        s->remaining = m->for_good ? SEAWALL_FOREVER : m->deadline - m->now;
}
