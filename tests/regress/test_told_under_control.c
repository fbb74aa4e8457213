/*
 * A reconfiguration wanted one more worker, got no thread, and there was none left: it told of the jobs that it dropped while it
 * kept others from reconfiguring. Who was told and reconfigured waited for ever.
 */
#include "unit/policy/pool/pool_fixture.h"

#include "policy/pool/pool_object.h"
#include "thread_refusal.h"

#include "one_test.h"

static seawall_pool_config config;
static sw_atomic_u32 starts, first_has_failed;
static pthread_t other;
static int told;

static void reconfigure_again(const seawall_job_result *result, void *arg)
{
    bool may = sw_mutex_try(&f.pool->control);

    (void)arg;
    ck_assert_int_eq(result->end, SEAWALL_JOB_NO_THREAD);
    ck_assert_msg(may, "whoever tells keeps others from reconfiguring");
    sw_mutex_unlock(&f.pool->control);
    ck_assert_int_eq(seawall_pool_reconfigure(f.pool, &config, NULL), SEAWALL_OK);
    told++;
}

static void stay_until_the_first_has_failed(void)
{
    sw_store_u32(&starts, 1);
    sw_test_await(&first_has_failed, 1);
}

static void *allow_one_more(void *arg)
{
    (void)arg;
    ck_assert_int_eq(seawall_pool_reconfigure(f.pool, &config, NULL), SEAWALL_OK);
    return NULL;
}

/* While the first worker is started: a job that will be told of, and somebody who starts a second one. */
static void meanwhile(void)
{
    static const seawall_job_options options = {sizeof(options), SEAWALL_PRIORITY_NORMAL, SEAWALL_FOREVER, reconfigure_again};

    ck_assert_int_eq(seawall_pool_submit(f.pool, &options, sw_test_echo, NULL, NULL), SEAWALL_OK);
    config.max_size = 2;
    sw_test_refuse_threads(1, 1);
    sw_test_at_next_refusal(stay_until_the_first_has_failed);
    ck_assert_int_eq(pthread_create(&other, NULL, allow_one_more, NULL), 0);
    sw_test_await(&starts, 1);
}

START_TEST(who_is_told_may_reconfigure)
{
    config = sw_test_pool_config(0, 1, 5);
    config.max_size_limit = 2;
    sw_test_pool_begin(&config);
    sw_test_refuse_threads(0, 1);
    sw_test_at_next_refusal(meanwhile);
    ck_assert_int_eq(seawall_pool_submit(f.pool, NULL, sw_test_echo, NULL, NULL), SEAWALL_OK);
    sw_store_u32(&first_has_failed, 1);
    ck_assert_int_eq(pthread_join(other, NULL), 0);
    ck_assert_int_eq(told, 1);
    ck_assert_int_eq(sw_test_pool_look().dropped_no_thread, 2);
    sw_test_pool_end();
}
END_TEST

int main(void)
{
    return one_test("regress/told_under_control", who_is_told_may_reconfigure);
}
