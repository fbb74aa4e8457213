/* What a pool decides, as rows of (state, input, now). */
#include <check.h>
#include <string.h>

#include "policy/pool/pool_object.h"

#include "suite.h"

#define PLACES 16

static sw_job places[PLACES];
static sw_pool_core core;

static sw_pool_rules rules_of(int32_t smallest, int32_t largest, int32_t queue, int32_t growth)
{
    sw_pool_rules rules = {.core = smallest, .max = largest, .queue = queue, .growth = growth, .max_results = 4};
    int i;

    for (i = 0; i < SW_JOB_LEVELS; i++) {
        rules.stride[i] = SW_POOL_STRIDE / (uint32_t)(100 - 25 * i);
        rules.max_queue_time[i] = SEAWALL_FOREVER;
    }
    return rules;
}

static void begin(const sw_pool_rules *rules)
{
    memset(places, 0, sizeof(places));
    sw_pool_core_init(&core, rules, places, PLACES);
}

static sw_job *put(seawall_priority level, seawall_time deadline, seawall_time now)
{
    sw_job *job = sw_job_free_one(&core.queue);

    job->deadline = deadline;
    sw_pool_accept(&core, job, (uint32_t)level, false, now);
    return job;
}

static const struct {
    int32_t growth;
    int32_t workers, idle, coming, queued; /* all others are busy */
    sw_pool_verdict verdict;
} judged[] = {
    /* core 2, max 4, queue 3 */
    {SEAWALL_POOL_EAGER, 0, 0, 0, 0, SW_POOL_START},
    {SEAWALL_POOL_EAGER, 2, 1, 0, 0, SW_POOL_QUEUE},  /* the idle one takes it */
    {SEAWALL_POOL_EAGER, 2, 1, 0, 1, SW_POOL_START},  /* which has something to do */
    {SEAWALL_POOL_EAGER, 2, 0, 1, 0, SW_POOL_QUEUE},  /* the coming one */
    {SEAWALL_POOL_EAGER, 2, 0, 0, 0, SW_POOL_START},
    {SEAWALL_POOL_EAGER, 4, 0, 0, 0, SW_POOL_QUEUE},
    {SEAWALL_POOL_EAGER, 4, 0, 0, 2, SW_POOL_QUEUE},
    {SEAWALL_POOL_EAGER, 4, 0, 0, 3, SW_POOL_FULL},
    {SEAWALL_POOL_EAGER, 4, 0, 2, 4, SW_POOL_QUEUE},  /* two of them are as good as taken */
    {SEAWALL_POOL_EAGER, 4, 0, 2, 5, SW_POOL_FULL},
    {SEAWALL_POOL_EAGER, 6, 0, 0, 0, SW_POOL_QUEUE},  /* too many, after max_size was lowered */
    {SEAWALL_POOL_QUEUE_FIRST, 0, 0, 0, 0, SW_POOL_START},
    {SEAWALL_POOL_QUEUE_FIRST, 1, 0, 0, 0, SW_POOL_START},
    {SEAWALL_POOL_QUEUE_FIRST, 1, 1, 0, 0, SW_POOL_QUEUE},
    {SEAWALL_POOL_QUEUE_FIRST, 2, 0, 0, 0, SW_POOL_QUEUE},
    {SEAWALL_POOL_QUEUE_FIRST, 2, 0, 0, 2, SW_POOL_QUEUE},
    {SEAWALL_POOL_QUEUE_FIRST, 2, 0, 0, 3, SW_POOL_START},
    {SEAWALL_POOL_QUEUE_FIRST, 4, 0, 0, 3, SW_POOL_FULL},
};

static void begin_with(const sw_pool_rules *rules, int32_t workers, int32_t idle, int32_t coming, int32_t queued)
{
    begin(rules);
    core.workers = workers;
    core.idle = idle;
    core.coming = coming;
    while (queued-- > 0)
        (void)put(SEAWALL_PRIORITY_NORMAL, SEAWALL_FOREVER, 0);
}

