/*
 * Many threads on one bulkhead: some try, some wait, some drive executions that wait, one may move the limit, and all of them
 * hold what they got for a moment. No more are inside at any instant than there are permits, every wait ends once, and when the
 * dust has settled the books agree. The seed of what each thread wants is printed and can be given in SEAWALL_SEED.
 */
#include <check.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/atomic.h"
#include "suite.h"
#include "support.h"

#define THREADS_MAX 16
#define FLOCK 4 /* executions of one loop */

typedef struct loop {
    sw_atomic_u32 bell; /* parked on by the loop */
    struct {
        seawall_execution *execution;
        uint64_t attempt; /* 0: not inside */
        bool busy;
        _Alignas(SEAWALL_EXECUTION_ALIGNMENT) unsigned char storage[SEAWALL_EXECUTION_SIZE_MAX];
    } one[FLOCK];
} loop;

typedef struct worker {
    uint64_t random;
    int64_t asked, granted, full, timed_out, cancelled, ended;
    loop loop;
} worker;

typedef struct storm {
    seawall_bulkhead *bulkhead;
    seawall_pipeline *pipeline;
    uint32_t moves; /* of the limit: one in so many turns; 0: none */
    bool patient;  /* waits end with a permit only */
    int threads;
    int64_t turns; /* of each thread */
    sw_atomic_u32 most; /* the highest limit so far */
    sw_atomic_u32 inside;
    sw_atomic_u64 served; /* by whoever got a permit: writes as the permit allows */
    int64_t unguarded;    /* written inside, where there is one permit only */
    worker workers[THREADS_MAX];
} storm;

static storm s;

static uint32_t below(worker *w, uint32_t n)
{
    return (uint32_t)(sw_test_next(&w->random) % n);
}

/* check's own assertions are not for many threads. */
static void must(bool holds, const char *what)
{
    if (!holds) {
        fprintf(stderr, "broken: %s\n", what);
        abort();
    }
}

static bool single(void)
{
    return sw_load_u32(&s.most) == 1;
}

/* Stays until somebody waits, and where waits end by themselves until one has; others may all be elsewhere, so not for ever. */
static void linger(void)
{
    seawall_bulkhead_snapshot before = SEAWALL_BULKHEAD_SNAPSHOT_INIT, now = SEAWALL_BULKHEAD_SNAPSHOT_INIT;
    seawall_time end = seawall_platform_now(NULL) + SEAWALL_MILLISECONDS(5); /* where others have the CPU a yield may last */

    must(seawall_bulkhead_get_snapshot(s.bulkhead, &before) == SEAWALL_OK, "a snapshot");
    do {
        sched_yield();
        must(seawall_bulkhead_get_snapshot(s.bulkhead, &now) == SEAWALL_OK, "a snapshot");
        must(now.over_limit == (now.in_use > now.max_concurrent ? now.in_use - now.max_concurrent : 0),
             "a snapshot of one moment");
    } while (seawall_platform_now(NULL) < end &&
             (s.patient ? now.waiting == 0 : now.refused_timed_out == before.refused_timed_out));
}

static void come_in(worker *w)
{
    uint32_t now = sw_add_u32(&s.inside, 1) + 1;

    must(now <= sw_load_u32(&s.most), "no more inside than there are permits");
    if (single()) /* a permit is a lock then, and no other is needed */
        s.unguarded++;
    (void)sw_add_u64(&s.served, 1);
    w->granted++;
    if (below(w, 200) == 0)
        linger();
    else if (below(w, 4) == 0)
        sched_yield();
}

static void go_out(worker *w)
{
    w->ended++;
    (void)sw_sub_u32(&s.inside, 1);
}

static void release(worker *w, seawall_permit *permit)
{
    go_out(w);
    must(seawall_bulkhead_release(s.bulkhead, permit) == SEAWALL_OK, "a permit is taken back");
    must(seawall_bulkhead_release(s.bulkhead, permit) == SEAWALL_INVALID, "once");
}

static void count_refusal(worker *w, seawall_status status)
{
    must(status == SEAWALL_FULL || status == SEAWALL_TIMED_OUT || status == SEAWALL_CANCELLED, "refused for a reason");
    w->full += status == SEAWALL_FULL;
    w->timed_out += status == SEAWALL_TIMED_OUT;
    w->cancelled += status == SEAWALL_CANCELLED;
}

