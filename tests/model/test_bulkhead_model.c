/*
 * Random traces on a bulkhead, beside a plain model of it: permits taken by hand, runs of a loop that wait, threads that wait
 * alone, time, changes of every setting. Every answer, every wake and every snapshot must agree.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "suite.h"
#include "support.h"

#define RUNS 12
#define HELD 24

/* The plain bulkhead: no word, no links, only what the documentation says. */

typedef enum place { OUTSIDE, QUEUED, GRANTED, PASSED_OVER, INSIDE, LATE } place;

typedef struct model {
    seawall_time now;
    seawall_bulkhead_snapshot is;
    int32_t said;    /* max_concurrent in the last config */
    int queue[RUNS]; /* who, in order; is.waiting of them */
    place where[RUNS];
    seawall_time until[RUNS];
    int woken[RUNS];
} model;

/* And the real one. */

typedef struct run {
    seawall_execution *execution;
    uint64_t attempt;
    int woken;
    _Alignas(SEAWALL_EXECUTION_ALIGNMENT) unsigned char storage[SEAWALL_EXECUTION_SIZE_MAX];
} run;

static sw_test_platform base;
static seawall_bulkhead *bulkhead;
static seawall_pipeline *pipeline;
static run runs[RUNS];
static seawall_permit held[HELD];
static bool holds[HELD];
static model m;
static uint64_t state;
static int64_t seen[6]; /* how often what is rare has happened */

static int32_t below(int32_t n)
{
    return (int32_t)(sw_test_next(&state) % (uint64_t)n);
}

static void leave_queue(int who)
{
    int i = 0;

    while (m.queue[i] != who)
        i++;
    m.is.waiting--;
    for (; i < m.is.waiting; i++)
        m.queue[i] = m.queue[i + 1];
}

static bool take(void)
{
    if (m.is.waiting > 0 || m.is.in_use >= m.is.max_concurrent)
        return false;
    m.is.in_use++;
    m.is.granted++;
    return true;
}

static void serve(void)
{
    while (m.is.waiting > 0) {
        int who = m.queue[0];

        if (m.until[who] < m.now) {
            leave_queue(who);
            m.where[who] = PASSED_OVER;
            m.is.refused_timed_out++;
            seen[0]++;
        } else if (m.is.in_use < m.is.max_concurrent) {
            leave_queue(who);
            m.where[who] = GRANTED;
            m.woken[who]++;
            m.is.in_use++;
            m.is.granted++;
            m.is.waited++;
            seen[1] += m.until[who] == m.now;
        } else {
            break;
        }
        m.is.most_in_use = m.is.in_use > m.is.most_in_use ? m.is.in_use : m.is.most_in_use;
    }
}

static void give(void)
{
    m.is.in_use--;
    serve();
}

static bool may_wait(void)
{
    return m.is.max_wait > 0 && m.is.waiting < m.is.max_waiting;
}

static void join_queue(int who)
{
    m.queue[m.is.waiting++] = who;
    m.until[who] = seawall_time_add(m.now, m.is.max_wait);
    m.where[who] = QUEUED;
    m.is.most_waiting = m.is.waiting > m.is.most_waiting ? m.is.waiting : m.is.most_waiting;
}

/* --- steps: the same to both --- */

static seawall_step next(int who)
{
    seawall_step step = {0};

    ck_assert_int_eq(seawall_execution_next_at(runs[who].execution, m.now, &step), SEAWALL_OK);
    return step;
}

static void ended(int who, seawall_step step, seawall_status status)
{
    seawall_report report = SEAWALL_REPORT_INIT;

    ck_assert_int_eq(step.kind, SEAWALL_STEP_FINISHED);
    ck_assert_int_eq(seawall_execution_report(runs[who].execution, &report), SEAWALL_OK);
    ck_assert_int_eq(report.status, status);
}

static void started(int who, seawall_step step)
{
    ck_assert_int_eq(step.kind, SEAWALL_STEP_START);
    runs[who].attempt = step.id;
    m.where[who] = INSIDE;
}

static void refused_full(int who, seawall_step step)
{
    m.where[who] = OUTSIDE;
    ended(who, step, SEAWALL_FULL);
}

static void begin(int who)
{
    seawall_step step;

    ck_assert_int_eq(seawall_execution_begin_at(runs[who].execution, m.now, SEAWALL_FOREVER), SEAWALL_OK);
    step = next(who);
    if (take()) {
        started(who, step);
    } else if (may_wait()) {
        join_queue(who);
        ck_assert_int_eq(step.kind, SEAWALL_STEP_WAIT);
        ck_assert_int_eq(step.until, m.until[who]);
    } else {
        m.is.refused_full++;
        refused_full(who, step);
    }
}