START_TEST(who_comes_in)
{
    const sw_pool_rules rules = rules_of(2, 4, 3, judged[_i].growth);

    begin_with(&rules, judged[_i].workers, judged[_i].idle, judged[_i].coming, judged[_i].queued);
    ck_assert_int_eq(sw_pool_judge(&core, false), judged[_i].verdict);
    core.held = 4;
    ck_assert_int_eq(sw_pool_judge(&core, true), SW_POOL_RESULTS);
    sw_pool_close(&core, SW_POOL_DRAINING);
    ck_assert_int_eq(sw_pool_judge(&core, true), SW_POOL_CLOSED);
}
END_TEST

static const struct {
    int32_t workers, idle, coming, queued;
    bool closed, limited; /* and its level */
    bool just_queues;
} straight[] = {
    /* max 2, queue 3 */
    {2, 0, 0, 0, false, false, true},
    {2, 0, 0, 2, false, false, true},
    {2, 0, 0, 3, false, false, false},  /* full */
    {1, 0, 0, 0, false, false, false},  /* a worker is to be started */
    {2, 1, 0, 0, false, false, false},  /* one is to be woken */
    {2, 1, 1, 1, false, false, true},   /* the one that comes wakes the other */
    {3, 0, 0, 0, false, false, true},   /* too many, after max_size was lowered */
    {2, 0, 0, 0, true, false, false},
    {2, 0, 0, 0, false, true, false},   /* the clock was not read for it */
};

/* A plain job just queues where the long way would queue it, start nobody and wake nobody. */
START_TEST(plain_jobs_just_queue)
{
    sw_pool_rules rules = rules_of(1, 2, 3, SEAWALL_POOL_EAGER);

    begin_with(&rules, straight[_i].workers, straight[_i].idle, straight[_i].coming, straight[_i].queued);
    rules.max_queue_time[SEAWALL_PRIORITY_NORMAL] = straight[_i].limited ? 1000 : SEAWALL_FOREVER;
    sw_pool_follow(&core, &rules);
    if (straight[_i].closed)
        sw_pool_close(&core, SW_POOL_DRAINING);
    ck_assert_int_eq(sw_pool_just_queues_plain(&core), straight[_i].just_queues);
    ck_assert_int_eq(sw_pool_just_queues(&core, false), straight[_i].just_queues || straight[_i].limited);
    if (!straight[_i].just_queues)
        return;
    ck_assert_int_eq(sw_pool_judge(&core, false), SW_POOL_QUEUE);
    (void)put(SEAWALL_PRIORITY_NORMAL, SEAWALL_FOREVER, 0);
    ck_assert(!sw_pool_wakes(&core));
}
END_TEST

/* With no worker at all nothing may wait, whatever the queue: core_size may be 0. */
START_TEST(somebody_must_be_there)
{
    const sw_pool_rules rules = rules_of(0, 1, 3, SEAWALL_POOL_QUEUE_FIRST);

    begin(&rules);
    ck_assert_int_eq(sw_pool_judge(&core, false), SW_POOL_START);
    ck_assert(!sw_pool_may_wait(&core));
    core.workers = 1;
    ck_assert_int_eq(sw_pool_judge(&core, false), SW_POOL_QUEUE);
}
END_TEST

/* Shares over many jobs, and never more than one job from it at any moment. */
START_TEST(levels_share_by_weight)
{
    sw_pool_rules rules = rules_of(1, 1, PLACES, SEAWALL_POOL_EAGER);
    int32_t begun[SW_JOB_LEVELS] = {0}, i, level;
    const int32_t rounds = 10000, weights = 100 + 75 + 50 + 25;

    begin(&rules);
    core.workers = 1;
    for (i = 0; i < rounds; i++) {
        sw_job *job;

        for (level = 0; level < SW_JOB_LEVELS; level++) {
            if (core.queue.queued[level] < 2)
                (void)put(level, SEAWALL_FOREVER, 0);
        }
        job = sw_pool_take(&core, 0);
        begun[job->level]++;
        for (level = 0; level < SW_JOB_LEVELS; level++) {
            int64_t share = (int64_t)(i + 1) * (100 - 25 * level);

            ck_assert_int_le(begun[level] * (int64_t)weights, share + weights + weights);
            ck_assert_int_ge(begun[level] * (int64_t)weights, share - weights - weights);
        }
        sw_pool_finish(&core, job, 0);
        ck_assert(sw_pool_core_holds(&core));
    }
}
END_TEST

