/*
 * Who was told of a dropped job and drained its pool was answered that it must not, but not if it had called off a job of
 * another pool in between, and was told of that: then it waited for itself.
 */
#include "unit/policy/pool/pool_fixture.h"

#include "one_test.h"

static seawall_pool *other;
static seawall_job others;
static seawall_status directly, from_below, outer_from_below;

static void drain_both(const seawall_job_result *result, void *arg)
{
    (void)result;
    (void)arg;
    from_below = seawall_pool_drain_until(other, SW_TEST_START);
    outer_from_below = seawall_pool_drain_until(f.pool, SW_TEST_START);
}

static void call_off_the_other(const seawall_job_result *result, void *arg)
{
    (void)result;
    (void)arg;
    ck_assert_int_eq(seawall_pool_cancel(other, others), SEAWALL_OK);
    directly = seawall_pool_drain_until(f.pool, SW_TEST_START);
}

static void submit(seawall_pool *pool, seawall_job_done_fn done, seawall_job *job)
{
    const seawall_job_options options = {sizeof(options), SEAWALL_PRIORITY_NORMAL, SEAWALL_FOREVER, done};

    ck_assert_int_eq(seawall_pool_submit(pool, &options, sw_test_echo, NULL, job), SEAWALL_OK);
}

START_TEST(every_pool_that_tells_is_seen)
{
    seawall_pool_config config = sw_test_pool_config(1, 1, 2);
    staying running[2] = {{.number = 1}, {.number = 2}};
    seawall_job job;

    sw_test_pool_begin(&config);
    ck_assert_int_eq(seawall_pool_create(&config, &f.base.platform, &other, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_pool_submit(f.pool, NULL, sw_test_stay, &running[0], NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_pool_submit(other, NULL, sw_test_stay, &running[1], NULL), SEAWALL_OK);
    sw_test_await_begun(&running[0]);
    sw_test_await_begun(&running[1]);
    submit(f.pool, call_off_the_other, &job);
    submit(other, drain_both, &others);
    ck_assert_int_eq(seawall_pool_cancel(f.pool, job), SEAWALL_OK);
    ck_assert_int_eq(from_below, SEAWALL_BUSY);
    ck_assert_int_eq(outer_from_below, SEAWALL_BUSY);
    ck_assert_int_eq(directly, SEAWALL_BUSY);
    sw_test_let_go(&running[0]);
    sw_test_let_go(&running[1]);
    ck_assert_int_eq(seawall_pool_drain_until(f.pool, SEAWALL_FOREVER), SEAWALL_OK);
    seawall_pool_destroy(other);
    sw_test_pool_end();
}
END_TEST

int main(void)
{
    return one_test("regress/drained_from_below", every_pool_that_tells_is_seen);
}