static void look(int who)
{
    seawall_step step = next(who);

    if (m.where[who] == GRANTED) {
        started(who, step);
    } else if (m.where[who] == PASSED_OVER) {
        refused_full(who, step);
    } else if (m.now >= m.until[who]) {
        leave_queue(who);
        m.is.refused_timed_out++;
        refused_full(who, step);
    } else {
        ck_assert_int_eq(step.kind, SEAWALL_STEP_WAIT);
    }
}

/* One whose time was over before has timed out, not been called off. */
static void call_off(int who)
{
    bool over = m.where[who] == PASSED_OVER || (m.where[who] == QUEUED && m.until[who] < m.now);

    ck_assert_int_eq(seawall_execution_cancel_at(runs[who].execution, m.now), SEAWALL_OK);
    ended(who, next(who), over ? SEAWALL_FULL : SEAWALL_CANCELLED);
    if (m.where[who] == QUEUED) {
        leave_queue(who);
        m.is.refused_timed_out += over;
        m.is.refused_cancelled += !over;
    }
    if (m.where[who] == INSIDE) {
        m.where[who] = LATE;
        return;
    }
    if (m.where[who] == GRANTED) {
        seen[2]++;
        give();
    }
    m.where[who] = OUTSIDE;
}

static void report(int who)
{
    const seawall_result result = {.fault = below(2) == 0 ? SEAWALL_FAULT_NONE : SEAWALL_FAULT_INTERNAL};
    bool late = m.where[who] == LATE;

    ck_assert_int_eq(seawall_execution_report_at(runs[who].execution, runs[who].attempt, &result, m.now), SEAWALL_OK);
    give();
    m.where[who] = OUTSIDE;
    if (!late)
        ended(who, next(who), result.fault == SEAWALL_FAULT_NONE ? SEAWALL_OK : SEAWALL_FAILED);
}

static void move_a_run(int who)
{
    switch (m.where[who]) {
    case OUTSIDE:
        begin(who);
        break;
    case INSIDE:
        if (below(3) == 0)
            call_off(who);
        else
            report(who);
        break;
    case LATE:
        report(who);
        break;
    default:
        if (below(4) == 0)
            call_off(who);
        else
            look(who);
        break;
    }
}

static void by_hand(int which)
{
    if (!holds[which]) {
        holds[which] = take();
        m.is.refused_full += !holds[which];
        ck_assert_int_eq(seawall_bulkhead_try_acquire(bulkhead, &held[which]), holds[which] ? SEAWALL_OK : SEAWALL_FULL);
    } else {
        ck_assert_int_eq(below(2) == 0 ? seawall_bulkhead_release(bulkhead, &held[which])
                                       : seawall_bulkhead_release_at(bulkhead, &held[which], m.now),
                         SEAWALL_OK);
        ck_assert_int_eq(seawall_bulkhead_release(bulkhead, &held[which]), SEAWALL_INVALID);
        holds[which] = false;
        give();
    }
}

/* Nobody gives anything back meanwhile: this thread is alone. */
static void wait_alone(int which)
{
    seawall_time deadline = below(3) == 0 ? SEAWALL_FOREVER : m.now + below(40) - 5;
    seawall_time own = seawall_time_add(m.now, m.is.max_wait);
    seawall_time end = deadline < own ? deadline : own;
    seawall_status status = SEAWALL_OK;

    if (holds[which] || (end == SEAWALL_FOREVER && may_wait()))
        return;
    holds[which] = take();
    if (!holds[which] && !may_wait()) {
        status = SEAWALL_FULL;
        m.is.refused_full++;
    } else if (!holds[which]) {
        status = deadline <= own ? SEAWALL_TIMED_OUT : SEAWALL_FULL;
        m.is.refused_timed_out++;
        if (end > m.now && m.is.most_waiting <= m.is.waiting)
            m.is.most_waiting = m.is.waiting + 1;
        m.now = end > m.now ? end : m.now;
    }
    ck_assert_int_eq(seawall_bulkhead_acquire_until(bulkhead, deadline, &held[which]), status);
    ck_assert_int_eq(seawall_manual_clock_now(base.clock), m.now);
    seen[3] += status == SEAWALL_TIMED_OUT;
}

static void resize(void)
{
    int32_t limit = 1 + below(8);

    ck_assert_int_eq(seawall_bulkhead_resize(bulkhead, limit), SEAWALL_OK);
    m.is.max_concurrent = limit;
    seen[4] += m.is.in_use > limit;
    serve();
}