START_TEST(an_idle_level_saves_nothing_up)
{
    sw_pool_rules rules = rules_of(1, 1, PLACES, SEAWALL_POOL_EAGER);
    int32_t i, low = 0;

    begin(&rules);
    for (i = 0; i < 1000; i++) {
        (void)put(SEAWALL_PRIORITY_CRITICAL, SEAWALL_FOREVER, 0);
        sw_pool_finish(&core, sw_pool_take(&core, 0), 0);
    }
    for (i = 0; i < 4; i++) {
        (void)put(SEAWALL_PRIORITY_CRITICAL, SEAWALL_FOREVER, 0);
        (void)put(SEAWALL_PRIORITY_LOW, SEAWALL_FOREVER, 0);
    }
    for (i = 0; i < 5; i++) {
        sw_job *job = sw_pool_take(&core, 0);

        low += job->level == SEAWALL_PRIORITY_LOW;
        sw_pool_finish(&core, job, 0);
    }
    ck_assert_int_le(low, 2);
    ck_assert_int_ge(low, 1);
}
END_TEST

/* Passes wrap around: near the end of 64 bits the order stays. */
START_TEST(passes_wrap_around)
{
    sw_pool_rules rules = rules_of(1, 1, PLACES, SEAWALL_POOL_EAGER);
    int32_t begun[SW_JOB_LEVELS] = {0}, i, level;

    begin(&rules);
    for (level = 0; level < SW_JOB_LEVELS; level++)
        core.fair.pass[level] = UINT64_MAX - SW_POOL_STRIDE / 4;
    core.fair.now = UINT64_MAX - SW_POOL_STRIDE / 4;
    for (i = 0; i < 1000; i++) {
        sw_job *job;

        for (level = 0; level < SW_JOB_LEVELS; level++) {
            if (core.queue.queued[level] == 0)
                (void)put(level, SEAWALL_FOREVER, 0);
        }
        job = sw_pool_take(&core, 0);
        begun[job->level]++;
        sw_pool_finish(&core, job, 0);
    }
    ck_assert_int_le(begun[0], 402);
    ck_assert_int_ge(begun[0], 398);
    ck_assert_int_ge(begun[3], 98);
}
END_TEST

START_TEST(fifo_inside_a_level)
{
    sw_pool_rules rules = rules_of(1, 1, PLACES, SEAWALL_POOL_EAGER);
    sw_job *jobs[5];
    int i;

    begin(&rules);
    for (i = 0; i < 5; i++)
        jobs[i] = put(SEAWALL_PRIORITY_NORMAL, SEAWALL_FOREVER, 0);
    sw_pool_drop(&core, jobs[2], SEAWALL_JOB_CANCELLED); /* from the middle, the front and the back */
    sw_pool_drop(&core, jobs[0], SEAWALL_JOB_CANCELLED);
    sw_pool_drop(&core, jobs[4], SEAWALL_JOB_CANCELLED);
    ck_assert(sw_pool_core_holds(&core));
    ck_assert_ptr_eq(sw_pool_take(&core, 0), jobs[1]);
    ck_assert_ptr_eq(sw_pool_take(&core, 0), jobs[3]);
    ck_assert_ptr_null(sw_pool_take(&core, 0));
}
END_TEST

static const struct {
    seawall_duration limit;
    seawall_time deadline, now;
    seawall_job_end end; /* DONE: it is run */
} drops[] = {
    {10, SEAWALL_FOREVER, 109, SEAWALL_JOB_DONE},
    {10, SEAWALL_FOREVER, 110, SEAWALL_JOB_QUEUE_TIME},
    {10, 105, 105, SEAWALL_JOB_DEADLINE},
    {10, 105, 104, SEAWALL_JOB_DONE},
    {10, 200, 110, SEAWALL_JOB_QUEUE_TIME},
    {10, 110, 110, SEAWALL_JOB_DEADLINE}, /* both: its own counts */
    {SEAWALL_FOREVER, 120, 119, SEAWALL_JOB_DONE},
    {SEAWALL_FOREVER, 120, INT64_MAX, SEAWALL_JOB_DEADLINE},
    {SEAWALL_FOREVER, SEAWALL_FOREVER, INT64_MAX, SEAWALL_JOB_DONE},
    {SEAWALL_FOREVER - 1, SEAWALL_FOREVER, INT64_MAX, SEAWALL_JOB_DONE},
};