static void by_hand(worker *w)
{
    seawall_time now = seawall_platform_now(NULL);
    seawall_permit permit = SEAWALL_PERMIT_INIT;
    seawall_status status;

    w->asked++;
    if (below(w, 3) == 0)
        status = seawall_bulkhead_try_acquire(s.bulkhead, &permit);
    else
        status = seawall_bulkhead_acquire_until(s.bulkhead, s.patient ? SEAWALL_FOREVER : now + below(w, 60000), &permit);
    if (status != SEAWALL_OK) {
        count_refusal(w, status);
        return;
    }
    come_in(w);
    release(w, &permit);
}

/* --- executions --- */

static void ring(uint64_t cookie, void *user)
{
    sw_atomic_u32 *bell = user;

    (void)cookie;
    (void)sw_add_u32(bell, 1);
    seawall_platform_default()->wake((const uint32_t *)(const void *)bell, NULL);
}

static void finished(worker *w, int i)
{
    seawall_report report = SEAWALL_REPORT_INIT;

    must(seawall_execution_report(w->loop.one[i].execution, &report) == SEAWALL_OK, "a result");
    if (report.attempts == 0)
        count_refusal(w, report.status);
}

/* One look at one execution. */
static void turn(worker *w, int i)
{
    seawall_execution *x = w->loop.one[i].execution;
    seawall_step step;

    do {
        must(seawall_execution_next_at(x, seawall_platform_now(NULL), &step) == SEAWALL_OK, "a step");
        if (step.kind == SEAWALL_STEP_START) {
            w->loop.one[i].attempt = step.id;
            come_in(w);
        } else if (step.kind == SEAWALL_STEP_FINISHED) {
            finished(w, i);
        } else if (step.kind == SEAWALL_STEP_DRAINED) {
            w->loop.one[i].busy = false;
            return;
        }
    } while (step.kind != SEAWALL_STEP_WAIT);
}

static void report(worker *w, int i)
{
    const seawall_result result = {.fault = SEAWALL_FAULT_NONE};
    uint64_t attempt = w->loop.one[i].attempt;

    w->loop.one[i].attempt = 0;
    go_out(w);
    must(seawall_execution_report_at(w->loop.one[i].execution, attempt, &result, seawall_platform_now(NULL)) == SEAWALL_OK,
         "a report");
}

static void move(worker *w, int i, bool begin)
{
    seawall_execution *x = w->loop.one[i].execution;
    seawall_time now = seawall_platform_now(NULL);

    if (!w->loop.one[i].busy) {
        seawall_time deadline = s.patient || below(w, 2) == 0 ? SEAWALL_FOREVER : now + 1 + below(w, 60000);

        if (!begin)
            return;
        w->loop.one[i].busy = true;
        w->asked++;
        must(seawall_execution_begin_at(x, now, deadline) == SEAWALL_OK, "a begin");
    } else if (w->loop.one[i].attempt != 0) {
        report(w, i);
    } else if (!s.patient && below(w, 6) == 0) {
        must(seawall_execution_cancel_at(x, now) == SEAWALL_OK, "a cancellation");
    }
    turn(w, i);
}

/* What is under way is brought to its end; whoever waits sleeps until the bell rings. */
static void finish_all(worker *w)
{
    bool busy = true;

    while (busy) {
        uint32_t heard = sw_load_u32(&w->loop.bell);
        bool waiting = true;
        int i;

        busy = false;
        for (i = 0; i < FLOCK; i++) {
            move(w, i, false);
            busy = busy || w->loop.one[i].busy;
            waiting = waiting && w->loop.one[i].attempt == 0;
        }
        if (busy && waiting)
            seawall_platform_default()->park((const uint32_t *)(const void *)&w->loop.bell, heard,
                                             s.patient ? SEAWALL_FOREVER : seawall_platform_now(NULL) + 100000, NULL);
    }
}

static void work(int index, void *arg)
{
    worker *w = &s.workers[index];
    int64_t i;

    (void)arg;
    for (i = 0; i < s.turns; i++) {
        if (index % 2 == 0)
            by_hand(w);
        else
            move(w, (int)below(w, FLOCK), true);
        if (s.patient && index % 2 != 0)
            finish_all(w); /* a loop that sleeps elsewhere would hold what others wait for */
        if (s.moves > 0 && below(w, s.moves) == 0)
            must(seawall_bulkhead_resize(s.bulkhead, 1 + (int32_t)below(w, sw_load_u32(&s.most))) == SEAWALL_OK, "a resize");
    }
    finish_all(w);
}

