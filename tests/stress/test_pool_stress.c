/*
 * Pools under real threads: four producers submit at every level, with deadlines, cancel, give up, wait, and sizes change
 * meanwhile. When the dust has settled every accepted job has ended exactly once. And pools that are made and ended under load.
 */
#include <check.h>
#include <sched.h>
#include <seawall/seawall.h>
#include <stdlib.h>
#include <string.h>

#include "policy/pool/pool_object.h"
#include "suite.h"
#include "support.h"

#define PRODUCERS 4

static struct {
    seawall_pool *pool;
    int64_t jobs;          /* of each producer */
    uint64_t seed;
    sw_atomic_u64 run, told, accepted, plain, twice;
    sw_atomic_u32 running, most;
    sw_atomic_u32 over;
} s;

/* What a job counts its ends in. */
typedef struct slip {
    sw_atomic_u32 ends;
} slip;

#define SLIPS 4096
static slip slips[PRODUCERS][SLIPS];

static int64_t work(seawall_work *it, void *arg)
{
    uint32_t now = sw_add_u32(&s.running, 1) + 1, most = sw_load_u32(&s.most);

    (void)arg;
    while (now > most && !sw_cas_u32(&s.most, &most, now)) {
    }
    (void)sw_add_u64(&s.run, 1);
    if (seawall_work_cancelled(it))
        (void)sched_yield();
    (void)sw_sub_u32(&s.running, 1);
    return 7;
}

static void told(const seawall_job_result *result, void *arg)
{
    slip *it = arg;

    (void)result;
    (void)sw_add_u64(&s.told, 1);
    (void)sw_sub_u32(&it->ends, 1);
}

static slip *free_slip(int index, uint64_t *state)
{
    slip *it = &slips[index][sw_test_next(state) % SLIPS];

    return sw_load_u32(&it->ends) == 0 ? it : NULL;
}

/* The pool was full. */
static void give_back(slip *it)
{
    (void)sw_sub_u32(&it->ends, 1);
    (void)sched_yield();
}

static void use(seawall_job job, uint64_t *state)
{
    seawall_job_result result = SEAWALL_JOB_RESULT_INIT;

    switch (sw_test_next(state) % 4) {
    case 0:
        if (seawall_pool_cancel(s.pool, job) == SEAWALL_BUSY)
            (void)seawall_pool_forget(s.pool, job);
        break;
    case 1:
        (void)seawall_pool_forget(s.pool, job);
        break;
    default:
        if (seawall_pool_wait_until(s.pool, job, SEAWALL_FOREVER, &result) == SEAWALL_OK && result.end == SEAWALL_JOB_DONE &&
            result.value != 7)
            (void)sw_add_u64(&s.twice, 1);
    }
    (void)seawall_pool_forget(s.pool, job); /* what a cancellation that came too late has left */
}

/* Levels have a limit, or have none, which is what jobs without options take the short way for. */
static void fill_levels(seawall_priority_level_config levels[SEAWALL_PRIORITY_COUNT], bool limited)
{
    int i;

    (void)!seawall_priority_levels(levels);
    for (i = 0; i < SEAWALL_PRIORITY_COUNT && !limited; i++)
        levels[i].max_queue_time = SEAWALL_FOREVER;
}

/* Nobody is told of it. Answers whether it was taken. */
static bool produce_plain(uint64_t *state)
{
    bool held = sw_test_next(state) % 3 == 0;
    seawall_job job = 0;

    if (seawall_pool_submit(s.pool, NULL, work, NULL, held ? &job : NULL) != SEAWALL_OK) {
        (void)sched_yield();
        return false;
    }
    (void)sw_add_u64(&s.plain, 1);
    if (job != 0)
        use(job, state);
    return true;
}

static void produce(int index, void *arg)
{
    uint64_t state = s.seed + (uint64_t)index;
    int64_t i;

    (void)arg;
    for (i = 0; i < s.jobs;) {
        seawall_job_options options = {sizeof(options), (seawall_priority)(sw_test_next(&state) % SEAWALL_PRIORITY_COUNT),
                                       SEAWALL_FOREVER, told};
        bool held = sw_test_next(&state) % 3 == 0;
        slip *it = free_slip(index, &state);
        seawall_job job = 0;

        if (sw_test_next(&state) % 2 == 0) {
            i += produce_plain(&state);
            continue;
        }
        if (it == NULL) {
            (void)sched_yield();
            continue;
        }
        if (sw_test_next(&state) % 8 == 0)
            options.deadline = seawall_platform_now(NULL) + (seawall_time)(sw_test_next(&state) % 20000);
        (void)sw_add_u32(&it->ends, 1);
        if (seawall_pool_submit(s.pool, &options, work, it, held ? &job : NULL) == SEAWALL_OK)
            i++;
        else
            give_back(it);
        if (job != 0)
            use(job, &state);
    }
    (void)sw_add_u64(&s.accepted, (uint64_t)i);
}