START_TEST(who_is_dropped)
{
    sw_pool_rules rules = rules_of(1, 1, PLACES, SEAWALL_POOL_EAGER);
    sw_job *job;

    rules.max_queue_time[SEAWALL_PRIORITY_HIGH] = drops[_i].limit;
    begin(&rules);
    core.workers = 1;
    job = put(SEAWALL_PRIORITY_HIGH, drops[_i].deadline, 100);
    job->held = true;
    ck_assert_ptr_eq(sw_pool_take(&core, drops[_i].now), job);
    ck_assert_int_eq(job->state, drops[_i].end == SEAWALL_JOB_DONE ? SW_JOB_RUNNING : SW_JOB_ENDED);
    if (job->state == SW_JOB_ENDED)
        ck_assert_int_eq(job->end, drops[_i].end);
    ck_assert(sw_pool_core_holds(&core));
}
END_TEST

/* Who was woken looks before sleeping the more rarely the more often it was in vain; once it was not, the next time again. */
START_TEST(looking_is_tried_ever_more_rarely)
{
    static const int32_t expected[] = {1, 1, 2, 4, 8, 16, 16}; /* the next multiple of 1, 2, 4, 8, 16 */
    sw_pool_patience patience = {0, 0};
    size_t i;

    for (i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
        int32_t n = 1, k;

        while (!sw_pool_is_to_look(&patience, true))
            n++;
        ck_assert_int_eq(n, expected[i]);
        for (k = 0; k < 3; k++)
            ck_assert(sw_pool_is_to_look(&patience, false)); /* who was awake always does */
        sw_pool_looked(&patience, false);
    }
    sw_pool_looked(&patience, true);
    ck_assert(sw_pool_is_to_look(&patience, true));
    ck_assert(sw_pool_is_to_look(&patience, true));
}
END_TEST

static void stop(void *arg)
{
    (void)arg;
}

/* Whatever the job before left, the next one in its place has no limit, was seen by nobody, and is not asked to stop. */
START_TEST(a_free_place_is_a_plain_jobs)
{
    sw_pool_rules rules = rules_of(1, 1, PLACES, SEAWALL_POOL_EAGER);
    sw_job *job;

    begin(&rules);
    job = put(SEAWALL_PRIORITY_LOW, 100, 50);
    job->held = true;
    ck_assert_ptr_eq(sw_pool_take(&core, 60), job);
    job->stop = stop;
    sw_store_relaxed_u32(&job->stopping, 1);
    sw_pool_let_go(&core, job); /* abandoned */
    sw_pool_finish(&core, job, 5);
    ck_assert_ptr_eq(sw_job_free_one(&core.queue), job);
    sw_pool_join(&core, job, SEAWALL_PRIORITY_LOW, false, SEAWALL_FOREVER);
    ck_assert(job->expires == SEAWALL_FOREVER && job->deadline == SEAWALL_FOREVER && job->since == SW_JOB_UNSEEN);
    ck_assert(job->stop == NULL && sw_load_relaxed_u32(&job->stopping) == 0 && !job->abandoned && !job->held);
    ck_assert(sw_pool_core_holds(&core));
}
END_TEST

START_TEST(handles_go_stale)
{
    sw_pool_rules rules = rules_of(1, 1, PLACES, SEAWALL_POOL_EAGER);
    sw_job *job;
    uint64_t handle;

    begin(&rules);
    job = put(SEAWALL_PRIORITY_LOW, SEAWALL_FOREVER, 0);
    job->held = true;
    handle = sw_job_handle(&core.queue, job);
    ck_assert_ptr_eq(sw_job_find(&core.queue, handle), job);
    ck_assert_ptr_eq(sw_pool_take(&core, 0), job);
    sw_pool_finish(&core, job, 5);
    ck_assert_ptr_eq(sw_job_find(&core.queue, handle), job);
    sw_pool_let_go(&core, job);
    ck_assert_ptr_null(sw_job_find(&core.queue, handle));
    ck_assert_ptr_eq(put(SEAWALL_PRIORITY_LOW, SEAWALL_FOREVER, 0), job); /* the same place */
    job->held = true;
    ck_assert_ptr_null(sw_job_find(&core.queue, handle));
    ck_assert_ptr_null(sw_job_find(&core.queue, 0));
    handle = sw_job_handle(&core.queue, job);
    ck_assert_ptr_null(sw_job_find(&core.queue, handle + 1)); /* within a place */
    core.queue.count = (uint32_t)(job - places);
    ck_assert_ptr_null(sw_job_find(&core.queue, handle)); /* behind the last place */
    core.queue.count = PLACES;
    ck_assert_ptr_eq(sw_job_find(&core.queue, handle), job);
    sw_job_queue_init(&core.queue, places, PLACES);
    ck_assert_ptr_null(sw_job_find(&core.queue, handle));
}
END_TEST

