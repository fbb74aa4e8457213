/*
 * A pool's rules beside a plain list of jobs, under a scheduler that picks at random what happens next: somebody submits, calls
 * off, gives up; a worker comes, looks around for nothing, loses patience, ends its job; time passes; sizes change; the pool is
 * closed. After every step the books must agree; whenever nobody is on his way, nobody may sleep while there is work (the
 * lost wake); and in the end every accepted job has ended exactly once.
 */
#include <check.h>
#include <string.h>

#include "pool_crew.h"
#include "suite.h"
#include "support.h"

#define JOBS 4000

/* An assertion of libcheck's tells another process of every time that it holds. */
#define HOLDS(what)                                                                                                    \
    do {                                                                                                               \
        if (!(what))                                                                                                   \
            ck_abort_msg("not so: %s", #what);                                                                         \
    } while (0)

enum { UNKNOWN, QUEUED, RUNNING, ENDED };

typedef struct plain {
    int state;
    seawall_priority level;
    seawall_time expires;
    int end;
    bool held, forgotten;
    sw_job *job;
    uint64_t handle;
} plain;

static struct {
    crew crew;
    plain jobs[JOBS];
    int32_t count;  /* came, accepted or not */
    sw_job *running[CREW_MAX];
    int32_t busy;
    seawall_time now;
    uint64_t state;
} m;

static uint64_t pick(uint64_t below)
{
    return sw_test_next(&m.state) % below;
}

static void on_begun(const sw_job *job, void *user)
{
    plain *it = job->arg;
    int32_t i;

    (void)user;
    HOLDS((it->state) == (QUEUED));
    HOLDS(it->expires == SEAWALL_FOREVER || it->expires > m.now);
    for (i = 0; &m.jobs[i] != it; i++) /* first come, first served, inside a level */
        HOLDS(m.jobs[i].state != QUEUED || m.jobs[i].level != it->level);
    it->state = RUNNING;
}

static void on_ended(const sw_job *job, seawall_job_end end, void *user)
{
    plain *it = job->arg;

    (void)user;
    HOLDS((it->state) == (end == SEAWALL_JOB_DONE ? RUNNING : QUEUED));
    if (end == SEAWALL_JOB_QUEUE_TIME || end == SEAWALL_JOB_DEADLINE)
        HOLDS(it->expires <= m.now);
    it->state = ENDED;
    it->end = end;
}

static void runs(sw_job *job)
{
    if (job != NULL)
        m.running[m.busy++] = job;
}

static void submit(void)
{
    plain *it = &m.jobs[m.count];
    sw_pool_core *core = &m.crew.core;
    seawall_duration limit;

    if (m.count == JOBS)
        return;
    it->level = (seawall_priority)pick(SW_JOB_LEVELS);
    it->held = pick(3) == 0;
    limit = core->rules.max_queue_time[it->level];
    it->expires = pick(3) == 0 ? m.now + (seawall_time)pick(40) : SEAWALL_FOREVER;
    if (sw_pool_just_queues_plain(core))
        HOLDS(sw_pool_judge(core, false) == SW_POOL_QUEUE);
    if (sw_pool_just_queues(core, it->held))
        HOLDS(sw_pool_judge(core, it->held) == SW_POOL_QUEUE);
    it->state = QUEUED; /* before it is: it may be told of at once */
    it->job = crew_submit(&m.crew, it->level, it->expires, it->held, m.now, it);
    if (limit != SEAWALL_FOREVER && m.now + limit < it->expires)
        it->expires = m.now + limit;
    if (it->job != NULL)
        it->handle = sw_job_handle(&core->queue, it->job);
    else
        it->state = UNKNOWN;
    m.count++;
}

/* Somebody uses a handle: stale ones find nothing. */
static void use_handle(void)
{
    plain *it = m.count > 0 ? &m.jobs[pick((uint64_t)m.count)] : NULL;
    sw_job *job;

    if (it == NULL || it->state == UNKNOWN || !it->held)
        return;
    job = sw_job_find(&m.crew.core.queue, it->handle);
    HOLDS((job != NULL) == (!it->forgotten));
    if (job == NULL)
        return;
    HOLDS((job) == (it->job));
    it->forgotten = true;
    if (job->state == SW_JOB_QUEUED) {
        job->held = false;
        sw_pool_drop(&m.crew.core, job, SEAWALL_JOB_CANCELLED);
        on_ended(job, SEAWALL_JOB_CANCELLED, NULL);
    } else {
        HOLDS((job->state == SW_JOB_ENDED) == (it->state == ENDED));
        sw_pool_let_go(&m.crew.core, job);
    }
}

static void resize(void)
{
    sw_pool_rules rules = m.crew.core.rules;

    rules.max = 1 + (int32_t)pick(6);
    rules.core = (int32_t)pick((uint64_t)rules.max + 1);
    rules.queue = (int32_t)pick(12);
    rules.growth = (int32_t)pick(2);
    sw_pool_follow(&m.crew.core, &rules);
}

static void step(uint64_t what)
{
    sw_pool_core *core = &m.crew.core;

    if (what < 40) {
        submit();
    } else if (what < 60 && core->coming > 0) {
        runs(crew_come(&m.crew, m.now));
    } else if (what < 63 && core->starting > 0) { /* which may take long */
        runs(crew_start(&m.crew, m.now));
    } else if (what < 80 && m.busy > 0) {
        int32_t which = (int32_t)pick((uint64_t)m.busy);
        sw_job *job = m.running[which];

        m.running[which] = m.running[--m.busy];
        runs(crew_finish(&m.crew, job, m.now));
    } else if (what < 90) {
        use_handle();
    } else if (what < 94 && core->idle > 0) {
        runs(crew_rouse(&m.crew, m.now, pick(2) == 0));
    } else if (what < 98) {
        m.now += (seawall_time)pick(10);
    } else {
        resize();
    }
}

static void check(void)
{
    const sw_pool_core *core = &m.crew.core;
    int32_t queued = 0, running = 0, i;

    HOLDS(sw_pool_core_holds(core));
    for (i = 0; i < m.count; i++) {
        queued += m.jobs[i].state == QUEUED;
        running += m.jobs[i].state == RUNNING;
    }
    HOLDS((core->queue.length) == (queued));
    HOLDS((core->busy) == (running));
    HOLDS((m.busy) == (running));
    HOLDS((core->workers) == (core->idle + core->coming + core->starting + core->busy));
    if (core->queue.length > 0) {
        HOLDS(core->workers > 0);
        HOLDS(core->idle == 0 || core->coming > 0); /* the lost wake */
    }
}

/* Everybody who can go on does, until nothing is left. */
static void heal(void)
{
    sw_pool_core *core = &m.crew.core;
    int32_t rounds;

    for (rounds = 0; core->queue.length + m.busy + core->coming + core->starting > 0; rounds++) {
        HOLDS(rounds < 10 * JOBS);
        if (core->coming > 0) {
            runs(crew_come(&m.crew, m.now));
        } else if (core->starting > 0) {
            runs(crew_start(&m.crew, m.now));
        } else {
            HOLDS(m.busy > 0);
            runs(crew_finish(&m.crew, m.running[--m.busy], m.now));
        }
        HOLDS(sw_pool_core_holds(core));
    }
}

START_TEST(every_job_ends_exactly_once)
{
    sw_pool_rules rules = {.core = 1, .max = 4, .queue = 6, .max_results = 20};
    int64_t steps = sw_test_count(3000, 30000), ended = 0;
    int32_t i;

    memset(&m, 0, sizeof(m));
    m.state = sw_test_seed() + (uint64_t)_i;
    m.now = 1000;
    for (i = 0; i < SW_JOB_LEVELS; i++) {
        rules.stride[i] = SW_POOL_STRIDE / (uint32_t)(1 + i);
        rules.max_queue_time[i] = i == 3 || (i == SW_POOL_PLAIN && _i % 4 < 2) ? SEAWALL_FOREVER : 20 + 10 * i;
    }
    crew_init(&m.crew, &rules);
    m.crew.ended = on_ended;
    m.crew.begun = on_begun;
    while (steps-- > 0 && m.count < JOBS) {
        step(pick(100));
        check();
    }
    if (_i % 2 == 1) {
        sw_pool_close(&m.crew.core, SW_POOL_DRAINING);
        ck_assert_int_eq(sw_pool_judge(&m.crew.core, false), SW_POOL_CLOSED);
    }
    heal();
    for (i = 0; i < m.count; i++) {
        ck_assert(m.jobs[i].state == ENDED || m.jobs[i].state == UNKNOWN);
        ended += m.jobs[i].state == ENDED;
    }
    ck_assert_int_eq(sw_pool_submitted(&m.crew.core), ended);
    ck_assert_int_gt(ended, 100);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("pool model");

    tcase_add_loop_test(tests, every_job_ends_exactly_once, 0, 8);
    return sw_test_run("pool model", tests);
}