static void resize(int index, void *arg)
{
    seawall_pool_config config = SEAWALL_POOL_CONFIG_INIT;
    seawall_priority_level_config levels[SEAWALL_PRIORITY_COUNT];
    uint64_t state = s.seed + 77;

    (void)index;
    (void)arg;
    config.max_size_limit = 6;
    config.queue_size_limit = 64;
    config.levels = levels;
    while (sw_load_u32(&s.over) == 0) {
        fill_levels(levels, sw_test_next(&state) % 4 == 0);
        config.max_size = 1 + (int32_t)(sw_test_next(&state) % 6);
        config.core_size = (int32_t)(sw_test_next(&state) % (uint64_t)(config.max_size + 1));
        config.queue_size = (int32_t)(sw_test_next(&state) % 65);
        config.growth = (seawall_pool_growth)(sw_test_next(&state) % 2);
        config.keep_alive = (seawall_duration)(sw_test_next(&state) % 1000);
        if (seawall_pool_reconfigure(s.pool, &config, NULL) != SEAWALL_OK)
            (void)sw_add_u64(&s.twice, 1);
        (void)sched_yield();
    }
}

static void play(int index, void *arg)
{
    if (index < PRODUCERS)
        produce(index, arg);
    else
        resize(index, arg);
    if (index < PRODUCERS && sw_add_u32(&s.over, UINT32_C(0x10000)) >> 16 == PRODUCERS - 1)
        (void)sw_add_u32(&s.over, 1);
}

START_TEST(every_job_ends_exactly_once)
{
    seawall_pool_snapshot snapshot = SEAWALL_POOL_SNAPSHOT_INIT;
    seawall_pool_config config = SEAWALL_POOL_CONFIG_INIT;
    seawall_priority_level_config levels[SEAWALL_PRIORITY_COUNT];
    sw_test_threads threads;
    int i, n;

    memset(&s, 0, sizeof(s));
    memset(slips, 0, sizeof(slips));
    s.jobs = sw_test_soak_count(2000, 25000, 250000);
    s.seed = sw_test_seed();
    config.core_size = 2;
    config.max_size = 4;
    config.queue_size = 32;
    fill_levels(levels, false);
    config.levels = levels;
    config.max_size_limit = 6;
    config.queue_size_limit = 64;
    ck_assert_int_eq(seawall_pool_create(&config, NULL, &s.pool, NULL), SEAWALL_OK);
    sw_test_start(&threads, PRODUCERS + 1, play, NULL);
    sw_test_join(&threads);
    ck_assert_int_eq(seawall_pool_drain_until(s.pool, SEAWALL_FOREVER), SEAWALL_OK);
    ck_assert_int_eq(seawall_pool_get_snapshot(s.pool, &snapshot), SEAWALL_OK);
    ck_assert_int_eq(snapshot.submitted, (int64_t)sw_load_u64(&s.accepted));
    ck_assert_int_eq(snapshot.done, (int64_t)sw_load_u64(&s.run));
    ck_assert_uint_eq(sw_load_u64(&s.told) + sw_load_u64(&s.plain), sw_load_u64(&s.accepted));
    ck_assert_uint_eq(sw_load_u64(&s.twice), 0);
    ck_assert_uint_le(sw_load_u32(&s.most), 6);
    ck_assert_int_eq(snapshot.abandoned, 0);
    ck_assert_int_eq(snapshot.busy, 0);
    while (sw_load_u32(&s.pool->lookers) != 0) /* for some 20 us at most */
        (void)sched_yield();
    for (i = 0; i < PRODUCERS; i++) {
        for (n = 0; n < SLIPS; n++) {
            if (sw_load_u32(&slips[i][n].ends) != 0)
                ck_abort_msg("a job of producer %d was told of %u times too few", i, (unsigned)sw_load_u32(&slips[i][n].ends));
        }
    }
    seawall_pool_destroy(s.pool);
}
END_TEST