START_TEST(who_retires)
{
    sw_pool_rules rules = rules_of(1, 2, 3, SEAWALL_POOL_EAGER);

    begin(&rules);
    core.workers = 2;
    ck_assert(!sw_pool_too_many(&core, false));
    ck_assert(sw_pool_too_many(&core, true));
    core.workers = 1;
    ck_assert(!sw_pool_too_many(&core, true));
    core.workers = 3;
    ck_assert(sw_pool_too_many(&core, false));
    core.blocked = 1;
    ck_assert(sw_pool_too_many(&core, false));
    core.blocked = 2;
    ck_assert(!sw_pool_too_many(&core, false)); /* nobody would be left to work */
    core.workers = 2;
    core.blocked = 1;
    ck_assert(!sw_pool_too_many(&core, true));
    core.blocked = 0;
    core.workers = 1;
    sw_pool_close(&core, SW_POOL_DRAINING);
    ck_assert(sw_pool_too_many(&core, false));
    (void)put(SEAWALL_PRIORITY_LOW, SEAWALL_FOREVER, 0);
    ck_assert(!sw_pool_too_many(&core, false)); /* the old ones are finished first */
}
END_TEST

START_TEST(who_waited_for_what_has_ended_waits_no_more)
{
    sw_pool_rules rules = rules_of(2, 2, 3, SEAWALL_POOL_EAGER);
    sw_job *job;

    begin(&rules);
    job = put(SEAWALL_PRIORITY_NORMAL, SEAWALL_FOREVER, 0);
    core.blocked = 3;
    job->blocked = 2;
    sw_pool_drop(&core, job, SEAWALL_JOB_CANCELLED);
    ck_assert_int_eq(core.blocked, 1);
}
END_TEST

START_TEST(the_check_notices)
{
    sw_pool_rules rules = rules_of(1, 1, PLACES, SEAWALL_POOL_EAGER);
    sw_job *job;

    begin(&rules);
    (void)put(SEAWALL_PRIORITY_LOW, SEAWALL_FOREVER, 0);
    job = put(SEAWALL_PRIORITY_LOW, SEAWALL_FOREVER, 0);
    ck_assert(sw_pool_core_holds(&core));
    core.busy++;
    ck_assert(!sw_pool_core_holds(&core));
    core.busy--;
    job->previous = 3 * sizeof(sw_job);
    ck_assert(!sw_pool_core_holds(&core));
    job->previous = sizeof(sw_job);
    ck_assert(sw_pool_core_holds(&core));
    core.queue.filled = 0;
    ck_assert(!sw_pool_core_holds(&core));
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("pool core");

    tcase_add_loop_test(tests, who_comes_in, 0, (int)(sizeof(judged) / sizeof(judged[0])));
    tcase_add_loop_test(tests, plain_jobs_just_queue, 0, (int)(sizeof(straight) / sizeof(straight[0])));
    tcase_add_test(tests, somebody_must_be_there);
    tcase_add_test(tests, levels_share_by_weight);
    tcase_add_test(tests, an_idle_level_saves_nothing_up);
    tcase_add_test(tests, passes_wrap_around);
    tcase_add_test(tests, fifo_inside_a_level);
    tcase_add_loop_test(tests, who_is_dropped, 0, (int)(sizeof(drops) / sizeof(drops[0])));
    tcase_add_test(tests, a_free_place_is_a_plain_jobs);
    tcase_add_test(tests, looking_is_tried_ever_more_rarely);
    tcase_add_test(tests, handles_go_stale);
    tcase_add_test(tests, who_retires);
    tcase_add_test(tests, who_waited_for_what_has_ended_waits_no_more);
    tcase_add_test(tests, the_check_notices);
    return sw_test_run("pool core", tests);
}