static void reconfigure(void)
{
    static const seawall_duration times[] = {0, 1, 10, 30, SEAWALL_FOREVER};
    seawall_bulkhead_config config = SEAWALL_BULKHEAD_CONFIG_INIT;

    config.max_concurrent = 1 + below(8);
    if (config.max_concurrent != m.said) /* else a resize has the last word */
        m.is.max_concurrent = config.max_concurrent;
    m.said = config.max_concurrent;
    config.max_waiting = m.is.max_waiting = below(7);
    config.max_wait = m.is.max_wait = times[below(5)];
    seen[5] += m.is.waiting > m.is.max_waiting;
    ck_assert_int_eq(seawall_bulkhead_reconfigure(bulkhead, &config, NULL), SEAWALL_OK);
    serve();
}

static void pass_time(void)
{
    m.now += below(6);
    seawall_manual_clock_set(base.clock, m.now);
}

static void compare(void)
{
    seawall_bulkhead_snapshot is = SEAWALL_BULKHEAD_SNAPSHOT_INIT;
    int i;

    m.is.over_limit = m.is.in_use > m.is.max_concurrent ? m.is.in_use - m.is.max_concurrent : 0;
    ck_assert_int_eq(seawall_bulkhead_get_snapshot(bulkhead, &is), SEAWALL_OK);
    ck_assert_int_eq(is.in_use, m.is.in_use);
    ck_assert_int_eq(is.waiting, m.is.waiting);
    ck_assert_int_eq(is.granted, m.is.granted);
    ck_assert_int_eq(is.refused_timed_out, m.is.refused_timed_out);
    ck_assert_msg(memcmp(&is, &m.is, sizeof(is)) == 0, "most %d/%d waited %lld/%lld full %lld/%lld cancelled %lld/%lld",
                  (int)is.most_in_use, (int)m.is.most_in_use, (long long)is.waited, (long long)m.is.waited,
                  (long long)is.refused_full, (long long)m.is.refused_full, (long long)is.refused_cancelled,
                  (long long)m.is.refused_cancelled);
    for (i = 0; i < RUNS; i++)
        ck_assert_int_eq(runs[i].woken, m.woken[i]);
}

static void one_step(void)
{
    int32_t what = below(100);

    if (what < 55)
        move_a_run(below(RUNS));
    else if (what < 75)
        by_hand(below(HELD));
    else if (what < 80)
        wait_alone(below(HELD));
    else if (what < 82)
        resize();
    else if (what < 83)
        reconfigure();
    else
        pass_time();
    m.is.most_in_use = m.is.in_use > m.is.most_in_use ? m.is.in_use : m.is.most_in_use;
}

static void wake(uint64_t cookie, void *user)
{
    run *whose = user;

    whose[cookie].woken++;
}

static void open_all(void)
{
    seawall_policy policy = SEAWALL_POLICY_INIT;
    const seawall_policy *policies[] = {&policy};
    uint64_t i;

    sw_test_platform_init(&base, true);
    m.now = SW_TEST_START;
    m.is = (seawall_bulkhead_snapshot)SEAWALL_BULKHEAD_SNAPSHOT_INIT;
    m.is.max_concurrent = m.said = 25;
    ck_assert_int_eq(seawall_bulkhead_create(NULL, &base.platform, &bulkhead, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_bulkhead_policy(bulkhead, "b", &policy), SEAWALL_OK);
    ck_assert_int_eq(seawall_pipeline_create(NULL, policies, 1, &base.platform, &pipeline, NULL), SEAWALL_OK);
    for (i = 0; i < RUNS; i++) {
        const seawall_waker waker = {wake, i, runs};

        ck_assert_int_eq(seawall_execution_init(runs[i].storage, sizeof(runs[i].storage), pipeline, &waker, &runs[i].execution),
                         SEAWALL_OK);
    }
}

/* When all have gone, nothing is left of them. */
static void close_all(void)
{
    int i;

    for (i = 0; i < HELD; i++) {
        if (holds[i])
            by_hand(i);
    }
    for (i = 0; i < RUNS; i++) {
        while (m.where[i] != OUTSIDE)
            move_a_run(i);
    }
    compare();
    ck_assert_int_eq(m.is.in_use, 0);
    ck_assert_int_eq(m.is.waiting, 0);
    seawall_pipeline_destroy(pipeline);
    seawall_bulkhead_destroy(bulkhead);
    sw_test_platform_fini(&base);
}

START_TEST(a_random_trace_agrees_with_the_model)
{
    int64_t steps = sw_test_count(100000, 1000000);
    int64_t i;

    state = sw_test_seed();
    open_all();
    reconfigure();
    for (i = 0; i < steps; i++) {
        one_step();
        if (below(4) == 0)
            compare();
    }
    for (i = 0; i < 6; i++)
        ck_assert_msg(seen[i] > steps / 20000, "what is rare (%d) happened only %lld times", (int)i, (long long)seen[i]);
    close_all();
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("bulkhead model");

    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, a_random_trace_agrees_with_the_model);
    return sw_test_run("bulkhead model", tests);
}