/* Two jobs for one worker that has just found nothing: whoever comes then must not be slept through. */
START_TEST(no_wake_is_lost)
{
    seawall_pool_config config = SEAWALL_POOL_CONFIG_INIT;
    seawall_priority_level_config levels[SEAWALL_PRIORITY_COUNT];
    int64_t rounds = sw_test_count(2000, 50000), i;
    seawall_pool *pool;

    memset(&s, 0, sizeof(s));
    fill_levels(levels, _i == 0);
    config.levels = levels;
    config.core_size = config.max_size = 2;
    ck_assert_int_eq(seawall_pool_create(&config, NULL, &pool, NULL), SEAWALL_OK);
    for (i = 0; i < rounds; i++) {
        seawall_job_result result = SEAWALL_JOB_RESULT_INIT;
        uint64_t before = sw_load_u64(&s.run);

        if (seawall_pool_submit(pool, NULL, work, NULL, NULL) != SEAWALL_OK ||
            seawall_pool_run_until(pool, NULL, work, NULL, SEAWALL_FOREVER, &result) != SEAWALL_OK)
            ck_abort_msg("round %d was refused", (int)i);
        while (sw_load_u64(&s.run) != before + 2)
            (void)sched_yield();
    }
    seawall_pool_destroy(pool);
}
END_TEST

static void submit_until_refused(int index, void *arg)
{
    (void)index;
    (void)arg;
    while (seawall_pool_submit(s.pool, NULL, work, NULL, NULL) == SEAWALL_OK || sw_load_u32(&s.over) == 0)
        (void)sched_yield();
}

START_TEST(pools_are_made_and_ended_under_load)
{
    int64_t rounds = sw_test_count(100, 2000), i;

    memset(&s, 0, sizeof(s));
    for (i = 0; i < rounds; i++) {
        seawall_pool_config config = SEAWALL_POOL_CONFIG_INIT;
        seawall_priority_level_config levels[SEAWALL_PRIORITY_COUNT];
        sw_test_threads threads;
        seawall_time patience;

        fill_levels(levels, i % 4 < 2);
        config.levels = levels;
        config.core_size = (int32_t)(i % 3);
        config.max_size = 3;
        config.queue_size = 20;
        sw_store_u32(&s.over, 0);
        ck_assert_int_eq(seawall_pool_create(&config, NULL, &s.pool, NULL), SEAWALL_OK);
        sw_test_start(&threads, 2, submit_until_refused, NULL);
        while (sw_load_u64(&s.run) < (uint64_t)i * 3)
            (void)sched_yield();
        patience = seawall_platform_now(NULL) + SEAWALL_SECONDS(20);
        sw_store_u32(&s.over, 1);
        if (i % 2 == 0)
            ck_assert_int_eq(seawall_pool_drain_until(s.pool, patience), SEAWALL_OK);
        else
            ck_assert_int_eq(seawall_pool_stop(s.pool), SEAWALL_OK);
        sw_test_join(&threads);
        seawall_pool_destroy(s.pool);
        ck_assert_int_lt(seawall_platform_now(NULL), patience);
    }
}
END_TEST

static seawall_fault hang_or_not(seawall_attempt *attempt, void *arg)
{
    (void)seawall_attempt_number(attempt);
    while (arg != NULL && sw_load_u32(&s.over) == 0)
        (void)sched_yield();
    return SEAWALL_FAULT_NONE;
}

static void drained(void *arg)
{
    (void)arg;
    (void)sw_add_u64(&s.told, 1);
}

typedef struct side {
    seawall_pool *pool;
    seawall_pipeline *pipeline;
} side;

