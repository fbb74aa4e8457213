/* The rate limiter in a pipeline: whole calls, and executions called off while they wait. */
#include "../rehearsal.h"
#include "suite.h"

#define NEVER SEAWALL_FOREVER

/* 10 a second, burst 1, one taken before: a limiter alone around the operation. */
static const struct {
    seawall_duration max_wait;
    seawall_time deadline;
    const char *log;
    int64_t granted, refused, waited;
} rows[] = {
    {0, NEVER, "refused(0) = limited @0 x0 by 0", 1, 1, 0},
    {MS(99), NEVER, "refused(0) = limited @0 x0 by 0", 1, 1, 0},
    {MS(100), NEVER, "1@100 = ok @107 x1", 2, 0, 1},
    {NEVER, NEVER, "1@100 = ok @107 x1", 2, 0, 1},
    {NEVER, MS(100), "refused(0) = limited @0 x0 by 0", 1, 1, 0},
    {NEVER, MS(200), "1@100 = ok @107 x1", 2, 0, 1},
};

static seawall_limiter *limiter_of(const seawall_platform *platform, seawall_duration max_wait)
{
    seawall_limiter_config config = SEAWALL_LIMITER_CONFIG_INIT;
    seawall_limiter *limiter = NULL;

    config.rate = 10;
    config.burst = 1;
    config.max_wait = max_wait;
    ck_assert_int_eq(seawall_limiter_create(&config, platform, &limiter, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_limiter_try_acquire(limiter, 1, NULL, NULL), SEAWALL_OK);
    return limiter;
}

static seawall_pipeline *pipeline_of(rehearsal *r, seawall_limiter *limiter)
{
    seawall_policy policy = SEAWALL_POLICY_INIT;
    const seawall_policy *policies[] = {&policy};

    ck_assert_int_eq(seawall_limiter_policy(limiter, "limiter", &policy), SEAWALL_OK);
    return rehearsal_pipeline(r, policies, 1);
}

static seawall_limiter_snapshot look(seawall_limiter *limiter)
{
    seawall_limiter_snapshot snapshot = SEAWALL_LIMITER_SNAPSHOT_INIT;

    ck_assert_int_eq(seawall_limiter_get_snapshot(limiter, &snapshot), SEAWALL_OK);
    return snapshot;
}

START_TEST(calls_go_as_the_table_says)
{
    static const rehearsal_attempt attempt = {0, MS(7), 0, false};
    seawall_limiter *limiter;
    seawall_pipeline *pipeline;
    rehearsal r;

    rehearsal_init(&r);
    limiter = limiter_of(&r.platform, rows[_i].max_wait);
    pipeline = pipeline_of(&r, limiter);
    ck_assert_str_eq(rehearsal_call(&r, pipeline, rows[_i].deadline, &attempt, 1), rows[_i].log);
    ck_assert_int_eq(look(limiter).granted, rows[_i].granted);
    ck_assert_int_eq(look(limiter).refused, rows[_i].refused);
    ck_assert_int_eq(look(limiter).waited, rows[_i].waited);
    ck_assert_int_eq(look(limiter).waiting, 0);
    seawall_limiter_destroy(limiter);
    seawall_pipeline_destroy(pipeline);
    ck_assert_int_eq(r.allocated, 0);
}
END_TEST

static seawall_execution *begin(void *storage, const seawall_pipeline *pipeline, seawall_time expected)
{
    seawall_execution *execution;
    seawall_step step;

    ck_assert_int_eq(seawall_execution_init(storage, SEAWALL_EXECUTION_SIZE_MAX, pipeline, NULL, &execution), SEAWALL_OK);
    ck_assert_int_eq(seawall_execution_begin_at(execution, 0, NEVER), SEAWALL_OK);
    ck_assert_int_eq(seawall_execution_next_at(execution, 0, &step), SEAWALL_OK);
    ck_assert_int_eq(step.kind, SEAWALL_STEP_WAIT);
    ck_assert_int_eq(step.until, expected);
    return execution;
}

/* The last in line gives its permit back, one in the middle cannot. */
START_TEST(called_off_while_waiting)
{
    static _Alignas(SEAWALL_EXECUTION_ALIGNMENT) unsigned char storage[3][SEAWALL_EXECUTION_SIZE_MAX];
    seawall_execution *run[3];
    seawall_limiter *limiter;
    seawall_pipeline *pipeline;
    seawall_duration wait;
    rehearsal r;
    int i;

    rehearsal_init(&r);
    limiter = limiter_of(&r.platform, NEVER);
    pipeline = pipeline_of(&r, limiter);
    for (i = 0; i < 3; i++)
        run[i] = begin(storage[i], pipeline, MS(100) * (i + 1));
    ck_assert_int_eq(look(limiter).waiting, 3);
    ck_assert_int_eq(seawall_execution_cancel_at(run[1], 0), SEAWALL_OK);
    ck_assert_int_eq(seawall_limiter_peek_at(limiter, 1, 0, &wait), SEAWALL_OK);
    ck_assert_int_eq(wait, MS(400));
    ck_assert_int_eq(seawall_execution_cancel_at(run[2], 0), SEAWALL_OK);
    ck_assert_int_eq(seawall_limiter_peek_at(limiter, 1, 0, &wait), SEAWALL_OK);
    ck_assert_int_eq(wait, MS(300));
    ck_assert_int_eq(seawall_execution_cancel_at(run[0], 0), SEAWALL_OK);
    ck_assert_int_eq(look(limiter).waiting, 0);
    ck_assert_int_eq(look(limiter).refunded, 1);
    ck_assert_int_eq(look(limiter).lost, 2);
    seawall_limiter_destroy(limiter);
    seawall_pipeline_destroy(pipeline);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("rate limiter in a pipeline");

    tcase_add_loop_test(tests, calls_go_as_the_table_says, 0, (int)(sizeof(rows) / sizeof(rows[0])));
    tcase_add_test(tests, called_off_while_waiting);
    return sw_test_run("rate limiter in a pipeline", tests);
}