static void open_storm(int threads, int32_t limit, int32_t waiting, seawall_duration wait)
{
    seawall_bulkhead_config config = SEAWALL_BULKHEAD_CONFIG_INIT;
    seawall_policy policy = SEAWALL_POLICY_INIT;
    const seawall_policy *policies[] = {&policy};
    int t, i;

    config.max_concurrent = limit;
    config.max_waiting = waiting;
    config.max_wait = wait;
    ck_assert_int_eq(seawall_bulkhead_create(&config, NULL, &s.bulkhead, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_bulkhead_policy(s.bulkhead, "b", &policy), SEAWALL_OK);
    ck_assert_int_eq(seawall_pipeline_create(NULL, policies, 1, NULL, &s.pipeline, NULL), SEAWALL_OK);
    sw_store_u32(&s.most, (uint32_t)limit);
    s.threads = threads;
    for (t = 0; t < threads; t++) {
        worker *w = &s.workers[t];
        const seawall_waker waker = {ring, 0, &w->loop.bell};

        w->random = sw_test_seed() + (uint64_t)t * UINT64_C(1000003);
        for (i = 0; i < FLOCK; i++)
            ck_assert_int_eq(seawall_execution_init(w->loop.one[i].storage, sizeof(w->loop.one[i].storage), s.pipeline, &waker,
                                                    &w->loop.one[i].execution),
                             SEAWALL_OK);
    }
}

static void check_books(void)
{
    seawall_bulkhead_snapshot is = SEAWALL_BULKHEAD_SNAPSHOT_INIT;
    worker sum = {.asked = 0};
    int t;

    for (t = 0; t < s.threads; t++) {
        const worker *w = &s.workers[t];

        ck_assert_int_eq(w->asked, w->granted + w->full + w->timed_out + w->cancelled);
        ck_assert_int_eq(w->granted, w->ended);
        sum.asked += w->asked;
        sum.granted += w->granted;
        sum.full += w->full;
        sum.timed_out += w->timed_out;
        sum.cancelled += w->cancelled;
    }
    ck_assert_int_eq(seawall_bulkhead_get_snapshot(s.bulkhead, &is), SEAWALL_OK);
    ck_assert_int_eq(is.in_use, 0);
    ck_assert_int_eq(is.waiting, 0);
    ck_assert_int_le(is.most_in_use, sw_load_u32(&s.most));
    ck_assert_int_eq((int64_t)sw_load_u64(&s.served), sum.granted);
    if (single())
        ck_assert_int_eq(s.unguarded, sum.granted);
    /* Granted, and called off before it looked: such a permit was handed on. */
    ck_assert_int_ge(is.granted, sum.granted);
    ck_assert_int_eq(is.granted + is.refused_full + is.refused_timed_out + is.refused_cancelled, sum.asked);
    if (s.patient) {
        ck_assert_int_eq(sum.timed_out + sum.cancelled, 0);
        ck_assert_int_eq(is.granted, sum.granted);
    }
    /* It was a storm: with so many threads somebody has waited, however busy the machine is. */
    if (s.threads == THREADS_MAX)
        ck_assert_int_gt(is.waited, 0);
}

static void close_storm(void)
{
    int t, i;

    for (t = 0; t < s.threads; t++) {
        for (i = 0; i < FLOCK; i++)
            ck_assert_int_eq(seawall_execution_fini(s.workers[t].loop.one[i].execution), SEAWALL_OK);
    }
    seawall_pipeline_destroy(s.pipeline);
    seawall_bulkhead_destroy(s.bulkhead);
}

static const struct {
    int threads;
    int32_t limit, waiting;
    uint32_t moves;
    bool patient;
} rows[] = {
    {2, 1, 50, 0, false},  {4, 1, 50, 0, false}, {16, 1, 50, 0, false}, {4, 2, 3, 0, false},
    {16, 3, 50, 0, false}, {16, 3, 4, 50, false}, {4, 3, 50, 1, false}, {16, 3, 50, 2, false},
    {2, 1, 50, 0, true},   {4, 1, 100, 0, true}, {16, 2, 100, 0, true}, {16, 3, 100, 3, true},
};

START_TEST(the_books_agree)
{
    sw_test_threads threads;

    s = (storm){.moves = rows[_i].moves, .patient = rows[_i].patient};
    s.turns = sw_test_count(8000, 100000) / rows[_i].threads;
    open_storm(rows[_i].threads, rows[_i].limit, rows[_i].waiting,
               rows[_i].patient ? SEAWALL_FOREVER : SEAWALL_MICROSECONDS(40));
    sw_test_start(&threads, rows[_i].threads, work, NULL);
    sw_test_join(&threads);
    check_books();
    close_storm();
}
END_TEST

int main(void)
{
    TCase *storms = tcase_create("storms");

    tcase_set_timeout(storms, 120);
    tcase_add_loop_test(storms, the_books_agree, 0, (int)(sizeof(rows) / sizeof(rows[0])));
    return sw_test_run("bulkhead stress", storms);
}