static side make_side(seawall_duration patience)
{
    seawall_pool_config config = SEAWALL_POOL_CONFIG_INIT;
    seawall_timeout_config limit = SEAWALL_TIMEOUT_CONFIG_INIT;
    seawall_policy outer = SEAWALL_POLICY_INIT, inner = SEAWALL_POLICY_INIT;
    const seawall_policy *const policies[] = {&outer, &inner};
    seawall_pipeline_config places = SEAWALL_PIPELINE_CONFIG_INIT;
    seawall_timeout *timeout;
    side it = {0};

    places.calls = 1000;
    config.core_size = config.max_size = 2;
    config.queue_size = 4;
    limit.request_timeout = patience;
    limit.mode = SEAWALL_TIMEOUT_ABANDON;
    ck_assert_int_eq(seawall_pool_create(&config, NULL, &it.pool, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_timeout_create(&limit, NULL, &timeout, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_timeout_policy(timeout, NULL, &outer), SEAWALL_OK);
    ck_assert_int_eq(seawall_pool_policy(it.pool, NULL, &inner), SEAWALL_OK);
    ck_assert_int_eq(seawall_pipeline_create(&places, policies, 2, NULL, &it.pipeline, NULL), SEAWALL_OK);
    seawall_timeout_destroy(timeout);
    return it;
}

/* Calls of both kinds, blocking and as futures, from several threads, with attempts that hang and are left to themselves. */
static void call_away(int index, void *arg)
{
    side *it = arg;
    uint64_t state = s.seed + (uint64_t)index;
    int64_t i;

    for (i = 0; i < s.jobs; i++) {
        seawall_call_options options = SEAWALL_CALL_OPTIONS_INIT;
        seawall_future future;

        options.drained = drained;
        options.priority = (seawall_priority)(sw_test_next(&state) % SEAWALL_PRIORITY_COUNT);
        if (sw_test_next(&state) % 2 == 0) {
            (void)sw_add_u64(&s.accepted, 1);
            if (seawall_call_with(it->pipeline, &options, hang_or_not, NULL, NULL) == SEAWALL_INVALID)
                (void)sw_add_u64(&s.twice, 1);
        } else if (seawall_future_start(it->pipeline, &options, hang_or_not, NULL, NULL, &future) == SEAWALL_OK) {
            (void)sw_add_u64(&s.accepted, 1);
            if (sw_test_next(&state) % 4 == 0)
                (void)seawall_future_cancel(it->pipeline, future);
            if (sw_test_next(&state) % 4 == 0)
                (void)seawall_future_forget(it->pipeline, future);
            else if (seawall_future_wait_until(it->pipeline, future, SEAWALL_FOREVER, NULL) != SEAWALL_OK)
                (void)sw_add_u64(&s.twice, 1);
        }
    }
}

START_TEST(guarded_calls_all_come_to_rest)
{
    sw_test_threads threads;
    side it;

    memset(&s, 0, sizeof(s));
    s.jobs = sw_test_count(200, 5000);
    s.seed = sw_test_seed();
    it = make_side(SEAWALL_MILLISECONDS(5));
    sw_test_start(&threads, 4, call_away, &it);
    sw_test_join(&threads);
    seawall_pipeline_destroy(it.pipeline); /* waits for the last */
    seawall_pool_destroy(it.pool);
    ck_assert_uint_eq(sw_load_u64(&s.twice), 0);
    ck_assert_uint_eq(sw_load_u64(&s.told), sw_load_u64(&s.accepted));
}
END_TEST

#define SAMPLES 200

static int by_size(const void *a, const void *b)
{
    const seawall_duration *left = a, *right = b;

    return (*left > *right) - (*left < *right);
}

/* How long 99 of 100 calls take at most, none of which fails. */
static seawall_duration p99(const side *it)
{
    static seawall_duration took[SAMPLES];
    int i;

    for (i = 0; i < SAMPLES; i++) {
        seawall_report report = SEAWALL_REPORT_INIT;

        ck_assert_int_eq(seawall_call(it->pipeline, hang_or_not, NULL, &report), SEAWALL_OK);
        took[i] = report.elapsed;
    }
    qsort(took, SAMPLES, sizeof(took[0]), by_size);
    return took[SAMPLES - 1 - SAMPLES / 100];
}

/*
 * One dependency hangs for good; calls to the other are as fast as before. Whatever else the machine does slows some rounds down,
 * or all of them by a wake for each call; where the two shared anything it would be by the five milliseconds of a cut call.
 */
START_TEST(what_hangs_takes_no_other_along)
{
    seawall_duration before, most, meanwhile = SEAWALL_FOREVER;
    side dead, alive;
    int refused = 0, i;

    memset(&s, 0, sizeof(s));
    dead = make_side(SEAWALL_MILLISECONDS(5));
    alive = make_side(SEAWALL_SECONDS(60));
    before = p99(&alive);
    most = 2 * before + SEAWALL_MILLISECONDS(1);
    for (i = 0; i < 20; i++)
        refused += seawall_call(dead.pipeline, hang_or_not, &s, NULL) != SEAWALL_OK;
    for (i = 0; i < 50 && meanwhile > most; i++)
        meanwhile = p99(&alive);
    ck_assert_int_eq(refused, 20);
    ck_assert_msg(meanwhile <= most, "99 of 100 within %lld ns before, and %lld ns meanwhile", (long long)before,
                  (long long)meanwhile);
    sw_store_u32(&s.over, 1);
    seawall_pipeline_destroy(dead.pipeline);
    seawall_pool_destroy(dead.pool);
    seawall_pipeline_destroy(alive.pipeline);
    seawall_pool_destroy(alive.pool);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("pool stress");

    tcase_set_timeout(tests, (double)sw_test_soak_count(300, 300, 7200));
    /* In parts: libcheck does not count beyond half an hour. */
    tcase_add_loop_test(tests, every_job_ends_exactly_once, 0, (int)sw_test_soak_count(1, 1, 10));
    tcase_add_loop_test(tests, no_wake_is_lost, 0, 2);
    tcase_add_test(tests, pools_are_made_and_ended_under_load);
    tcase_add_test(tests, guarded_calls_all_come_to_rest);
    tcase_add_test(tests, what_hangs_takes_no_other_along);
    return sw_test_run("pool stress", tests);
}
