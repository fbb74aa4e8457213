/*
 * Levels share a pool's workers by weight, with real threads: every job submits the next one of its level before it ends, so that
 * all levels have jobs waiting all the time.
 */
#include <check.h>
#include <sched.h>
#include <seawall/seawall.h>

#include "base/atomic.h"
#include "suite.h"
#include "support.h"

#define WORKERS 4
#define WAITING 50 /* of each level */

static seawall_pool *pool;
static int64_t jobs;
static sw_atomic_u64 begun, of_level[SEAWALL_PRIORITY_COUNT];
static sw_atomic_u32 gate, refused;

static int64_t work(seawall_work *it, void *arg)
{
    const seawall_job_options *options = arg;
    uint64_t before = sw_add_u64(&begun, 1);

    (void)it;
    while (sw_load_u32(&gate) == 0)
        (void)sched_yield();
    if (before >= (uint64_t)jobs)
        return 0;
    (void)sw_add_u64(&of_level[options->priority], 1);
    if (seawall_pool_submit(pool, options, work, arg, NULL) != SEAWALL_OK)
        (void)sw_add_u32(&refused, 1);
    return 0;
}

static void make_pool(const int32_t *weights)
{
    seawall_pool_config config = SEAWALL_POOL_CONFIG_INIT;
    seawall_priority_level_config levels[SEAWALL_PRIORITY_COUNT];
    int32_t i;

    ck_assert_int_eq(seawall_priority_levels(levels), SEAWALL_OK);
    for (i = 0; i < SEAWALL_PRIORITY_COUNT; i++) {
        levels[i].weight = weights[i];
        levels[i].max_queue_time = SEAWALL_FOREVER;
        sw_store_u64(&of_level[i], 0);
    }
    config.core_size = config.max_size = WORKERS;
    config.queue_size = SEAWALL_PRIORITY_COUNT * WAITING;
    config.levels = levels;
    sw_store_u64(&begun, 0);
    sw_store_u32(&gate, 0);
    ck_assert_int_eq(seawall_pool_create(&config, NULL, &pool, NULL), SEAWALL_OK);
}

/* The sum is the weights' denominator; the workers wait until every level has its jobs. */
static void check_shares(const int32_t *weights, int32_t sum)
{
    static const seawall_job_options options[SEAWALL_PRIORITY_COUNT] = {
        {sizeof(options[0]), SEAWALL_PRIORITY_CRITICAL, SEAWALL_FOREVER, NULL},
        {sizeof(options[0]), SEAWALL_PRIORITY_HIGH, SEAWALL_FOREVER, NULL},
        {sizeof(options[0]), SEAWALL_PRIORITY_NORMAL, SEAWALL_FOREVER, NULL},
        {sizeof(options[0]), SEAWALL_PRIORITY_LOW, SEAWALL_FOREVER, NULL},
    };
    int32_t i;

    make_pool(weights);
    for (i = 0; i < SEAWALL_PRIORITY_COUNT * WAITING; i++)
        ck_assert_int_eq(seawall_pool_submit(pool, &options[i % SEAWALL_PRIORITY_COUNT], work,
                                             (void *)(uintptr_t)&options[i % SEAWALL_PRIORITY_COUNT], NULL), SEAWALL_OK);
    sw_store_u32(&gate, 1);
    while (sw_load_u64(&begun) != (uint64_t)jobs + SEAWALL_PRIORITY_COUNT * WAITING)
        (void)sched_yield();
    ck_assert_int_eq(seawall_pool_drain_until(pool, SEAWALL_FOREVER), SEAWALL_OK);
    seawall_pool_destroy(pool);
    ck_assert_uint_eq(sw_load_u32(&refused), 0);
    for (i = 0; i < SEAWALL_PRIORITY_COUNT; i++) {
        double share = (double)sw_load_u64(&of_level[i]) / (double)jobs, due = (double)weights[i] / sum;

        ck_assert_msg(share > .95 * due && share < 1.05 * due, "level %d: %.4f of the jobs, and %.4f of the weights", (int)i,
                      share, due);
    }
}

START_TEST(levels_share_by_weight)
{
    static const int32_t built_in[] = {100, 75, 50, 25}, steep[] = {1, 50, 4, 45};

    jobs = sw_test_count(20000, 400000);
    check_shares(built_in, 250);
    check_shares(steep, 100);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("pool shares");

    tcase_set_timeout(tests, 300);
    tcase_add_test(tests, levels_share_by_weight);
    return sw_test_run("pool shares", tests);
}
